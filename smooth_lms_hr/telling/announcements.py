"""The first mail about new assignments: what, why, by when. One mail a person and Email Template, and never twice."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from frappe import _
from frappe.utils import getdate

from smooth_lms_hr.record import ledger
from smooth_lms_hr.record.ledger import ASSIGNED, Notice
from smooth_lms_hr.sources import people, rules
from smooth_lms_hr.sources.attempts import retry
from smooth_lms_hr.sources.settings import Settings
from smooth_lms_hr.telling import collect, email_templates, mails, send
from smooth_lms_hr.telling.bells import Bells
from smooth_lms_hr.telling.reminders import Do
from smooth_lms_hr.telling.send import Report
from smooth_lms_hr.training.ladder import MEMBER

FORGOTTEN_DAYS = 30


def announce(names: Sequence[str], today: date | None = None) -> Report:
	"""Announce new assignments to their members, as far as they were not yet. A job in Frappe's queue calls this.

	:param names: assignments
	:param today: in the site's time zone, None for now
	"""
	# The job is a transaction of its own: what loses against somebody else's is done again.
	return retry(lambda: _announce(names, today or getdate(), mails.can_send()))


def announce_forgotten(today: date, settings: Settings, do: Do) -> None:
	"""Announce whatever never was, where the job that does it right away was lost or failed.

	Not what was assigned before announcing was switched on, nor what is older than ``FORGOTTEN_DAYS``: who hears of that
	for the first time hears of it by a reminder.

	:param today: in the site's time zone
	"""
	since = max(today - timedelta(days=FORGOTTEN_DAYS), settings.announced_since or date.min)
	with_mail = mails.can_send()
	for members in collect.in_chunks(partial(ledger.members_not_told, since)):

		def step(members=members) -> Report:
			return _announce(ledger.never_announced(since, members), today, with_mail)

		do(_("Announcing training to {0} people").format(len(members)), step)


def _announce(names: Sequence[str], today: date, with_mail: bool) -> Report:
	report, mails_of = Report(), defaultdict(list)
	rows = collect.open_assignments({"name": ("in", list(names))})
	said = ledger.said_of([row.name for row in rows])
	# Who could log in when it was assigned may have left by now.
	reachable, _problems = people.by_user({row.member for row in rows})
	own_mails = rules.first_mails({row.rule for row in rows if row.rule})
	for row in rows:
		if row.member in reachable and not any(_announces(notice, row) for notice in said[row.name]):
			mails_of[row.member, own_mails.get(row.rule, email_templates.ASSIGNED.name)].append(row)
	bells = Bells({member for member, _template in mails_of})
	for (member, name), own in mails_of.items():
		notices = [Notice(row.name, ASSIGNED, row.due_date, MEMBER, member, row.due_date) for row in own]
		with send.telling(_("Announcing training to {0} failed"), member, report):
			template = replace(email_templates.ASSIGNED, name=name)
			send.to_member(own, notices, today, template, report, with_mail, bells)
	bells.ring()
	return report


def _announces(notice: Notice, row) -> bool:
	"""Return whether a notice has announced an assignment; what is owed again is announced with its new due date."""
	return notice.kind == ASSIGNED and (not row.reopened_on or notice.due_date == row.due_date)
