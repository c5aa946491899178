"""A completion turns out not to hold: its evidence is revoked and kept, and what it was for is owed again (rule 16)."""

from collections.abc import Sequence
from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import getdate

from smooth_lms_hr.assigning import assignments, completions, compliance
from smooth_lms_hr.assigning.assigning import announce
from smooth_lms_hr.assigning.starting_over import Again, start_over
from smooth_lms_hr.following import certificates, decisions, reopening
from smooth_lms_hr.record import events, evidence, reasons
from smooth_lms_hr.sources import equivalents, facts, learning, people
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.people import Problem
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.training.status import CANCELLED, COMPLETED, OPEN


def revoke(names: Sequence[str], reason: str) -> dict[str, list[dict]]:
	"""Take back that assignments are completed; see ``api.revoke_completion``."""

	def decide(name: str) -> str:
		row = assignments.lock([name])[name]
		if row.status != COMPLETED:
			frappe.throw(_("It is {0}: there is no completion to revoke.").format(_(row.status).lower()))
		decisions.refuse_own(row)
		obstacle = reopening.obstacles([row]).get(name)
		if obstacle == "later":
			said = _revoke_earlier(row, plain_text(reason))
		else:
			said = _revoke_last(row, plain_text(reason), obstacle)
		return _with_others(row, said)

	return decisions.each(names, reason, decide)


def _revoke_last(row: frappe._dict, reason: str, obstacle: str | None) -> str:
	"""Revoke the completion of the last cycle, and let its person begin anew.

	:param obstacle: what keeps it from being owed again, as ``reopening.obstacles`` returns it
	"""
	# What was learned is on record before it is taken back; else the lessons would complete it again.
	start_over([_again(row)])
	unpublished = certificates.unpublish((row.member, row.course))
	_mark(row, reason, unpublished)
	if obstacle == "person" and not _is_gone(row.member):
		# Who cannot log in just now owes on, as whoever owed it before.
		obstacle = None
	if obstacle:
		_close(row, obstacle)
		return _("Revoked. It is not owed again: {0}").format(reopening.in_words(obstacle))
	_enrol(row)
	reopened = reopening.reopen([row], getdate(), reason)
	if not reopened:
		decisions.refuse_without_due_date()
	announce([name for name, status in reopened.items() if status in OPEN])
	return _("Revoked. It is owed again.")


def _revoke_earlier(row: frappe._dict, reason: str) -> str:
	"""Revoke the completion of a cycle that others have followed: those say what is owed, and what is learned is theirs."""
	pair = (row.member, row.course)
	later = [one for one in facts.held_assignments([row.member], [row.course])[pair] if one.cycle > row.cycle]
	# Learning has one certificate, which is about the last completion.
	is_about_later = any(one.status == COMPLETED for one in later)
	unpublished = set() if is_about_later else certificates.unpublish(pair)
	if not _mark(row, reason, unpublished):
		frappe.throw(_("The completion was revoked already."))
	yesterday = getdate() - timedelta(days=1)
	if not row.valid_until or getdate(row.valid_until) > yesterday:
		# Nothing that it was for is met by it any more.
		assignments.change([row], {row.name: {"valid_until": yesterday}})
		events.write(
			[
				events.make(
					row,
					events.VALIDITY_CHANGED,
					before=row.valid_until and str(getdate(row.valid_until)),
					after=str(yesterday),
					reason=reason,
				)
			]
		)
	return _("Revoked. What is owed is decided by the later assignment {0}.").format(later[-1].name)


def _mark(row: frappe._dict, reason: str, unpublished: set[str]) -> list[frappe._dict]:
	revoked = evidence.revoke({"assignment": row.name}, reason, unpublished)
	compliance.follow_proofs([row.employee])
	return revoked


def _again(row: frappe._dict) -> Again:
	doc = frappe.get_doc(ASSIGNMENT, row.name)
	return Again(doc, row.name, row.completed_on and getdate(row.completed_on))


def _is_gone(member: str) -> bool:
	_found, problems = people.by_user([member])
	return problems.get(member) in (Problem.LEFT, Problem.NO_EMPLOYEE)


def _close(row: frappe._dict, obstacle: str) -> None:
	"""Let nobody owe what is revoked and cannot be learned again, or is asked for by nothing."""
	assignments.change(
		[row],
		{
			row.name: {
				"status": CANCELLED,
				"progress": 0,
				"completed_on": None,
				"signed_on": None,
				**completions.valid(None),
			}
		},
		reason=reasons.REVOKED_WHEN_GONE if obstacle == "person" else reasons.REVOKED_AND_NOT_OWED,
	)


def _enrol(row: frappe._dict) -> None:
	"""Enrol whoever has learned it elsewhere, or by another course, and has to learn it now."""
	if facts.enrolment_names([row.member], [row.course]):
		return
	name = frappe.generate_hash(length=10)
	# Learning may refuse it. It is owed all the same, and with the next assigning it is tried again.
	with attempt(_("Enrolling {0} in {1} failed").format(row.member, row.course), "LMS Course", row.course):
		learning.enrol(row.member, row.course, name)
		assignments.change([row], {row.name: {"enrollment": name}}, modified=False)


def _with_others(row: frappe._dict, said: str) -> str:
	"""Add to what was done what else rests on the same learning: each is decided by itself."""
	counted = [one.parent for one in equivalents.counted_by(row.course)]
	if not counted:
		return said
	others = frappe.get_all(
		ASSIGNMENT,
		{
			"member": row.member,
			"course": ("in", counted),
			"status": COMPLETED,
			"completed_on": row.completed_on,
		},
		pluck="name",
		order_by="name",
	)
	if not others:
		return said
	return _("{0} It may have completed {1} too: revoke that as well if it does not hold.").format(
		said, ", ".join(others)
	)
