"""Training rules in the desk: what a rule would do, the yes that it waits for, who could not be assigned, and why anybody owes."""

import frappe
import pytest
from playwright.sync_api import Page, expect

from smooth_lms_hr.assigning import rule_runs
from tests.browser.conftest import PHONE
from tests.browser.scratch import ASSIGNMENT
from tests.site import factory

RULE = "LMS Training Rule"
EVIL = '"<img src=x onerror=window.hacked=1>"'

pytestmark = pytest.mark.usefixtures("alone_on_the_site")


@pytest.fixture
def drivers(committed):
	"""Two drivers with users, one without, and a clerk."""
	for name in ("Driver", "Clerk"):
		factory.named("Designation", "designation_name", name)
	found = frappe._dict(
		course=factory.course("Forklift", is_mandatory=0),
		drivers=[
			factory.employee(factory.user(), designation="Driver", first_name=name) for name in ("Ada", EVIL)
		],
		late=factory.employee(designation="Driver", first_name="Late"),
		clerk=factory.employee(factory.user(), designation="Clerk", first_name="Clara"),
	)
	committed()
	return found


def make_rule(drivers, committed, title="Drivers drive", **fields):
	doc = factory.rule(title, [drivers.course], [("Designation", "Driver")], **fields)
	committed()
	return doc


def form_of(doctype: str, name: str) -> str:
	return f"/app/{frappe.scrub(doctype).replace('_', '-')}/{name}"


def preview(page: Page):
	return page.locator(".rule-preview")


def test_a_rule_shows_what_it_would_do_while_it_is_written(desk, hr, drivers, committed):
	doc = make_rule(drivers, committed, when_it_no_longer_fits="Cancel")
	page = desk(form_of(RULE, doc.name), hr)
	expect(preview(page)).to_contain_text("It fits 3 people")
	expect(preview(page)).to_contain_text("2 owed already")
	expect(preview(page)).to_contain_text("1 cannot be assigned")
	preview(page).locator("summary").press("Enter")
	expect(preview(page)).to_contain_text("has no user to log in with")
	assert page.evaluate("window.hacked") is None
	page.evaluate(
		"""() => {
			const line = cur_frm.doc.audience[0];
			return frappe.model.set_value(line.doctype, line.name, "value", "Clerk");
		}"""
	)
	expect(preview(page)).to_contain_text("It fits 1 person")
	expect(preview(page)).to_contain_text("1 new assignment")
	expect(preview(page)).to_contain_text("2 would no longer fit")
	page.evaluate("() => cur_frm.set_value('due_days', 5)")
	expect(preview(page).get_by_text("2 would no longer fit")).to_be_visible()
	committed()
	assert not factory.assignments(employee=drivers.clerk.name)


def test_a_rule_waits_for_a_yes_and_is_applied_by_it(desk, hr, drivers, committed):
	doc = make_rule(drivers, committed, confirm_above=1)
	assert not factory.assignments(course=drivers.course)
	page = desk("/app/lms-training-rule", hr)
	expect(page.locator(".list-row-container", has_text="Drivers drive")).to_contain_text("Waits for a Yes")
	page = desk(form_of(RULE, doc.name), hr)
	expect(page.get_by_text("2 people would be assigned training at once")).to_be_visible()
	page.get_by_role("button", name="Apply Now").click()
	asked = page.locator(".modal.show", has_text="Apply it now?")
	expect(asked).to_contain_text("2 new assignments")
	asked.get_by_role("button", name="Yes").click()
	expect(page.get_by_text("It is being applied in the background.")).to_be_visible()
	committed()
	# The worker's part.
	frappe.set_user(hr)
	for run in frappe.get_all("LMS Training Run", pluck="name"):
		rule_runs.work_part(run, 0)
	frappe.set_user("Administrator")
	committed()
	assert len(factory.assignments(course=drivers.course)) == 2
	page.reload()
	expect(page.get_by_text("2 people would be assigned training at once")).to_have_count(0)
	expect(preview(page)).to_contain_text("2 owed already")


def test_exceptions_say_who_why_and_what_solves_it(desk, hr, drivers, committed):
	make_rule(drivers, committed)
	page = desk("/app/query-report/Training Exceptions", hr)
	line = page.locator(".dt-row", has_text=drivers.late.name)
	expect(line).to_contain_text("has no user to log in with")
	line.get_by_text("Enter User").click()
	page.wait_for_url(f"**/employee/{drivers.late.name}")
	expect(page.locator("input[data-fieldname=first_name]")).to_have_value("Late")


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desk", "phone"])
def test_why_somebody_owes_or_not_is_one_click_away(desk, hr, drivers, committed, viewport):
	make_rule(drivers, committed, title=f"Drivers {EVIL[1:-1]}".replace("<", "").replace(">", ""))
	options = {"viewport": viewport} if viewport else {}
	page = desk(form_of("Employee", drivers.clerk.name), hr, **options)
	press(page, "Explain Training", viewport)
	dialog = page.locator(".modal.show", has_text="Training of Clara")
	expect(dialog).to_contain_text("Designation is Clerk, the rule wants Driver")
	expect(dialog).to_contain_text("Not owed")
	(row,) = factory.assignments(employee=drivers.drivers[0].name)
	page = desk(form_of(ASSIGNMENT, row.name), hr, **options)
	press(page, "Explain", viewport)
	dialog = page.locator(".modal.show", has_text="Training of Ada")
	expect(dialog).to_contain_text("Rule Drivers")
	assert page.evaluate("window.hacked") is None


def press(page: Page, label: str, viewport) -> None:
	"""Press a button of a form, which a phone hides in its menu."""
	if viewport:
		page.locator(".menu-btn-group:visible > button").click()
		page.locator(".menu-btn-group .dropdown-menu.show").get_by_text(label, exact=True).click()
	else:
		page.get_by_role("button", name=label, exact=True).click()
