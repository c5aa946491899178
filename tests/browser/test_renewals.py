"""What people see of renewals and waivers: the card, the learner's page, HR's forms."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import formatdate, getdate
from playwright.sync_api import Page, expect

from smooth_lms_hr import daily
from tests.browser.conftest import PHONE
from tests.browser.scratch import ASSIGNMENT, may_log_in
from tests.browser.test_desk import LIST, dialog
from tests.browser.test_learner import card_of, learner
from tests.site import factory

pytestmark = pytest.mark.usefixtures("alone_on_the_site")


@pytest.fixture
def renewing(committed):
	"""Somebody whose completion ends in ten days, and who has it to learn again."""
	someone = learner()
	course = factory.course("Fire Safety", validity_days=100, is_mandatory=0)
	doc = frappe.get_doc({"doctype": ASSIGNMENT, "employee": someone.name, "course": course}).insert()
	factory.complete_lessons(someone.user_id, course)
	until = getdate() + timedelta(days=10)
	frappe.db.set_value(ASSIGNMENT, doc.name, {"valid_until": until})
	committed()
	daily.run()
	committed()
	return frappe._dict(user=someone.user_id, until=until, done=doc.name, course=course)


@pytest.mark.parametrize("phone", [False, True])
def test_the_card_says_that_a_renewal_is_open_and_until_when_it_counts(renewing, visit, phone):
	options = {"viewport": PHONE, "has_touch": True, "is_mobile": True} if phone else {}
	card = card_of(visit("/lms", renewing.user, **options))
	row = card.get_by_role("listitem")
	expect(row.get_by_role("link", name="Start Fire Safety")).to_be_visible()
	expect(row.locator(".tag")).to_contain_text("Renewal, valid until")
	expect(row.locator(".due")).to_have_text("in 10 days")
	box = card.bounding_box()
	assert box["x"] >= 0
	assert box["x"] + box["width"] <= (PHONE["width"] if phone else 10_000)


@pytest.mark.pages
@pytest.mark.parametrize("phone", [False, True])
def test_the_learners_page_says_both(renewing, visit, phone):
	page = visit("/my-training", renewing.user, **({"viewport": PHONE} if phone else {}))
	expect(page.locator("#open + ul .tag")).to_have_text("Renewal")
	expect(page.get_by_text("Your completion counts until")).to_be_visible()
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
	page.get_by_role("link", name="Done 1").click()
	expect(page.locator("#done + ul").get_by_text("Valid until")).to_be_visible()
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def form(desk, hr, name) -> Page:
	page = desk(f"{LIST}/{name}", hr)
	expect(page.locator(".form-message:visible")).to_be_visible()
	return page


def test_hr_waives_until_a_day_and_withdraws_it(desk, hr, people, committed):
	page = form(desk, hr, people.soon)
	page.get_by_role("button", name="Waive", exact=True).click()
	asked, until = dialog(page, "Waive"), getdate() + timedelta(days=30)
	asked.locator("[data-fieldname=until] input").fill(formatdate(until, "dd-mm-yyyy"))
	asked.locator("[data-fieldname=until] input").press("Tab")
	asked.locator("textarea").fill("On a project abroad")
	asked.get_by_role("button", name="Waive", exact=True).click()
	expect(page.locator(".form-message")).to_contain_text("need not do this until")
	committed()
	row = frappe.db.get_value(ASSIGNMENT, people.soon, ["status", "waived_until"], as_dict=True)
	assert (row.status, row.waived_until) == ("Waived", until)

	page.get_by_role("button", name="Withdraw Waiver").click()
	asked = dialog(page, "Withdraw Waiver")
	asked.locator("textarea").fill("The project is over")
	asked.get_by_role("button", name="Withdraw Waiver").click()
	expect(page.get_by_role("button", name="Waive", exact=True)).to_be_visible()
	expect(page.locator(".new-timeline")).to_contain_text("withdrew the waiver")
	committed()
	assert frappe.db.get_value(ASSIGNMENT, people.soon, "status") == "Pending"


def test_a_renewal_says_in_the_form_what_it_renews(desk, hr, renewing):
	new = frappe.db.get_value(ASSIGNMENT, {"course": renewing.course, "cycle": 2})
	page = form(desk, hr, renewing.done)
	expect(page.locator(".form-message")).to_contain_text("It counts until")
	expect(page.locator(".new-timeline")).to_contain_text(f"{new} is its renewal.")
	page = form(desk, hr, new)
	expect(page.locator(".form-layout:visible [data-fieldname=reason]")).to_contain_text(
		f"Renewal: {renewing.done}"
	)


def test_a_course_whose_days_change_asks_about_those_on_record(desk, committed, renewing):
	frappe.db.set_value(ASSIGNMENT, {"course": renewing.course, "cycle": 2}, "status", "Cancelled")
	frappe.db.delete(ASSIGNMENT, {"course": renewing.course, "cycle": 2})
	admin = may_log_in(factory.user("System Manager", "HR Manager", "Moderator"))
	committed()
	page = desk(f"/app/lms-course/{renewing.course}", admin)
	expect(page.locator(".training-count", has_text="Completed: 1")).to_be_visible()
	entry = page.locator(".form-layout:visible [data-fieldname=validity_days] input")
	entry.fill("50")
	entry.press("Tab")
	page.wait_for_function("() => cur_frm.doc.validity_days == 50")
	page.get_by_role("button", name="Save").click()
	asked = page.locator(".modal.show", has_text="One completion is on record")
	expect(asked).to_be_visible()
	with page.expect_response("**/api/method/smooth_lms_hr.desk.apply_validity") as answered:
		asked.get_by_role("button", name="Yes").click()
	assert answered.value.ok
	expect(page.get_by_text("They are being changed in the background")).to_be_visible()
