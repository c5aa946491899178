"""The auditor's page: the seals, and what verifying them finds."""

import frappe
import pytest
from playwright.sync_api import Page, expect

from smooth_lms_hr.record import seal
from smooth_lms_hr.setup.roles import AUDITOR
from smooth_lms_hr.sources.names import EVENT, SEAL
from tests.browser.conftest import PHONE
from tests.browser.scratch import may_log_in
from tests.browser.test_workspace import WORKSPACE, open_workspace
from tests.site import factory
from tests.site.sealing import tamper

LIST = "/app/lms-training-seal"

pytestmark = pytest.mark.usefixtures("alone_on_the_site")


@pytest.fixture
def auditor(committed):
	user = may_log_in(factory.user(AUDITOR.name))
	committed()
	return user


@pytest.fixture
def sealed(people, committed, monkeypatch):
	"""A sealed record; the names of its events."""
	frappe.db.delete(SEAL)
	frappe.db.delete(EVENT, {"assignment": ("not in", [people.late, people.soon])})
	monkeypatch.setattr(seal, "MARGIN", 0)
	assert seal.seal_next()
	committed()
	return frappe.get_all(EVENT, pluck="name", order_by="name")


def verify(page: Page, button: str):
	page.get_by_role("button", name=button).click()
	found = page.locator(".modal.show")
	expect(found).to_be_visible()
	return found


def test_an_auditor_comes_from_the_workspace_to_the_seals(desk, auditor, sealed):
	page = open_workspace(desk, auditor)
	page.locator(".links-widget-box", has_text="Proof").get_by_text("LMS Training Seal").click()
	page.wait_for_url("**/lms-training-seal**")
	expect(page.locator(".list-row-container:visible", has_text="TS-00000001")).to_have_count(1)
	# Nobody makes one by hand.
	expect(page.get_by_role("button", name="Add LMS Training Seal")).to_have_count(0)
	assert WORKSPACE


def test_what_is_as_it_was_written_is_said_so(desk, auditor, sealed, serious_violations):
	page = desk(LIST, auditor)
	found = verify(page, "Verify Audit Trail")
	expect(found).to_contain_text("The record is as it was written")
	expect(found).to_contain_text(f"events {len(sealed)}")
	assert serious_violations(page, ".modal.show .modal-body") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_was_changed_is_named_and_leads_to_its_record(
	desk, auditor, sealed, committed, serious_violations, theme
):
	frappe.db.set_value("User", auditor, "desk_theme", theme.title())
	tamper(EVENT, sealed[0], "reason", "<img src=x onerror=alert(1)>")
	committed()
	page = desk(LIST, auditor)
	found = verify(page, "Verify Audit Trail")
	expect(found).to_contain_text("The record was changed")
	row = found.locator(".training-broken tbody tr")
	expect(row).to_have_count(1)
	for words in ("LMS Training Event", "reason", "It is not what was written."):
		expect(row).to_contain_text(words)
	assert serious_violations(page, ".modal.show .modal-body") == []
	row.get_by_role("link", name=sealed[0]).click()
	page.wait_for_url(f"**/lms-training-event/{sealed[0]}")


def test_a_seal_verifies_from_its_day_on_also_on_a_phone(desk, auditor, sealed):
	page = desk(f"{LIST}/TS-00000001", auditor, viewport=PHONE)
	expect(page.locator("[data-fieldname=digest]").first).to_contain_text(
		frappe.db.get_value(SEAL, "TS-00000001", "digest")
	)
	if not page.get_by_role("button", name="Verify from Here").is_visible():
		page.locator(".page-head:visible .menu-btn-group button").click()
		page.get_by_role("link", name="Verify from Here").click()
		found = page.locator(".modal.show")
	else:
		found = verify(page, "Verify from Here")
	expect(found).to_contain_text("seals 1")
	wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
	assert wider <= 0
