"""Collects what a reminder run has to know, in sets: a number of queries for each chunk of people, however many."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import frappe
from frappe.utils import getdate

from smooth_lms_hr.record import ledger
from smooth_lms_hr.record.ledger import Notice
from smooth_lms_hr.sources import managers, people
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
	"due_date", "due_date_set_on", "assigned_on", "reopened_on", "reason", "rule", "last_reminded_on",
]  # fmt: skip


@dataclass(frozen=True)
class Known:
	"""What is known of some people's open assignments.

	:param rows: the assignments of those who can be reached, by member and urgency
	:param said: what was said of each, by assignment
	:param managers: the user who manages each employee; who has none is left out
	:param unreachable: how many people cannot log in any more
	"""

	rows: Sequence[frappe._dict]
	said: Mapping[str, set[Notice]]
	managers: Mapping[str, str]
	unreachable: int


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


def known_of(members: Sequence[str]) -> Known:
	"""Return what is known of people and their open assignments."""
	rows = open_assignments({"member": ("in", list(members))})
	reachable, problems = people.by_user({row.member for row in rows})
	rows = [row for row in rows if row.member in reachable]
	return Known(
		rows=rows,
		said=ledger.said_of([row.name for row in rows]),
		managers=managers.managers_of({row.employee for row in rows if row.employee}),
		unreachable=len(problems),
	)


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
