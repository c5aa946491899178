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
from pypika import Criterion

from smooth_lms_hr.sources import conditions, visibility, words
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.people import Problem
from smooth_lms_hr.sources.reporting_lines import below, is_below, teams_of
from smooth_lms_hr.sources.visibility import of_text, visible_assignments
from smooth_lms_hr.training.status import (
	AWAITING_SIGNATURE,
	CANCELLED,
	COMPLETED,
	IN_PROGRESS,
	OPEN,
	OVERDUE,
	PENDING,
	WAIVED,
)

# What a team page counts and lists; what was cancelled is owed by nobody and nobody's merit.
STATUSES = (PENDING, IN_PROGRESS, AWAITING_SIGNATURE, COMPLETED, OVERDUE, WAIVED)
# What awaits a signature since its due date is counted by itself: it is late, whatever its status says.
LATE_SIGNATURE = "Awaiting Signature, late"
# What is counted of each status, and of what is open in all.
COUNTED = {
	OVERDUE: (OVERDUE, LATE_SIGNATURE),
	AWAITING_SIGNATURE: (AWAITING_SIGNATURE, LATE_SIGNATURE),
}
COUNTED_AS_OPEN = (*OPEN, LATE_SIGNATURE)
UNDER_WAY = (PENDING, IN_PROGRESS, AWAITING_SIGNATURE)
MAX_PAGE_LENGTH = 500
# The order of the rows: within each of these by due date, for which there is an index.
BY_URGENCY = (COUNTED[OVERDUE], UNDER_WAY, (COMPLETED,), (WAIVED,))


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
	        ones do not filter; people: users and employees (see ``people.named_like``), of whom one has to fit
	:param statuses: which rows to list, None for all; the summary counts all of them all the same. Overdue means what
	        awaits a signature since its due date, too
	:param start: rows to skip
	:param page_length: rows to return, 1 to 500; more is cut to 500
	:return: {"summary": {"total", "pending", "in_progress", "awaiting_signature", "completed", "overdue" (what awaits a
	        signature since its due date is in both), "waived", "on_time_rate" (percent, 0-100, of the completed ones; None
	        without any)}, "rows": [...], "total": rows without paging}
	"""
	filters = filters or {}
	asked = Asked(teams, filters)
	counts, in_time = asked.totals()
	today = getdate()
	found = asked.rows(statuses, start, min(page_length, MAX_PAGE_LENGTH), counts)
	for row in found:
		row.days_left = date_diff(row.due_date, today) if row.status in OPEN else None
		del row.completed_on
	return {
		"summary": _summary(counts, in_time),
		"rows": found,
		"total": sum(counts.get(each, 0) for each in counted_as(statuses or STATUSES)),
	}


def counted_as(statuses: Collection[str]) -> set[str]:
	"""Return as what the rows of some statuses are counted."""
	return {each for status in statuses for each in COUNTED.get(status, (status,))}


def totals_of(counted: Collection[Mapping]) -> tuple[Counter, int]:
	"""Return how many there are of each status (see COUNTED), and how many were completed in time, of rows that ``Asked`` has counted."""
	counts, in_time = Counter(), 0
	for row in counted:
		counts[row["status"]] += cint(row["number"])
		in_time += cint(row["in_time"]) if row["status"] == COMPLETED else 0
	return counts, in_time


def departments(teams: Sequence[frappe._dict] | None) -> list[str]:
	"""Return the departments that there is something to filter by, in order."""
	return Asked(teams, {}).departments()


class Asked:
	"""The assignments of some teams that are asked for and that the session user may see: who that is, is asked once.

	:param teams: as ``places`` returns them
	:param filters: as for ``training_status``; and members: users, of whom alone it is asked
	"""

	def __init__(self, teams: Sequence[frappe._dict] | None, filters: Mapping):
		self._table = frappe.qb.DocType(ASSIGNMENT)
		seen = visible_assignments(
			**{fieldname: filters.get(fieldname) for fieldname in ("company", "department", "course")}
		)
		if (named := filters.get("people")) is not None:
			members, employees = named
			table = self._table
			# Nobody of that name owes anything; without names a database takes no list.
			seen = seen.where(table.member.isin(members or [""]) | table.employee.isin(employees or [""]))
		if members := filters.get("members"):
			seen = seen.where(self._table.member.isin(members))
		# To read some in their order, and to go over all of them.
		self._in_order = self._all = seen
		if teams is not None:
			of_team = conditions.of_team(teams)
			self._in_order = self._all = seen.where(of_text(of_team.text))
			if not of_team.names_them:
				# From the people to what they owe: each row would be asked for its person otherwise.
				report = frappe.qb.DocType("Employee").as_("report")
				self._all = seen.inner_join(report).on(report.name == self._table.employee)
				self._all = self._all.where(below(report, teams))
		self._all = self._all.where(self._table.status != CANCELLED)

	def departments(self) -> list[str]:
		"""Return the departments that they are of, in order."""
		query = self._all.select(self._table.department).distinct().orderby(self._table.department)
		return [department for (department,) in query.run() if department]

	def totals(self) -> tuple[Counter, int]:
		"""Return how many there are of each status, and how many were completed on or before their due date."""
		return totals_of(self._counts())

	def counts_by_department(self) -> list[frappe._dict]:
		"""Return rows of status, department, number, in_time (of the completed: on or before their due date)."""
		return self._counts(self._table.department)

	def counts_by_member(self) -> list[frappe._dict]:
		"""Return rows of status, member and number."""
		return self._counts(self._table.member)

	def _counts(self, *fields) -> list[frappe._dict]:
		"""Count what is asked for, by status and further fields: all of it is gone over once, in the order of an index."""
		table = self._table
		in_time = Case().when(table.completed_on <= table.due_date, 1).else_(0)
		late = Case().when(table.due_date < getdate(), 1).else_(0)
		query = self._all.select(
			table.status,
			*fields,
			Count(table.name).as_("number"),
			Sum(in_time).as_("in_time"),
			Sum(late).as_("late"),
		)
		rows = query.groupby(table.status, *fields).run(as_dict=True)
		waiting = [row for row in rows if row.status == AWAITING_SIGNATURE]
		late_ones = [
			frappe._dict(row, status=LATE_SIGNATURE, number=cint(row.late))
			for row in waiting
			if cint(row.late)
		]
		for row in waiting:
			row.number = cint(row.number) - cint(row.late)
		return rows + late_ones

	def rows(
		self, statuses: Collection[str] | None, start: int, limit: int, counts: Mapping[str, int]
	) -> list[frappe._dict]:
		"""Return them row by row, the overdue first, then by due date.

		:param statuses: None for all
		:param start: rows to skip
		:param limit: how many at most
		:param counts: how many there are, by status
		"""
		found, asked = [], counted_as(statuses or STATUSES)
		for group in BY_URGENCY:
			wanted = [each for each in group if counts.get(each) and each in asked]
			number = sum(counts[status] for status in wanted)
			if start < number and len(found) < limit:
				found += self._page(wanted, start, limit - len(found))
			start = max(start - number, 0)
		for row in found:
			row.due_date = getdate(row.due_date)
			row.progress = flt(row.progress)
		return found

	def _page(self, counted: Collection[str], start: int, limit: int) -> list[frappe._dict]:
		table, report = self._table, frappe.qb.DocType("Employee").as_("report")
		manager = frappe.qb.DocType("Employee").as_("manager")
		# First which rows these are, from an index; whatever else is shown is read of these alone.
		page = (
			self._in_order.where(self._are(counted))
			.select(table.name)
			.orderby(table.due_date)
			.orderby(table.name)
			.limit(limit)
			.offset(start)
		).as_("page")
		return (
			frappe.qb.from_(page)
			.inner_join(table)
			.on(table.name == page.name)
			.left_join(report)
			.on(report.name == table.employee)
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
			.orderby(table.due_date)
			.orderby(table.name)
			.run(as_dict=True)
		)

	def _are(self, counted: Collection[str]) -> Criterion:
		"""Return the condition that leaves what is counted as one of these."""
		table, waiting = self._table, {AWAITING_SIGNATURE, LATE_SIGNATURE}
		plain, asked = [each for each in counted if each not in waiting], waiting.intersection(counted)
		if asked == waiting:
			plain.append(AWAITING_SIGNATURE)
		condition = table.status.isin(plain) if plain else None
		if not asked or asked == waiting:
			return condition
		late = table.due_date < getdate() if LATE_SIGNATURE in asked else table.due_date >= getdate()
		one = (table.status == AWAITING_SIGNATURE) & late
		return condition | one if plain else one


def late_of(counts: Mapping[str, int]) -> int:
	"""Return how many are late, of what ``Asked`` has counted."""
	return sum(counts.get(each, 0) for each in COUNTED[OVERDUE])


def _summary(counts: Counter, in_time: int) -> dict:
	done = counts[COMPLETED]
	return {
		"total": sum(counts.values()),
		"pending": counts[PENDING],
		"in_progress": counts[IN_PROGRESS],
		"awaiting_signature": sum(counts[each] for each in COUNTED[AWAITING_SIGNATURE]),
		"completed": done,
		"overdue": late_of(counts),
		"waived": counts[WAIVED],
		"on_time_rate": round(100 * in_time / done, 1) if done else None,
	}
