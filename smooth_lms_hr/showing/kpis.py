"""The figures of the report Training KPIs, by the month of assignment and by department.

Rows are summed up in the database by day, then here by month: how a date becomes a month is said differently by every
database. So many rows as there are days, departments and, for what is counted per person, people; not assignments.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Date, Min, Sum
from frappe.utils import cint, flt, get_datetime, get_first_day, getdate

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
	day = Date(table.assigned_on)
	settled = Case().when(table.status.isin((COMPLETED, WAIVED)), 1).else_(0)
	rows = (
		query.select(day, table.department, table.member, Count(table.name), Sum(settled))
		.groupby(day, table.department, table.member)
		.run()
	)
	people = defaultdict(lambda: [0, 0])
	for day, department, member, total, done in rows:
		person = people[_key(day, department), member]
		person[0] += cint(total)
		person[1] += cint(done)
	for (key, _member), (total, done) in people.items():
		figures[key].people += 1
		figures[key].compliant += int(total == done)


def _count_logins(figures, begin: date, end: date, filters: dict) -> None:
	log = frappe.qb.DocType("Activity Log")
	success = (log.operation == "Login") & (log.status == "Success")
	((oldest,),) = frappe.qb.from_(log).select(Min(log.creation)).where(success).run()
	if not oldest:
		return
	query, table = _assigned(begin, end, filters)
	hires = (
		query.where(table.source == "Onboarding")
		.select(table.member, table.department, Min(table.assigned_on).as_("first"))
		.groupby(table.member, table.department)
	).as_("hires")
	rows = (
		frappe.qb.from_(hires)
		.left_join(log)
		.on(success & (log.user == hires.member) & (log.creation >= hires.first))
		.select(hires.department, hires.first, Min(log.creation))
		# Of older ones the log may have been cleared: a later login would be taken for the first.
		.where(hires.first >= oldest)
		.groupby(hires.member, hires.department, hires.first)
		.run()
	)
	for department, first, login in rows:
		figure = figures[_key(first, department)]
		if login:
			seconds = (get_datetime(login) - get_datetime(first)).total_seconds()
			figure.login_days.append(seconds / (24 * 60 * 60))
		else:
			figure.not_logged_in += 1


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
