"""The mail that moves a due date in the member's calendar. Only where the settings have calendars attached to mails."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate

from smooth_lms_hr.record import events, ledger
from smooth_lms_hr.record.ledger import Notice
from smooth_lms_hr.sources import people
from smooth_lms_hr.sources.attempts import retry
from smooth_lms_hr.sources.names import EVENT
from smooth_lms_hr.sources.settings import Settings
from smooth_lms_hr.telling import collect, email_templates, mails, send
from smooth_lms_hr.telling.bells import Bells
from smooth_lms_hr.telling.reminders import Do
from smooth_lms_hr.telling.send import Report
from smooth_lms_hr.training.ladder import MEMBER

# A date that moved longer ago is not news any more: the reminders say it.
FORGOTTEN_DAYS = 7
PER_STEP = 200


def tell(names: Sequence[str]) -> Report:
	"""Tell members of due dates that moved since they were last told. A job in Frappe's queue calls this.

	:param names: assignments
	"""
	# The job is a transaction of its own: what loses against somebody else's is done again.
	return retry(lambda: _tell(names, getdate()))


def tell_forgotten(today: date, settings: Settings, do: Do) -> None:
	"""Tell what was not told, where the job that does it right away was lost or failed.

	:param today: in the site's time zone
	"""
	for names in _moved_since(today - timedelta(days=FORGOTTEN_DAYS)):

		def step(names=names) -> Report:
			return _tell(names, today)

		do(_("Telling of {0} due dates that moved").format(len(names)), step)


def _moved_since(day: date) -> Iterator[list[str]]:
	table = frappe.qb.DocType(EVENT)
	after = ""
	while names := (
		frappe.qb.from_(table)
		.select(table.assignment)
		.distinct()
		.where(
			(table.event == events.DUE_DATE_MOVED) & (table.happened_on >= day) & (table.assignment > after)
		)
		.orderby(table.assignment)
		.limit(PER_STEP)
		.run(pluck=True)
	):
		yield names
		after = names[-1]


def _tell(names: Sequence[str], today: date) -> Report:
	report, own = Report(), defaultdict(list)
	if not mails.can_send():
		return report
	rows = collect.open_assignments({"name": ("in", list(names))})
	told = ledger.last_dates_told([row.name for row in rows])
	reachable, _problems = people.by_user({row.member for row in rows})
	for row in rows:
		if row.member in reachable and _is_news(row, told.get(row.name)):
			own[row.member].append(row)
	# No bell: who has just been given more time has nothing to do.
	silent = Bells(())
	for member, theirs in own.items():
		notices = [Notice(row.name, ledger.DUE_DATE, row.due_date, MEMBER, member, today) for row in theirs]
		with send.telling(_("Telling {0} of a new due date failed"), member, report):
			send.to_member(theirs, notices, today, email_templates.DUE_DATE, report, True, silent)
	return report


def _is_news(row, told) -> bool:
	"""Return whether somebody was told of another due date last. What is to be announced, or again, says its own."""
	announced = told and (not row.reopened_on or told.sent_on >= get_datetime(row.reopened_on))
	return bool(announced) and told.due_date != row.due_date
