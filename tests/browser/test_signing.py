"""Reading and signing a statement on /my-training, and what else shows that one awaits it."""

import re

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.scratch import ASSIGNMENT, PASSWORD, may_log_in, owes
from tests.site import factory

STATEMENT = "I have read the <b>policy</b>.\n\nI will follow it."
SHOWN = "I have read the ‹b>policy‹/b>."
SIGN = "**/api/method/smooth_lms_hr.api.sign_statement"

pytestmark = pytest.mark.usefixtures("alone_on_the_site")


def state_statement(course, statement=STATEMENT):
	doc = frappe.get_doc("LMS Course", course)
	doc.attestation = statement
	doc.save()


@pytest.fixture
def ana(committed):
	"""Somebody who has learned a course whole, and has not signed its statement."""
	user = may_log_in(factory.user("Employee"))
	someone = factory.employee(user, first_name="Ana", last_name="Lima")
	name, course = owes(someone, "Fire Safety", 10)
	state_statement(course)
	factory.complete_lessons(user, course)
	assert frappe.db.get_value(ASSIGNMENT, name, "status") == "Awaiting Signature"
	committed()
	return frappe._dict(user=user, owed=name, course=course, employee=someone.name)


def open_dialog(page):
	page.get_by_role("button", name="Read and sign the statement of Fire Safety").click()
	dialog = page.get_by_role("dialog", name="Statement: Fire Safety")
	expect(dialog).to_be_visible()
	return dialog


def fill(dialog, secret=PASSWORD, label="Your password"):
	dialog.get_by_label("Your name, as your signature").fill("Ana Lima")
	dialog.get_by_label(label).fill(secret)


def signed(ana):
	return frappe.db.get_value(ASSIGNMENT, ana.owed, ["status", "completed_on"])


@pytest.mark.pages
def test_by_the_keyboard_alone_a_statement_is_read_and_signed(ana, visit, committed, serious_violations):
	page = visit("/my-training", ana.user)
	expect(page.locator("li.item", has_text="Fire Safety").locator(".pill").first).to_have_text(
		"Awaiting Signature"
	)
	assert serious_violations(page, ".training") == []
	page.get_by_role("button", name="Read and sign the statement of Fire Safety").focus()
	page.keyboard.press("Enter")
	dialog = page.get_by_role("dialog", name="Statement: Fire Safety")
	statement = dialog.locator("[data-statement]")
	expect(statement).to_contain_text(SHOWN)
	# What is to be read comes first, and can be scrolled by the keyboard.
	expect(statement).to_be_focused()
	assert serious_violations(page, ".training") == []
	page.keyboard.press("Tab")
	page.keyboard.type("Ana Lima")
	page.keyboard.press("Tab")
	page.keyboard.type(PASSWORD)
	with page.expect_navigation():
		page.keyboard.press("Enter")
	page.wait_for_url("**/my-training?tab=done#done")
	expect(page.get_by_role("region", name="Done", exact=True)).to_contain_text("Fire Safety")
	expect(page.get_by_role("button", name="Read and sign")).to_have_count(0)
	committed()
	assert signed(ana) == ("Completed", getdate())


@pytest.mark.pages
def test_escape_leaves_it_for_later(ana, visit, committed):
	page = visit("/my-training", ana.user)
	dialog = open_dialog(page)
	page.keyboard.press("Escape")
	expect(dialog).to_be_hidden()
	dialog = open_dialog(page)
	dialog.get_by_role("button", name="Not now").click()
	expect(dialog).to_be_hidden()
	committed()
	assert signed(ana)[0] == "Awaiting Signature"


@pytest.mark.pages
def test_what_is_missing_or_wrong_is_said_and_may_be_tried_again(ana, visit, committed):
	page = visit("/my-training", ana.user)
	dialog = open_dialog(page)
	dialog.get_by_role("button", name="Sign", exact=True).click()
	expect(dialog.get_by_label("Your name, as your signature")).to_be_focused()
	fill(dialog, "wrong")
	dialog.get_by_role("button", name="Sign", exact=True).click()
	said = dialog.get_by_role("status")
	expect(said).to_have_text("That is not your password.")
	password = dialog.get_by_label("Your password")
	expect(password).to_have_value("")
	expect(password).to_be_focused()
	page.route(SIGN, lambda route: route.fulfill(status=500, body="{}"))
	fill(dialog)
	dialog.get_by_role("button", name="Sign", exact=True).click()
	expect(said).to_have_text("Could not be sent. Please try again.")
	page.unroute(SIGN)
	fill(dialog)
	# A wrong password has cost nobody their session.
	with page.expect_navigation():
		dialog.get_by_role("button", name="Sign", exact=True).click()
	committed()
	assert signed(ana)[0] == "Completed"


@pytest.mark.pages
def test_a_statement_that_was_changed_meanwhile_is_shown_before_it_is_signed(ana, visit, committed):
	page = visit("/my-training", ana.user)
	dialog = open_dialog(page)
	state_statement(ana.course, "I know where the exits are.")
	committed()
	fill(dialog)
	dialog.get_by_role("button", name="Sign", exact=True).click()
	expect(dialog.get_by_role("status")).to_contain_text("The statement was changed while you read it")
	expect(dialog.locator("[data-statement]")).to_have_text("I know where the exits are.")
	committed()
	assert signed(ana)[0] == "Awaiting Signature"
	fill(dialog)
	with page.expect_navigation():
		dialog.get_by_role("button", name="Sign", exact=True).click()
	committed()
	assert signed(ana)[0] == "Completed"


@pytest.mark.pages
def test_who_has_no_password_here_signs_with_a_code(ana, visit, committed):
	factory.mail_account()
	user = frappe.get_doc("User", ana.user)
	user.append("social_logins", {"provider": "google", "userid": "1"})
	user.save()
	committed()
	page = visit("/my-training", ana.user)
	dialog = open_dialog(page)
	dialog.get_by_role("button", name="Send me a code by mail").click()
	expect(dialog.get_by_role("status")).to_have_text(f"A code is on its way to {ana.user}.")
	field = dialog.get_by_label("The code from the mail")
	expect(field).to_be_focused()
	committed()
	(message,) = frappe.get_all("Email Queue", {"reference_name": ana.owed}, pluck="message")
	_subject, text = factory.parse_mail(message)
	fill(dialog, "00000000", "The code from the mail")
	dialog.get_by_role("button", name="Sign", exact=True).click()
	expect(dialog.get_by_role("status")).to_contain_text("That code is wrong or no longer counts")
	fill(dialog, re.search(r"<strong>(\d{8})</strong>", text)[1], "The code from the mail")
	with page.expect_navigation():
		dialog.get_by_role("button", name="Sign", exact=True).click()
	committed()
	assert signed(ana)[0] == "Completed"


@pytest.mark.pages
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_on_a_phone_a_long_statement_and_its_fields_are_in_reach(
	ana, visit, committed, serious_violations, color_scheme
):
	state_statement(ana.course, "A long statement, which nobody has shortened. " * 60)
	committed()
	page = visit("/my-training", ana.user, viewport=PHONE, color_scheme=color_scheme)
	dialog = open_dialog(page)
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
	assert dialog.evaluate("(one) => one.getBoundingClientRect().right <= innerWidth")
	assert serious_violations(page, ".training") == []
	button = dialog.get_by_role("button", name="Sign", exact=True)
	button.scroll_into_view_if_needed()
	expect(button).to_be_in_viewport()
	fill(dialog)
	with page.expect_navigation():
		button.click()
	committed()
	assert signed(ana)[0] == "Completed"


def test_the_card_on_learnings_home_leads_to_where_it_is_signed(ana, visit):
	page = visit("/lms", ana.user)
	card = page.locator("#smooth-lms-hr-training")
	expect(card.locator("li .status")).to_have_text(["Awaiting Signature"])
	sign = card.get_by_role("link", name="Read and sign the statement of Fire Safety")
	expect(sign).to_have_attribute("href", "/my-training")


def test_hr_sees_that_it_is_not_signed_and_cannot_sign(ana, desk, hr, committed):
	page = desk(f"/app/lms-training-assignment/{ana.owed}", hr)
	expect(page.locator(".form-layout:visible, .form-dashboard:visible").first).to_be_visible()
	expect(page.get_by_text("All is learned; the statement is not signed yet.")).to_be_visible()
	expect(page.get_by_role("button", name="Remind")).to_be_visible()
	expect(page.get_by_role("button", name="Read and Sign")).to_have_count(0)
	expect(page.locator(".new-timeline")).to_contain_text(
		"All was learned; the statement remains to be signed."
	)
	page.goto("/app/lms-training-assignment?status=Awaiting Signature")
	expect(page.locator(".list-row-container", has_text="Ana Lima")).to_contain_text("Awaiting Signature")
