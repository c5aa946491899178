"""What a reader sees of a report at first sight: its bars, the kinds of its columns, what comes first."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import formatdate

from smooth_lms_hr import api
from smooth_lms_hr.showing import figures, tables, team
from smooth_lms_hr.smooth_lms_hr.dashboard_chart_source.trainings_completed_per_month import (
	trainings_completed_per_month as completions_chart,
)
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.reports import AUDIT, KPIS, ONBOARDINGS, TEAM, department, put, read

ASSIGNMENT = "LMS Training Assignment"


@pytest.fixture
def debts():
	"""Three people of two departments and one of none, each in a state of their own; by what they are called here."""
	course = factory.course("Safety", lessons=0)
	reader = factory.hr_manager()
	forge, bakery = department("Forge"), department("Bakery")
	found = frappe._dict(course=course, reader=reader, forge=forge, bakery=bakery)
	for name, unit in (
		("late", forge), ("later", forge), ("busy", bakery), ("soon", bakery), ("done", forge), ("slow", None),
		("excused", bakery),
	):  # fmt: skip
		worker = factory.employee(factory.user(), first_name=name.title(), department=unit)
		doc = {"doctype": ASSIGNMENT, "employee": worker.name, "course": course}
		found[name] = frappe.get_doc(doc).insert().name
	put(found.late, "Overdue", due=-9, assigned=-70)
	put(found.later, "Overdue", due=-2)
	put(found.busy, "In Progress", due=4, progress=50)
	put(found.soon, "Pending", due=1)
	put(found.done, "Completed", due=-5, assigned=-70, completed_on=TODAY - timedelta(days=45), progress=100)
	put(found.slow, "Completed", due=-30, assigned=-70, completed_on=TODAY, progress=100)
	put(found.excused, "Waived", due=3)
	frappe.set_user(reader)
	return found


def bars(chart):
	"""Return the values of a chart by name and label."""
	return {
		each["name"]: dict(zip(chart["data"]["labels"], each["values"], strict=True))
		for each in chart["data"]["datasets"]
	}


# Charts


def test_the_chart_of_teams_stacks_what_is_late_under_way_and_done(debts):
	chart = read(TEAM).chart
	assert chart["data"]["labels"] == [debts.forge, debts.bakery, "No department"]
	assert bars(chart) == {
		"Overdue": {debts.forge: 2, debts.bakery: 0, "No department": 0},
		"Under way": {debts.forge: 0, debts.bakery: 2, "No department": 0},
		"Completed": {debts.forge: 1, debts.bakery: 0, "No department": 1},
	}
	assert (chart["type"], chart["barOptions"]["stacked"], len(chart["colors"])) == ("bar", 1, 3)
	assert read(TEAM, department=debts.bakery).chart["data"]["labels"] == [debts.bakery]
	elsewhere = factory.named("Company", "company_name", "Nobody Works Here Ltd", **company_fields())
	assert read(TEAM, company=elsewhere).chart is None


def company_fields():
	return {"abbr": factory.unique("C"), "default_currency": "INR", "country": "India"}


def test_the_chart_of_figures_shows_every_month_from_the_first(debts):
	chart = read(KPIS).chart
	assert chart["data"]["labels"] == ["Sep 2026", "Nov 2026"]
	# September: three assigned, two of them completed, one of those within 30 days. November: two halves of nothing.
	assert bars(chart) == {
		"In 30 Days": {"Sep 2026": 33.3, "Nov 2026": 0},
		"Average": {"Sep 2026": 66.7, "Nov 2026": 16.7},
		"Compliant": {"Sep 2026": 66.7, "Nov 2026": 25},
	}


def test_the_chart_of_hires_counts_them_by_what_is_missing(debts):
	for _number in range(2):
		factory.onboarding()
	assert bars(read(ONBOARDINGS).chart) == {
		"Hires": {"Ready": 0, "Training open": 0, "Tasks open": 0, "Tasks and training open": 2}
	}


def test_the_chart_of_changes_counts_them_by_kind_and_month(debts):
	api.waive([debts.soon], "Holds a licence")
	api.extend_due_date([debts.busy], "2027-03-01", "On leave")
	month = formatdate(TODAY, "MMM yyyy")
	counted = {kind: values[month] for kind, values in bars(read(AUDIT).chart).items()}
	assert {kind: number for kind, number in counted.items() if kind != "Assigned"} == {
		"Completed": 0, "Overdue": 0, "Due Date Moved": 1, "Waived": 1, "Revoked": 0, "Cancelled": 0,
	}  # fmt: skip
	assert counted["Assigned"] == len(factory.assignments())


def test_the_charts_of_the_workspace_count_in_order(debts):
	frappe.set_user("Administrator")
	other = factory.employee(factory.user(), department=debts.bakery)
	frappe.set_user(debts.reader)
	doc = frappe.get_doc({"doctype": ASSIGNMENT, "employee": other.name, "course": debts.course}).insert()
	put(doc.name, "Overdue", due=-1)
	assert figures.overdue_by_department() == [(debts.forge, 2), (debts.bakery, 1)]
	assert figures.overdue_by_department(limit=1) == [(debts.forge, 2)]
	chart = completions_chart.get()
	assert chart["labels"][-2:] == ["Oct", "Nov"]
	on_time, late = chart["datasets"]
	assert (on_time["name"], on_time["values"][-2:]) == ("On time", [1, 0])
	assert (late["name"], late["values"][-2:]) == ("Late", [0, 1])


# Columns


@pytest.mark.parametrize(
	("report", "kinds"),
	[
		(
			TEAM,
			{
				"person": "Data", "course_title": "Data", "status": "Data", "due_date": "Date", "days_late": "Int",
				"progress": "Percent", "completed_on": "Date", "manager_name": "Data", "department": "Link Department",
				"employee": "Link Employee", "assignment": f"Link {ASSIGNMENT}",
			},
		),
		(
			ONBOARDINGS,
			{
				"employee_name": "Data", "ready": "Data", "missing": "Data", "date_of_joining": "Date",
				"tasks_percent": "Percent", "training_percent": "Percent", "courses": "Int", "completed": "Int",
				"overdue": "Int", "next_due": "Date", "training_status": "Data", "department": "Link Department",
				"boarding_status": "Data", "onboarding": "Link Employee Onboarding", "employee": "Link Employee",
			},
		),
		(
			KPIS,
			{
				"month": "Data", "department": "Link Department", "assigned": "Int", "completed": "Int",
				"average": "Percent", "within": "Percent", "people": "Int", "compliant": "Int",
				"compliant_percent": "Percent", "overdue": "Int", "login_days": "Float", "not_logged_in": "Int",
				"tasks": "Percent",
				"tickets": "Int",
				"tickets_open": "Int",
			},
		),
		(
			AUDIT,
			{
				"changed_on": "Datetime", "changed_by": "Link User", "kind": "Data", "old": "Data", "new": "Data",
				"why": "Data", "person": "Data", "course_title": "Data", "department": "Link Department",
				"employee": "Link Employee", "assignment": f"Link {ASSIGNMENT}",
			},
		),
	],
)  # fmt: skip
def test_every_column_has_its_kind(report, kinds):
	answer = frappe.get_attr("frappe.desk.query_report.run")(report, filters={}, ignore_prepared_report=True)
	found = {
		column["fieldname"]: " ".join(filter(None, (column["fieldtype"], column["options"])))
		for column in answer["columns"]
	}
	assert found == kinds
	assert all(column["label"] and column["width"] for column in answer["columns"])
	# Else a column of text whose first cell is empty stands to the right, as if it were of numbers.
	for column in answer["columns"]:
		assert (column["align"] == "left") == (column["fieldtype"] not in ("Int", "Float", "Percent")), column


def test_what_may_not_be_read_is_a_text_and_no_link(debts):
	frappe.set_user("Administrator")
	frappe.set_user(factory.user("Moderator"))
	assert (
		tables.column("onboarding", "Onboarding", "Link", 100, "Employee Onboarding")["fieldtype"] == "Data"
	)
	assert tables.column("assignment", "Assignment", "Link", 100, ASSIGNMENT)["options"] == ASSIGNMENT


# What comes first


def test_what_is_late_comes_first_then_what_is_due_then_what_is_done(debts):
	order = ["late", "later", "soon", "busy", "slow", "done", "excused"]
	assert [row["assignment"] for row in read(TEAM).rows] == [debts[name] for name in order]
	listed = team.training_status(None, page_length=500)["rows"]
	assert [row.name for row in listed] == [debts[name] for name in order]
	assert [row["days_late"] for row in read(TEAM).rows] == [9, 2, 0, 0, 0, 0, 0]
	assert [row["days_late"] for row in read(TEAM, status="Open").rows] == [9, 2, 0, 0]
	assert team.departments(None) == sorted((debts.forge, debts.bakery))


def test_the_newest_month_comes_first_and_departments_in_order(debts):
	assert [(row["month"], row["department"]) for row in read(KPIS).rows] == [
		("Nov 2026", debts.bakery), ("Nov 2026", debts.forge), ("Sep 2026", ""), ("Sep 2026", debts.forge)
	]  # fmt: skip


def test_who_joins_last_comes_first(debts):
	first, second, third = (
		factory.onboarding(date_of_joining=TODAY + timedelta(days=days)).name for days in (5, 9, 5)
	)
	assert [row["onboarding"] for row in read(ONBOARDINGS).rows] == [second, third, first]


def test_the_newest_change_comes_first(debts, clock):
	api.waive([debts.soon], "Holds a licence")
	clock(1)
	api.waive([debts.busy], "Holds one too")
	rows = read(AUDIT, to_date=str(TODAY + timedelta(days=1)), change="Waived").rows
	assert [row["assignment"] for row in rows] == [debts.busy, debts.soon]


# What does not exist


@pytest.mark.parametrize("fieldname", ["company", "department", "course"])
@pytest.mark.parametrize("report", [TEAM, KPIS])
def test_what_does_not_exist_is_refused_by_name(debts, report, fieldname):
	with pytest.raises(frappe.ValidationError, match=r"There is no .*Nowhere"):
		read(report, **{fieldname: "Nowhere"})
