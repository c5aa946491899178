"""Collects what a reminder run has to know, in sets: a number of queries for each chunk of people, however many."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import frappe
from frappe.utils import getdate

from smooth_lms_hr.record import ledger
from smooth_lms_hr.record.ledger import Notice
from smooth_lms_hr.sources import absences, managers, people
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.settings import Settings
from smooth_lms_hr.training.status import OPEN

MEMBERS_PER_CHUNK = 200
# Who is meant is found among all that is owed, which no index has in the order of people: so each question is for as many
# people as most companies have, and for as few as are no burden to hold (some 10 MB).
MEMBERS_PER_QUERY = 50_000
# What is due within so many days is worth a word in a digest.
DUE_SOON_DAYS = 7

FIELDS = [
	"name", "member", "member_name", "employee", "employee_name", "course", "course_title", "status", "progress",
	"due_date", "due_date_set_on", "assigned_on", "reopened_on", "reason", "rule",
	"last_reminded_on",
]  # fmt: skip


@dataclass(frozen=True)
class Known:
	"""What is known of some people's open assignments.

	:param rows: the assignments of those who can be reached, by member and urgency
	:param said: what was said of each, by assignment
	:param managers: the user who manages each employee; who has none is left out
	:param leaders: the users whom each employee's digest goes to: all whose team they are in, as the team page has it,
	        and who manages them; none where there is no digest
	:param unreachable: how many people cannot log in any more
	:param quiet: whom nothing is said today: they are away, or have a day off; about who is away nothing is said either
	"""

	rows: Sequence[frappe._dict]
	said: Mapping[str, set[Notice]]
	managers: Mapping[str, str]
	leaders: Mapping[str, Collection[str]]
	unreachable: int
	quiet: Collection[str]


def chunks_of_members(today: date, settings: Settings) -> Iterator[Sequence[str]]:
	"""Yield the members whose open assignments may call for a word, chunk by chunk.

	:param today: in the site's time zone
	"""
	horizon = max(DUE_SOON_DAYS, -settings.ladder.first_day)
	table = frappe.qb.DocType(ASSIGNMENT)
	owed = table.status.isin(OPEN) & (table.due_date <= today + timedelta(days=horizon))

	def page(after: str, limit: int) -> list[str]:
		query = frappe.qb.from_(table).select(table.member).distinct().where(owed & (table.member > after))
		return query.orderby(table.member).limit(limit).run(pluck=True)

	return in_chunks(page)


def in_chunks(page: Callable[[str, int], list[str]]) -> Iterator[Sequence[str]]:
	"""Yield people chunk by chunk, in as many queries as there are times ``MEMBERS_PER_QUERY`` of them.

	:param page: returns, in order, so many people at most who come after somebody, "" to begin
	"""
	after: str | None = ""
	while after is not None:
		members = page(after, MEMBERS_PER_QUERY)
		yield from cut(members)
		after = members[-1] if len(members) == MEMBERS_PER_QUERY else None


def cut(members: Sequence[str]) -> Iterator[Sequence[str]]:
	"""Yield people chunk by chunk."""
	for start in range(0, len(members), MEMBERS_PER_CHUNK):
		yield members[start : start + MEMBERS_PER_CHUNK]


def known_of(members: Sequence[str], hr: Collection[str], today: date, settings: Settings) -> Known:
	"""Return what is known of people and their open assignments.

	:param hr: the users who are told as HR
	:param today: in the site's time zone
	"""
	rows = open_assignments({"member": ("in", list(members))})
	reachable, problems = people.by_user({row.member for row in rows})
	employees = {row.employee for row in rows if row.employee}
	managed = managers.managers_of(employees)
	leaders = _leaders(employees, managed) if settings.manager_digest != "Never" else {}
	told = {user for users in leaders.values() for user in users}
	absent = absences.of_users({*reachable, *managed.values(), *told, *hr}, today, settings)
	rows = [row for row in rows if row.member in reachable and row.member not in absent.away]
	return Known(
		rows=rows,
		said=ledger.said_of([row.name for row in rows]),
		managers=managed,
		leaders=leaders,
		unreachable=len(problems),
		quiet=absent.away | absent.off,
	)


def _leaders(employees: Collection[str], managed: Mapping[str, str]) -> dict[str, Collection[str]]:
	found = managers.leaders_of(employees)
	return {
		employee: dict.fromkeys(
			[*found.get(employee, ()), *([managed[employee]] if employee in managed else ())]
		)
		for employee in employees
	}


def open_assignments(filters: dict) -> list[frappe._dict]:
	"""Return what a mail needs to know of open assignments, by member and urgency.

	:param filters: as for frappe.get_all
	"""
	return assignments({**filters, "status": ("in", OPEN)})


def assignments(filters: dict) -> list[frappe._dict]:
	"""Return what a mail needs to know of assignments in any state, by member and urgency.

	:param filters: as for frappe.get_all
	"""
	rows = frappe.get_all(
		ASSIGNMENT, filters=filters, fields=FIELDS, order_by="member, due_date, course_title, name"
	)
	for row in rows:
		row.due_date = getdate(row.due_date)
	return rows
