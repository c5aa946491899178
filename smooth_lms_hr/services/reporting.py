"""What reports, charts and forms count, as far as the session user may see it (DESIGN rule 9).

Frappe's own match conditions (role, our rule, User Permissions, shares) are part of every query that is built here.
"""

from collections.abc import Collection
from datetime import date

import frappe
from frappe import _
from frappe.desk.reportview import build_match_conditions
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Sum
from frappe.utils import add_months, cint, get_first_day, getdate
from frappe.utils.nestedset import get_descendants_of
from pypika.terms import LiteralValue

from smooth_lms_hr.services.facts import ASSIGNMENT
from smooth_lms_hr.training.status import CANCELLED, COMPLETED, OPEN, OVERDUE

# More does not fit a browser, and nobody reads it.
MAX_ROWS = 20_000


def visible_assignments(**filters):
	"""Return the query, without columns, of the assignments that the session user may see.

	:param filters: fieldname and value; empty values do not filter, a list is any of them, a department is meant with
	        those below it
	:raises frappe.PermissionError: for somebody who may read no assignments at all
	"""
	frappe.has_permission(ASSIGNMENT, "read", throw=True)
	table = frappe.qb.DocType(ASSIGNMENT)
	query = frappe.qb.from_(table)
	if allowed := build_match_conditions(ASSIGNMENT):
		# Text alone is no criterion that others can be added to.
		query = query.where(table.name.isnotnull() & LiteralValue(f"({allowed})"))
	for fieldname, value in filters.items():
		if not value:
			continue
		if fieldname == "department":
			value = departments_from(value)
		field = table[fieldname]
		query = query.where(field.isin(value) if isinstance(value, list | tuple) else field == value)
	return query


def departments_from(department: str) -> list[str]:
	"""Return a department and all below it."""
	return [department, *get_descendants_of("Department", department, ignore_permissions=True)]


def percent_in_words(part: int, whole: int) -> str:
	"""Return for example "66.7%", a dash where there is nothing to take a share of; Frappe would show 66.700%."""
	return f"{round(100 * part / whole, 1):g}%" if whole else "–"


def column(
	fieldname: str, label: str, fieldtype: str = "Data", width: int = 110, options: str | None = None
) -> dict:
	"""Return a column of a report; a link to what the session user may not read is shown as text.

	Frappe would refuse them the whole report for it.
	"""
	if fieldtype == "Link" and not frappe.has_permission(options, "read"):
		fieldtype, options = "Data", None
	return {
		"fieldname": fieldname,
		"label": label,
		"fieldtype": fieldtype,
		"width": width,
		"options": options,
		"precision": "1",
	}


def refuse_missing_parts(filters: dict) -> None:
	"""Refuse a company, department or course that does not exist.

	:raises frappe.ValidationError: naming it
	"""
	for fieldname, doctype in (
		("company", "Company"),
		("department", "Department"),
		("course", "LMS Course"),
	):
		refuse_missing(doctype, filters.get(fieldname))


def refuse_missing(doctype: str, name: str | None) -> None:
	"""Check a record that a filter names.

	:raises frappe.ValidationError: where there is none of that name
	"""
	if name and not frappe.db.exists(doctype, name):
		frappe.throw(
			_("There is no {0} {1}.").format(_(doctype), frappe.bold(frappe.utils.escape_html(name)))
		)


def counts_of_course(course: str) -> dict[str, int]:
	"""Return how many assignments of a course the session user sees: "open", "overdue" (some of the open), "completed"."""
	table = frappe.qb.DocType(ASSIGNMENT)
	rows = (
		visible_assignments(course=course).select(table.status, Count(table.name)).groupby(table.status).run()
	)
	counts = dict(rows)
	return {
		"open": sum(cint(counts.get(status)) for status in OPEN),
		"overdue": cint(counts.get(OVERDUE)),
		"completed": cint(counts.get(COMPLETED)),
	}


def completions_per_month(today: date, months: int = 12) -> list[tuple[date, int, int]]:
	"""Return the first day of each of the last months, how many assignments were completed in it, and how many in time.

	:param today: the last month is the one of this day
	"""
	first = get_first_day(add_months(today, 1 - months))
	table = frappe.qb.DocType(ASSIGNMENT)
	in_time = Case().when(table.completed_on <= table.due_date, 1).else_(0)
	by_day = (
		visible_assignments(status=COMPLETED)
		.where(table.completed_on >= first)
		.where(table.completed_on <= today)
		.select(table.completed_on, Count(table.name), Sum(in_time))
		.groupby(table.completed_on)
		.run()
	)
	totals = {getdate(add_months(first, number)): [0, 0] for number in range(months)}
	for day, count, count_in_time in by_day:
		total = totals[getdate(get_first_day(day))]
		total[0] += cint(count)
		total[1] += cint(count_in_time)
	return [(month, *total) for month, total in totals.items()]


def overdue_by_department(limit: int = 10) -> list[tuple[str, int]]:
	"""Return the departments with the most overdue assignments, and how many."""
	table = frappe.qb.DocType(ASSIGNMENT)
	number = Count(table.name)
	rows = (
		visible_assignments(status=OVERDUE)
		.select(table.department, number)
		.groupby(table.department)
		.orderby(number, order=frappe.qb.desc)
		.orderby(table.department)
		.limit(limit)
		.run()
	)
	return [(department or _("No department"), cint(count)) for department, count in rows]


def status_counts(**filters) -> dict[tuple[str, str], int]:
	"""Return the number of assignments by (department, status), without the cancelled ones."""
	table = frappe.qb.DocType(ASSIGNMENT)
	rows = (
		visible_assignments(**filters)
		.where(table.status != CANCELLED)
		.select(table.department, table.status, Count(table.name))
		.groupby(table.department, table.status)
		.run()
	)
	return {(department or "", status): cint(count) for department, status, count in rows}


def onboarding_tasks(onboardings: Collection[str]) -> dict[str, tuple[int, int]]:
	"""Return how many tasks each onboarding has and how many of them are done; drafts have none that could be.

	:param onboardings: names of Employee Onboardings that the caller may see
	"""
	if not onboardings:
		return {}
	activity, task = frappe.qb.DocType("Employee Boarding Activity"), frappe.qb.DocType("Task")
	done = Case().when(task.status.isin(("Completed", "Cancelled")), 1).else_(0)
	rows = (
		frappe.qb.from_(activity)
		.left_join(task)
		.on(task.name == activity.task)
		.where(activity.parenttype == "Employee Onboarding")
		.where(activity.parent.isin(list(onboardings)))
		.select(activity.parent, Count(activity.name), Sum(done))
		.groupby(activity.parent)
		.run()
	)
	return {name: (cint(total), cint(finished)) for name, total, finished in rows}
