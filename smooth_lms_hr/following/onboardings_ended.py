"""Onboardings that are cancelled or deleted (rule 12): what they alone have asked for is owed no more."""

from collections.abc import Collection, Iterator

import frappe
from frappe import _
from frappe.model.docstatus import DocStatus
from frappe.utils import escape_html

from smooth_lms_hr.assigning import asking, assignments, causes
from smooth_lms_hr.record import events, reasons
from smooth_lms_hr.sources.names import ASSIGNMENT, CAUSE, ONBOARDING
from smooth_lms_hr.training.status import CANCELLED, OPEN


def announce(doc) -> None:
	"""Tell whoever cancels an onboarding what becomes of its training.

	:param doc: an Employee Onboarding that was cancelled just now
	"""
	if not (count := len(_standing([doc.name]))):
		return
	frappe.msgprint(
		_(
			"Open assignments that rest on {0}: {1}. Those that nothing else asks for end with the next daily run, unless the onboarding is amended before."
		).format(frappe.bold(escape_html(doc.name)), count),
		title=_("Mandatory Training"),
		indicator="orange",
		alert=True,
	)


def delete(doc) -> None:
	"""Let what only an onboarding has asked for end with it; what else asks for stays, and knows it no more.

	:param doc: an Employee Onboarding that is being deleted
	"""
	causes.end(asking.by_assignment(_standing([doc.name])), reasons.ONBOARDING_DELETED)
	assignments.hand_over(doc.name, None)


def chunks(size: int) -> Iterator[list[str]]:
	"""Yield the names of open assignments that a cancelled onboarding still stands for, in chunks.

	:param size: how many at most in one
	"""
	after = ""
	while names := sorted({row.assignment for row in _standing(None, after, size)}):
		yield names
		after = names[-1]


def end(names: Collection[str]) -> dict[str, int]:
	"""Let what a cancelled onboarding asked for end, unless it was amended.

	:param names: of assignments
	:return: how many changed, by new status
	"""
	stands = _standing(None, names=names)
	amended = set(
		frappe.get_all(
			ONBOARDING, {"amended_from": ("in", {row.cause for row in stands})}, pluck="amended_from"
		)
	)
	ending = asking.by_assignment(row for row in stands if row.cause not in amended)
	cancelled = causes.end(ending, reasons.ONBOARDING_CANCELLED, done_by=events.NOBODY)
	return {CANCELLED: len(cancelled)} if cancelled else {}


def _standing(
	onboardings: Collection[str] | None,
	after: str = "",
	limit: int | None = None,
	names: Collection[str] | None = None,
) -> list[frappe._dict]:
	"""Return the causes by which onboardings stand for open assignments, in the order of these.

	:param onboardings: None for those that are cancelled
	:param after: of the assignments that come after this one alone
	:param limit: no more than so many
	:param names: of these assignments alone, None for any
	:return: rows of name (of the cause), cause_doctype, cause and assignment
	"""
	cause, assignment = frappe.qb.DocType(CAUSE), frappe.qb.DocType(ASSIGNMENT)
	query = (
		frappe.qb.from_(cause)
		.join(assignment)
		.on(assignment.name == cause.parent)
		.select(cause.name, cause.cause_doctype, cause.cause, assignment.name.as_("assignment"))
		.where((cause.cause_doctype == ONBOARDING) & cause.ended_on.isnull() & assignment.status.isin(OPEN))
		.orderby(assignment.name)
	)
	if onboardings is not None:
		query = query.where(cause.cause.isin(list(onboardings)))
	else:
		onboarding = frappe.qb.DocType(ONBOARDING)
		query = query.join(onboarding).on(onboarding.name == cause.cause)
		query = query.where(onboarding.docstatus == DocStatus.cancelled())
	if after:
		query = query.where(assignment.name > after)
	if names is not None:
		query = query.where(assignment.name.isin(list(names)))
	return (query.limit(limit) if limit else query).run(as_dict=True)
