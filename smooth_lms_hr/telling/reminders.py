"""Says what the ladder and the digest owe: to members, to their managers, to HR, each at most one mail a run.

Collect, decide, send: for each chunk of people once. Whatever is said is in the ledger in the same transaction as the
mail in Frappe's queue: a run that is killed leaves a chunk said or not said, never half, and the next run says the rest.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Protocol

import frappe
from frappe import _
from frappe.utils import get_url_to_list

from smooth_lms_hr.assigning.assignments import count_reminders
from smooth_lms_hr.record import ledger
from smooth_lms_hr.sources import managers
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.settings import Settings
from smooth_lms_hr.telling import collect, email_templates, mails, send
from smooth_lms_hr.telling.bells import Bells
from smooth_lms_hr.telling.decide import Decided, Occasion, Pair, decide, first_day_of_digest
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
	# Who is owed a word about whom, and not about what: of a company there are a million things at once. In the order of
	# people, and once each, also where a chunk was done twice.
	teams: dict[str, dict[str, None]] = defaultdict(dict)
	hr, of_hr = set(), {}
	for members in collect.chunks_of_members(today, settings):

		def step(members=members) -> Report:
			known = collect.known_of(members, occasion.hr, today, settings)
			decided = decide(known, occasion)
			for manager, pairs in decided.to_managers.items():
				teams[manager].update(dict.fromkeys(row.member for row, _notice in pairs))
			for user, pairs in decided.to_hr.items():
				hr.add(user)
				of_hr.update(dict.fromkeys(row.member for row, _notice in pairs))
			return _remind(decided.to_members, known.unreachable, today, with_mail)

		do(_("Reminding {0} people").format(len(members)), step)
	if with_mail:
		_tell_others(email_templates.TEAM, teams, TEAM_PAGE, _of_the_team, _covers_team, occasion, do)
		overdue_list = f"{get_url_to_list(ASSIGNMENT)}?status=Overdue"
		_tell_others(
			email_templates.HR, dict.fromkeys(hr, of_hr), overdue_list, _of_hr, _covers_for_hr, occasion, do
		)


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
	to_others: Mapping[str, Collection[str]],
	overview: str,
	owed_to: Callable[[Decided, str], Sequence[Pair]],
	covers: Callable[[bool], str],
	occasion: Occasion,
	do: Do,
) -> None:
	"""Tell managers, or HR, of other people: what, is found out anew for each of them, in the transaction that says it.

	:param to_others: the members whom each of them may have to be told of
	"""
	for user, members in sorted(to_others.items()):

		def step(user=user, members=members) -> Report:
			# Asked for twice, to count it and to write it down; in most teams all of it is one chunk, and at hand.
			@lru_cache(maxsize=1)
			def owed(chunk: tuple[str, ...]) -> Sequence[Pair]:
				known = collect.known_of(chunk, occasion.hr, occasion.today, occasion.settings)
				return owed_to(decide(known, occasion), user)

			chunks = partial(collect.cut, tuple(members))
			as_tasks = occasion.settings.escalate_as_todo
			return send.to_other(
				template,
				user,
				lambda: (owed(chunk) for chunk in chunks()),
				overview,
				occasion.today,
				covers,
				as_tasks,
			)

		do(_("Telling {0} about the training of others").format(user), step)


def _of_the_team(decided: Decided, manager: str) -> Sequence[Pair]:
	return decided.to_managers[manager]


def _covers_team(digest: bool) -> str:
	if digest:
		return _(
			"This covers everybody who reports to you, directly or through others, and those without a manager whose "
			"leave you approve: as your team page does."
		)
	return _("These people report to you, or have no manager, and you approve their leave.")


def _covers_for_hr(digest: bool) -> str:
	return _("You read this as HR: it is long overdue, or these people have no manager who could be told.")


def _of_hr(decided: Decided, user: str) -> Sequence[Pair]:
	"""Leave somebody of HR what their User Permissions leave them."""
	pairs = decided.to_hr[user]
	if not pairs:
		return pairs
	names = {row.name for row, _notice in pairs}
	visible = set(
		frappe.get_list(
			ASSIGNMENT, filters={"name": ("in", list(names))}, pluck="name", user=user, limit_page_length=0
		)
	)
	return [pair for pair in pairs if pair[0].name in visible]
