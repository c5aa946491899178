"""What the desk shows around the records: workspace, cards, charts, connections, and the warning on a course."""

import json
import re
from pathlib import Path

import frappe
import pytest
from frappe.desk.notifications import get_open_count
from frappe.utils import add_days

import smooth_lms_hr
from smooth_lms_hr import api, desk
from smooth_lms_hr.smooth_lms_hr.dashboard_chart_source.overdue_trainings_by_department import (
	overdue_trainings_by_department as overdue_chart,
)
from smooth_lms_hr.smooth_lms_hr.dashboard_chart_source.trainings_completed_per_month import (
	trainings_completed_per_month as completions_chart,
)
from smooth_lms_hr.smooth_lms_hr.report.training_exceptions import training_exceptions as exceptions_report
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.filing import file_document

ASSIGNMENT = "LMS Training Assignment"
APP = Path(smooth_lms_hr.__file__).parent
MODULE = APP / "smooth_lms_hr"
WORKSPACE = json.loads(
	(MODULE / "workspace" / "training_compliance" / "training_compliance.json").read_text()
)
CARDS = [row["number_card_name"] for row in WORKSPACE["number_cards"]]


@pytest.fixture
def debts():
	"""Two people of different companies; one of them is late with one of two courses, and has done the other."""
	courses = [factory.course("Safety", lessons=0), factory.course("Conduct", lessons=0)]
	elsewhere = factory.company("Elsewhere Ltd")
	worker, stranger = factory.employee(factory.user()), factory.employee(factory.user(), company=elsewhere)
	api.assign_mandatory_training(employees=[worker.name, stranger.name])
	late, done = (factory.assignment(employee=worker.name, course=course).name for course in courses)
	frappe.db.set_value(ASSIGNMENT, late, {"status": "Overdue", "due_date": add_days(TODAY, -3)})
	frappe.db.set_value(
		ASSIGNMENT, done, {"status": "Completed", "completed_on": add_days(TODAY, -40), "due_date": TODAY}
	)
	return frappe._dict(courses=courses, worker=worker, stranger=stranger, elsewhere=elsewhere, late=late)


@pytest.fixture
def cards():
	if not frappe.db.exists("Number Card", CARDS[0]):
		pytest.skip("this engine installs no cards and charts")


def restricted(company: str) -> str:
	user = factory.user("HR User")
	frappe.get_doc(
		{"doctype": "User Permission", "user": user, "allow": "Company", "for_value": company}
	).insert()
	return user


def evaluated(expression: str) -> str | list[str]:
	"""Return what the desk makes of a dynamic filter."""
	today = r"frappe\.datetime\.get_today\(\)"
	days = re.findall(rf"frappe\.datetime\.add_days\({today}, (\d+)\)|({today})", expression)
	found = [str(add_days(TODAY, int(later or 0))) for later, _today in days]
	return found if expression.startswith("[") else found[0]


def number_on(card: str):
	"""Return what a number card shows the session user, asked as the desk asks."""
	from frappe.desk.doctype.number_card.number_card import get_result

	doc = frappe.get_doc("Number Card", card)
	if doc.type == "Custom":
		said = frappe.get_attr(doc.method)(filters=doc.filters_json)
		return said["value"] if isinstance(said, dict) else said
	filters = json.loads(doc.filters_json)
	for doctype, fieldname, sign, value in json.loads(doc.dynamic_filters_json or "[]"):
		filters.append([doctype, fieldname, sign, evaluated(value)])
	return get_result(doc.as_dict(), filters)


def test_every_name_in_the_workspace_stands_for_something():
	linked = [row for row in WORKSPACE["links"] if row["type"] == "Link"] + WORKSPACE["shortcuts"]
	for row in linked:
		kind = row.get("link_type") or row["type"]
		folder = {"Report": MODULE / "report", "DocType": MODULE / "doctype"}[kind]
		is_ours = (folder / frappe.scrub(row["link_to"])).exists()
		assert is_ours or frappe.db.exists(kind, row["link_to"]), row["link_to"]
	for card in CARDS:
		assert (MODULE / "number_card" / frappe.scrub(card) / f"{frappe.scrub(card)}.json").exists()
	for row in WORKSPACE["charts"]:
		for kind in ("dashboard_chart", "dashboard_chart_source"):
			assert (MODULE / kind / frappe.scrub(row["chart_name"])).exists()
	content = json.loads(WORKSPACE["content"])
	for kind, key, names in (
		("number_card", "number_card_name", CARDS),
		("chart", "chart_name", [row["chart_name"] for row in WORKSPACE["charts"]]),
		("shortcut", "shortcut_name", [row["label"] for row in WORKSPACE["shortcuts"]]),
		("card", "card_name", [row["label"] for row in WORKSPACE["links"] if row["type"] == "Card Break"]),
	):
		assert [block["data"][key] for block in content if block["type"] == kind] == names


def test_every_step_of_the_onboarding_does_something():
	(onboarding,) = (json.loads(path.read_text()) for path in (MODULE / "module_onboarding").rglob("*.json"))
	blocks = [block["data"] for block in json.loads(WORKSPACE["content"]) if block["type"] == "onboarding"]
	assert [block["onboarding_name"] for block in blocks] == [onboarding["name"]]
	named = [row["step"] for row in onboarding["steps"]]
	folders = (MODULE / "onboarding_step").rglob("*.json")
	steps = {step["name"]: step for step in (json.loads(path.read_text()) for path in folders)}
	assert sorted(named) == sorted(steps)
	doctypes = {
		frappe.scrub(name).replace("_", "-"): name for name in frappe.get_all("DocType", pluck="name")
	}
	for step in steps.values():
		match step["action"]:
			case "Go to Page":
				assert step["path"] in doctypes
			case "Create Entry":
				assert step["reference_document"] in doctypes.values()
			case "View Report":
				assert (MODULE / "report" / frappe.scrub(step["reference_report"])).exists()


def test_the_workspace_is_installed(cards):
	workspace = frappe.get_doc("Workspace", "Training Compliance")
	assert workspace.public
	assert {row.role for row in workspace.roles} == {
		"System Manager", "HR Manager", "HR User", "Moderator", "Training Auditor",
	}  # fmt: skip
	for row in WORKSPACE["charts"]:
		assert frappe.db.exists("Dashboard Chart", row["chart_name"])


@pytest.mark.parametrize("role", ["System Manager", "HR Manager", "HR User", "Moderator"])
def test_the_desk_shows_the_workspace_to_its_roles(cards, debts, role):
	from frappe.desk.desktop import get_desktop_page

	# Learning keeps its own roles out of the desk: a moderator needs another one to come in.
	frappe.set_user(factory.user(role, "Projects User"))
	page = get_desktop_page(json.dumps({"name": "Training Compliance", "title": "Training Compliance"}))
	assert [row.number_card_name for row in page["number_cards"]["items"]] == CARDS
	assert len(page["charts"]["items"]) == 2
	reports = next(card for card in page["cards"]["items"] if card["label"] == "Reports")
	assert {"Team Training Status", "Training KPIs", "Assignment Audit"} <= {
		link["link_to"] for link in reports["links"]
	}


def test_the_cards_count_what_the_user_may_see(cards, debts):
	file_document(debts.worker.name, by=debts.worker.user_id)
	frappe.set_user(factory.user("HR User"))
	assert [number_on(card) for card in CARDS] == [3, 1, 0, 100, 0, 0, 0, 0, 0, 1]
	frappe.db.set_value(
		ASSIGNMENT, {"employee": debts.stranger.name}, "due_date", add_days(TODAY, 7), update_modified=False
	)
	assert number_on("Trainings Due in 7 Days") == 2
	frappe.set_user("Administrator")
	frappe.set_user(restricted(debts.elsewhere))
	assert [number_on(card) for card in CARDS] == [2, 0, 2, "–", 0, 0, 0, 0, 0, 0]


def test_every_card_and_chart_leads_to_what_is_behind_it(debts):
	for path in sorted((MODULE / "number_card").rglob("*.json")):
		card = json.loads(path.read_text())
		if card["type"] == "Custom":
			said = frappe.get_attr(card["method"])()
			assert said["route"][0] == "query-report", card["name"]
			assert (MODULE / "report" / frappe.scrub(said["route"][1])).exists()
			continue
		filters = json.loads(card["filters_json"]) + json.loads(card["dynamic_filters_json"])
		# Frappe 15 leads to the list with one filter for each field: of two the last would be left.
		fields = [fieldname for _doctype, fieldname, *_rest in filters]
		assert len(fields) == len(set(fields)), card["name"]
	for path in (MODULE / "dashboard_chart").rglob("*.json"):
		# The menu of a chart has the list of this.
		assert json.loads(path.read_text())["document_type"] == ASSIGNMENT


def test_a_chart_shows_one_user_nothing_that_another_may_see(debts):
	frappe.set_user(factory.user("HR User"))
	assert overdue_chart.get(chart_name="any", refresh=1)["datasets"][0]["values"] == [1]
	in_time, late = (each["values"] for each in completions_chart.get()["datasets"])
	assert (sum(in_time), sum(late), len(in_time)) == (1, 0, 12)
	assert in_time[-2] == 1, "forty days ago was last month"
	frappe.set_user("Administrator")
	frappe.set_user(restricted(debts.elsewhere))
	assert overdue_chart.get()["datasets"][0]["values"] == []
	assert sum(completions_chart.get()["datasets"][0]["values"]) == 0


@pytest.mark.parametrize("role", ["Course Creator", "Projects User"])
def test_who_looks_after_nobody_reads_nothing_of_others(debts, role):
	frappe.set_user(factory.user(role))
	assert desk.get_on_time_rate() == "–"
	assert overdue_chart.get()["datasets"][0]["values"] == []
	assert {sum(each["values"]) for each in completions_chart.get()["datasets"]} == {0}
	assert desk.get_course_training(debts.courses[0]) == {
		"open": 0, "overdue": 0, "completed": 0, "counts_like": [],
	}  # fmt: skip
	with pytest.raises(frappe.PermissionError):
		desk.count_exceptions()


def test_the_card_of_exceptions_counts_the_lines_of_the_report_and_leads_there(debts):
	late = factory.employee()
	factory.rule(courses=[factory.course(is_mandatory=0)], audience=[("Employee", late.name)])
	factory.onboarding(job_applicant=factory.applicant())
	narrow = restricted(debts.elsewhere)
	for user, number in ((factory.hr_manager(), 2), (narrow, 0)):
		frappe.set_user(user)
		said = desk.count_exceptions()
		assert (said["value"], said["route"]) == (number, ["query-report", "Training Exceptions"])
		assert len(exceptions_report.execute()[1]) == number
		frappe.set_user("Administrator")


def test_guests_are_refused(debts):
	frappe.set_user("Guest")
	for call in (
		desk.get_on_time_rate,
		desk.count_exceptions,
		overdue_chart.get,
		completions_chart.get,
		lambda: desk.get_course_training(debts.courses[0]),
	):
		with pytest.raises(frappe.PermissionError):
			call()


def test_connections_count_and_what_is_overdue_comes_first(debts):
	for doctype, name, total, overdue in (
		("Employee", debts.worker.name, 2, 1),
		("LMS Course", debts.courses[0], 2, 1),
		("LMS Course", debts.courses[1], 2, 0),
	):
		found = get_open_count(doctype, name, items=json.dumps([ASSIGNMENT]))["count"]["external_links_found"]
		assert [(row["count"], row["open_count"]) for row in found] == [(total, overdue)], name
		groups = frappe.get_meta(doctype).get_dashboard_data().transactions
		others = ["Employee Compliance", "Employee Document"] if doctype == "Employee" else []
		assert groups[0]["items"] == [ASSIGNMENT, "LMS Training Evidence", *others]


def test_a_course_knows_how_many_owe_it_as_far_as_one_may_see(debts):
	def counts(course):
		found = desk.get_course_training(course)
		return found["open"], found["overdue"], found["completed"]

	assert [counts(course) for course in debts.courses] == [(2, 1, 0), (1, 0, 1)]
	frappe.set_user(restricted(debts.elsewhere))
	assert counts(debts.courses[0]) == (1, 0, 0)


@pytest.mark.parametrize("fieldname", ["published", "is_mandatory"])
def test_taking_a_course_back_that_is_owed_is_said_and_done(debts, fieldname):
	course = frappe.get_doc("LMS Course", debts.courses[0])
	course.set(fieldname, 0)
	frappe.local.message_log = []
	course.save()
	assert "2 open assignments" in str(frappe.local.message_log)
	frappe.local.message_log = []
	# Saved again, or given back: nothing to warn of.
	course.short_introduction = "Another one"
	course.save()
	course.set(fieldname, 1)
	course.save()
	assert "open assignments" not in str(frappe.local.message_log)
	assert factory.assignment(name=debts.late).status == "Overdue"


def test_a_course_that_nobody_owes_is_taken_back_without_a_word(debts):
	course = frappe.get_doc("LMS Course", factory.course("Nobody's"))
	course.published = 0
	frappe.local.message_log = []
	course.save()
	assert "open assignments" not in str(frappe.local.message_log)


@pytest.mark.parametrize("hook", ["doctype_js", "doctype_list_js"])
def test_every_desk_script_in_the_hooks_exists(hook):
	for files in frappe.get_hooks(hook, app_name="smooth_lms_hr").values():
		for file in files:
			assert (APP / file).exists(), file
