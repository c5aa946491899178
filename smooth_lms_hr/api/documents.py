"""Documents on the employees' files: handed in by themselves, verified by HR."""

import frappe

from smooth_lms_hr.api.guests import refuse_guests
from smooth_lms_hr.following import documents as following
from smooth_lms_hr.sources.validation import Day, Name, Names, Text, checked


@frappe.whitelist(methods=["POST"])
@checked
def add_my_document(
	document_type: Name,
	file: Text,
	title: Name | None = None,
	issued_on: Day | None = None,
	expires_on: Day | None = None,
) -> dict:
	"""Hand in a document for the session user's own file; it counts once HR has verified it.

	:param document_type: what kind it is, such as Driving Licence
	:param file: name or address of a File that the caller has uploaded; it is kept as a private one of its own
	:param title: what it is called, None for its kind
	:param issued_on: YYYY-MM-DD, not in the future
	:param expires_on: the last day on which it counts, None for ever; not before issued_on
	:return: {"document"}
	:raises frappe.PermissionError: for guests
	:raises frappe.ValidationError: for who has no Employee record, for dates that make no sense, and where there is no such
	        file of theirs, or it is empty, too large or something else than its name says
	"""
	refuse_guests()
	return {"document": following.add_own(document_type, title, file, issued_on, expires_on)}


@frappe.whitelist(methods=["POST"])
@checked
def withdraw_my_document(document: Name) -> dict:
	"""Take back a document that the session user has handed in and nobody has verified yet: it is deleted with its file.

	:param document: name of an Employee Document
	:return: {"document"}
	:raises frappe.PermissionError: for guests
	:raises frappe.ValidationError: where it is verified, and where there is no such document of the caller's
	"""
	refuse_guests()
	following.withdraw_own(document)
	return {"document": document}


@frappe.whitelist(methods=["POST"])
@checked
def verify_documents(documents: Names) -> dict:
	"""Say of documents that employees have handed in that HR has looked at them. Nobody verifies their own.

	:param documents: names of Employee Documents, 500 at most
	:return: {"done", "failed"}: rows of name and message, each document by itself
	:raises frappe.PermissionError: for guests
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	refuse_guests()
	return following.verify(documents)
