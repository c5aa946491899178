"""The screens of training rules for those who do not use a mouse or see well, with nothing to show, and when something is broken."""

import frappe
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.test_desk import dialog
from tests.browser.test_desk_states import darken, go
from tests.browser.test_rules import RULE, drivers, form_of, make_rule, preview
from tests.site import factory

pytestmark = pytest.mark.usefixtures("alone_on_the_site")
__all__ = ["drivers"]
EXCEPTIONS = "/app/query-report/Training Exceptions"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_a_rule_shows_is_accessible(desk, hr, drivers, committed, serious_violations, theme):
	doc = make_rule(drivers, committed)
	page = desk(form_of(RULE, doc.name), hr)

	def look(part: str) -> None:
		expect(page.locator(part).first).to_be_visible()
		if theme == "dark":
			darken(page)
		assert serious_violations(page, part) == [], part

	preview(page).locator("summary").press("Enter")
	look(".rule-preview table")
	go(page, EXCEPTIONS)
	expect(page.locator(".dt-row", has_text="has no user to log in with")).to_be_visible()
	if theme == "dark":
		darken(page)
	assert serious_violations(page, ".dt-row a.btn, .dt-row button.btn") == []
	go(page, form_of("Employee", drivers.clerk.name))
	page.get_by_role("button", name="Explain Training").press("Enter")
	expect(dialog(page, "Training of Clara")).to_contain_text("Not owed")
	look(".modal.show .modal-body")
	page.keyboard.press("Escape")
	expect(page.locator(".modal.show")).to_have_count(0)


def test_with_nothing_to_show_it_says_so(desk, hr, drivers):
	page = desk(EXCEPTIONS, hr)
	expect(page.get_by_text("Nothing to show").first).to_be_visible()
	go(page, "/app/lms-training-rule")
	expect(page.locator(".no-result:visible").first).to_contain_text("LMS Training Rule")
	go(page, form_of("Employee", drivers.clerk.name))
	page.get_by_role("button", name="Explain Training").click()
	expect(dialog(page, "Training of Clara")).to_contain_text("Nothing asks for any training.")


def test_what_a_rule_would_be_refused_for_is_said_while_it_is_written(desk, hr, drivers, committed):
	doc = make_rule(drivers, committed)
	page = desk(form_of(RULE, doc.name), hr)
	expect(preview(page)).to_contain_text("It fits 3 people")
	method = "**/api/method/smooth_lms_hr.api.preview_rule"
	page.evaluate("() => cur_frm.set_value('fixed_due_date', '02-30')")
	expect(preview(page)).to_contain_text("02-30 is no day of the year")
	expect(preview(page)).to_be_visible()
	expect(page.locator(".modal.show")).to_have_count(0)
	page.route(method, lambda route: route.abort())
	page.evaluate("() => cur_frm.set_value('fixed_due_date', '02-28')")
	expect(preview(page)).to_contain_text("could not be found out")
	page.unroute(method)
	page.evaluate("() => cur_frm.set_value('fixed_due_date', '03-31')")
	expect(preview(page)).to_contain_text("It fits 3 people")


def test_on_a_phone_the_preview_and_the_exceptions_fit(desk, hr, drivers, committed):
	doc = make_rule(drivers, committed)
	page = desk(form_of(RULE, doc.name), hr, viewport=PHONE)
	preview(page).locator("summary").click()
	box = preview(page).bounding_box()
	assert box["x"] >= 0
	assert box["x"] + box["width"] <= PHONE["width"]
	go(page, EXCEPTIONS)
	expect(page.locator(".dt-row", has_text=drivers.late.name)).to_be_visible()


def test_both_courses_say_that_the_one_counts_like_the_other(desk, hr, people, committed):
	other = factory.course("First <b>Aid</b>", is_mandatory=0)
	safety = factory.course(
		"Safety", is_mandatory=0, equivalents=[{"course": other, "from_date": "2026-01-31"}]
	)
	frappe.get_doc("User", hr).add_roles("Moderator")
	committed()
	page = desk(form_of("LMS Course", other), hr)
	said = page.locator("[data-fieldname=training_counts_like]")
	expect(said).to_contain_text("This course counts like Safety if it is completed from")
	go(page, form_of("LMS Course", safety))
	expect(page.locator("[data-fieldname=equivalents] .grid-row", has_text="2026").first).to_be_visible()
