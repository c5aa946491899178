"""What people decide about assignments."""

import frappe

from smooth_lms_hr.api.guests import refuse_guests
from smooth_lms_hr.following import decisions, revoking
from smooth_lms_hr.sources.validation import Day, Names, Text, checked
from smooth_lms_hr.telling import by_request


@frappe.whitelist(methods=["POST"])
@checked
def extend_due_date(assignments: Names, due_date: Day, reason: Text) -> dict:
	"""Move the due date of open assignments; what was overdue is no longer, and the reminders start over.

	:param assignments: names of LMS Training Assignments, 500 at most
	:param due_date: YYYY-MM-DD, today or later, or the original due date
	:param reason: kept in the timeline
	:return: {"done", "failed"}: rows of name and message, each assignment by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	return decisions.extend(assignments, due_date, reason)


@frappe.whitelist(methods=["POST"])
@checked
def waive(assignments: Names, reason: Text, until: Day | None = None) -> dict:
	"""Excuse people from what they owe: the assignment stays on file as Waived.

	:param assignments: names of LMS Training Assignments, 500 at most
	:param reason: kept in the assignment and its timeline
	:param until: YYYY-MM-DD, the last day of the waiver; the day after it is owed again. None for ever
	:return: {"done", "failed"}: rows of name and message, each assignment by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	return decisions.waive(assignments, reason, until)


@frappe.whitelist(methods=["POST"])
@checked
def withdraw_waiver(assignments: Names, reason: Text) -> dict:
	"""Let people owe again what was waived: due today plus the days of the course, and announced anew.

	:param assignments: names of LMS Training Assignments, 500 at most
	:param reason: kept in the timeline
	:return: {"done", "failed"}: rows of name and message, each assignment by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	return decisions.withdraw_waiver(assignments, reason)


@frappe.whitelist(methods=["POST"])
@checked
def cancel_training(assignments: Names, reason: Text) -> dict:
	"""End open assignments that should not have been made: they stay on file as Cancelled and count in no figure.

	:param assignments: names of LMS Training Assignments, 500 at most
	:param reason: kept in the timeline
	:return: {"done", "failed"}: rows of name and message, each assignment by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	return decisions.cancel(assignments, reason)


@frappe.whitelist(methods=["POST"])
@checked
def revoke_completion(assignments: Names, reason: Text) -> dict:
	"""Take back that people have completed courses: the evidence is kept as Revoked, and it is owed again from nothing learned.

	Of a completion that a later cycle has followed the evidence alone is revoked, and it counts no longer.

	:param assignments: names of LMS Training Assignments, 500 at most
	:param reason: kept in the evidence and the timeline
	:return: {"done", "failed"}: rows of name and message, each assignment by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	return revoking.revoke(assignments, reason)


@frappe.whitelist(methods=["POST"])
@checked
def send_reminder(assignments: Names) -> dict:
	"""Remind the members of open assignments now, one mail each, once a day: by HR, or by a manager their own team.

	:param assignments: names of LMS Training Assignments, 500 at most
	:return: {"done", "failed"}: rows of name and message
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	refuse_guests()
	return by_request.remind(assignments)
