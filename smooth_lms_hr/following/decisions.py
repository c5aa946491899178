"""What people decide about an assignment: another due date, a waiver, an end. Each with its reason in the history."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NoReturn

import frappe
from frappe import _
from frappe.utils import formatdate, getdate, now_datetime

from smooth_lms_hr.assigning import assignments
from smooth_lms_hr.assigning.assigning import announce
from smooth_lms_hr.following import reopening
from smooth_lms_hr.record import events
from smooth_lms_hr.sources.attempts import REFUSALS, attempt, retry_request
from smooth_lms_hr.sources.names import ASSIGNMENT, RULE
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.status import CANCELLED, OPEN, WAIVED

MAX_AT_ONCE = 500


def extend(names: Sequence[str], due_date: date, reason: str) -> dict[str, list[dict]]:
	"""Move the due date of open assignments; see ``api.extend_due_date``."""

	def decide(doc) -> str:
		if due_date == getdate(doc.due_date):
			frappe.throw(_("It is due on {0} already.").format(formatdate(due_date)))
		return put_due_date(doc, due_date)

	return _for_each(names, reason, decide)


def put_due_date(doc, due_date: date) -> str:
	"""Let an assignment be due on another day, and return what was done, in words.

	:param doc: an LMS Training Assignment, to be saved by the caller
	:raises frappe.ValidationError: as ``move_due_date``
	"""
	before, doc.due_date = getdate(doc.due_date), due_date
	move_due_date(doc)
	return _("Due date moved from {0} to {1}.").format(formatdate(before), formatdate(due_date))


def move_due_date(doc) -> None:
	"""Draw the consequences of a due date that the session user has just set, through whatever door it came.

	:param doc: an LMS Training Assignment, not saved yet
	:raises frappe.ValidationError: where nothing is owed any more, where the date is in the past, or where the
	        training is the user's own
	"""
	refuse_settled(doc)
	refuse_own(doc)
	doc.follow_due_date()


def waive(names: Sequence[str], reason: str, until: date | None = None) -> dict[str, list[dict]]:
	"""Excuse people from what they owe; see ``api.waive``."""
	check_waiver(until)

	return _for_each(names, reason, lambda doc: put_waiver(doc, reason, until))


def put_waiver(doc, reason: str, until: date | None) -> str:
	"""Excuse somebody from an open assignment, and return what was done, in words.

	:param doc: an LMS Training Assignment, to be saved by the caller
	:param until: the last day of the waiver, None for ever
	:raises frappe.PermissionError: where it is the session user's own
	"""
	refuse_own(doc)
	doc.status, doc.waiver_reason, doc.waived_until = WAIVED, reason, until
	doc.waived_by, doc.waived_on = frappe.session.user, now_datetime()
	return _("Waived until {0}.").format(formatdate(until)) if until else _("Waived.")


def check_waiver(until: date | None) -> None:
	"""Refuse a last day of a waiver that is past.

	:param until: in the site's time zone, None for ever
	:raises frappe.ValidationError:
	"""
	if until and until < getdate():
		frappe.throw(
			_("A waiver cannot end on {0}, which is past.").format(frappe.bold(formatdate(until))),
			title=_("Waived Until"),
		)


def withdraw_waiver(names: Sequence[str], reason: str) -> dict[str, list[dict]]:
	"""Let people owe again what was waived; see ``api.withdraw_waiver``."""

	def decide(name: str) -> str:
		row = assignments.lock([name])[name]
		if row.status != WAIVED:
			frappe.throw(_("It is {0}: there is no waiver to withdraw.").format(_(row.status).lower()))
		refuse_own(row)
		if why := reopening.obstacles([row]).get(name):
			frappe.throw(reopening.in_words(why))
		events.write([events.make(row, events.WAIVER_WITHDRAWN, before=WAIVED, reason=plain_text(reason))])
		reopened = reopening.reopen([row], getdate(), reason)
		if not reopened:
			refuse_without_due_date()
		announce(list(reopened))
		return _("It is owed again.")

	return each(names, reason, decide)


def cancel(names: Sequence[str], reason: str) -> dict[str, list[dict]]:
	"""End assignments that should not have been made; see ``api.cancel_training``."""

	def decide(doc) -> str:
		refuse_own(doc)
		doc.status = CANCELLED
		if not (asking := _rules_of(doc)):
			return _("Cancelled.")
		return _(
			"Cancelled. {0} asks for it: it is assigned again with the next daily run, unless the rule is changed. Waive it instead to excuse the person."
		).format(", ".join(asking))

	return _for_each(names, reason, decide)


def _rules_of(doc) -> list[str]:
	"""Return the rules that an assignment is owed for and that are switched on."""
	standing = {row.cause for row in doc.causes if row.cause_doctype == RULE and not row.ended_on}
	filters = {"name": ("in", sorted(standing)), "enabled": 1}
	return frappe.get_all(RULE, filters, pluck="name", order_by="name") if standing else []


def _for_each(names: Sequence[str], reason: str, decide: Callable) -> dict[str, list[dict]]:
	"""Apply a decision to each open assignment by itself, and report per row.

	:param decide: changes the document and returns what was done, in words
	"""

	def change(name: str) -> str:
		doc = frappe.get_doc(ASSIGNMENT, name, for_update=True)
		refuse_settled(doc)
		said = decide(doc)
		doc.save_by_rule(reason)
		return said

	return each(names, reason, change)


def each(
	names: Sequence[str], reason: str, decide: Callable[[str], str], doctype: str = ASSIGNMENT
) -> dict[str, list[dict]]:
	"""Apply a decision to each assignment, or other record, by itself, and report per row.

	:param decide: is called with a name, and returns what was done, in words
	"""
	refuse_too_many(names)
	if not (reason or "").strip():
		frappe.throw(_("A reason is required."), frappe.MandatoryError)
	# All take their locks in the order of the names: two who decide on the same ones wait, and neither loses.
	return retry_request(lambda: _decide(sorted(names), decide, doctype))


def _decide(names: Sequence[str], decide: Callable[[str], str], doctype: str) -> dict[str, list[dict]]:
	result = {"done": [], "failed": []}
	for name in names:
		# Asked before the row is locked: nobody holds up what is not theirs.
		if not may_decide(name, doctype):
			result["failed"].append({"name": name, "message": not_yours(name, doctype)})
			continue
		with attempt(_("Deciding on {0} failed").format(name), doctype, name, quiet=REFUSALS) as deciding:
			said = decide(name)
		if deciding.error:
			result["failed"].append({"name": name, "message": deciding.words})
		else:
			result["done"].append({"name": name, "message": said})
	return result


def refuse_without_due_date() -> NoReturn:
	"""Say that nothing can be owed again whose days make no date.

	:raises frappe.ValidationError:
	"""
	frappe.throw(_("Its due date would be out of range: see the days of the course and the settings."))


def refuse_settled(doc) -> None:
	"""See to it that nothing is decided of what is no longer owed.

	:raises frappe.ValidationError:
	"""
	if doc.status not in OPEN:
		frappe.throw(_("It is {0}: nothing is owed.").format(_(doc.status).lower()))


def refuse_own(doc) -> None:
	"""See to it that two people know of whatever makes somebody's training less.

	:raises frappe.PermissionError: where it is the session user's own, unless the settings allow that
	"""
	if doc.member == frappe.session.user and not get_settings().waive_own_training:
		frappe.throw(
			_("{0} is your own training: ask a colleague to decide.").format(doc.name),
			frappe.PermissionError,
			title=_("Your Own Training"),
		)


def refuse_too_many(names: Sequence[str]) -> None:
	"""Check how many assignments a request names.

	:raises frappe.ValidationError: for none, and for more than a request can do
	"""
	if not names:
		frappe.throw(_("No assignment is named."))
	if len(names) > MAX_AT_ONCE:
		frappe.throw(
			_("{0} assignments are more than {1} at once. Do it in parts.").format(len(names), MAX_AT_ONCE)
		)


def may_decide(name: str, doctype: str = ASSIGNMENT) -> bool:
	"""Return whether there is an assignment, or other record, of that name, and the session user may change it."""
	return bool(
		frappe.db.exists(doctype, {"name": name}) and frappe.has_permission(doctype, "write", doc=name)
	)


def not_yours(name: str, doctype: str = ASSIGNMENT) -> str:
	"""Return what is said of somebody else's record and of none at all: who may see neither learns nothing."""
	if doctype == ASSIGNMENT:
		return _("There is no assignment {0}, or it is not yours.").format(name)
	return _("There is no {0} {1}, or it is not yours.").format(_(doctype), name)
