"""Who is late with what: a manager's team, or everybody that the viewer may see (DESIGN rule 9).

As many queries for a page of 500 as for one of five, whatever the size of the team.
"""

from collections.abc import Collection, Sequence

import frappe
from frappe import _
from frappe.desk.reportview import build_match_conditions
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Sum
from frappe.utils import cint, date_diff, escape_html, flt, getdate
from pypika.terms import Criterion, LiteralValue

from smooth_lms_hr.services.facts import ASSIGNMENT
from smooth_lms_hr.training.status import CANCELLED, COMPLETED, IN_PROGRESS, OPEN, OVERDUE, PENDING, WAIVED

# What a team page counts and lists; what was cancelled is nobody's debt and nobody's merit.
STATUSES = (PENDING, IN_PROGRESS, COMPLETED, OVERDUE, WAIVED)
MAX_PAGE_LENGTH = 500
FILTERS = {"department": "Department", "company": "Company", "course": "LMS Course"}


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
	own = [] if oversees else led_by(user)
	if not oversees and not own:
		frappe.throw(_("Nobody reports to you."), frappe.PermissionError)
	if not manager:
		return own
	named = _employees({"name": manager}) or _employees({"user_id": manager})
	if oversees:
		if not named:
			_refuse(_("manager"), manager)
		return named
	if not named or not all(any(_within(place, top) for top in own) for place in named):
		# Whether there is such a person is none of the user's business either.
		frappe.throw(_("You may look at your own team only."), frappe.PermissionError)
	return named


def led_by(user: str) -> list[frappe._dict]:
	"""Return the Employee records of a user that somebody reports to."""
	return [place for place in _employees({"user_id": user, "status": "Active"}) if place.rgt - place.lft > 1]


def _employees(filters: dict) -> list[frappe._dict]:
	return frappe.get_all("Employee", filters=filters, fields=["name", "lft", "rgt"], order_by="name")


def _within(place: frappe._dict, top: frappe._dict) -> bool:
	return top.lft <= place.lft and place.rgt <= top.rgt


def training_status(
	teams: Sequence[frappe._dict] | None,
	filters: dict | None = None,
	statuses: Collection[str] | None = None,
	start: int | str = 0,
	page_length: int | str = 50,
) -> dict:
	"""Return what the people of some teams owe and did, the overdue first, as far as the session user may see it.

	:param teams: as ``places`` returns them
	:param filters: any of department, company, course: names of those records; empty ones do not filter
	:param statuses: which rows to list, None for all; the summary counts all of them all the same
	:param start: rows to skip
	:param page_length: rows to return, 1 to 500; more is cut to 500
	:return: {"summary": {"total", "pending", "in_progress", "completed", "overdue", "waived", "on_time_rate"
	        (percent, 0-100, of the completed ones; None without any)}, "rows": [...], "total": rows without paging}
	:raises frappe.ValidationError: for a filter, status or number that makes no sense
	"""
	filters = _checked(filters or {})
	start, page_length = _number(_("start"), start, 0), _number(_("page_length"), page_length, 1)
	for status in statuses or ():
		if status not in STATUSES:
			frappe.throw(
				_("{0} is not a status; known are {1}.").format(
					frappe.bold(escape_html(str(status)[:100])), ", ".join(STATUSES)
				)
			)
	counts, summary = _summary(teams, filters)
	return {
		"summary": summary,
		"rows": _rows(teams, filters, statuses, start, min(page_length, MAX_PAGE_LENGTH)),
		"total": sum(counts.get(status, 0) for status in statuses or STATUSES),
	}


def departments(teams: Sequence[frappe._dict] | None) -> list[str]:
	"""Return the departments that there is something to filter by, in order."""
	assignment = frappe.qb.DocType(ASSIGNMENT)
	query = _visible(teams, {}).select(assignment.department).distinct().orderby(assignment.department)
	return [department for (department,) in query.run() if department]


def _checked(filters: dict) -> dict:
	wanted = {fieldname: value for fieldname, value in filters.items() if value}
	for fieldname, value in wanted.items():
		if not frappe.db.exists(FILTERS[fieldname], value):
			_refuse(_(fieldname), value)
	return wanted


def _refuse(what: str, value: str) -> None:
	frappe.throw(_("There is no {0} {1}.").format(what, frappe.bold(escape_html(str(value)[:100]))))


def _number(what: str, value: int | str, least: int) -> int:
	# cint() would take "ten" for 0.
	number = cint(value) if str(value).strip().lstrip("+-").isdecimal() else None
	if number is None or number < least:
		frappe.throw(
			_("{0} has to be a whole number from {1}, not {2}.").format(
				what, least, frappe.bold(escape_html(str(value)[:100]))
			)
		)
	return number


def _visible(teams: Sequence[frappe._dict] | None, filters: dict):
	"""Return the query of all assignments that are asked for and that the session user may see."""
	assignment, report = frappe.qb.DocType(ASSIGNMENT), frappe.qb.DocType("Employee").as_("report")
	query = (
		frappe.qb.from_(assignment)
		.left_join(report)
		.on(report.name == assignment.employee)
		.where(assignment.status != CANCELLED)
	)
	for fieldname, value in filters.items():
		query = query.where(assignment[fieldname] == value)
	if teams is not None:
		query = query.where(
			Criterion.any((report.lft > team.lft) & (report.rgt < team.rgt) for team in teams)
		)
	# What Frappe itself adds to this user's lists: role, our own rule, User Permissions, shares.
	if allowed := build_match_conditions(ASSIGNMENT):
		query = query.where(LiteralValue(f"({allowed})"))
	return query


def _summary(teams: Sequence[frappe._dict] | None, filters: dict) -> tuple[dict[str, int], dict]:
	assignment = frappe.qb.DocType(ASSIGNMENT)
	in_time = (assignment.status == COMPLETED) & (assignment.completed_on <= assignment.due_date)
	found = (
		_visible(teams, filters)
		.select(assignment.status, Count(assignment.name), Sum(Case().when(in_time, 1).else_(0)))
		.groupby(assignment.status)
		.run()
	)
	counts = {status: cint(count) for status, count, _in_time in found}
	on_time = sum(cint(in_time) for _status, _count, in_time in found)
	done = counts.get(COMPLETED, 0)
	summary = {
		"total": sum(counts.get(status, 0) for status in STATUSES),
		"pending": counts.get(PENDING, 0),
		"in_progress": counts.get(IN_PROGRESS, 0),
		"completed": done,
		"overdue": counts.get(OVERDUE, 0),
		"waived": counts.get(WAIVED, 0),
		"on_time_rate": round(100 * on_time / done, 1) if done else None,
	}
	return counts, summary


def _rows(
	teams: Sequence[frappe._dict] | None,
	filters: dict,
	statuses: Collection[str] | None,
	start: int,
	page_length: int,
) -> list[frappe._dict]:
	assignment, report = frappe.qb.DocType(ASSIGNMENT), frappe.qb.DocType("Employee").as_("report")
	manager = frappe.qb.DocType("Employee").as_("manager")
	urgency = Case()
	for rank, group in enumerate(((OVERDUE,), OPEN, (COMPLETED,))):
		urgency = urgency.when(assignment.status.isin(group), rank)
	query = (
		_visible(teams, filters)
		.left_join(manager)
		.on(manager.name == report.reports_to)
		.select(
			assignment.name,
			assignment.member,
			assignment.member_name,
			assignment.employee,
			assignment.employee_name,
			assignment.department,
			report.reports_to.as_("manager"),
			manager.employee_name.as_("manager_name"),
			assignment.course,
			assignment.course_title,
			assignment.due_date,
			assignment.status,
			assignment.progress,
		)
		.orderby(urgency.else_(3))
		.orderby(assignment.due_date)
		.orderby(assignment.name)
		.limit(page_length)
		.offset(start)
	)
	if statuses:
		query = query.where(assignment.status.isin(tuple(statuses)))
	today = getdate()
	rows = query.run(as_dict=True)
	for row in rows:
		row.due_date = getdate(row.due_date)
		row.progress = flt(row.progress)
		row.days_left = date_diff(row.due_date, today) if row.status in OPEN else None
	return rows
