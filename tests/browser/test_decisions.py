"""Deciding in the form: a due date that is changed asks why, what is settled stands; and defaults that are set back."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import formatdate, getdate
from playwright.sync_api import Page, expect

from tests.browser.scratch import ASSIGNMENT, may_log_in
from tests.browser.test_desk import LIST, act, choose, dialog
from tests.site import factory

pytestmark = pytest.mark.usefixtures("alone_on_the_site")


def field(page: Page, fieldname: str):
	return page.locator(f".form-layout:visible .frappe-control[data-fieldname={fieldname}]")


def set_due_date(page: Page, day) -> None:
	entry = field(page, "due_date").locator("input")
	entry.fill(formatdate(day, "dd-mm-yyyy"))
	entry.press("Tab")


def test_the_form_asks_why_a_due_date_moves(desk, hr, people, committed):
	page = desk(f"{LIST}/{people.soon}", hr)
	expect(field(page, "due_date")).to_be_visible()
	expect(field(page, "due_date_reason")).to_be_hidden()
	before = frappe.db.get_value(ASSIGNMENT, people.soon, "due_date")
	set_due_date(page, before + timedelta(days=1))
	expect(field(page, "due_date_reason")).to_be_visible()
	set_due_date(page, before)
	expect(field(page, "due_date_reason")).to_be_hidden()

	until = getdate() + timedelta(days=60)
	set_due_date(page, until)
	page.get_by_role("button", name="Save").click()
	expect(page.locator(".modal.show", has_text="Missing Fields")).to_be_visible()
	page.locator(".modal.show .btn-modal-close:visible").click()
	field(page, "due_date_reason").locator("textarea").fill("Parental <b>leave</b>")
	# Nobody is so quick to leave a field: Frappe 16 takes its time to take over what was typed.
	page.wait_for_function("() => cur_frm.doc.due_date_reason")
	page.get_by_role("button", name="Save").click()
	expect(page.locator(".new-timeline")).to_contain_text("Parental ‹b>leave‹/b>")
	expect(field(page, "due_date_reason")).to_be_hidden()
	committed()
	assert frappe.db.get_value(ASSIGNMENT, people.soon, "due_date") == until


def test_the_form_says_why_with_the_readers_dates(desk, hr, people, committed):
	said = {
		"due_date_basis": "30 days after assignment (2026-11-23)",
		"reason": "Mandatory course. Renewal: TA-2025-10-19 was completed on 2025-10-19.",
	}
	frappe.db.set_value(ASSIGNMENT, people.soon, said)
	committed()
	page = desk(f"{LIST}/{people.soon}", hr)
	for fieldname, start, day in (
		("due_date_basis", "30 days after assignment (", "2026-11-23"),
		("reason", "Mandatory course. Renewal: TA-2025-10-19 was completed on ", "2025-10-19"),
	):
		expect(field(page, fieldname).locator(".control-value")).to_contain_text(start + formatdate(day))


def test_what_is_cancelled_stands(desk, hr, people, committed):
	page = desk(LIST, hr)
	choose(page, "Fire Safety")
	act(page, "Cancel Training")
	asked = dialog(page, "Cancel Training")
	asked.locator("textarea").fill("The wrong Ana")
	asked.get_by_role("button", name="Cancel Training").click()
	expect(page.get_by_text("Cancelled.", exact=True)).to_be_visible()
	page.goto(f"{LIST}/{people.late}")
	expect(page.locator(".form-message")).to_contain_text("Cancelled")
	expect(field(page, "due_date").locator("input:visible")).to_have_count(0)
	committed()
	assert frappe.db.get_value(ASSIGNMENT, people.late, "status") == "Cancelled"


def test_defaults_are_set_back_after_they_were_shown(desk, committed):
	admin = may_log_in(factory.user("System Manager", "HR Manager"))
	template = frappe.get_doc("Email Template", "Training Reminder")
	template.subject = "Of the site"
	template.save()
	committed()
	page = desk("/app/lms-training-settings", admin)
	page.get_by_role("button", name="Restore Defaults").click()
	asked = page.locator(".modal.show", has_text="Set these back")
	expect(asked).to_contain_text("The Email Template Training Reminder")
	asked.get_by_role("button", name="Yes").click()
	expect(dialog(page, "Defaults Restored")).to_contain_text("The Email Template Training Reminder")
	committed()
	assert frappe.db.get_value("Email Template", "Training Reminder", "subject") != "Of the site"


def test_who_is_no_system_manager_is_not_asked(desk, hr):
	page = desk("/app/lms-training-settings", hr)
	expect(page.get_by_role("button", name="Run Now")).to_be_visible()
	expect(page.get_by_role("button", name="Restore Defaults")).to_have_count(0)
