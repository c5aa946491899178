"""Asking on /my-training, answering on /my-team-training and in the desk."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.scratch import ASSIGNMENT, may_log_in, owes
from tests.browser.test_desk import act, choose, dialog
from tests.site import factory
from tests.site.asking import REQUEST

pytestmark = pytest.mark.usefixtures("alone_on_the_site")
ASK = "**/api/method/smooth_lms_hr.api.request_training"
ANSWER = "**/api/method/smooth_lms_hr.api.answer_request"
LATER = getdate() + timedelta(days=60)


@pytest.fixture
def ana(committed):
	"""Somebody who owes two courses."""
	user = may_log_in(factory.user("Employee"))
	someone = factory.employee(user, first_name="Ana", last_name="Lima")
	name, _course = owes(someone, "Fire Safety", 10)
	owes(someone, "First Aid", 20)
	committed()
	return frappe._dict(user=user, owed=name)


def card_of(page, title="Fire Safety"):
	return page.locator("li.item", has_text=title)


def open_form(page, title="Fire Safety"):
	card = card_of(page, title)
	card.locator(".ask summary").click()
	return card.locator("details form")


def answer_with(**answer):
	"""Return what answers a request of the page in the server's place."""
	return lambda route: route.fulfill(**answer)


@pytest.mark.pages
def test_by_the_keyboard_alone_somebody_asks_for_more_time(ana, visit, committed, serious_violations):
	page = visit("/my-training", ana.user)
	summary = card_of(page).get_by_label("Ask about Fire Safety")
	summary.focus()
	page.keyboard.press("Enter")
	form = card_of(page).locator("details form")
	expect(form.get_by_label("New due date")).to_be_visible()
	expect(form.get_by_label("Completed on")).to_be_hidden()
	assert serious_violations(page, ".training") == []
	form.get_by_label("New due date").fill(str(LATER))
	form.get_by_label("Why?").fill("A project <b>abroad</b>")
	form.get_by_label("Why?").press("Tab")
	form.get_by_role("button", name="Send").focus()
	with page.expect_navigation():
		page.keyboard.press("Enter")
	request = card_of(page).locator(".request")
	for text in ("Extension", "Open", "A project ‹b>abroad‹/b>"):
		expect(request).to_contain_text(text)
	expect(request).to_be_in_viewport()
	assert serious_violations(page, ".training") == []
	committed()
	(row,) = frappe.get_all(REQUEST, fields=["assignment", "kind", "wanted_date", "status"])
	assert (row.assignment, row.kind, row.wanted_date, row.status) == (ana.owed, "Extension", LATER, "Open")


@pytest.mark.pages
def test_what_was_done_elsewhere_goes_with_its_file(ana, visit, committed, hr):
	page = visit("/my-training", ana.user)
	form = open_form(page)
	form.get_by_label("What do you ask for?").select_option(label="I have done this elsewhere")
	expect(form.get_by_label("New due date")).to_be_hidden()
	form.get_by_label("Completed on").fill(str(getdate() - timedelta(days=3)))
	form.get_by_label("Why?").fill("See the certificate")
	proof = {"name": "proof.txt", "mimeType": "text/plain", "buffer": b"It is true"}
	form.get_by_label("Proof (a file").set_input_files(proof)
	with page.expect_navigation():
		form.get_by_role("button", name="Send").click()
	link = card_of(page).get_by_role("link", name="The file that you handed in")
	address = link.get_attribute("href")
	assert address.startswith("/private/files/")
	committed()
	(row,) = frappe.get_all(REQUEST, fields=["name", "file"])
	assert row.file == address
	stranger = may_log_in(factory.user("Employee"))
	committed()
	for user, status in ((ana.user, 200), (hr, 200), (stranger, 403)):
		assert visit("/my-training", user).request.get(address).status == status, user


@pytest.mark.pages
def test_what_is_refused_is_said_and_may_be_sent_again(ana, visit, committed):
	page = visit("/my-training", ana.user)
	form = open_form(page)
	said = form.get_by_role("status")
	form.get_by_role("button", name="Send").click()
	expect(said).to_have_text("A reason is required.")
	form.get_by_label("Why?").fill("Why not")
	form.get_by_role("button", name="Send").click()
	expect(said).to_have_text("A new due date is required (wanted_date).")
	expect(form.get_by_role("button", name="Send")).to_be_enabled()
	expect(form.get_by_label("Completed on")).to_be_disabled()
	for answer in ({"status": 500, "body": "{}"}, {"status": 200, "body": "no json"}):
		page.route(ASK, answer_with(**answer))
		form.get_by_role("button", name="Send").click()
		expect(said).to_have_text("Could not be sent. Please try again.")
		page.unroute(ASK)
	form.get_by_label("New due date").fill(str(LATER))
	with page.expect_navigation():
		form.get_by_role("button", name="Send").click()
	expect(card_of(page).locator(".request")).to_contain_text("Open")


@pytest.mark.pages
def test_a_request_is_withdrawn(ana, visit, committed):
	factory.request(ana.owed)
	committed()
	page = visit("/my-training", ana.user)
	with page.expect_navigation():
		page.get_by_role("button", name="Withdraw: Extension, Fire Safety").click()
	expect(card_of(page).locator(".request")).to_contain_text("Withdrawn")
	expect(page.get_by_role("button", name="Withdraw")).to_have_count(0)


@pytest.mark.pages
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_on_a_phone_everything_is_in_reach(ana, visit, committed, hr, serious_violations, color_scheme):
	factory.request(ana.owed, reason="A very long reason " * 20)
	committed()
	page = visit("/my-training", ana.user, viewport=PHONE, color_scheme=color_scheme)
	open_form(page)
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
	assert serious_violations(page, ".training") == []
	page = visit("/my-team-training", hr, viewport=PHONE, color_scheme=color_scheme)
	expect(page.get_by_role("button", name="Grant Ana Lima the request about Fire Safety")).to_be_visible()
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
	assert serious_violations(page, ".training") == []


@pytest.mark.pages
def test_a_manager_grants_another_day(visit, committed):
	boss = factory.employee(may_log_in(factory.user("Employee")), first_name="Priya")
	worker = factory.employee(
		factory.user("Employee"), first_name="Ana", last_name="Lima", reports_to=boss.name
	)
	name, _course = owes(worker, "Fire Safety", 10)
	request = factory.request(name, wanted_date=str(LATER))
	frappe.db.set_single_value("LMS Training Settings", "managers_answer_extensions", 1)
	committed()
	try:
		page = visit("/my-team-training#requests", boss.user_id)
		form = page.locator(f"form[data-request='{request}']")
		expect(form.locator("input[type=date]")).to_have_value(str(LATER))
		form.locator("input[type=date]").fill(str(LATER - timedelta(days=1)))
		form.locator("textarea").fill("One day less")
		form.get_by_role("button", name="Grant").click()
		expect(form.get_by_role("status")).to_contain_text("Due date moved")
		expect(form.get_by_role("button", name="Refuse")).to_be_disabled()
	finally:
		frappe.db.set_single_value("LMS Training Settings", "managers_answer_extensions", 0)
		committed()
	assert frappe.db.get_value(ASSIGNMENT, name, "due_date") == LATER - timedelta(days=1)
	assert frappe.db.get_value(REQUEST, request, ["status", "answer"]) == ("Granted", "One day less")


@pytest.mark.pages
def test_a_refusal_without_a_word_is_not_one(ana, visit, committed, hr):
	request = factory.request(ana.owed)
	committed()
	page = visit("/my-team-training", hr)
	form = page.locator(f"form[data-request='{request}']")
	form.get_by_role("button", name="Refuse").click()
	expect(form.get_by_role("status")).to_have_text("A refusal needs an answer.")
	page.route(ANSWER, answer_with(status=500, body="{}"))
	form.get_by_role("button", name="Refuse").click()
	expect(form.get_by_role("status")).to_have_text("Could not be sent. Please try again.")
	page.unroute(ANSWER)
	form.locator("textarea").fill("It is the law")
	form.get_by_role("button", name="Refuse").click()
	expect(form.get_by_role("status")).to_have_text("Refused.")
	page = visit("/my-training", ana.user)
	expect(card_of(page).locator(".request")).to_contain_text("answered: It is the law")


def test_hr_answers_on_the_form_and_the_history_says_so(ana, desk, committed, hr):
	request = factory.request(ana.owed, reason="A project <b>abroad</b>", wanted_date=str(LATER))
	committed()
	page = desk(f"/app/lms-training-request/{request}", hr)
	expect(page.locator(".form-layout:visible")).to_contain_text("A project ‹b>abroad‹/b>")
	expect(page.get_by_role("button", name="Save")).to_have_count(0)
	page.get_by_role("button", name="Grant").click()
	asked = dialog(page, "Grant")
	expect(asked).to_contain_text("Ana Lima, Fire Safety, Extension")
	asked.locator("textarea").fill("Take your time")
	asked.get_by_role("button", name="Grant").click()
	expect(page.locator(".indicator-pill:visible", has_text="Granted")).to_be_visible()
	expect(page.get_by_role("button", name="Refuse")).to_have_count(0)
	committed()
	assert frappe.db.get_value(ASSIGNMENT, ana.owed, "due_date") == LATER
	page.goto(f"/app/lms-training-assignment/{ana.owed}")
	expect(page.locator(".new-timeline")).to_contain_text(
		"granted what was asked for: Extension: Take your time"
	)


def test_hr_refuses_several_in_the_list(ana, desk, committed, hr):
	first = factory.request(ana.owed)
	second = factory.request(ana.owed, "Exemption")
	committed()
	page = desk("/app/lms-training-request", hr)
	expect(page.locator(".list-row", has_text="Ana Lima: Fire Safety")).to_have_count(2)
	choose(page, "Extension", "Exemption")
	act(page, "Refuse")
	asked = dialog(page, "Refuse")
	asked.locator("textarea").fill("No")
	asked.get_by_role("button", name="Refuse").click()
	expect(page.get_by_text("2 answered")).to_be_visible()
	committed()
	for name in (first, second):
		assert frappe.db.get_value(REQUEST, name, ["status", "answer"]) == ("Refused", "No")


def test_who_only_reads_has_nothing_to_answer_with(ana, desk, committed, reader):
	request = factory.request(ana.owed)
	committed()
	page = desk(f"/app/lms-training-request/{request}", reader)
	expect(page.get_by_role("button", name="Assignment")).to_be_visible()
	for label in ("Grant", "Refuse"):
		expect(page.get_by_role("button", name=label)).to_have_count(0)
