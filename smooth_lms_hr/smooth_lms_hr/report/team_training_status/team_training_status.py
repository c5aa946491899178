"""Who owes what, by manager, department or course, the overdue first."""

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Sum
from frappe.utils import cint, date_diff, flt, getdate
from pypika.terms import Criterion

from smooth_lms_hr import permissions
from smooth_lms_hr.services import reporting, team
from smooth_lms_hr.services.facts import ASSIGNMENT
from smooth_lms_hr.training.status import (
	CANCELLED,
	COMPLETED,
	IN_PROGRESS,
	OPEN,
	OVERDUE,
	PENDING,
	WAIVED,
)

# What the filter "status" offers beside the statuses themselves.
ALL_OPEN = "Open"
DEPARTMENTS_IN_CHART = 12


def execute(filters: dict | None = None):
	"""Return columns, rows, message, chart and summary, as far as the session user may see them."""
	filters = frappe._dict(filters or {})
	reporting.refuse_missing_parts(filters)
	teams = _teams(filters.manager)
	counts = _counts(filters, teams)
	rows = _rows(filters, teams)
	message = None
	if len(rows) > reporting.MAX_ROWS:
		rows.pop()
		message = _("The first {0} rows are shown; the chart and the sums count all of them.").format(
			reporting.MAX_ROWS
		)
	return _columns(), rows, message, _chart(counts), _summary(counts)


def _teams(manager: str | None):
	"""Return whose reports are meant; None for everybody that the user may see."""
	user = frappe.session.user
	oversees = permissions.sees_all(user)
	return team.places(user, oversees, manager) if manager or not oversees else None


def _query(filters, teams):
	table, report = frappe.qb.DocType(ASSIGNMENT), frappe.qb.DocType("Employee").as_("report")
	query = (
		reporting.visible_assignments(
			company=filters.company, department=filters.department, course=filters.course
		)
		.left_join(report)
		.on(report.name == table.employee)
		.where(table.status != CANCELLED)
	)
	if teams is not None:
		query = query.where(
			Criterion.any((report.lft > place.lft) & (report.rgt < place.rgt) for place in teams)
		)
	return query, table, report


def _counts(filters, teams) -> list[frappe._dict]:
	"""Return the number of assignments by department and status, and of the completed ones those in time."""
	query, table, _report = _query(filters, teams)
	in_time = Case().when(table.completed_on <= table.due_date, 1).else_(0)
	return (
		query.select(
			table.department,
			table.status,
			Count(table.name).as_("number"),
			Sum(in_time).as_("in_time"),
		)
		.groupby(table.department, table.status)
		.run(as_dict=True)
	)


def _rows(filters, teams) -> list[frappe._dict]:
	query, table, report = _query(filters, teams)
	manager = frappe.qb.DocType("Employee").as_("manager")
	if filters.status:
		query = query.where(table.status.isin(OPEN if filters.status == ALL_OPEN else (filters.status,)))
	urgency = Case()
	for rank, group in enumerate(((OVERDUE,), OPEN, (COMPLETED,))):
		urgency = urgency.when(table.status.isin(group), rank)
	rows = (
		query.left_join(manager)
		.on(manager.name == report.reports_to)
		.select(
			table.name.as_("assignment"),
			table.employee,
			table.employee_name,
			table.member_name,
			table.department,
			manager.employee_name.as_("manager_name"),
			table.course,
			table.course_title,
			table.status,
			table.progress,
			table.due_date,
			table.completed_on,
		)
		.orderby(urgency.else_(3))
		.orderby(table.due_date)
		.orderby(table.name)
		.limit(reporting.MAX_ROWS + 1)
		.run(as_dict=True)
	)
	today = getdate()
	for row in rows:
		row.person = row.employee_name or row.pop("member_name")
		row.progress = flt(row.progress)
		late = date_diff(today, row.due_date) if row.status in OPEN else 0
		row.days_late = max(late, 0)
	return rows


def _columns() -> list[dict]:
	return [
		reporting.column("person", _("Person"), "Data", 160),
		reporting.column("course_title", _("Course"), "Data", 220),
		reporting.column("status", _("Status"), "Data", 110),
		reporting.column("due_date", _("Due Date"), "Date", 110),
		reporting.column("days_late", _("Days Late"), "Int", 100),
		reporting.column("progress", _("Progress"), "Percent", 100),
		reporting.column("completed_on", _("Completed On"), "Date", 120),
		reporting.column("manager_name", _("Manager"), "Data", 150),
		reporting.column("department", _("Department"), "Link", 150, "Department"),
		reporting.column("employee", _("Employee"), "Link", 140, "Employee"),
		reporting.column("assignment", _("Assignment"), "Link", 120, ASSIGNMENT),
	]


def _chart(counts: list[frappe._dict]) -> dict | None:
	"""Stack, for the departments with the most overdue, what is done, under way and late."""
	if not counts:
		return None
	departments: dict[str, dict[str, int]] = {}
	for row in counts:
		of_department = departments.setdefault(row.department or _("No department"), {})
		of_department[row.status] = of_department.get(row.status, 0) + cint(row.number)
	worst = sorted(departments, key=lambda name: (-departments[name].get(OVERDUE, 0), name))
	worst = worst[:DEPARTMENTS_IN_CHART]
	bars = (
		(_("Overdue"), (OVERDUE,), "#d1393b"),
		(_("Under way"), (PENDING, IN_PROGRESS), "#4b8fe3"),
		(_("Completed"), (COMPLETED,), "#2f9d58"),
	)
	return {
		"data": {
			"labels": worst,
			"datasets": [
				{"name": name, "values": [sum(departments[each].get(s, 0) for s in group) for each in worst]}
				for name, group, _colour in bars
			],
		},
		"type": "bar",
		"barOptions": {"stacked": 1},
		"colors": [colour for _name, _group, colour in bars],
	}


def _summary(counts: list[frappe._dict]) -> list[dict]:
	def total(*statuses):
		return sum(cint(row.number) for row in counts if row.status in statuses)

	in_time = sum(cint(row.in_time) for row in counts if row.status == COMPLETED)
	done = total(COMPLETED)
	return [
		{"label": _("Open"), "value": total(*OPEN), "datatype": "Int", "indicator": "Blue"},
		{"label": _("Overdue"), "value": total(OVERDUE), "datatype": "Int", "indicator": "Red"},
		{"label": _("Completed"), "value": done, "datatype": "Int", "indicator": "Green"},
		{"label": _("Waived"), "value": total(WAIVED), "datatype": "Int"},
		{
			"label": _("Completed on Time"),
			"value": reporting.percent_in_words(in_time, done),
			"datatype": "Data",
		},
	]
