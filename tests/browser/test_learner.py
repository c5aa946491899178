"""What a learner sees and does on Learning's home: the card My training."""

import re

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import expect

from smooth_lms_hr.setup import learning_sidebar
from tests.browser.conftest import PHONE
from tests.browser.scratch import ASSIGNMENT, PASSWORD, may_log_in, owes
from tests.site import differences, factory

HOST = "#smooth-lms-hr-training"
GREETING = "#app .px-5.pt-5.pb-10 > .space-y-2:first-child"
API = "**/api/method/smooth_lms_hr.api."


def learner(first_name="Ana", **fields):
	user = may_log_in(factory.user("Employee"))
	frappe.db.set_value("User", user, {"first_name": first_name, "full_name": f"{first_name} Lima"})
	return factory.employee(user, first_name=first_name, last_name="Lima", **fields)


@pytest.fixture
def ana(committed):
	"""Somebody who is late, busy, has time, and has done something."""
	someone = learner()
	owes(someone, "Data Protection", 12)
	owes(someone, "Fire Safety", -5, status="Overdue", progress=50)
	owes(someone, "Information Security", 1, status="In Progress", progress=33.3)
	owes(someone, "Code of Conduct", 3, status="Completed", progress=100, completed_on=getdate())
	waived = {"waived_by": "Administrator", "waived_on": frappe.utils.now(), "waiver_reason": "Teaches it"}
	owes(someone, "First Aid", 3, status="Waived", **waived)
	committed()
	return someone


def card_of(page):
	card = page.locator(HOST)
	expect(card).to_be_visible()
	return card


@pytest.mark.pages
def test_the_card_lists_what_is_open_by_urgency(ana, visit):
	page = visit("/lms", ana.user_id)
	card = card_of(page)
	expect(card.get_by_role("listitem")).to_have_count(3)
	expect(card.get_by_role("link").nth(0)).to_have_attribute("href", "/my-training")
	expect(card.locator("li .course")).to_have_text(
		["Fire Safety", "Information Security", "Data Protection"]
	)
	expect(card.locator("li .due")).to_have_text(["5 days late", "tomorrow", "in 12 days"])
	expect(card.locator("li .status")).to_have_text(["Overdue", "In Progress", "Pending"])
	expect(card.locator(".summary")).to_have_text("3 open, 1 late")
	bar = card.get_by_role("progressbar", name="Progress of Fire Safety")
	expect(bar).to_have_attribute("aria-valuenow", "50")
	# Between the greeting and Learning's own content, and as wide as that.
	greeting = page.locator(".space-y-2").first.bounding_box()
	box = card.bounding_box()
	assert box["y"] > greeting["y"] + greeting["height"]
	assert abs(box["width"] - greeting["width"]) <= 1


def test_on_a_phone_a_lesson_is_learned_and_the_card_moves(visit, committed):
	someone = learner()
	name, course = owes(someone, "Working at Heights", 3)
	committed()
	page = visit("/login?redirect-to=/lms", viewport=PHONE, has_touch=True, is_mobile=True)
	page.get_by_placeholder("jane@example.com").fill(someone.user_id)
	page.locator("#login_password").fill(PASSWORD)
	page.locator(".btn-login").click()
	page.wait_for_url(re.compile(r"/lms/?$"))
	card = card_of(page)
	bar = card.get_by_role("progressbar")
	expect(bar).to_have_attribute("aria-valuenow", "0")
	assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
	page.get_by_text("My Courses").wait_for()

	card.get_by_role("link", name="Working at Heights").click()
	page.wait_for_url(f"**/lms/courses/{course}")
	page.get_by_role("button", name=re.compile("Start Learning|Continue Learning")).first.click()
	page.wait_for_url("**/learn/1-1")
	# Learning counts a lesson as done after half a minute on it.
	with page.expect_response(lambda response: "save_progress" in response.url, timeout=60_000) as saved:
		pass
	assert saved.value.ok
	if differences.learnings_tabs_have_names():
		page.get_by_role("button", name="Home").click()
	else:
		page.goto("/lms")
	expect(card_of(page).get_by_role("progressbar")).to_have_attribute("aria-valuenow", "50")
	expect(card_of(page).locator(".status")).to_have_text("In Progress")
	committed()
	assert frappe.db.get_value(ASSIGNMENT, name, ["status", "progress"]) == ("In Progress", 50)


def test_one_request_a_visit_and_one_card_whatever_the_way_back(ana, visit):
	requests = []
	page = visit("/lms/courses", ana.user_id)
	page.on(
		"request",
		lambda request: (
			requests.append(request.url) if "get_my_training_assignments" in request.url else None
		),
	)
	page.get_by_role("button", name="Courses").wait_for()
	page.wait_for_timeout(1000)
	# Deep inside Learning nothing is asked for.
	assert requests == []
	expect(page.locator(HOST)).to_have_count(0)
	page.get_by_role("button", name="Home").click()
	card_of(page)
	assert len(requests) == 1
	page.get_by_role("button", name="Courses").click()
	expect(page.locator(HOST)).to_have_count(0)
	page.go_back()
	card_of(page)
	expect(page.locator(HOST)).to_have_count(1)
	assert len(requests) == 2
	# Below 640 px Learning swaps the whole layout.
	page.set_viewport_size(PHONE)
	page.wait_for_timeout(500)
	card_of(page)
	page.set_viewport_size({"width": 1280, "height": 860})
	page.wait_for_timeout(500)
	card_of(page)
	expect(page.locator(HOST)).to_have_count(1)
	assert len(requests) == 2


@pytest.mark.pages
def test_nothing_due_is_one_line(visit, committed):
	someone = learner()
	owes(someone, "Done", status="Completed", progress=100, completed_on=getdate())
	committed()
	page = visit("/lms", someone.user_id)
	card = card_of(page)
	expect(card.locator(".summary")).to_have_text("Nothing is due. 1 completed")
	expect(card.get_by_role("listitem")).to_have_count(0)
	assert card.bounding_box()["height"] < 60


@pytest.mark.pages
def test_many_are_cut_and_the_rest_is_one_click_away(visit, committed):
	someone = learner()
	for number in range(7):
		owes(someone, f"Course {number}", number + 1, lessons=0)
	committed()
	card = card_of(visit("/lms", someone.user_id))
	expect(card.get_by_role("listitem")).to_have_count(5)
	expect(card.get_by_role("link", name="2 more")).to_have_attribute("href", "/my-training")


def no_card(page):
	page.locator(GREETING).wait_for()
	page.wait_for_timeout(1500)
	expect(page.locator(HOST)).to_have_count(0)


@pytest.mark.pages
def test_who_has_nothing_assigned_sees_learning_as_it_is(visit, committed):
	someone = may_log_in(factory.user())
	committed()
	no_card(visit("/lms", someone))


@pytest.mark.pages
def test_the_setting_switches_the_card_off(ana, visit, committed):
	frappe.db.set_single_value("LMS Training Settings", "show_on_lms_home", 0)
	committed()
	try:
		no_card(visit("/lms", ana.user_id))
	finally:
		frappe.db.set_single_value("LMS Training Settings", "show_on_lms_home", 1)
		committed()


@pytest.mark.parametrize("body", ['{"message": [{}]}', '{"message": "no list"}', "no json"])
def test_an_answer_that_makes_no_sense_is_logged_and_learning_goes_on(ana, visit, committed, body):
	broken = []
	page = visit("/lms/courses", ana.user_id)
	page.on("pageerror", lambda error: broken.append(str(error)))
	page.route(f"{API}get_my_training_assignments**", lambda route: route.fulfill(status=200, body=body))
	with page.expect_response("**/smooth_lms_hr.api.log_card_error") as logged:
		page.get_by_role("button", name="Home").click()
	assert logged.value.ok
	page.get_by_text("My Courses").wait_for()
	expect(page.locator(HOST)).to_have_count(0)
	assert [error for error in broken if error not in differences.LEARNINGS_OWN_ERRORS] == []
	committed()
	assert frappe.db.exists("Error Log", {"method": "The training card in Learning failed"})


def test_a_server_that_fails_is_logged_and_being_logged_out_is_not(ana, visit):
	page = visit("/lms/courses", ana.user_id)
	logged, status = [], [403]
	page.on(
		"request", lambda request: logged.append(request.url) if "log_card_error" in request.url else None
	)
	page.route(
		f"{API}get_my_training_assignments**", lambda route: route.fulfill(status=status[0], body="{}")
	)
	for code, expected in ((403, 0), (500, 1)):
		status[0] = code
		page.get_by_role("button", name="Home").click()
		page.locator(GREETING).wait_for()
		page.wait_for_timeout(700)
		assert len(logged) == expected
		page.get_by_role("button", name="Courses").click()


def test_where_learning_greets_in_another_way_the_card_tops_the_page(ana, visit):
	page = visit("/lms/courses", ana.user_id)
	page.evaluate(
		"""() => new MutationObserver(() => {
			for (const found of document.querySelectorAll("#app .px-5.pt-5.pb-10")) found.classList.remove("pb-10");
		}).observe(document.getElementById("app"), { childList: true, subtree: true })"""
	)
	page.get_by_role("button", name="Home").click()
	card = card_of(page)
	assert card.evaluate("card => card.hasAttribute('data-loose')")
	assert card.evaluate("card => card.parentElement.firstElementChild === card && !!card.nextElementSibling")


def test_the_card_follows_learnings_dark_mode_and_right_to_left(ana, visit, committed, serious_violations):
	frappe.db.set_value("User", ana.user_id, "language", "ar")
	committed()
	page = visit("/lms", ana.user_id)
	card = card_of(page)
	title, due = card.locator("h2").bounding_box(), card.locator(".due").first.bounding_box()
	assert (title["x"] > due["x"]) == differences.learning_is_mirrored()
	assert serious_violations(page, HOST) == []
	light = card.locator(".card").evaluate("card => getComputedStyle(card).backgroundColor")
	page.evaluate("document.documentElement.setAttribute('data-theme', 'dark')")
	assert card.locator(".card").evaluate("card => getComputedStyle(card).backgroundColor") != light
	assert serious_violations(page, HOST) == []


def test_the_card_is_used_by_keyboard(ana, visit):
	page = visit("/lms", ana.user_id)
	card = card_of(page)
	card.get_by_role("link", name="See all of my training").focus()
	page.keyboard.press("Tab")
	expect(card.get_by_role("link", name="Fire Safety")).to_be_focused()
	page.keyboard.press("Enter")
	page.wait_for_url("**/lms/courses/fire-safety-*")


def test_learnings_side_bar_leads_to_the_page(ana, visit, committed):
	learning_sidebar.add()
	committed()
	page = visit("/lms", ana.user_id)
	page.get_by_text("More", exact=True).click()
	page.get_by_role("button", name="My Training").click()
	page.wait_for_url("**/my-training")
	expect(page.get_by_role("heading", level=1)).to_have_text("My training")
