"""Says it: a mail in Frappe's queue, the bell, and the ledger, in one transaction."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe import _
from frappe.utils import escape_html, formatdate

from smooth_lms_hr.assigning import escalations
from smooth_lms_hr.record import ledger
from smooth_lms_hr.record.ledger import DIGEST, LADDER, Notice
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.telling import mails
from smooth_lms_hr.telling.bells import Bells
from smooth_lms_hr.telling.decide import Pair
from smooth_lms_hr.telling.email_templates import Default

# Of so many it is said in words why; all of them are counted, and in the Error Log.
KEPT = 50
# So many assignments of others a mail shows, the most urgent ones; it says how many more there are.
SHOWN = 500


@dataclass
class Report:
	"""What a run, or a step of it, has said.

	:param not_told: people whom nothing could be said to
	:param failed: the first of them, and why
	:param unreachable: people who left or cannot log in
	"""

	mails: int = 0
	bells: int = 0
	not_told: int = 0
	failed: list[str] = field(default_factory=list)
	unreachable: int = 0

	def add(self, other: "Report") -> None:
		self.mails += other.mails
		self.bells += other.bells
		self.not_told += other.not_told
		self.failed += other.failed[: KEPT - len(self.failed)]
		self.unreachable += other.unreachable


@contextmanager
def telling(title: str, user: str, report: Report) -> Iterator[None]:
	"""Tell one person something: where it fails, nothing is said, the report names them, and the others are told.

	:param title: of the Error Log entry, with a place for the user
	"""
	with attempt(title.format(user), "User", user, quiet=(ledger.AlreadySaid,)) as outcome:
		yield
	if outcome.error and not isinstance(outcome.error, ledger.AlreadySaid):
		report.add(Report(not_told=1, failed=[f"{user}: {outcome.words}"]))


def to_member(
	rows: Sequence[frappe._dict],
	notices: Sequence[Notice],
	today: date,
	template: Default,
	report: Report,
	with_mail: bool,
	bells: Bells,
) -> None:
	"""Tell one member of their assignments: one mail, and one entry at the bell for each course.

	:param rows: open assignments of one member, as ``collect.assignments`` returns them
	:param notices: one for each row
	:param bells: those of everybody who is told in this transaction; the caller rings them
	"""
	member = rows[0].member
	email_queue = mails.queue(template, member, rows, today) if with_mail else None
	ledger.write(notices, email_queue)
	# Last: what waits to be rung is not taken back where something after it fails.
	rung = bells.add(rows, today)
	report.mails += bool(email_queue)
	report.bells += rung


def to_other(
	template: Default,
	user: str,
	owed: Callable[[], Iterable[Sequence[Pair]]],
	overview: str,
	today: date,
	covers: Callable[[bool], str],
	as_tasks: bool,
) -> Report:
	"""Tell a manager, or somebody of HR, of other people's assignments in one mail. It may be about a million of them.

	:param owed: yields what is to be said, chunk by chunk; is asked twice, and answers the same within a transaction
	:param overview: the path that the mail's button leads to
	:param covers: says whose training it is about, and is asked with whether there is any of a digest in it
	:param as_tasks: an escalation is a ToDo too
	"""
	report = Report()
	with telling(_("Telling {0} about the training of others failed"), user, report):
		rows = _Rows(today)
		for pairs in owed():
			rows.add(pairs)
		if rows.first:
			more = rows.total - len(rows.first)
			email_queue = mails.queue(
				template,
				user,
				rows.first,
				today,
				overview,
				more,
				rows.late,
				covers=lambda: covers(DIGEST in rows.kinds),
				# An escalation is for nobody to do without.
				is_digest=rows.kinds == {DIGEST},
			)
			for pairs in owed():
				ledger.write([notice for _row, notice in pairs], email_queue)
				if as_tasks:
					_open_tasks(user, pairs, today)
			report.mails += bool(email_queue)
	return report


def _open_tasks(user: str, pairs: Sequence[Pair], today: date) -> None:
	escalated = [(row, notice) for row, notice in pairs if notice.kind == LADDER]
	with mails.in_language_of(user):
		escalations.open_tasks(user, escalated, today, _to_follow_up)


def _to_follow_up(row: frappe._dict) -> str:
	"""Return what there is to do about an assignment of somebody else, as HTML."""
	who, title = (
		escape_html(plain_text(text))
		for text in (row.employee_name or row.member_name or row.member, row.course_title or row.course)
	)
	return _("Follow up: {0} was to complete {1} by {2}.").format(who, title, formatdate(row.due_date))


class _Rows:
	"""Counts assignments and keeps the most urgent ones."""

	def __init__(self, today: date):
		self.first: list[frappe._dict] = []
		self.total = self.late = 0
		self.kinds: set[str] = set()
		self._today = today

	def add(self, pairs: Sequence[Pair]) -> None:
		self.kinds |= {notice.kind for _row, notice in pairs}
		# What is to be said of an assignment for two reasons is said once.
		rows = list({row.name: row for row, _notice in pairs}.values())
		self.total += len(rows)
		self.late += sum(row.due_date < self._today for row in rows)
		self.first = heapq.nsmallest(
			SHOWN,
			[*self.first, *rows],
			key=lambda row: (row.due_date, row.employee_name or "", row.course_title or ""),
		)
