"""Markup in every name, title and reason there is, and everything of ours that shows one: nothing runs, all can be read.

Judged is what the app shows. Where Frappe's or Learning's own screens show their own records, that is theirs.
"""

import csv
import io
import re
from html import unescape

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import Page, expect

from smooth_lms_hr import api
from smooth_lms_hr.telling import announcements
from tests.browser.conftest import DESK, PHONE
from tests.browser.scratch import ASSIGNMENT, may_log_in
from tests.site import factory

LIST = "/app/lms-training-assignment"
REPORTS = ("Onboarding Training Status", "Team Training Status", "Training KPIs", "Assignment Audit")
TRAP = "/caught-by-"
# What a name looks like to its reader: as it is where it is escaped, with the look-alike where it was stored or handed on.
READABLE = re.compile(r"[<‹]img src=/caught-by-", re.IGNORECASE)

pytestmark = pytest.mark.usefixtures("alone_on_the_site")


def trap(place: str) -> str:
	"""Return markup that tells where it ran. In its quotes it is valid JSON, which Frappe's filter lets through."""
	return f"\"<img src={TRAP}{place} onerror=caught('{place}')>\""


def bare(place: str) -> str:
	"""Return the same as somebody writes it by SQL."""
	return trap(place).strip('"')


@pytest.fixture
def watched(visit):
	"""watched(path, user) opens a page, and fails the test at its end where any of the traps went off."""
	caught = []

	def opened(path: str, user: str, viewport: dict = DESK, **options) -> Page:
		page = visit("/api/method/ping", user, viewport=viewport, **options)
		context = page.context
		context.expose_function("caught", lambda place: caught.append(place))
		context.on("request", lambda sent: caught.append(sent.url) if TRAP in sent.url else None)
		context.on("dialog", lambda asked: (caught.append(f"dialog: {asked.message}"), asked.dismiss()))
		page.goto(path)
		return page

	yield opened
	assert not caught, "\n".join(caught)


@pytest.fixture
def people(hr, committed):
	"""A manager and two of her people, one named through Frappe's filter and one by SQL; both owe courses so named."""
	found = frappe._dict()
	titles = {"quoted": trap("title"), "bare": bare("bare-title")}
	names = {"quoted": trap("name"), "bare": bare("bare-name")}
	courses = {key: factory.course(lessons=1) for key in titles}
	for key, course in courses.items():
		if key == "quoted":
			doc = frappe.get_doc("LMS Course", course)
			doc.title = titles[key]
			doc.save()
		frappe.db.set_value("LMS Course", course, "title", titles[key])
		for doctype in ("Course Chapter", "Course Lesson"):
			frappe.db.set_value(doctype, {"course": course}, "title", bare("chapter"))
	boss = factory.employee(may_log_in(factory.user("Employee")), first_name=trap("manager"))
	frappe.db.set_value("User", boss.user_id, {"first_name": trap("manager"), "full_name": trap("manager")})
	for key, name in names.items():
		user = may_log_in(factory.user("Employee"))
		first_name = name if key == "quoted" else "Bare"
		hire = factory.employee(user, first_name=first_name, reports_to=boss.name)
		frappe.db.set_value("User", user, {"first_name": name, "full_name": name})
		# No door of Frappe's lets such a name of a record in.
		values = {"employee_name": name, "department": bare("department"), "designation": bare("designation")}
		frappe.db.set_value("Employee", hire.name, values)
		found[key] = hire
	applicant = factory.applicant()
	frappe.db.set_value("Job Applicant", applicant, "applicant_name", trap("applicant"))
	frappe.set_user(hr)
	found.onboarding = factory.onboarding(employee=found.quoted.name, job_applicant=applicant)
	api.assign_mandatory_training(employees=[found.bare.name])
	owed = {(row.employee, row.course): row.name for row in factory.assignments()}
	found.late = owed[found.quoted.name, courses["quoted"]]
	found.waived = owed[found.quoted.name, courses["bare"]]
	found.moved = owed[found.bare.name, courses["bare"]]
	found.open = owed[found.bare.name, courses["quoted"]]
	api.waive([found.waived], trap("waiver"))
	api.extend_due_date([found.moved], str(getdate().replace(year=getdate().year + 1)), trap("extension"))
	announcements.announce(list(owed.values()))
	frappe.db.set_value(
		ASSIGNMENT, found.late, {"status": "Overdue", "due_date": frappe.utils.add_days(getdate(), -5)}
	)
	frappe.set_user("Administrator")
	found.boss, found.courses = boss, courses
	committed()
	return found


def readable(where, least: int = 1) -> None:
	"""Wait until a part of a page shows that many of the names, each as the text that it is."""
	expect(where).to_contain_text(READABLE)
	assert len(READABLE.findall(where.inner_text())) >= least, where.inner_text()


def settle(page: Page) -> None:
	"""Give what was put into a page the time to run, and fail with the place where something was."""
	page.wait_for_load_state("networkidle")
	page.wait_for_timeout(500)
	where = page.evaluate(
		"""trap => [...document.querySelectorAll(`[src*="${trap}"]`)].map((found) => {
			const field = found.closest("[data-fieldname]");
			return [page_of(found), field?.dataset.fieldname, found.parentElement.outerHTML];
			function page_of(element) { return element.closest("[id^=page-], .modal, [class]")?.className; }
		})""",
		TRAP,
	)
	assert where == []


def rows(page: Page):
	return page.locator(".list-row-container:has(.list-row-checkbox)")


def given_a_plain_name(user: str, committed) -> str:
	"""Frappe 16's sidebar takes the name of whoever is logged in, and no other's, for markup: that is Frappe's."""
	frappe.db.set_value("User", user, "full_name", "Plain Name")
	committed()
	return user


# HR, in the desk


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_the_list(watched, hr, people, viewport):
	page = watched(LIST, hr, viewport=viewport)
	page.get_by_role("button", name="All", exact=True).click()
	expect(rows(page)).to_have_count(4)
	readable(page.locator(".result"), 4)
	settle(page)
	page.goto(f"{LIST}/view/report")
	readable(page.locator(".dt-scrollable"), 4)
	settle(page)


@pytest.mark.parametrize("which", ["late", "waived", "moved", "open"])
@pytest.mark.parametrize("who", ["hr", "member"])
def test_the_form(watched, hr, people, which, who, committed):
	member = people.quoted if which in ("late", "waived") else people.bare
	user = hr if who == "hr" else given_a_plain_name(member.user_id, committed)
	page = watched(f"{LIST}/{people[which]}", user)
	readable(page.locator(".form-message"))
	for fieldname in ("member_name", "reason"):
		if fieldname != "reason" or which in ("late", "waived"):
			readable(page.locator(f"[data-fieldname={fieldname}] .control-value"))
	if which in ("waived", "moved"):
		readable(page.locator(".new-timeline"))
	settle(page)


def test_the_dialogs_and_what_they_say(watched, hr, people):
	page = watched(LIST, hr)
	expect(rows(page)).to_have_count(3)
	for box in page.locator(".list-row-checkbox").all():
		box.check()
	page.locator(".actions-btn-group:visible > button").click()
	page.locator(".actions-btn-group .dropdown-menu.show").get_by_text("Waive", exact=True).click()
	asked = page.locator(".modal.show")
	readable(asked, 3)
	asked.locator("textarea").fill("Hold a licence")
	asked.get_by_role("button", name="Waive").click()
	result = page.locator(".modal.show", has_text="3 done")
	readable(result, 6)
	settle(page)


def test_who_is_chosen_in_the_dialog_and_what_comes_of_it(watched, hr, people, committed):
	page = watched(LIST, hr)
	page.get_by_role("button", name="Assign Training").click()
	asked = page.locator(".modal.show")
	asked.get_by_label("All mandatory courses").uncheck()
	for fieldname, text in (("employees", people.quoted.name), ("courses", people.courses["quoted"])):
		field = asked.locator(f"[data-fieldname={fieldname}] input")
		field.focus()
		field.press_sequentially(text)
		offered = asked.locator(f"[data-fieldname={fieldname}] .awesomplete ul:not([hidden]) li").first
		readable(offered)
		offered.click()
	readable(asked.locator("[data-fieldname=courses] .data-pill"))
	frappe.db.set_value("Employee", people.quoted.name, "status", "Left")
	committed()
	asked.get_by_role("button", name="Check").click()
	expect(asked).to_contain_text("has left the company")
	settle(page)


def test_the_onboarding(watched, hr, people):
	page = watched(f"/app/employee-onboarding/{people.onboarding.name}", hr)
	readable(page.locator(".training-overview"), 2)
	# Hidden while the table says more; it is in the page all the same.
	page.evaluate("cur_frm.toggle_display('training_note', true)")
	readable(page.locator("[data-fieldname=training_note] .control-value"), 3)
	readable(page.locator(".new-timeline"))
	settle(page)


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_its_chart_its_print_and_its_export(watched, hr, people, report):
	page = watched(f"/app/query-report/{report}", hr)
	readable(page.locator(".dt-scrollable"))
	expect(page.locator(".chart-wrapper svg.frappe-chart").first).to_be_visible()
	hover_over_every_bar(page, ".chart-wrapper")
	settle(page)
	# What becomes a PDF: the page that Frappe makes of the report, before it sends it away.
	html = page.evaluate(
		"""async () => {
			let made;
			frappe.render_pdf = (html) => { made = html; };
			await frappe.query_report.pdf_report({orientation: "Landscape"});
			return made;
		}"""
	)
	look_at(page, html)
	readable(page.locator("body"))
	settle(page)
	wanted = {"report_name": report, "file_format_type": "CSV", "filters": "{}", "visible_idx": "[]"}
	answer = page.context.request.get("/api/method/frappe.desk.query_report.export_query", params=wanted)
	cells = [cell for line in csv.reader(io.StringIO(answer.text())) for cell in line]
	assert any(READABLE.search(cell) for cell in cells), cells
	assert not [cell for cell in cells if "&lt;" in cell or "&quot;" in cell]


def look_at(page: Page, html: str) -> None:
	"""Show a page that was made as HTML on this site, where its scripts may run as anywhere."""
	assert html
	page.evaluate("html => { document.open(); document.write(html); document.close(); }", html)


def hover_over_every_bar(page: Page, where: str) -> None:
	"""Make a chart show what it says of each of its bars."""
	page.wait_for_timeout(1500)
	for bar in page.locator(f"{where} svg.frappe-chart .bar").all():
		box = bar.bounding_box()
		if box and box["height"]:
			page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
			page.wait_for_timeout(50)


def test_the_workspace_with_its_charts(watched, hr, people):
	page = watched("/app/training-compliance", hr)
	expect(page.locator(".dashboard-widget-box svg.frappe-chart")).to_have_count(2)
	chart = page.locator(".dashboard-widget-box", has_text="Overdue Trainings by Department")
	chart.scroll_into_view_if_needed()
	hover_over_every_bar(page, ".dashboard-widget-box")
	readable(chart.locator(".graph-svg-tip .title"))
	settle(page)


def test_the_print_and_its_pdf(watched, hr, people):
	for name in (people.late, people.waived):
		page = watched(f"/printview?doctype=LMS%20Training%20Assignment&name={name}", hr)
		readable(page.locator(".print-format"), 3)
		settle(page)
		frappe.set_user(hr)
		html = frappe.get_print(ASSIGNMENT, name)
		frappe.set_user("Administrator")
		look_at(page, html)
		readable(page.locator("body"), 3)
		settle(page)


def test_the_settings_and_the_ledger(watched, hr, people, committed):
	summary = '{"failed": ["a@x: \\u003cimg src=/caught-by-summary onerror=caught(1) "]}'
	frappe.db.set_single_value(
		"LMS Training Settings", {"last_run_on": "2026-11-23 00:00:07", "last_run_summary": summary}
	)
	committed()
	page = watched("/app/lms-training-settings", hr)
	readable(page.locator(".form-dashboard"))
	settle(page)
	page.goto("/app/lms-training-notification")
	expect(rows(page).first).to_be_visible()
	settle(page)


def test_the_form_of_a_course(watched, people, committed):
	moderator = may_log_in(factory.user("Moderator", "System Manager"))
	committed()
	page = watched("/api/method/ping", moderator)
	page.goto(f"/app/lms-course/{people.courses['quoted']}")
	expect(page.locator(".training-count")).to_have_count(3)
	page.get_by_role("button", name="Assign Training").click()
	expect(page.locator(".modal.show", has_text="All mandatory courses")).to_be_visible()
	settle(page)


# Managers and learners


def test_the_page_of_a_team_and_its_reminders(watched, people, committed):
	page = watched("/my-team-training?status=all", people.boss.user_id)
	readable(page.locator(".training"), 8)
	page.locator("td.go button").first.click()
	expect(page.locator(".result", has_text="reminded")).to_have_count(1)
	settle(page)
	boss = given_a_plain_name(people.boss.user_id, committed)
	page = watched("/app/query-report/Team Training Status", boss)
	readable(page.locator(".dt-scrollable"))
	settle(page)


@pytest.mark.parametrize("who", ["quoted", "bare"])
def test_the_pages_of_a_learner(watched, people, who):
	page = watched("/my-training", people[who].user_id)
	readable(page.locator(".training"), 2)
	settle(page)
	page.goto("/lms")
	readable(page.locator("#smooth-lms-hr-training .card"))
	settle(page)


def test_the_bell(watched, hr, people, committed):
	"""In the desk, and what Learning's would make of it, which decodes before it shows."""
	page = watched(f"{LIST}/{people.late}", given_a_plain_name(people.quoted.user_id, committed))
	# At the top of the window, or in a sidebar.
	page.locator(".dropdown-notifications > button:visible, .sidebar-notification:visible").first.click()
	readable(page.locator(".notification-item").first)
	settle(page)
	subjects = frappe.get_all("Notification Log", {"for_user": people.quoted.user_id}, pluck="subject")
	for subject in subjects:
		look_at(page, f"<body>{unescape(subject)}</body>")
		readable(page.locator("body"))
	settle(page)
