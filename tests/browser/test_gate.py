"""The gate in the desk: the onboarding says whether it is ready to start, and what refuses it says why."""

import frappe
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.site import factory

ONBOARDING = "Employee Onboarding"

pytestmark = pytest.mark.usefixtures("alone_on_the_site")


@pytest.fixture
def gated(committed):
	"""A submitted onboarding whose person owes a course, with the gate on Block; the gate is off again afterwards."""
	course = factory.course("Fire & <b>Safety</b>")
	person = factory.employee(factory.user())
	doc = factory.onboarding(employee=person.name)
	doc.submit()
	frappe.db.set_single_value("LMS Training Settings", "gate", "Block")
	committed()
	yield frappe._dict(onboarding=doc.name, user=person.user_id, course=course)
	frappe.db.rollback()
	frappe.db.set_single_value("LMS Training Settings", "gate", "Off")
	committed()


def ready(page: Page):
	return page.locator(".training-ready")


@pytest.mark.parametrize("viewport", [None, PHONE])
def test_the_onboarding_says_what_keeps_it_and_then_that_it_is_ready(desk, hr, gated, committed, viewport):
	options = {"viewport": viewport} if viewport else {}
	page = desk(f"/app/employee-onboarding/{gated.onboarding}", hr, **options)
	expect(ready(page)).to_contain_text("Not ready to start. To be done first: Fire &")
	expect(ready(page).locator("b")).to_have_count(0)
	factory.complete_lessons(gated.user, gated.course)
	committed()
	page.locator(".training-overview [data-action=refresh]").click()
	expect(ready(page)).to_contain_text("Ready to start")


def test_marking_it_as_completed_is_refused_with_what_is_open(desk, hr, gated, committed):
	page = desk(f"/app/employee-onboarding/{gated.onboarding}", hr)
	expect(ready(page)).to_contain_text("Not ready to start")
	page.get_by_role("button", name="Mark as Completed").click()
	said = page.locator(".modal.show", has_text="Training Is Open")
	expect(said).to_contain_text(
		"The onboarding cannot be completed yet. This training has to be done first:"
	)
	expect(said.get_by_role("link")).to_contain_text("Fire &")
	committed()
	assert frappe.db.get_value(ONBOARDING, gated.onboarding, "boarding_status") == "Pending"
	task = frappe.get_doc(ONBOARDING, gated.onboarding).activities[0].task
	assert frappe.db.get_value("Task", task, "status") == "Open"


def test_with_the_gate_off_nothing_is_said(desk, hr, gated, committed):
	frappe.db.set_single_value("LMS Training Settings", "gate", "Off")
	committed()
	page = desk(f"/app/employee-onboarding/{gated.onboarding}", hr)
	expect(page.locator(".training-overview table")).to_be_visible()
	expect(ready(page)).to_have_count(0)
