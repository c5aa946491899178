"""Revoking a completion in the desk: on the form, and for several rows of the list."""

import frappe
import pytest
from playwright.sync_api import expect

from tests.browser.scratch import ASSIGNMENT, may_log_in
from tests.browser.test_desk import LIST, act, choose, dialog
from tests.site import factory

pytestmark = pytest.mark.usefixtures("alone_on_the_site")


@pytest.fixture
def completed(people, committed):
	"""Return the assignment that one of the people has completed."""
	factory.complete_lessons(people.worker.user_id, people.course)
	committed()
	assert frappe.db.get_value(ASSIGNMENT, people.late, "status") == "Completed"
	return people.late


def test_hr_revokes_a_completion_on_its_form(desk, hr, completed, committed):
	page = desk(f"{LIST}/{completed}", hr)
	page.get_by_role("button", name="Revoke Completion").click()
	asked = dialog(page, "Revoke Completion")
	expect(asked).to_contain_text("The evidence is kept")
	asked.get_by_role("button", name="Revoke", exact=True).click()
	expect(page.locator(".modal.show", has_text="Missing Values")).to_be_visible()
	page.locator(".modal.show .btn-modal-close:visible").last.click()
	asked.locator("textarea").fill("Somebody <b>else</b> did it")
	asked.get_by_role("button", name="Revoke", exact=True).click()
	expect(page.get_by_text("Revoked. It is owed again.")).to_be_visible()
	expect(page.locator(".new-timeline")).to_contain_text("revoked the completion of")
	expect(page.locator(".new-timeline")).to_contain_text("Somebody ‹b>else‹/b> did it")
	expect(page.get_by_role("button", name="Revoke Completion")).to_have_count(0)
	committed()
	assert frappe.db.get_value(ASSIGNMENT, completed, "status") == "Pending"
	assert frappe.get_all("LMS Training Evidence", {"assignment": completed}, pluck="status") == ["Revoked"]


def test_of_several_rows_each_says_what_became_of_it(desk, hr, people, completed, committed):
	page = desk(LIST, hr)
	page.locator(".training-quick-filters").get_by_role("button", name="All", exact=True).click()
	choose(page, "Fire Safety", "First Aid")
	act(page, "Revoke Completion")
	asked = dialog(page, "Revoke Completion: 2 assignments")
	asked.locator("textarea").fill("A wrong answer key")
	asked.get_by_role("button", name="Revoke", exact=True).click()
	told = dialog(page, "Revocations: 1 done, 1 not done")
	expect(told).to_contain_text("Revoked. It is owed again.")
	expect(told).to_contain_text("there is no completion to revoke")
	committed()
	assert frappe.db.get_value(ASSIGNMENT, completed, "status") == "Pending"


def test_who_may_only_read_is_offered_no_revocation(desk, completed, committed):
	reader = may_log_in(factory.user("HR User"))
	committed()
	page = desk(f"{LIST}/{completed}", reader)
	expect(page.locator(".form-message:visible")).to_be_visible()
	expect(page.get_by_role("button", name="Revoke Completion")).to_have_count(0)
