"""The figures of the report Training KPIs, by the month of assignment and by department.

Rows are summed up in the database by day, then here by month: how a date becomes a month is said differently by every
database. So many rows as there are days, departments and, for what is counted per person, people; not assignments.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Date, Min, Sum
from frappe.utils import add_months, cint, flt, get_datetime, get_first_day, getdate
from pypika.terms import ValueWrapper

from smooth_lms_hr.assigning.onboarding import ONBOARDING
from smooth_lms_hr.showing.onboardings import onboarding_tasks
from smooth_lms_hr.sources.departments import departments_from
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.visibility import visible_assignments
from smooth_lms_hr.training.status import CANCELLED, COMPLETED, DONE_PERCENT, OVERDUE, WAIVED

# "Completed within 30 days".
WITHIN = timedelta(days=30)


@dataclass
class Figures:
	"""What is counted of one month and department."""

	assigned: int = 0
	completed: int = 0
	overdue: int = 0
	# Sum of percents, 0-100 each.
	progress: float = 0
	# Assigned at least 30 days ago, and of those completed within 30 days.
	judged: int = 0
	within: int = 0
	people: int = 0
	compliant: int = 0
	# Days of those hires who logged in, and how many have not.
	login_days: list[float] = field(default_factory=list)
	not_logged_in: int = 0
	onboardings: int = 0
	tasks: int = 0
	tasks_done: int = 0

	def add(self, other: "Figures") -> None:
		for name, value in vars(other).items():
			setattr(self, name, getattr(self, name) + value)


# First day of the month, and department ("" for none).
Key = tuple[date, str]


def by_month(begin: date, end: date, today: date, **filters) -> dict[Key, Figures]:
	"""Return the figures of what was assigned from one day to another, both included, as the session user may see it.

	:param today: the day to judge by, in the site's time zone
	:param filters: company, department, course, as for ``visible_assignments``
	"""
	figures: dict[Key, Figures] = defaultdict(Figures)
	_count_assignments(figures, begin, end, today, filters)
	_count_people(figures, begin, end, filters)
	_count_logins(figures, begin, end, filters)
	_count_tasks(figures, begin, end, filters)
	return figures


def sees_onboardings() -> bool:
	return bool(frappe.has_permission(ONBOARDING, "read"))


def _assigned(begin: date, end: date, filters: dict):
	table = frappe.qb.DocType(ASSIGNMENT)
	query = (
		visible_assignments(**filters)
		.where(table.status != CANCELLED)
		.where(table.assigned_on >= begin)
		.where(table.assigned_on < end + timedelta(days=1))
	)
	return query, table


def _key(day, department: str | None) -> Key:
	return getdate(get_first_day(getdate(day))), department or ""


def _count_assignments(figures, begin: date, end: date, today: date, filters: dict) -> None:
	query, table = _assigned(begin, end, filters)
	day = Date(table.assigned_on)
	rows = (
		query.where(table.status != WAIVED)
		.select(
			day.as_("day"),
			table.department,
			table.status,
			table.completed_on,
			Count(table.name).as_("number"),
			Sum(table.progress).as_("progress"),
		)
		.groupby(day, table.department, table.status, table.completed_on)
		.run(as_dict=True)
	)
	for row in rows:
		number, day = cint(row.number), getdate(row.day)
		figure = figures[_key(day, row.department)]
		done = row.status == COMPLETED
		figure.assigned += number
		figure.completed += number if done else 0
		figure.overdue += number if row.status == OVERDUE else 0
		# Lessons that are added later take nothing back from who was done.
		figure.progress += DONE_PERCENT * number if done else flt(row.progress)
		if day + WITHIN <= today:
			figure.judged += number
			figure.within += number if done and getdate(row.completed_on) <= day + WITHIN else 0


def _count_people(figures, begin: date, end: date, filters: dict) -> None:
	query, table = _assigned(begin, end, filters)
	months = _months(begin, end)
	# The number of the month, said with nothing but comparisons.
	month = Case()
	for number, first in enumerate(months[1:]):
		month = month.when(table.assigned_on < first, number)
	month = month.else_(len(months) - 1) if len(months) > 1 else ValueWrapper(0)
	unsettled = Case().when(table.status.notin((COMPLETED, WAIVED)), table.member)
	rows = (
		query.select(
			month.as_("month"),
			table.department,
			Count(table.member).distinct(),
			Count(unsettled).distinct(),
		)
		.groupby(month, table.department)
		.run()
	)
	for number, department, people, with_open in rows:
		figure = figures[months[cint(number)], department or ""]
		figure.people += cint(people)
		figure.compliant += cint(people) - cint(with_open)


def _months(begin: date, end: date) -> list[date]:
	"""Return the first days of the months from one day to another."""
	months = [getdate(get_first_day(begin))]
	while (following := getdate(add_months(months[-1], 1))) <= end:
		months.append(following)
	return months


def _count_logins(figures, begin: date, end: date, filters: dict) -> None:
	log = frappe.qb.DocType("Activity Log")
	success = (log.operation == "Login") & (log.status == "Success")
	((oldest,),) = frappe.qb.from_(log).select(Min(log.creation)).where(success).run()
	if not oldest:
		return
	query, table = _assigned(begin, end, filters)
	hires = (
		query.where(table.source == "Onboarding")
		.select(table.member, table.department, Min(table.assigned_on))
		.groupby(table.member, table.department)
		.run()
	)
	# Of older ones the log may have been cleared: a later login would be taken for the first.
	hires = [hire for hire in hires if get_datetime(hire[2]) >= get_datetime(oldest)]
	logins = _logins_of({member for member, _department, _first in hires}, begin)
	for member, department, first in hires:
		figure, first = figures[_key(first, department)], get_datetime(first)
		# In order of time: the one after which there is none before the assignment.
		of_member = logins.get(member, ())
		place = bisect_left(of_member, first)
		if place < len(of_member):
			seconds = (of_member[place] - first).total_seconds()
			figure.login_days.append(seconds / (24 * 60 * 60))
		else:
			figure.not_logged_in += 1


def _logins_of(members: Collection[str], begin: date) -> dict[str, list[datetime]]:
	"""Return when users logged in since a day, in order. The log has no index on users: it is read once for all of them."""
	if not members:
		return {}
	log = frappe.qb.DocType("Activity Log")
	rows = (
		frappe.qb.from_(log)
		.select(log.user, log.creation)
		.where((log.operation == "Login") & (log.status == "Success") & (log.creation >= begin))
		.where(log.user.isin(sorted(members)))
		.run()
	)
	logins = defaultdict(list)
	for user, moment in rows:
		logins[user].append(get_datetime(moment))
	for moments in logins.values():
		moments.sort()
	return logins


def _count_tasks(figures, begin: date, end: date, filters: dict) -> None:
	if not sees_onboardings():
		return
	conditions = {"docstatus": 1, "boarding_begins_on": ("between", [begin, end])}
	if filters.get("company"):
		conditions["company"] = filters["company"]
	if filters.get("department"):
		conditions["department"] = ("in", departments_from(filters["department"]))
	onboardings = frappe.get_list(
		ONBOARDING,
		filters=conditions,
		fields=["name", "department", "boarding_begins_on"],
		order_by="name",
		limit_page_length=0,
	)
	tasks = onboarding_tasks([row.name for row in onboardings])
	for row in onboardings:
		total, done = tasks.get(row.name, (0, 0))
		figure = figures[_key(row.boarding_begins_on, row.department)]
		figure.onboardings += 1
		figure.tasks += total
		figure.tasks_done += done
