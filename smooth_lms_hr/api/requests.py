"""What learners ask for, and the answers."""

import frappe

from smooth_lms_hr.api.guests import refuse_guests
from smooth_lms_hr.following import requests as following
from smooth_lms_hr.sources.validation import Day, Flag, Name, Names, Text, checked, one_of
from smooth_lms_hr.training.requests import KINDS, Asked


@frappe.whitelist(methods=["POST"])
@checked
def request_training(
	assignment: Name,
	kind: one_of(*KINDS),
	reason: Text,
	wanted_date: Day | None = None,
	completed_on: Day | None = None,
	valid_until: Day | None = None,
	file: Text | None = None,
) -> dict:
	"""Ask about training that the session user owes; who can answer is told. One open request per assignment and kind.

	:param assignment: name of an open LMS Training Assignment of the caller's
	:param kind: Extension, Exemption or Done Elsewhere
	:param reason: is read by who answers
	:param wanted_date: YYYY-MM-DD; of an extension the new due date, of an exemption its last day (None for ever)
	:param completed_on: the day on which it was done elsewhere
	:param valid_until: until when that counts, as its proof says; not before completed_on
	:param file: name or address of a private File that the caller has uploaded and attached to nothing
	:return: {"request"}
	:raises frappe.PermissionError: for guests
	:raises frappe.ValidationError: for what makes no sense, for what is settled or asked already, and where there is no
	        such assignment or file of the caller's
	"""
	refuse_guests()
	asked = Asked(kind, wanted_date, completed_on, valid_until)
	return {"request": following.make(assignment, asked, reason, file)}


@frappe.whitelist(methods=["POST"])
@checked
def withdraw_request(request: Name) -> dict:
	"""Take back a request of the session user's that is not answered yet.

	:param request: name of an LMS Training Request
	:return: {"request"}
	:raises frappe.PermissionError: for guests
	:raises frappe.ValidationError: where it is answered, and where there is no such request of the caller's
	"""
	refuse_guests()
	following.withdraw(request)
	return {"request": request}


@frappe.whitelist(methods=["POST"])
@checked
def answer_request(
	requests: Names, grant: Flag, answer: Text | None = None, due_date: Day | None = None
) -> dict:
	"""Grant or refuse requests: an extension moves the due date, an exemption waives, what was done elsewhere completes.

	:param requests: names of LMS Training Requests, 500 at most
	:param grant: True to grant, False to refuse
	:param answer: is told to the learner; required for a refusal
	:param due_date: YYYY-MM-DD, of extensions another day than the wanted one
	:return: {"done", "failed"}: rows of name and message, each request by itself
	:raises frappe.PermissionError: for guests
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	refuse_guests()
	return following.answer(requests, grant, answer, due_date)
