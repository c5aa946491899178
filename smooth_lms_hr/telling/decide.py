"""Decides who is to hear what. Asks nothing of the site, writes nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

import frappe
from frappe.utils import getdate

from smooth_lms_hr.record.ledger import DIGEST, LADDER, Notice
from smooth_lms_hr.sources.settings import Settings
from smooth_lms_hr.telling.collect import DUE_SOON_DAYS, Known
from smooth_lms_hr.training.ladder import MANAGER, MEMBER, Owed, owed_today

# An open assignment, and what is to be said of it.
Pair = tuple[frappe._dict, Notice]


@dataclass(frozen=True)
class Occasion:
	"""What holds for a whole run.

	:param today: in the site's time zone
	:param hr: the users who are told as HR
	:param digest: the first day of the period that a digest of today belongs to, None where none is sent
	:param had_digest: the users who have had it, or a later one
	"""

	today: date
	settings: Settings
	hr: Collection[str]
	digest: date | None
	had_digest: Collection[str]


@dataclass
class Decided:
	"""What is to be said, by who is to hear it."""

	to_members: dict[str, list[Pair]] = field(default_factory=lambda: defaultdict(list))
	to_managers: dict[str, list[Pair]] = field(default_factory=lambda: defaultdict(list))
	to_hr: dict[str, list[Pair]] = field(default_factory=lambda: defaultdict(list))


def first_day_of_digest(today: date, how_often: str) -> date | None:
	"""Return the first day of the period that a digest of today belongs to: today, Monday, or None for no digest.

	:param how_often: Never, Daily or Weekly
	"""
	return {"Daily": today, "Weekly": today - timedelta(days=today.weekday())}.get(how_often)


def decide(known: Known, occasion: Occasion) -> Decided:
	"""Return what is owed today of some people's open assignments.

	Whoever is quiet today is told nothing, and nobody in their place: what is owed to them stays owed.
	"""
	decided, no_digest = Decided(), {*occasion.had_digest, *known.quiet}
	for row in known.rows:
		said, manager = known.said[row.name], known.managers.get(row.employee)
		for owed in _owed(row, said, occasion):
			if owed.audience == MEMBER:
				if row.member not in known.quiet:
					decided.to_members[row.member].append((row, _rung(row, owed, row.member)))
			elif owed.audience == MANAGER and manager:
				if manager not in known.quiet and not any(_covers(each, row, owed) for each in said):
					decided.to_managers[manager].append((row, _rung(row, owed, manager)))
			else:
				_tell_hr(row, owed, known, occasion, decided)
		soon = (row.due_date - occasion.today).days <= DUE_SOON_DAYS
		if occasion.digest and soon:
			for leader in known.leaders.get(row.employee, ()):
				if leader not in no_digest:
					notice = Notice(row.name, DIGEST, row.due_date, MANAGER, leader, occasion.digest)
					decided.to_managers[leader].append((row, notice))
	return decided


def _owed(row, said: Iterable[Notice], occasion: Occasion) -> list[Owed]:
	# To whom of the others it was said is looked at one by one.
	sent = {(each.offset_days, MEMBER) for each in said if _is_rung(each, row) and each.audience == MEMBER}
	armed_on = getdate(row.due_date_set_on or row.assigned_on)
	return owed_today(occasion.settings.ladder, row.due_date, armed_on, occasion.today, sent)


def _tell_hr(row, owed: Owed, known: Known, occasion: Occasion, decided: Decided) -> None:
	"""Tell everybody of HR for themselves, so that where the mail to one fails that one is told the next time.

	HR stands in for a manager who is not there; what a manager was told before is told.
	"""
	told = {each.recipient for each in known.said[row.name] if _covers(each, row, owed)}
	if owed.audience == MANAGER and not told <= set(occasion.hr):
		return
	for user in occasion.hr:
		if user not in told and user not in known.quiet:
			decided.to_hr[user].append((row, _rung(row, owed, user)))


def _covers(notice: Notice, row, owed: Owed) -> bool:
	"""Return whether a notice, on whatever clock it was sent, said what is owed, or what comes after it."""
	return _is_rung(notice, row) and notice.audience == owed.audience and notice.offset_days >= owed.rung


def _is_rung(notice: Notice, row) -> bool:
	return notice.kind == LADDER and notice.due_date == row.due_date


def _rung(row, owed: Owed, recipient: str) -> Notice:
	return Notice(row.name, LADDER, row.due_date, owed.audience, recipient, row.due_date, owed.rung)
