"""The history of an assignment in the reader's language, made of the values on record."""

import re

from frappe import _
from frappe.utils import escape_html, formatdate

from smooth_lms_hr.record import events, reasons
from smooth_lms_hr.sources.names import EVIDENCE
from smooth_lms_hr.sources.people import full_names
from smooth_lms_hr.training import requests

ICONS = {
	events.ASSIGNED: "assign",
	events.SIGNED: "edit",
	events.COMPLETED: "tick",
	events.DUE_DATE_MOVED: "calendar",
	events.WAIVED: "close",
	events.CANCELLED: "close",
	events.REOPENED: "refresh",
	events.RENEWED: "refresh",
	events.REVOKED: "close",
	events.REQUESTED: "message",
	events.ANSWERED: "reply",
}
# Their values before and after are dates.
OF_DATES = (events.ASSIGNED, events.DUE_DATE_MOVED, events.VALIDITY_CHANGED, events.CERTIFIED, events.REVOKED)
# And of these they are names of records.
OF_NAMES = (events.MERGED, events.RENAMED, events.HANDED_OVER, events.RENEWED)
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def timeline(doctype: str, docname: str) -> list[dict]:
	"""Return what the form of an assignment shows among its comments (Frappe has checked who may open it)."""
	rows = events.written_of([docname])
	names = full_names({row.done_by for row in rows})
	return [
		{
			"icon": ICONS.get(row.event, "milestone"),
			"creation": row.happened_on,
			"content": escape_html(sentence(row, names.get(row.done_by, row.done_by))),
		}
		for row in rows
	]


def sentence(row, done_by: str) -> str:
	"""Return what happened, in one line of plain text.

	:param row: an event, as ``events.written_of`` returns it
	:param done_by: the name of who did it
	"""
	said = _what(row, done_by)
	if why := why_of(row):
		said = _("{0}: {1}").format(said.rstrip("."), why)
	return _("{0} (taken over from the version history)").format(said) if row.taken_over else said


def why_of(row) -> str:
	"""Return the reason of an event in the reader's language, and the record that led to it."""
	if row.event == events.RENEWED:
		# The renewal is what is said already.
		return ""
	# Of what was revoked nobody knows the evidence by its name.
	named = row.cause and row.event not in (events.REVOKED, events.HELD, events.RELEASED)
	reason, cause = reasons.in_words(row.reason), f"{_(row.cause_doctype)} {row.cause}" if named else ""
	if row.event == events.DUE_DATE_MOVED and not (reason or row.taken_over):
		reason = _("No reason was given")
	return " · ".join(part for part in (reason, cause) if part)


def value_in_words(event: str, value: str | None) -> str:
	"""Return a value before or after an event as a reader writes it."""
	if not value:
		return ""
	if event in OF_NAMES:
		return value
	if event not in OF_DATES:
		return _(value)
	# What an upgrade took over may be written as the site wrote its dates then.
	return formatdate(value) if ISO_DATE.fullmatch(value) else value


def _what(row, done_by: str) -> str:
	before, after = (value_in_words(row.event, value) for value in (row.before, row.after))
	match row.event:
		case events.ASSIGNED:
			return _("{0} assigned this, due {1}.").format(done_by, after)
		case events.BEGUN:
			return _("The course was begun.")
		case events.LEARNED:
			return _("All was learned; the statement remains to be signed.")
		case events.SIGNED:
			return _("{0} signed the statement.").format(done_by)
		case events.COMPLETED:
			return _("The course was completed.")
		case events.OVERDUE:
			return _("The due date passed.")
		case events.DUE_DATE_MOVED:
			return _("{0} moved the due date from {1} to {2}.").format(done_by, before, after)
		case events.WAIVED:
			return _("{0} waived this.").format(done_by)
		case events.CANCELLED:
			return _("Cancelled by {0}.").format(done_by)
		case events.WAIVER_WITHDRAWN:
			return _("{0} withdrew the waiver.").format(done_by)
		case events.REOPENED:
			return _("It is owed again.")
		case events.REVOKED:
			return _revoked(row, before, done_by)
		case events.RENEWED:
			return _("{0} is its renewal.").format(after)
		case events.CERTIFIED if row.cause_doctype == EVIDENCE:
			return _("A file of it is on record, with the SHA-256 {0}.").format(row.after)
		case events.CERTIFIED:
			return _("Learning's certificate says {0}.").format(after)
		case events.VALIDITY_CHANGED:
			return _("{0} changed until when it counts from {1} to {2}.").format(
				done_by, before or _("for ever"), after or _("for ever")
			)
		case events.REQUESTED:
			return _("{0} asked about this: {1}.").format(done_by, after)
		case events.ANSWERED:
			return _answered(row, before, done_by)
		case events.HELD:
			return _("{0} put the record on hold.").format(done_by)
		case events.RELEASED:
			return _("{0} lifted the hold on the record.").format(done_by)
		case events.MERGED:
			return _("{0} was merged into {1}.").format(row.before, row.after)
		case events.RENAMED:
			return _("{0} is called {1} now.").format(row.before, row.after)
		case events.HANDED_OVER if row.cause_doctype == "Employee":
			return _moved(row)
		case events.HANDED_OVER:
			return _("Handed over from {0} to {1}.").format(row.before, row.after or "–")
	return _("{0} by {1}.").format(_(row.event), done_by)


def _moved(row) -> str:
	"""Say where something that somebody owes has moved with them: company, department and designation, or their employee."""
	if row.before and row.after:
		return _("Moved from {0} to {1}.").format(row.before, row.after)
	if row.after:
		return _("Moved to {0}.").format(row.after)
	return _("Moved away from {0}.").format(row.before)


def _revoked(row, day: str, done_by: str) -> str:
	"""Say which completion was revoked, by its day, and what became of the certificate."""
	if row.after:
		return _("{0} revoked the completion of {1}, and certificate {2} is not published any more.").format(
			done_by, day, row.after
		)
	return _("{0} revoked the completion of {1}.").format(done_by, day)


def _answered(row, kind: str, done_by: str) -> str:
	if row.done_by == events.NOBODY:
		return _("What was asked for needs no answer any more: {0}.").format(kind)
	match row.after:
		case requests.GRANTED:
			return _("{0} granted what was asked for: {1}.").format(done_by, kind)
		case requests.REFUSED:
			return _("{0} refused what was asked for: {1}.").format(done_by, kind)
	return _("{0} withdrew what was asked for: {1}.").format(done_by, kind)
