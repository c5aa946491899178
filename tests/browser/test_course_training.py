"""What is mandatory of a course, said by HR on its form, which Learning lets them only read."""

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import expect

from tests.browser.scratch import ASSIGNMENT, may_log_in
from tests.browser.test_desk import dialog
from tests.site import factory

APPLY = "**/api/method/smooth_lms_hr.desk.apply_validity"


@pytest.fixture
def form(desk, hr, people):
	"""The form of Fire Safety, which one person owes, as HR sees it."""
	page = desk(f"/app/lms-course/{people.course}", hr)
	expect(page.locator(".training-count").first).to_be_visible()
	return page


def ask(page):
	page.get_by_role("button", name="Mandatory Training").click()
	return dialog(page, "Mandatory Training")


def test_hr_makes_a_course_mandatory(form, people, hr, committed):
	expect(form.get_by_role("button", name="Save")).to_be_hidden()
	asked = ask(form)
	asked.get_by_label("Is Mandatory").check()
	asked.locator("input[data-fieldname=training_due_days]").fill("14")
	asked.get_by_role("button", name="Save").click()
	expect(form.get_by_text("Saved: Is Mandatory from No to Yes")).to_be_visible()
	expect(form.locator(".new-timeline")).to_contain_text("Due Within (Days) from 0 to 14")
	committed()
	course = frappe.get_doc("LMS Course", people.course)
	assert (course.is_mandatory, course.training_due_days, course.modified_by) == (1, 14, hr)


def test_hr_is_asked_before_it_is_taken_back_and_about_those_on_record(form, people, committed):
	frappe.db.set_value("LMS Course", people.course, {"is_mandatory": 1, "validity_days": 365})
	done = {"status": "Completed", "progress": 100, "completed_on": getdate()}
	other = frappe.get_doc(
		{"doctype": ASSIGNMENT, "member": people.clerk.user_id, "course": people.course}
	).insert()
	frappe.db.set_value(ASSIGNMENT, other.name, done)
	committed()
	form.reload()
	expect(form.locator(".training-count").last).to_have_text("Completed: 1")
	asked = ask(form)
	asked.get_by_label("Is Mandatory").uncheck()
	asked.locator("input[data-fieldname=validity_days]").fill("100")
	asked.get_by_role("button", name="Save").click()
	sure = form.locator(".modal.show", has_text="still owes this course")
	sure.get_by_role("button", name="Yes").click()
	on_record = form.locator(".modal.show", has_text="One completion is on record")
	with form.expect_response(APPLY) as response:
		on_record.get_by_role("button", name="Yes").click()
	assert response.value.ok
	committed()
	course = frappe.get_doc("LMS Course", people.course)
	assert (course.is_mandatory, course.validity_days) == (0, 100)


def test_who_only_reads_has_no_such_button(desk, reader, people):
	page = desk(f"/app/lms-course/{people.course}", reader)
	expect(page.locator(".training-count").first).to_be_visible()
	expect(page.get_by_role("button", name="Mandatory Training")).to_have_count(0)


def test_a_moderator_with_a_desk_changes_the_form_itself(desk, people, committed):
	moderator = may_log_in(factory.user("Moderator", "System Manager"))
	committed()
	page = desk(f"/app/lms-course/{people.course}", moderator)
	expect(page.locator(".training-count").first).to_be_visible()
	expect(page.get_by_role("button", name="Mandatory Training")).to_have_count(0)
