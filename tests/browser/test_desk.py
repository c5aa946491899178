"""What HR sees and does in the desk: the onboarding, the list, the dialog, the course, the reports, the workspace."""

import csv
import json
from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.scratch import ASSIGNMENT, may_log_in, owes
from tests.site import factory

LIST = "/app/lms-training-assignment"
REPORTS = ("Onboarding Training Status", "Team Training Status", "Training KPIs", "Assignment Audit")


pytestmark = pytest.mark.usefixtures("alone_on_the_site")


def row(page: Page, text: str):
	return page.locator(".list-row-container", has_text=text)


def choose(page: Page, *texts: str) -> None:
	for text in texts:
		row(page, text).locator(".list-row-checkbox").check()


def act(page: Page, label: str) -> None:
	page.locator(".actions-btn-group:visible > button").click()
	page.locator(".actions-btn-group .dropdown-menu.show").get_by_text(label, exact=True).click()


def dialog(page: Page, title: str):
	return page.locator(".modal.show", has=page.locator(".modal-title", has_text=title))


def pick(field, page: Page, text: str) -> None:
	"""Type into a link or pills field, and take the suggestion of that text."""
	expect(field).to_be_visible()
	field.focus()
	field.press_sequentially(text)
	page.locator(".awesomplete ul:not([hidden]) > *", has_text=text).first.click()
	settle(page)


def settle(page: Page) -> None:
	"""Wait until the desk asks for nothing more: it looks a chosen name up, and stumbles over who leaves a list too soon."""
	page.wait_for_timeout(200)
	page.wait_for_function("() => !frappe.request.ajax_count")


def hear(page: Page, event: str, **state) -> None:
	"""Say something through the live connection. There is no socket server here; what comes through it is."""
	page.evaluate(
		"([event, state]) => frappe.realtime.socket.listeners(event).forEach((hear) => hear(state))",
		[event, state],
	)


# The list and the form


def test_hr_waives_and_extends_from_the_list(desk, hr, people, committed):
	page = desk(LIST, hr)
	# In one column where the list has room for three of them, in two where it has one for the due date.
	expect(row(page, "Fire Safety")).to_contain_text("Overdue")
	expect(row(page, "Fire Safety")).to_contain_text("5 days late")
	expect(row(page, "Fire Safety")).to_contain_text("Ana Lima")
	choose(page, "Fire Safety")
	act(page, "Waive")
	asked = dialog(page, "Waive")
	asked.get_by_role("button", name="Waive").click()
	expect(page.get_by_text("Missing Values Required")).to_be_visible()
	page.locator(".modal.show", has_text="Missing Values").locator(".btn-modal-close").click()
	asked.locator("textarea").fill("Holds a <b>licence</b>")
	asked.get_by_role("button", name="Waive").click()
	expect(page.get_by_text("Waived.", exact=True)).to_be_visible()
	committed()
	doc = frappe.get_doc(ASSIGNMENT, people.late)
	assert (doc.status, doc.waived_by) == ("Waived", hr)

	page.reload()
	page.get_by_role("button", name="All", exact=True).click()
	expect(row(page, "Fire Safety")).to_contain_text("Waived")
	choose(page, "Fire Safety", "First Aid")
	act(page, "Extend Due Date")
	asked = dialog(page, "Extend the Due Date")
	until = getdate() + timedelta(days=60)
	asked.locator("[data-fieldname=due_date] input").fill(frappe.utils.formatdate(until, "dd-mm-yyyy"))
	asked.locator("[data-fieldname=due_date] input").press("Tab")
	asked.locator("textarea").fill("Parental leave")
	asked.get_by_role("button", name="Extend").click()
	result = dialog(page, "1 done, 1 not done")
	expect(result.locator("tr", has_text="Fire Safety")).to_contain_text("nothing is owed")
	expect(result.locator("tr", has_text="First Aid")).to_contain_text("Due date moved")
	committed()
	assert frappe.db.get_value(ASSIGNMENT, people.soon, "due_date") == until


def test_the_quick_filters_are_reached_by_keyboard(desk, hr, people):
	page = desk(LIST, hr)
	expect(row(page, "First Aid")).to_be_visible()
	page.get_by_role("button", name="Open", exact=True).focus()
	page.keyboard.press("Tab")
	page.keyboard.press("Enter")
	expect(row(page, "First Aid")).to_have_count(0)
	expect(row(page, "Fire Safety")).to_be_visible()
	page.get_by_role("button", name="Mine to chase").click()
	expect(page.get_by_text("No Employee is linked to your user.")).to_be_visible()


def test_my_team_and_a_department_are_filters(desk, hr, people, committed):
	boss = factory.employee(hr, first_name="Hanna", create_user_permission=0)
	people.clerk.reload()
	people.clerk.reports_to = boss.name
	people.clerk.save()
	owes(people.clerk, "Code of Conduct", 3)
	committed()
	page = desk(LIST, hr)
	page.get_by_role("button", name="Mine to chase").click()
	expect(row(page, "Fire Safety")).to_have_count(0)
	expect(row(page, "Code of Conduct")).to_be_visible()
	page.get_by_role("button", name="Department").last.click()
	pick(page.locator(".modal.show input[data-fieldname=department]"), page, people.unit)
	page.locator(".modal.show").get_by_role("button", name="Show").click()
	expect(row(page, "Fire Safety")).to_be_visible()


def test_the_form_says_how_it_stands_and_takes_the_same_decisions(desk, hr, people, committed):
	page = desk(f"{LIST}/{people.late}", hr)
	headline = page.locator(".form-message")
	for text in ("Ana Lima is 5 days late", "50% done", "Nobody has reminded them yet"):
		expect(headline).to_contain_text(text)
	page.get_by_role("button", name="Waive").click()
	dialog(page, "Waive").locator("textarea").fill("Knows it all")
	dialog(page, "Waive").get_by_role("button", name="Waive").click()
	expect(headline).to_contain_text("need not do this")
	expect(headline).to_contain_text("Knows it all")
	expect(page.get_by_role("button", name="Extend Due Date")).to_have_count(0)
	expect(page.locator(".new-timeline")).to_contain_text("waived this: Knows it all")


def test_a_new_one_needs_a_person_and_a_course_only(desk, hr, people, committed):
	course = factory.course("Ladders", training_due_days=12)
	committed()
	page = desk(f"{LIST}/new", hr)
	pick(page.locator("input[data-fieldname=employee]:visible").last, page, people.clerk.name)
	pick(page.locator("input[data-fieldname=course]:visible").last, page, course)
	page.get_by_role("button", name="Save").click()
	expect(page.locator(".form-message")).to_contain_text("due in 12 days")
	committed()
	assert factory.assignment(employee=people.clerk.name, course=course).assigned_by == hr


def test_who_only_reads_is_offered_nothing_to_decide(desk, reader, people):
	page = desk(LIST, reader)
	choose(page, "Fire Safety")
	expect(page.get_by_role("button", name="Assign Training")).to_have_count(0)
	page.locator(".actions-btn-group:visible > button").click()
	expect(page.get_by_text("Waive", exact=True)).to_have_count(0)
	page.goto(f"{LIST}/{people.late}")
	expect(page.locator(".form-message")).to_contain_text("5 days late")
	for label in ("Remind", "Extend Due Date", "Waive"):
		expect(page.get_by_role("button", name=label)).to_have_count(0)


# The onboarding


def test_hr_creates_an_onboarding_and_sees_the_section_fill(desk, hr, committed):
	factory.course("<i>Ladders</i> & Heights")
	applicant = factory.applicant()
	offer = frappe.get_doc("Job Offer", factory.offer(applicant))
	offer.submit()
	committed()
	page = desk("/app/employee-onboarding/new", hr)
	pick(page.locator("input[data-fieldname=job_applicant]:visible").last, page, applicant)
	pick(page.locator("input[data-fieldname=job_offer]:visible").last, page, offer.name)
	for fieldname in ("date_of_joining", "boarding_begins_on"):
		field = page.locator(f"input[data-fieldname={fieldname}]:visible").last
		field.fill(frappe.utils.formatdate(getdate(), "dd-mm-yyyy"))
		field.press("Tab")
	activity = page.locator(".grid-body .grid-row [data-fieldname=activity_name]").first
	activity.click()
	activity.locator("input").fill("Hand out the keys")
	activity.locator("input").press("Tab")
	page.get_by_role("button", name="Save").click()
	overview = page.locator(".training-overview")
	expect(overview).to_contain_text("No Employee is linked yet")
	planned = overview.locator("tbody tr", has_text="Ladders")
	expect(planned).to_contain_text("Planned")
	expect(overview.locator("i")).to_have_count(0)
	expect(overview.get_by_role("button", name="Assign now")).to_have_count(0)

	committed()
	employee = factory.employee(factory.user(), job_applicant=applicant)
	committed()
	# HR comes back to the form, without loading the page again.
	page.evaluate("window.dispatchEvent(new Event('focus'))")
	expect(planned).to_contain_text("Pending")
	expect(planned.get_by_role("link")).to_have_count(1)
	assignment = factory.assignment(employee=employee.name)
	frappe.db.set_value(
		ASSIGNMENT, assignment.name, {"status": "Overdue", "due_date": getdate() - timedelta(3)}
	)
	committed()
	overview.get_by_role("button", name="Refresh").click()
	expect(planned).to_contain_text("Overdue")
	expect(overview).to_contain_text("1 overdue")


def test_assign_now_assigns_what_waits(desk, hr, people, committed):
	for title in ("Code of Conduct", "Information Security"):
		course = factory.course(title, lessons=4)
	onboarding = factory.onboarding(employee=people.worker.name)
	factory.complete_lessons(people.worker.user_id, course, 2)
	course = factory.course("Working at Heights")
	committed()
	page = desk(f"/app/employee-onboarding/{onboarding.name}", hr)
	overview = page.locator(".training-overview")
	line = overview.locator("tbody tr", has_text="Working at Heights")
	expect(line).to_contain_text("Not assigned")
	expect(overview.locator("tbody tr", has_text="Information Security")).to_contain_text("50%")
	page.get_by_role("button", name="Assign now").click()
	expect(line).to_contain_text("Pending")
	expect(page.get_by_role("button", name="Assign now")).to_have_count(0)
	committed()
	assert factory.assignment(member=people.worker.user_id, course=course).onboarding == onboarding.name


# The dialog Assign Training


def test_hr_assigns_to_a_department_after_a_dry_run(desk, hr, people, committed, tmp_path):
	page = desk(LIST, hr)
	page.get_by_role("button", name="Assign Training").click()
	asked = dialog(page, "Assign Training")
	asked.get_by_role("button", name="Check").click()
	expect(page.get_by_text("Choose whom to assign training to.")).to_be_visible()
	page.locator(".desk-alert .close").click()
	asked.locator("select[data-fieldname=who]").select_option(label="A part of the company")
	pick(asked.locator("input[data-fieldname=department]"), page, people.unit)
	asked.get_by_label("All mandatory courses").uncheck()
	pick(asked.locator("[data-fieldname=courses] input"), page, people.course)
	asked.locator("select[data-fieldname=due]").select_option(label="In a number of days")
	asked.locator("input[data-fieldname=due_days]").fill("21")
	asked.locator("input[data-fieldname=due_days]").press("Tab")
	asked.get_by_role("button", name="Check").click()
	expect(asked).to_contain_text("New assignments: 1.")
	expect(asked.locator("tr", has_text="Already open")).to_contain_text("1")
	committed()
	assert not factory.assignments(employee=people.clerk.name)
	# What was checked is not what would be done any more.
	asked.locator("input[data-fieldname=due_days]").fill("14")
	asked.locator("input[data-fieldname=due_days]").press("Tab")
	asked.get_by_role("button", name="Check").click()
	asked.get_by_role("button", name="Assign 1").click()
	done = dialog(page, "Training Assigned")
	expect(done).to_contain_text("1 assigned")
	with page.expect_download() as download:
		done.get_by_role("button", name="Download the Result").click()
	download.value.save_as(tmp_path / "result.csv")
	with open(tmp_path / "result.csv", encoding="utf-8-sig", newline="") as file:
		rows = list(csv.DictReader(file))
	assert {line["result"] for line in rows} == {"created", "existing"}
	committed()
	made = factory.assignment(employee=people.clerk.name, course=people.course)
	assert made.due_date == getdate() + timedelta(days=14)


def test_hr_assigns_to_employees_chosen_in_their_list(desk, hr, people, committed):
	for title in ("Ladders", "Heights"):
		factory.course(title)
	committed()
	page = desk("/app/employee", hr)
	choose(page, "Omar Haddad")
	act(page, "Assign Training")
	asked = dialog(page, "Assign Training")
	expect(asked).to_contain_text(people.clerk.name)
	asked.get_by_role("button", name="Check").click()
	asked.get_by_role("button", name="Assign 2").click()
	expect(dialog(page, "Training Assigned")).to_contain_text("2 assigned")
	committed()
	assert len(factory.assignments(employee=people.clerk.name)) == 2


# The course


def test_a_course_says_who_owes_it_and_warns_before_it_is_taken_back(desk, people, committed):
	moderator = may_log_in(factory.user("Moderator", "System Manager"))
	frappe.db.set_value("LMS Course", people.course, "is_mandatory", 1)
	committed()
	page = desk(f"/app/lms-course/{people.course}", moderator)
	stats = page.locator(".training-count")
	expect(stats).to_have_text(["Open: 1", "Overdue: 1", "Completed: 0"])
	badge = page.locator(f'.document-link[data-doctype="{ASSIGNMENT}"]')
	expect(badge.locator(".open-notification")).to_have_text("1")
	page.get_by_label("Is Mandatory").uncheck()
	page.get_by_role("button", name="Save").click()
	warning = page.locator(".modal.show", has_text="still owes this course")
	warning.get_by_role("button", name="No").click()
	committed()
	assert frappe.db.get_value("LMS Course", people.course, "is_mandatory") == 1
	page.get_by_role("button", name="Save").click()
	warning.get_by_role("button", name="Yes").click()
	expect(page.get_by_text("is still owed: 1 open assignments")).to_be_visible()
	committed()
	assert frappe.db.get_value("LMS Course", people.course, "is_mandatory") == 0
	stats.nth(1).click()
	expect(row(page, "Fire Safety")).to_be_visible()


# Reports, workspace, settings


@pytest.mark.parametrize("report", REPORTS)
def test_hr_reads_every_report(desk, hr, people, committed, report):
	factory.onboarding(employee=people.worker.name)
	committed()
	page = desk(LIST, hr)
	choose(page, "First Aid")
	act(page, "Waive")
	dialog(page, "Waive").locator("textarea").fill("Holds a licence")
	dialog(page, "Waive").get_by_role("button", name="Waive").click()
	expect(page.get_by_text("Waived.", exact=True)).to_be_visible()
	page.goto(f"/app/query-report/{report}")
	expect(page.locator(".report-summary .summary-item").first).to_be_visible()
	expect(page.locator(".dt-scrollable .dt-row").first).to_be_visible()
	expect(page.locator(".chart-wrapper svg, .report-wrapper svg.frappe-chart").first).to_be_visible()
	if report in ("Team Training Status", "Onboarding Training Status"):
		expect(
			page.locator(".dt-cell .indicator-pill.red, .dt-cell .indicator-pill.orange").first
		).to_be_visible()


@pytest.mark.parametrize("report", REPORTS[1:])
def test_a_reader_of_hr_reads_the_reports_on_assignments(desk, reader, people, report):
	page = desk(f"/app/query-report/{report}", reader)
	expect(page.locator(".report-summary .summary-item").first).to_be_visible()


def test_the_workspace_leads_to_what_is_late(desk, hr, reader, people):
	for user in (hr, reader):
		page = desk("/app/training-compliance", user)
		late = page.locator(".number-widget-box", has_text="Overdue Trainings")
		expect(late.locator(".number")).to_have_text("1")
		expect(page.locator(".dashboard-widget-box svg.frappe-chart")).to_have_count(2)
	late.locator(".number").click()
	expect(row(page, "Fire Safety")).to_be_visible()


def test_the_settings_say_what_they_will_do(desk, hr):
	page = desk("/app/lms-training-settings", hr)
	expect(page.locator(".form-message")).to_contain_text("due after 30 days")
	expect(page.locator(".training-daily").first).to_contain_text("Next run")
	page.get_by_label("Enabled").uncheck()
	expect(page.locator(".form-message")).to_contain_text("Nothing is assigned")


def test_a_run_by_hand_shows_how_it_goes_and_who_could_not_be_told(desk, hr, committed):
	frappe.db.set_single_value(
		"LMS Training Settings",
		{
			"last_run_on": "2026-11-23 00:00:07",
			"last_run_summary": json.dumps({"Overdue": 3, "mails": 5, "failed": ["ana@x: <b>refused</b>"]}),
		},
	)
	committed()
	page = desk("/app/lms-training-settings", hr)
	expect(page.locator(".training-daily").nth(1)).to_contain_text(
		"3 assignments became overdue, 5 mails were sent"
	)
	expect(page.get_by_text("1 could not be told: ana@x: <b>refused</b>")).to_be_visible()

	daily = "smooth_lms_hr_daily"
	hear(page, daily, step="Sending reminders: 12 mails", percent=40)
	shown = dialog(page, "Daily run")
	expect(shown).to_contain_text("12 mails")
	assert shown.locator(".progress-bar").evaluate("bar => bar.style.width") == "40%"
	hear(page, daily, step="Done", percent=100)
	hear(page, daily, summary={"mails": 12, "failed": []})
	expect(shown).to_have_count(0)
	expect(page.locator(".desk-alert")).to_contain_text("12 mails were sent")
	hear(page, daily, error="The daily run is under way already.")
	expect(page.locator(".modal.show")).to_contain_text("under way already")


def test_the_list_and_the_form_fit_a_phone(desk, hr, people):
	page = desk(LIST, hr, viewport=PHONE)
	expect(page.get_by_role("button", name="Mine to chase")).to_be_visible()
	expect(row(page, "Ana Lima: Fire Safety")).to_contain_text("Overdue")
	page.goto(f"{LIST}/{people.late}")
	expect(page.locator(".form-message")).to_contain_text("5 days late")
	assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
