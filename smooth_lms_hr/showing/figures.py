"""What charts, number cards and forms count, as far as the session user may see it (rule 9)."""

from collections.abc import Collection
from datetime import date

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Sum
from frappe.utils import add_months, cint, get_first_day, getdate

from smooth_lms_hr.sources.conditions import is_late
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.visibility import visible_assignments
from smooth_lms_hr.training.status import AWAITING_SIGNATURE, COMPLETED, OPEN, OVERDUE


def counts_of_courses(courses: Collection[str]) -> dict[str, dict[str, int]]:
	"""Return by course how many of its assignments the session user sees: "open", "overdue" (some of the open), "completed"."""
	counts = {course: {"open": 0, "overdue": 0, "completed": 0} for course in courses}
	if not counts:
		return {}
	table = frappe.qb.DocType(ASSIGNMENT)
	late = Case().when(is_late(table, getdate()), 1).else_(0)
	rows = (
		visible_assignments(course=list(counts))
		.select(table.course, table.status, Count(table.name), Sum(late))
		.groupby(table.course, table.status)
		.run()
	)
	for course, status, number, number_late in rows:
		of_course = counts[course]
		of_course["overdue"] += cint(number_late)
		if status in OPEN:
			of_course["open"] += cint(number)
		elif status == COMPLETED:
			of_course["completed"] += cint(number)
	return counts


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
		visible_assignments(status=[OVERDUE, AWAITING_SIGNATURE])
		.where(is_late(table, getdate()))
		.select(table.department, number)
		.groupby(table.department)
		.orderby(number, order=frappe.qb.desc)
		.orderby(table.department)
		.limit(limit)
		.run()
	)
	return [(department or _("No department"), cint(count)) for department, count in rows]
