"""The gate (rule 8): HR is told, or refused, where gating training is open as an onboarding is completed or an employment
confirmed.

Frappe HR completes an onboarding from its own document, or from its Project and Tasks by SQL; so it is asked after these
too. Nothing else of this gets in HR's way: what fails in here is logged, and the daily run lists what went past.
"""

from collections.abc import Callable
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import escape_html, formatdate, get_datetime, getdate

from smooth_lms_hr.assigning import gating
from smooth_lms_hr.assigning.onboarding import gated_by
from smooth_lms_hr.sources import jobs
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.names import ASSIGNMENT, ONBOARDING
from smooth_lms_hr.sources.settings import GATE_BLOCK, get_settings
from smooth_lms_hr.sources.visibility import visible_assignments

COMPLETED = "Completed"
CONFIRMED_ON = "final_confirmation_date"
# So many courses are named; nobody reads more in a message.
NAMED = 5
# What an onboarding that a project or a task may complete is kept as in their flags.
TO_COMPLETE = "training_gate"

OpenOnes = list[frappe._dict]


class GateClosed(frappe.ValidationError):
	"""Training is open that has to be done first."""


def ask_of_onboarding(doc) -> None:
	"""Ask about an Employee Onboarding that is being saved, where that marks it as completed.

	:raises GateClosed: where training that gates is open, and HR has set the gate to Block
	"""
	if doc.boarding_status == COMPLETED:
		_ask(doc, lambda: [] if _was_completed(doc) else gated_by(doc), _of_onboarding)


def note_onboarding(doc, project: str | None) -> None:
	"""Keep in mind which onboarding the save of a project or a task may complete; ``ask_of_noted`` asks about it."""
	doc.flags[TO_COMPLETE] = None
	if not project or not gating.is_on():
		return
	with attempt(_log_title(doc), doc.doctype, doc.name):
		doc.flags[TO_COMPLETE] = frappe.db.get_value(
			ONBOARDING, {"project": project, "boarding_status": ("!=", COMPLETED)}, "name"
		)


def ask_of_noted(doc) -> None:
	"""Ask about the onboarding that was noted, where the save of the project or the task has completed it.

	:raises GateClosed: as ``ask_of_onboarding``; the whole request is taken back
	"""
	name = doc.flags.pop(TO_COMPLETE, None)

	def find() -> OpenOnes:
		onboarding = frappe.get_doc(ONBOARDING, name)
		return gated_by(onboarding) if onboarding.boarding_status == COMPLETED else []

	if name:
		_ask(doc, find, _of_onboarding)


def ask_of_confirmation(doc) -> None:
	"""Ask about an Employee that is being saved, where that sets a confirmation date which it did not have.

	:raises GateClosed: as ``ask_of_onboarding``
	"""
	before = doc.get_doc_before_save()
	if doc.is_new() or not doc.get(CONFIRMED_ON) or (before and before.get(CONFIRMED_ON)):
		return
	_ask(doc, lambda: gating.open_of(doc.name, doc.user_id), _of_confirmation)


def ask_of_new_employee(doc) -> None:
	"""Ask about an Employee that was just inserted with a confirmation date, once what it owes is assigned.

	Who was confirmed before any of it was owed is taken over as it is.

	:raises GateClosed: as ``ask_of_onboarding``
	"""
	if doc.get(CONFIRMED_ON):
		_ask(
			doc,
			lambda: [
				row
				for row in gating.open_of(doc.name, doc.user_id)
				if row.since < get_datetime(doc.creation) or was_owed(row.since, doc.get(CONFIRMED_ON))
			],
			_of_confirmation,
		)


def was_owed(since: datetime, confirmed_on) -> bool:
	"""Return whether training was owed already on the day as of which somebody is confirmed."""
	return since.date() <= getdate(confirmed_on)


def _was_completed(doc) -> bool:
	# The status of an amended onboarding is copied; its own begins with its submission.
	if doc.is_new():
		before = doc.amended_from and frappe.db.get_value(ONBOARDING, doc.amended_from, "boarding_status")
	else:
		before = doc.get_doc_before_save().boarding_status
	return before == COMPLETED


def _ask(doc, find: Callable[[], OpenOnes], words: Callable[[bool, str], str]) -> None:
	"""Refuse a save, or say what is open, as HR has set the gate.

	:param doc: what is being saved
	:param find: returns what keeps it
	:param words: says it, told whether it is refused, and what is named (HTML, or "")
	"""
	# Where the scheduler saves there is nobody to be told, and its other work is not to stop at this.
	if not gating.is_on() or jobs.is_scheduled():
		return
	refused, said = get_settings().gate == GATE_BLOCK, None
	with attempt(_log_title(doc), doc.doctype, doc.name):
		if found := find():
			said = words(refused, _named(found))
	if not said:
		return
	if refused:
		frappe.throw(said, GateClosed, title=_("Training Is Open"))
	frappe.msgprint(said, title=_("Training Is Open"), indicator="orange")


def _log_title(doc) -> str:
	return _("The gate failed at {0}").format(doc.name)


def _named(rows: OpenOnes) -> str:
	"""Return those of the assignments that the session user may see, as HTML; "" where they may see none."""
	if not frappe.has_permission(ASSIGNMENT, "read"):
		return ""
	table = frappe.qb.DocType(ASSIGNMENT)
	seen = set(visible_assignments(name=[row.name for row in rows]).select(table.name).run(pluck=True))
	shown = [row for row in rows if row.name in seen]
	lines = [_line(row) for row in shown[:NAMED]]
	if len(shown) > NAMED:
		lines.append(_("and {0} more").format(len(shown) - NAMED))
	return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>" if lines else ""


def _line(row: frappe._dict) -> str:
	title = escape_html(row.course_title or row.course)
	link = frappe.utils.get_link_to_form(ASSIGNMENT, row.name, title)
	return f"{link} ({_(row.status)}, {_('due {0}').format(formatdate(row.due_date))})"


def _of_onboarding(refused: bool, named: str) -> str:
	if refused and named:
		return (
			_("The onboarding cannot be completed yet. This training has to be done first:")
			+ named
			+ _how_to_go_on()
		)
	if refused:
		return _(
			"The onboarding cannot be completed yet: training is open that has to be done first. HR can say which."
		)
	if named:
		return _("The onboarding is completed, though this training should have been done first:") + named
	return _("The onboarding is completed, though training is open that should have been done first.")


def _of_confirmation(refused: bool, named: str) -> str:
	if refused and named:
		return (
			_("The confirmation date cannot be set yet. This training has to be done first:")
			+ named
			+ _how_to_go_on()
		)
	if refused:
		return _(
			"The confirmation date cannot be set yet: training is open that has to be done first. HR can say which."
		)
	if named:
		return _("The employee is confirmed, though this training should have been done first:") + named
	return _("The employee is confirmed, though training is open that should have been done first.")


def _how_to_go_on() -> str:
	return _("Try again once it is completed, or waived with a reason.")
