"""Handlers for Frappe HR's records, and for the users behind them.

How an Employee comes to an Employee Onboarding in Frappe HR is told in DESIGN rule 2 and in the tests; the one
idempotent function behind all the ways is ``services.onboarding.resume``.
"""

import frappe
from frappe import _

from smooth_lms_hr.services import onboarding, progress
from smooth_lms_hr.services.attempts import attempt
from smooth_lms_hr.services.learning import ensure_learner_role

TRAINING_FIELDS = ("training_status", "training_note")


def keep_training_fields(doc, method=None):
	"""Employee Onboarding, before every save: what we wrote stands, whatever an old form or a request sends."""
	stored = (
		None if doc.is_new() else frappe.db.get_value(doc.doctype, doc.name, TRAINING_FIELDS, as_dict=True)
	)
	for fieldname in TRAINING_FIELDS:
		doc.set(fieldname, stored[fieldname] if stored else None)


def on_onboarding_created(doc, method=None):
	"""Employee Onboarding after_insert: assign the mandatory training, credited to the session user."""
	if doc.amended_from:
		onboarding.take_over(doc.amended_from, doc.name)
	onboarding.process(doc, assigned_by=frappe.session.user)


def on_onboarding_change(doc, method=None):
	"""Employee Onboarding on_change: the employee may have been linked (on save, on submit, by Frappe HR's db_set)."""
	just_made_or_gone = doc.flags.in_insert or doc.flags.in_delete
	if just_made_or_gone or doc.get("training_status") not in onboarding.WAITING:
		return
	_resume(doc.name)


def on_onboarding_trash(doc, method=None):
	onboarding.take_over(doc.name, None)


def on_employee_update(doc, method=None):
	"""Employee on_update, on insert too: the person can learn now, or has left."""
	if doc.status == "Left":
		progress.cancel_open({"employee": doc.name}, _("{0} has left the company").format(doc.employee_name))
		return
	if doc.user_id:
		ensure_learner_role([doc.user_id])
	waiting = onboarding.waiting_onboardings({"employee": doc.name})
	if doc.job_applicant:
		waiting += onboarding.waiting_onboardings(
			{"employee": ("is", "not set"), "job_applicant": doc.job_applicant}
		)
	for name in waiting:
		_resume(name)


def on_employee_trash(doc, method=None):
	progress.unlink_employee(doc.name)


def on_user_trash(doc, method=None):
	progress.cancel_open({"member": doc.name}, _("the user {0} was deleted").format(doc.name))


def _resume(name: str) -> None:
	with attempt(_("Mandatory training of {0} failed").format(name), onboarding.ONBOARDING, name):
		onboarding.resume(name)
