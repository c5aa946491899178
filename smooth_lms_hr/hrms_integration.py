"""Handlers for Frappe HR's records, and for the users behind them.

How an Employee comes to an Employee Onboarding in Frappe HR is told in rule 2 and in the tests; the one
idempotent function behind all the ways is ``assigning.onboarding.resume``.
"""

import frappe
from frappe import _
from frappe.utils import getdate

from smooth_lms_hr.assigning import assignments, exceptions, onboarding, rules
from smooth_lms_hr.following import (
	classroom,
	compliance,
	documents,
	gate,
	leave,
	life_events,
	merging,
	onboardings_ended,
	transfers,
)
from smooth_lms_hr.record import reasons, renamings
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.learning import ensure_learner_role

TRAINING_FIELDS = ("training_status", "training_note")


def keep_training_fields(doc, method=None):
	"""Employee Onboarding, before every save: what we wrote stands, whatever an old form or a request sends."""
	stored = (
		None if doc.is_new() else frappe.db.get_value(doc.doctype, doc.name, TRAINING_FIELDS, as_dict=True)
	)
	for fieldname in TRAINING_FIELDS:
		doc.set(fieldname, stored[fieldname] if stored else None)


def ask_gate_of_onboarding(doc, method=None):
	"""Employee Onboarding validate, and before_update_after_submit: it may be marked as completed."""
	gate.ask_of_onboarding(doc)


def note_onboarding_of_project(doc, method=None):
	"""Project before_validate: Frappe HR completes an onboarding, by SQL, as its project is validated."""
	gate.note_onboarding(doc, doc.name)


def note_onboarding_of_task(doc, method=None):
	"""Task before_validate: Frappe HR completes an onboarding, by SQL, after its last task was."""
	gate.note_onboarding(doc, doc.project)


def ask_gate_of_noted(doc, method=None):
	"""Project before_save, Task on_change: after Frappe HR's own handlers, in whatever order the apps are installed."""
	gate.ask_of_noted(doc)


def ask_gate_of_confirmation(doc, method=None):
	"""Employee validate: the confirmation date may be set."""
	gate.ask_of_confirmation(doc)


def on_onboarding_created(doc, method=None):
	"""Employee Onboarding after_insert: assign the mandatory training, credited to the session user."""
	if doc.amended_from:
		assignments.hand_over(doc.amended_from, doc.name)
	onboarding.process(doc, assigned_by=frappe.session.user)


def on_onboarding_change(doc, method=None):
	"""Employee Onboarding on_change: the employee may have been linked (on save, on submit, by Frappe HR's db_set).

	What failed before is tried again too.
	"""
	just_made_or_gone = doc.flags.in_insert or doc.flags.in_delete
	if just_made_or_gone or doc.get("training_status") not in onboarding.UNFINISHED:
		return
	_resume(doc.name)


def on_onboarding_cancel(doc, method=None):
	"""Employee Onboarding on_cancel: it may be amended yet, so the daily run decides."""
	with attempt(_("Mandatory training of {0} failed").format(doc.name), doc.doctype, doc.name):
		onboardings_ended.announce(doc)


def on_onboarding_trash(doc, method=None):
	with attempt(_("Mandatory training of {0} failed").format(doc.name), doc.doctype, doc.name):
		onboardings_ended.delete(doc)


def note_transfer(doc, method=None):
	"""Employee before_validate: on which day somebody was transferred is not typed."""
	rules.note_transfer(doc)


def on_employee_update(doc, method=None):
	"""Employee on_update, on insert too: the person can learn now, or has left."""
	if documents.is_elsewhere(doc):
		with attempt(_("Following what happened to {0} failed").format(doc.name), doc.doctype, doc.name):
			documents.follow_employee(doc.name)
	compliance.follow_employee(doc)
	if doc.status == "Left":
		life_events.cancel_open({"employee": doc.name}, reasons.LEFT, doc)
		return
	if doc.user_id:
		ensure_learner_role([doc.user_id])
	_follow_life(doc)
	unfinished = onboarding.unfinished_onboardings({"employee": doc.name})
	if doc.job_applicant:
		unfinished += onboarding.unfinished_onboardings(
			{"employee": ("is", "not set"), "job_applicant": doc.job_applicant}
		)
	for name in unfinished:
		_resume(name)
	rules.ask_about(doc)
	if doc.flags.in_insert:
		gate.ask_of_new_employee(doc)


def _follow_life(doc) -> None:
	"""Let what an employee owes follow them where they go, each for itself: what goes wrong with one leaves the others."""
	before = doc.get_doc_before_save()
	is_there = doc.status == "Active" and doc.user_id
	was_there = before and before.status == "Active" and before.user_id == doc.user_id
	for follow, applies in (
		(transfers.take_over, is_there),
		(transfers.follow, True),
		(life_events.back, before and is_there and not was_there),
	):
		if applies:
			title = _("Following what happened to {0} failed").format(doc.name)
			with attempt(title, doc.doctype, doc.name):
				follow(doc)


def on_leave_approved(doc, method=None):
	"""Leave Application on_submit: approved, or refused. A leave that is changed is cancelled, and another one submitted."""
	if doc.status == "Approved":
		_follow_leave(doc, leave.approve)


def on_leave_cancelled(doc, method=None):
	_follow_leave(doc, leave.take_back)


def _follow_leave(doc, follow) -> None:
	with attempt(_("Following the leave {0} failed").format(doc.name), doc.doctype, doc.name):
		follow(doc)


def on_employee_trash(doc, method=None):
	life_events.unlink_employee(doc.name)
	compliance.unlink_employee(doc.name)


def on_training_event_change(doc, method=None):
	"""Training Event on_change: submitted, its attendance or status corrected after that, or cancelled."""
	if doc.docstatus.is_draft() or doc.flags.in_delete:
		return
	_follow_classroom(doc, doc.name)


def on_training_result_change(doc, method=None):
	"""Training Result on_change: submitted or cancelled, it says who was present."""
	if doc.docstatus.is_draft() or doc.flags.in_delete:
		return
	_follow_classroom(doc, doc.training_event)


def _follow_classroom(doc, event: str) -> None:
	# The daily run makes up for it.
	with attempt(_("The evidence of training event {0} failed").format(event), doc.doctype, doc.name):
		classroom.follow([event], getdate())


def on_user_trash(doc, method=None):
	life_events.cancel_open({"member": doc.name}, reasons.USER_DELETED, doc)


def before_user_rename(doc, method, old, new, merge=False):
	"""User before_rename: fires once more where the desk only asks for it, so nothing is decided here."""
	if merge:
		merging.prepare(doc.doctype, old, new)


def on_user_renamed(doc, method, old, new, merge=False):
	"""User after_rename: what is owed has moved; of what two users owed both, one assignment stays."""
	renamings.write(doc.doctype, old, new, merge)
	if merge:
		merging.settle(doc.doctype, old, new)
	else:
		merging.record_rename(doc.doctype, old, new)


def before_employee_rename(doc, method, old, new, merge=False):
	if merge:
		exceptions.make_way("employee", old, new)
		compliance.make_way(old, new)


def on_employee_renamed(doc, method, old, new, merge=False):
	"""Employee after_rename: assignments are a user's, so the ones of two records of a person do not get in each other's way."""
	renamings.write(doc.doctype, old, new, merge)
	if merge:
		merging.follow_title(doc.doctype, new)
		documents.follow_employee(new)
		rules.name_once(doc.doctype, new)
		compliance.follow([new])
	else:
		merging.record_rename(doc.doctype, old, new)


def on_named_in_rules_renamed(doc, method, old, new, merge=False):
	"""Company, department and the like, after_rename: rules go on naming it, and each of them once."""
	if merge:
		rules.name_once(doc.doctype, new)


def on_cause_renamed(doc, method, old, new, merge=False):
	"""What led to something of the history, after_rename: the history names it otherwise now, and says since when."""
	renamings.write(doc.doctype, old, new, merge)


def _resume(name: str) -> None:
	with attempt(_("Mandatory training of {0} failed").format(name), onboarding.ONBOARDING, name):
		onboarding.resume(name)
