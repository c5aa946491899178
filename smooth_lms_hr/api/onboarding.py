"""What HR asks of one Employee Onboarding."""

import frappe
from frappe import _

from smooth_lms_hr.assigning import onboarding as onboardings
from smooth_lms_hr.sources.attempts import retry_request
from smooth_lms_hr.sources.validation import Name, checked


@frappe.whitelist()
@checked
def get_onboarding_training(onboarding: Name) -> dict:
	"""Return what the person of an onboarding owes, and what would be assigned if it were done now. Writes nothing.

	:param onboarding: name of an Employee Onboarding
	:return: {"training_status", "training_note", "employee", "member", "problem" (what is in the way, or None),
	        "missing" ("Employee" or "User" where one has to be made first, or None), "courses": rows of course, course_title, assignment, status, progress, due_date, action ("assigned",
	        "to assign", "not needed" or "failed") and why, "gate" (Off, Warn or Block, as HR has set it), "ready" (whether
	        all training that gates is done), "gated_by": rows of course and course_title, of what is not done}
	:raises frappe.DoesNotExistError, frappe.PermissionError:
	"""
	doc = _onboarding(onboarding, "read")
	return onboardings.preview(doc)


@frappe.whitelist(methods=["POST"])
@checked
def assign_onboarding_training(onboarding: Name) -> dict:
	"""Assign now, or again, what the person of an onboarding owes, credited to the session user.

	:param onboarding: name of an Employee Onboarding that is not cancelled
	:return: as ``get_onboarding_training``
	:raises frappe.DoesNotExistError, frappe.PermissionError, frappe.ValidationError:
	"""
	doc = _onboarding(onboarding, "write")
	if doc.docstatus.is_cancelled():
		frappe.throw(_("{0} is cancelled.").format(doc.name))
	return onboardings.preview(retry_request(lambda: onboardings.assign_now(doc.name)))


def _onboarding(name: str, ptype: str):
	# Who may not touch any of them is told so; for the others, what is not theirs is not there.
	frappe.has_permission(onboardings.ONBOARDING, ptype, throw=True)
	there = frappe.db.exists(onboardings.ONBOARDING, {"name": name})
	doc = frappe.get_doc(onboardings.ONBOARDING, name) if there else None
	if not doc or not frappe.has_permission(onboardings.ONBOARDING, ptype, doc=doc):
		frappe.throw(
			_("There is no {0} {1}, or it is not yours.").format(
				_(onboardings.ONBOARDING), frappe.bold(frappe.utils.escape_html(name))
			),
			frappe.DoesNotExistError,
		)
	return doc
