"""What a manager sees and does on /my-team-training."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.scratch import ASSIGNMENT, may_log_in, owes
from tests.site import factory

pytestmark = pytest.mark.pages
REMIND = "**/api/method/smooth_lms_hr.api.send_reminder"


def person(first_name, last_name, reports_to=None, unit=None):
	user = may_log_in(factory.user("Employee"))
	return factory.employee(
		user,
		first_name=first_name,
		last_name=last_name,
		reports_to=reports_to and reports_to.name,
		department=unit and department(unit),
	)


def department(name):
	if existing := frappe.db.get_value("Department", {"department_name": name}):
		return existing
	doc = frappe.get_doc({"doctype": "Department", "department_name": name, "company": factory.company()})
	return doc.insert(ignore_permissions=True).name


@pytest.fixture
def team(committed):
	"""Priya, her people at two depths, and what they owe."""
	boss = person("Priya", "Raman")
	lead = person("Jonas", "Weber", boss, "Training Works")
	worker = person("Ana", "Lima", lead, "Training Works")
	clerk = person("Omar", "Haddad", boss, "Training Office")
	late, _course = owes(worker, "Fire Safety", -5, status="Overdue", progress=50)
	owes(clerk, "Information Security", -2, status="Overdue")
	owes(clerk, "Working at Heights", -1, status="Overdue")
	owes(lead, "Code of Conduct", 1, status="In Progress", progress=33)
	owes(clerk, "Data Protection", 20)
	owes(worker, "First Aid", 5, status="Completed", progress=100, completed_on=getdate())
	committed()
	return frappe._dict(boss=boss, lead=lead, worker=worker, clerk=clerk, late=late)


def people_on(page):
	return page.locator("tbody th strong")


def courses_on(page):
	return page.locator("td.course")


def test_a_manager_sees_who_is_late_first(team, visit, serious_violations):
	page = visit("/my-team-training", team.boss.user_id)
	expect(people_on(page)).to_have_text(["Ana Lima", "Omar Haddad", "Jonas Weber"])
	expect(courses_on(page)).to_have_text(
		["Fire Safety", "Information Security", "Working at Heights", "Data Protection", "Code of Conduct"]
	)
	expect(page.locator("tbody").nth(1).locator("th")).to_contain_text("3 open, 2 late")
	first = page.locator("tbody").first
	for text in ("Fire Safety", "5 days late", "Overdue", "Reports to Jonas Weber"):
		expect(first).to_contain_text(text)
	expect(first.get_by_role("progressbar", name="Progress of Ana Lima in Fire Safety")).to_have_attribute(
		"aria-valuenow", "50"
	)
	expect(page.locator(".figures div").first).to_contain_text("3")
	expect(page.get_by_text("100%", exact=True)).to_be_visible()
	assert serious_violations(page, ".training") == []


def test_the_list_is_filtered_by_status_and_department(team, visit):
	page = visit("/my-team-training", team.boss.user_id)
	page.get_by_label("Department").select_option(label=team.clerk.department)
	page.get_by_role("button", name="Show").click()
	expect(people_on(page)).to_have_text(["Omar Haddad"])
	expect(courses_on(page)).to_have_count(3)
	page.get_by_label("Status").select_option(label="Completed")
	page.get_by_label("Department").select_option(label="All")
	page.get_by_role("button", name="Show").click()
	expect(people_on(page)).to_have_text(["Ana Lima"])
	page.get_by_label("Status").select_option(label="Waived")
	page.get_by_role("button", name="Show").click()
	expect(page.get_by_text("Nothing here.")).to_be_visible()


def test_one_click_reminds(team, visit, committed):
	page = visit("/my-team-training", team.boss.user_id)
	button = page.get_by_role("button", name="Remind Ana Lima of Fire Safety")
	with page.expect_response(REMIND) as response:
		button.click()
	answer = response.value.json()["message"]
	assert ([row["name"] for row in answer["done"]], answer["failed"]) == ([team.late], [])
	# By name, and the keyboard stays where it was.
	expect(page.locator("tbody").first.get_by_role("status")).to_have_text("Ana Lima was reminded.")
	expect(button).to_have_attribute("aria-disabled", "true")
	expect(button).to_be_focused()
	button.press("Enter")
	committed()
	assert frappe.db.get_value(ASSIGNMENT, team.late, "reminders_sent") == 1


@pytest.mark.parametrize(
	("answer", "said"),
	[
		({"status": 500, "body": "{}"}, "Could not be sent. Please try again."),
		({"status": 200, "body": "no json"}, "Could not be sent. Please try again."),
		(
			{"json": {"message": {"done": [], "failed": [{"name": "x", "message": "Has no e-mail <b>address</b>"}]}}},
			"Has no e-mail <b>address</b>",
		),
	],
	ids=["error", "nonsense", "refused"],
)  # fmt: skip
def test_a_reminder_that_is_not_sent_is_said_so(team, visit, answer, said):
	page = visit("/my-team-training", team.boss.user_id)
	page.route(REMIND, lambda route: route.fulfill(**answer))
	button = page.get_by_role("button", name="Remind Ana Lima of Fire Safety")
	button.click()
	expect(page.locator("tbody").first.get_by_role("status")).to_have_text(said)
	expect(button).to_have_attribute("aria-disabled", "false")
	expect(button).to_be_focused()
	expect(button).to_have_text("Remind")


def remind_all(page):
	page.get_by_role("button", name="Remind all overdue").click()
	return page.get_by_role("dialog", name="Remind all overdue")


def test_all_that_is_overdue_is_reminded_of_after_a_look_at_whom_that_is(
	team, visit, committed, serious_violations
):
	page = visit("/my-team-training", team.boss.user_id)
	opener = page.get_by_role("button", name="Remind all overdue")
	opener.focus()
	page.keyboard.press("Enter")
	dialog = page.get_by_role("dialog", name="Remind all overdue")
	expect(dialog.get_by_role("listitem")).to_have_text(
		["Ana Lima: Fire Safety", "Omar Haddad: Information Security, Working at Heights"]
	)
	expect(dialog).to_contain_text("2 people will be reminded")
	assert serious_violations(page, ".training") == []
	committed()
	assert frappe.db.get_value(ASSIGNMENT, team.late, "reminders_sent") == 0
	page.keyboard.press("Escape")
	expect(opener).to_be_focused()
	dialog = remind_all(page)
	dialog.get_by_role("button", name="Send").click()
	expect(dialog.get_by_role("status")).to_have_text("2 reminded.")
	expect(dialog.get_by_role("status")).to_be_focused()
	expect(dialog.get_by_role("button", name="Send")).to_be_disabled()
	dialog.get_by_role("button", name="Close").click()
	expect(opener).to_be_focused()
	expect(page.get_by_role("button", name="Remind Ana Lima of Fire Safety")).to_have_attribute(
		"aria-disabled", "true"
	)
	committed()
	theirs = {"reminders_sent": 1, "employee": ("in", [team.worker.name, team.clerk.name])}
	sent = frappe.get_all(ASSIGNMENT, theirs, pluck="course_title", order_by="due_date")
	assert sent == ["Fire Safety", "Information Security", "Working at Heights"]
	# Once a day: who was reminded is left out, and why.
	dialog = remind_all(page)
	expect(dialog).to_contain_text("Nobody can be reminded now.")
	expect(dialog).to_contain_text("Ana Lima was reminded today already.")
	expect(dialog.get_by_role("button", name="Send")).to_be_hidden()


def test_a_reminder_on_a_phone_says_so_below_its_row(team, visit):
	page = visit("/my-team-training", team.boss.user_id, viewport=PHONE)
	button = page.get_by_role("button", name="Remind Ana Lima of Fire Safety")
	before = button.bounding_box()
	button.click()
	said = page.get_by_text("Ana Lima was reminded.")
	expect(said).to_be_visible()
	assert button.bounding_box()["x"] == before["x"]
	assert said.bounding_box()["y"] > before["y"]
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_only_those_whom_the_page_is_narrowed_to_are_reminded(team, visit):
	page = visit("/my-team-training?person=omar", team.boss.user_id)
	dialog = remind_all(page)
	expect(dialog.get_by_role("listitem")).to_have_text(
		["Omar Haddad: Information Security, Working at Heights"]
	)
	expect(dialog).to_contain_text("1 person will be reminded")
	page.route(REMIND, lambda route: route.fulfill(status=500, body="{}"))
	send = dialog.get_by_role("button", name="Send")
	send.click()
	expect(dialog.get_by_role("status")).to_have_text("Could not be sent. Please try again.")
	expect(send).to_be_focused()


def test_a_preview_that_does_not_come_says_so(team, visit):
	page = visit("/my-team-training", team.boss.user_id)
	page.route("**/smooth_lms_hr.desk.preview_reminders", lambda route: route.fulfill(status=500, body="{}"))
	dialog = remind_all(page)
	expect(dialog).to_contain_text("Could not be sent. Please try again.")
	expect(dialog.get_by_role("button", name="Send")).to_be_hidden()


def test_somebody_is_found_by_a_part_of_their_name(team, visit):
	page = visit("/my-team-training", team.boss.user_id)
	search = page.get_by_role("searchbox", name="Person")
	search.fill("weber")
	search.press("Enter")
	expect(people_on(page)).to_have_text(["Jonas Weber"])
	expect(search).to_have_value("weber")
	search.fill("nobody at all")
	search.press("Enter")
	expect(page.get_by_text("Nothing is open here.")).to_be_visible()


def test_on_a_phone_fifteen_rows_take_less_than_1500_pixels(visit, committed, serious_violations):
	boss = person("Priya", "Raman")
	for number in range(15):
		worker = person("Ana Maria", f"Lima {number}", boss, "Training Works")
		owes(worker, "Fire Safety in Warehouses and on Roads", -5, status="Overdue", progress=50, lessons=0)
	committed()
	page = visit("/my-team-training", boss.user_id, viewport=PHONE)
	expect(courses_on(page)).to_have_count(15)
	assert page.evaluate("document.documentElement.scrollHeight") < 1500
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
	heights = page.locator(".button").evaluate_all(
		"all => all.map(each => each.getBoundingClientRect().height)"
	)
	assert max(heights) < 45
	assert serious_violations(page, "body") == []


def test_on_a_phone_in_the_dark_everything_is_in_reach(team, visit, serious_violations):
	page = visit("/my-team-training", team.boss.user_id, viewport=PHONE, color_scheme="dark")
	expect(people_on(page).first).to_be_visible()
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
	assert serious_violations(page, ".training") == []


def test_what_was_answered_keeps_the_keyboard(team, visit, committed):
	request = factory.request(team.late, wanted_date=str(getdate() + timedelta(days=60)))
	frappe.db.set_single_value("LMS Training Settings", "managers_answer_extensions", 1)
	committed()
	try:
		page = visit("/my-team-training", team.boss.user_id)
		form = page.locator(f"form[data-request='{request}']")
		form.get_by_role("button", name="Refuse").focus()
		page.keyboard.press("Enter")
		# What is wrong is said, and the keyboard is where it was.
		expect(form.get_by_role("status")).to_have_text("A refusal needs an answer.")
		expect(form.get_by_role("button", name="Refuse")).to_be_focused()
		form.get_by_role("button", name="Grant").focus()
		page.keyboard.press("Enter")
		expect(form.get_by_role("status")).to_be_focused()
	finally:
		frappe.db.set_single_value("LMS Training Settings", "managers_answer_extensions", 0)
		committed()


def test_who_leads_nobody_is_told_so(team, visit):
	page = visit("/my-team-training", team.worker.user_id)
	expect(page.get_by_text("Nobody reports to you")).to_be_visible()
	expect(page.locator("table")).to_have_count(0)


def test_a_leads_page_ends_where_the_team_ends(team, visit):
	page = visit("/my-team-training", team.lead.user_id)
	expect(people_on(page)).to_have_text(["Ana Lima"])
	answer = page.request.get(
		f"/api/method/smooth_lms_hr.api.get_team_training_status?manager={team.boss.name}"
	)
	assert answer.status == 403


def test_a_long_list_has_pages(visit, committed):
	boss = person("Priya", "Raman")
	worker = person("Ana", "Lima", boss)
	course = factory.course(lessons=0, is_mandatory=0)
	today = getdate()
	fields = [
		"name",
		"member",
		"employee",
		"employee_name",
		"course",
		"cycle",
		"status",
		"due_date",
		"creation",
	]
	rows = [
		(
			factory.unique("MANY"), worker.user_id, worker.name, "Ana Lima", course, cycle, "Overdue",
			today - timedelta(days=cycle), frappe.utils.now(),
		)
		for cycle in range(1, 71)
	]  # fmt: skip
	frappe.db.bulk_insert(ASSIGNMENT, fields, rows)
	committed()
	page = visit("/my-team-training", boss.user_id)
	expect(page.get_by_text("1 to 50 of 70")).to_be_visible()
	page.get_by_role("link", name="Next", exact=True).click()
	expect(page.get_by_text("51 to 70 of 70")).to_be_visible()
	expect(courses_on(page)).to_have_count(20)
	page.get_by_role("link", name="Previous", exact=True).click()
	expect(page.get_by_text("1 to 50 of 70")).to_be_visible()
	expect(page.locator("tbody th")).to_contain_text("70 open, 70 late")
	page.get_by_role("link", name="Show all 70 of Ana Lima").click()
	expect(page.get_by_role("searchbox", name="Person")).to_have_value("Ana Lima")
	expect(page.get_by_text("1 to 50 of 70")).to_be_visible()
