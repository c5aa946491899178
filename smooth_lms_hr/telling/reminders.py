"""Says what the ladder and the digest owe: to members, to their managers, to HR, each at most one mail a run.

Collect, decide, send: for each chunk of people once. Whatever is said is in the ledger in the same transaction as the
mail in Frappe's queue: a run that is killed leaves a chunk said or not said, never half, and the next run says the rest.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

import frappe
from frappe import _
from frappe.utils import get_url_to_list

from smooth_lms_hr.assigning.assignments import count_reminders
from smooth_lms_hr.record import ledger
from smooth_lms_hr.record.ledger import Notice
from smooth_lms_hr.sources import managers
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.settings import Settings
from smooth_lms_hr.telling import collect, email_templates, mails, send
from smooth_lms_hr.telling.bells import Bells
from smooth_lms_hr.telling.decide import Occasion, decide, first_day_of_digest
from smooth_lms_hr.telling.send import Report

TEAM_PAGE = "/my-team-training"


class Do(Protocol):
	"""Does a step that may stand by itself in a transaction of its own, and adds what it has said to the report.

	Where it fails, it may be done again from its beginning, or not at all.
	"""

	def __call__(self, what: str, step: Callable[[], Report]) -> None: ...


def send_reminders(today: date, settings: Settings, do: Do) -> None:
	"""Say everything of the ladder and the digest that is owed today.

	:param today: in the site's time zone
	"""
	digest = first_day_of_digest(today, settings.manager_digest)
	had_digest = ledger.had_digest(digest) if digest else set()
	occasion = Occasion(today, settings, managers.hr_managers(), digest, had_digest)
	with_mail = mails.can_send()
	to_managers: dict[str, list[Notice]] = defaultdict(list)
	to_hr: dict[str, list[Notice]] = defaultdict(list)
	for members in collect.chunks_of_members(today, settings):

		def step(members=members) -> Report:
			known = collect.known_of(members)
			decided = decide(known, occasion)
			for others, found in ((to_managers, decided.to_managers), (to_hr, decided.to_hr)):
				for user, notices in found.items():
					others[user] += notices
			return _remind(decided.to_members, known.unreachable, today, with_mail)

		do(_("Reminding {0} people").format(len(members)), step)
	if with_mail:
		_tell_others(email_templates.TEAM, to_managers, TEAM_PAGE, lambda notices, user: notices, today, do)
		overdue_list = f"{get_url_to_list(ASSIGNMENT)}?status=Overdue"
		_tell_others(email_templates.HR, to_hr, overdue_list, _visible, today, do)


def _remind(to_members: dict, unreachable: int, today: date, with_mail: bool) -> Report:
	report, reminded, bells = Report(unreachable=unreachable), [], Bells(to_members)
	for member, pairs in to_members.items():
		rows, notices = [row for row, _notice in pairs], [notice for _row, notice in pairs]
		with send.telling(_("Reminding {0} failed"), member, report):
			send.to_member(rows, notices, today, email_templates.REMINDER, report, with_mail, bells)
			reminded += [row.name for row in rows]
	bells.ring()
	# Last, and all at once: nobody waits for these rows while mails are written.
	count_reminders(reminded)
	return report


def _tell_others(
	template: email_templates.Default,
	to_others: dict[str, list[Notice]],
	overview: str,
	visible: Callable[[Sequence[Notice], str], Sequence[Notice]],
	today: date,
	do: Do,
) -> None:
	for user, found in sorted(to_others.items()):

		def step(user=user, found=found) -> Report:
			# Once each, also where a chunk was done twice.
			notices = visible(list(dict.fromkeys(found)), user)
			return send.to_other(template, notices, overview, today) if notices else Report()

		do(_("Telling {0} about the training of others").format(user), step)


def _visible(notices: Sequence[Notice], user: str) -> list[Notice]:
	"""Leave somebody of HR what their User Permissions leave them."""
	names = {notice.assignment for notice in notices}
	visible = set(
		frappe.get_list(
			ASSIGNMENT, filters={"name": ("in", list(names))}, pluck="name", user=user, limit_page_length=0
		)
	)
	return [notice for notice in notices if notice.assignment in visible]
