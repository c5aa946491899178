"""The figures of the report Training KPIs, by the month of assignment and by department.

What was assigned is found by its date, read a month at a time, once for all figures, as columns, and counted here: a
database sorts it anew for each figure, and counting people per department takes it longest.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import compress

import frappe
from frappe.query_builder.functions import Min
from frappe.utils import add_months, flt, get_datetime, get_first_day, getdate

from smooth_lms_hr.assigning.onboarding import ONBOARDING
from smooth_lms_hr.record import ledger
from smooth_lms_hr.showing.onboardings import onboarding_tasks
from smooth_lms_hr.sources import columns
from smooth_lms_hr.sources.departments import departments_from
from smooth_lms_hr.sources.names import ASSIGNMENT, NOTIFICATION
from smooth_lms_hr.sources.visibility import visible_assignments
from smooth_lms_hr.training.status import (
	AWAITING_SIGNATURE,
	CANCELLED,
	COMPLETED,
	DONE_PERCENT,
	OPEN,
	OVERDUE,
	WAIVED,
)

# "Completed within 30 days".
WITHIN = timedelta(days=30)
SETTLED = (COMPLETED, WAIVED)
# The source of an assignment, and a text that comes after every moment.
ONBOARDED, LATER = "Onboarding", "A"


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
	# Escalations that became a task of a manager or HR, and how many of these are still open.
	tickets: int = 0
	tickets_open: int = 0

	def add(self, other: "Figures") -> None:
		for name, value in vars(other).items():
			setattr(self, name, getattr(self, name) + value)


# First day of the month, and department ("" for none).
Key = tuple[date, str]
# When an onboarding first made somebody owe something, as text, by department and member.
Hires = dict[tuple[str, str], str]


def by_month(begin: date, end: date, today: date, **filters) -> dict[Key, Figures]:
	"""Return the figures of what was assigned from one day to another, both included, as the session user may see it.

	:param today: the day to judge by, in the site's time zone
	:param filters: company, department, course, as for ``visible_assignments``
	"""
	figures: dict[Key, Figures] = defaultdict(Figures)
	hires = _count_assignments(figures, begin, end, today, filters)
	_count_late_signatures(figures, begin, end, today, filters)
	_count_tickets(figures, begin, end, filters)
	_count_logins(figures, hires, begin)
	_count_tasks(figures, begin, end, filters)
	return figures


def sees_onboardings() -> bool:
	return bool(frappe.has_permission(ONBOARDING, "read"))


def _key(month: str, department: str) -> Key:
	return date.fromisoformat(f"{month}-01"), department


def _count_assignments(figures, begin: date, end: date, today: date, filters: dict) -> Hires:
	"""Count what was assigned and to whom; return whom an onboarding made owe something, and when first."""
	table = frappe.qb.DocType(ASSIGNMENT)
	fields = columns.Fields(
		names=(table.department, table.member, table.assigned_on),
		others=(table.source, table.status, table.completed_on, table.progress),
	)
	query = visible_assignments(**filters).where(table.status != CANCELLED)
	hires: Hires = {}
	for first, after in _months(begin, end):
		alike, people, unsettled = Counter(), set(), set()
		for departments, members, assigned_on, sources, statuses, *rest in columns.between(
			query, table.assigned_on, get_datetime(first), get_datetime(after), fields
		):
			days = [moment[:10] for moment in assigned_on]
			alike.update(zip(days, departments, statuses, *rest, strict=True))
			whose = list(zip(departments, members, strict=True))
			people.update(whose)
			unsettled.update(compress(whose, (status not in SETTLED for status in statuses)))
			for hire, moment in compress(
				zip(whose, assigned_on, strict=True), (source == ONBOARDED for source in sources)
			):
				if moment < hires.get(hire, LATER):
					hires[hire] = moment
		_add_alike(figures, alike, today)
		month = first.replace(day=1)
		for department, number in Counter(department for department, _member in people).items():
			figures[month, department].people += number
		for department, number in Counter(department for department, _member in people - unsettled).items():
			figures[month, department].compliant += number
	return hires


def _count_late_signatures(figures, begin: date, end: date, today: date, filters: dict) -> None:
	"""Count what awaits a signature since its due date as overdue: these are few, and found by that date."""
	table = frappe.qb.DocType(ASSIGNMENT)
	rows = (
		visible_assignments(status=AWAITING_SIGNATURE, **filters)
		.where(table.due_date < today)
		.where(table.assigned_on >= begin)
		.where(table.assigned_on < end + timedelta(days=1))
		.select(table.department, table.assigned_on)
		.run()
	)
	for department, assigned_on in rows:
		figures[_key(str(assigned_on)[:7], department or "")].overdue += 1


def _count_tickets(figures, begin: date, end: date, filters: dict) -> None:
	"""Count the tasks that escalations became: of these there are few, and the ledger knows them by their kind."""
	table, said = frappe.qb.DocType(ASSIGNMENT), frappe.qb.DocType(NOTIFICATION)
	rows = (
		visible_assignments(**filters)
		.inner_join(said)
		.on((said.assignment == table.name) & (said.kind == ledger.TASK))
		.where(table.status != CANCELLED)
		.where(table.assigned_on >= begin)
		.where(table.assigned_on < end + timedelta(days=1))
		.select(table.department, table.assigned_on, table.status)
		.run()
	)
	for department, assigned_on, status in rows:
		figure = figures[_key(str(assigned_on)[:7], department or "")]
		figure.tickets += 1
		figure.tickets_open += status in OPEN


def _months(begin: date, end: date) -> list[tuple[date, date]]:
	"""Return the months from one day to another, each with its first day and the one after its last."""
	found = []
	while begin <= end:
		following = getdate(add_months(get_first_day(begin), 1))
		found.append((begin, min(following, end + timedelta(days=1))))
		begin = following
	return found


def _add_alike(figures, alike: Counter, today: date) -> None:
	"""Add what was assigned in a month to its figures.

	:param alike: number by day of assignment, department, status, day of completion and progress, as texts
	"""
	for (day, department, status, completed_on, progress), number in alike.items():
		if status == WAIVED:
			continue
		figure, done = figures[_key(day[:7], department)], status == COMPLETED
		figure.assigned += number
		figure.completed += number if done else 0
		figure.overdue += number if status == OVERDUE else 0
		# Lessons that are added later take nothing back from who was done.
		figure.progress += number * (DONE_PERCENT if done else flt(progress))
		last_day = date.fromisoformat(day) + WITHIN
		if last_day <= today:
			figure.judged += number
			figure.within += number if done and (completed_on or str(today)) <= str(last_day) else 0


def _count_logins(figures, hires: Hires, begin: date) -> None:
	log = frappe.qb.DocType("Activity Log")
	success = (log.operation == "Login") & (log.status == "Success")
	((oldest,),) = frappe.qb.from_(log).select(Min(log.creation)).where(success).run()
	if not oldest:
		return
	found = {hire: get_datetime(moment) for hire, moment in hires.items()}
	# Of older ones the log may have been cleared: a later login would be taken for the first.
	found = {hire: first for hire, first in found.items() if first >= get_datetime(oldest)}
	logins = _logins_of({member for _department, member in found}, begin)
	for (department, member), first in found.items():
		figure = figures[first.date().replace(day=1), department]
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
		figure = figures[_key(str(row.boarding_begins_on)[:7], row.department or "")]
		figure.onboardings += 1
		figure.tasks += total
		figure.tasks_done += done
