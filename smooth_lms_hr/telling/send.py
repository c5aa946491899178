"""Says it: a mail in Frappe's queue, the bell, and the ledger, in one transaction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe import _

from smooth_lms_hr.record import ledger
from smooth_lms_hr.record.ledger import Notice
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.telling import mails
from smooth_lms_hr.telling.bells import Bells
from smooth_lms_hr.telling.collect import assignments
from smooth_lms_hr.telling.email_templates import Default


@dataclass
class Report:
	"""What a run, or a step of it, has said.

	:param failed: whom nothing could be said to, and why
	:param unreachable: people who left or cannot log in
	"""

	mails: int = 0
	bells: int = 0
	failed: list[str] = field(default_factory=list)
	unreachable: int = 0

	def add(self, other: "Report") -> None:
		self.mails += other.mails
		self.bells += other.bells
		self.failed += other.failed
		self.unreachable += other.unreachable


@contextmanager
def telling(title: str, user: str, report: Report) -> Iterator[None]:
	"""Tell one person something: where it fails, nothing is said, the report names them, and the others are told.

	:param title: of the Error Log entry, with a place for the user
	"""
	with attempt(title.format(user), "User", user, quiet=(ledger.AlreadySaid,)) as outcome:
		yield
	if outcome.error and not isinstance(outcome.error, ledger.AlreadySaid):
		report.failed.append(f"{user}: {outcome.words}")


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


def to_other(template: Default, notices: Sequence[Notice], overview: str, today: date) -> Report:
	"""Tell a manager, or somebody of HR, of other people's assignments in one mail.

	:param notices: to one recipient
	:param overview: the path that the mail's last link leads to
	"""
	report, user = Report(), notices[0].recipient
	with telling(_("Telling {0} about the training of others failed"), user, report):
		rows = assignments({"name": ("in", list({notice.assignment for notice in notices}))})
		rows.sort(key=lambda row: (row.due_date, row.employee_name or "", row.course_title))
		email_queue = mails.queue(template, user, rows, today, overview)
		ledger.write(notices, email_queue)
		report.mails += bool(email_queue)
	return report
