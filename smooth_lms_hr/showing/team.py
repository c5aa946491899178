"""Who is late with what: a manager's team, or everybody that the viewer may see (rule 9).

As many queries for a page of 500 as for one of five, whatever the size of the team.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Sum
from frappe.utils import cint, date_diff, escape_html, flt, getdate

from smooth_lms_hr.sources import visibility, words
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.people import Problem
from smooth_lms_hr.sources.reporting_lines import below, is_below, teams_of
from smooth_lms_hr.sources.visibility import visible_assignments
from smooth_lms_hr.training.status import CANCELLED, COMPLETED, IN_PROGRESS, OPEN, OVERDUE, PENDING, WAIVED

# What a team page counts and lists; what was cancelled is owed by nobody and nobody's merit.
STATUSES = (PENDING, IN_PROGRESS, COMPLETED, OVERDUE, WAIVED)
MAX_PAGE_LENGTH = 500


def places(user: str, oversees: bool, manager: str | None = None) -> list[frappe._dict] | None:
	"""Return whose teams are meant: Employees with their place (lft, rgt) in the tree of reports_to.

	:param user: who is asking
	:param oversees: whether the user's role is to look after everybody
	:param manager: Employee (or User) whose team is asked for, None for the user's own, or all for an overseer
	:return: None for no limit but the user's permissions
	:raises frappe.PermissionError: for somebody who leads nobody, and for a team that is not the user's
	:raises frappe.ValidationError: for a manager who does not exist
	"""
	if oversees and not manager:
		return None
	own = [] if oversees else teams_of(user)
	if not oversees and not own:
		frappe.throw(_("Nobody reports to you."), frappe.PermissionError)
	if not manager:
		return own
	named = _employees({"name": manager}) or _employees({"user_id": manager})
	if oversees:
		seen = visibility.employees(named, user)
		named = [place for place in named if place.name in seen]
		if not named:
			frappe.throw(words.describe_problem(Problem.NO_EMPLOYEE, frappe.bold(escape_html(manager))))
		return named
	own_places = {place.name for place in own}
	if not named or not all(place.name in own_places or is_below(place, own) for place in named):
		# Whether there is such a person is none of the user's business either.
		frappe.throw(_("You may look at your own team only."), frappe.PermissionError)
	return named


def _employees(filters: dict) -> list[frappe._dict]:
	return frappe.get_all(
		"Employee",
		filters=filters,
		fields=["name", "user_id", *visibility.OF_THE_PERSON, "lft", "rgt"],
		order_by="name",
	)


def training_status(
	teams: Sequence[frappe._dict] | None,
	filters: dict | None = None,
	statuses: Collection[str] | None = None,
	start: int = 0,
	page_length: int = 50,
) -> dict:
	"""Return what the people of some teams owe and did, the overdue first, as far as the session user may see it.

	:param teams: as ``places`` returns them
	:param filters: any of department (with those below it), company, course: names of such records, checked; empty
	        ones do not filter
	:param statuses: which rows to list, None for all; the summary counts all of them all the same
	:param start: rows to skip
	:param page_length: rows to return, 1 to 500; more is cut to 500
	:return: {"summary": {"total", "pending", "in_progress", "completed", "overdue", "waived", "on_time_rate"
	        (percent, 0-100, of the completed ones; None without any)}, "rows": [...], "total": rows without paging}
	"""
	filters = filters or {}
	counts, summary = _summary(counts_of(teams, filters))
	today = getdate()
	found = rows(teams, filters, statuses, start, min(page_length, MAX_PAGE_LENGTH))
	for row in found:
		row.days_left = date_diff(row.due_date, today) if row.status in OPEN else None
		del row.completed_on
	return {
		"summary": summary,
		"rows": found,
		"total": sum(counts.get(status, 0) for status in statuses or STATUSES),
	}


def departments(teams: Sequence[frappe._dict] | None) -> list[str]:
	"""Return the departments that there is something to filter by, in order."""
	assignment = frappe.qb.DocType(ASSIGNMENT)
	query = _of_teams(teams, {}).select(assignment.department).distinct().orderby(assignment.department)
	return [department for (department,) in query.run() if department]


def counts_of(teams: Sequence[frappe._dict] | None, filters: Mapping) -> list[frappe._dict]:
	"""Return the number of assignments by department and status, and of the completed ones those in time.

	:param teams: as ``places`` returns them
	:param filters: as for ``training_status``
	:return: rows of department, status, number, in_time
	"""
	table = frappe.qb.DocType(ASSIGNMENT)
	in_time = (table.status == COMPLETED) & (table.completed_on <= table.due_date)
	return (
		_of_teams(teams, filters)
		.select(
			table.department,
			table.status,
			Count(table.name).as_("number"),
			Sum(Case().when(in_time, 1).else_(0)).as_("in_time"),
		)
		.groupby(table.department, table.status)
		.run(as_dict=True)
	)


def rows(
	teams: Sequence[frappe._dict] | None,
	filters: Mapping,
	statuses: Collection[str] | None,
	start: int,
	limit: int,
) -> list[frappe._dict]:
	"""Return assignments of teams, the overdue first.

	:param statuses: None for all
	:param start: rows to skip
	:param limit: how many at most
	"""
	table, report = frappe.qb.DocType(ASSIGNMENT), frappe.qb.DocType("Employee").as_("report")
	manager = frappe.qb.DocType("Employee").as_("manager")
	urgency = Case()
	for rank, group in enumerate(((OVERDUE,), OPEN, (COMPLETED,))):
		urgency = urgency.when(table.status.isin(group), rank)
	query = (
		_of_teams(teams, filters)
		.left_join(manager)
		.on(manager.name == report.reports_to)
		.select(
			table.name,
			table.member,
			table.member_name,
			table.employee,
			table.employee_name,
			table.department,
			report.reports_to.as_("manager"),
			manager.employee_name.as_("manager_name"),
			table.course,
			table.course_title,
			table.due_date,
			table.status,
			table.progress,
			table.completed_on,
		)
		.orderby(urgency.else_(3))
		.orderby(table.due_date)
		.orderby(table.name)
		.limit(limit)
		.offset(start)
	)
	if statuses:
		query = query.where(table.status.isin(tuple(statuses)))
	found = query.run(as_dict=True)
	for row in found:
		row.due_date = getdate(row.due_date)
		row.progress = flt(row.progress)
	return found


def _of_teams(teams: Sequence[frappe._dict] | None, filters: Mapping):
	"""Return the query of all assignments that are asked for and that the session user may see."""
	table, report = frappe.qb.DocType(ASSIGNMENT), frappe.qb.DocType("Employee").as_("report")
	query = (
		visible_assignments(
			**{fieldname: filters.get(fieldname) for fieldname in ("company", "department", "course")}
		)
		.left_join(report)
		.on(report.name == table.employee)
		.where(table.status != CANCELLED)
	)
	if teams is None:
		return query
	return query.where(below(report, teams))


def _summary(counted: Sequence[frappe._dict]) -> tuple[Counter, dict]:
	counts = Counter()
	for row in counted:
		counts[row.status] += cint(row.number)
	on_time, done = sum(cint(row.in_time) for row in counted), counts[COMPLETED]
	summary = {
		"total": sum(counts[status] for status in STATUSES),
		"pending": counts[PENDING],
		"in_progress": counts[IN_PROGRESS],
		"completed": done,
		"overdue": counts[OVERDUE],
		"waived": counts[WAIVED],
		"on_time_rate": round(100 * on_time / done, 1) if done else None,
	}
	return counts, summary
