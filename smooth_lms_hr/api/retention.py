"""Whose record is kept, whatever the retention says."""

import frappe

from smooth_lms_hr.following import holding
from smooth_lms_hr.sources.validation import Names, Text, checked


@frappe.whitelist(methods=["POST"])
@checked
def hold_record(reason: Text, employees: Names | None = None, members: Names | None = None) -> dict:
	"""Put people on hold: nothing of theirs is erased, by the retention or at their own request, until that is lifted.

	:param reason: kept in the history
	:param employees: names of Employee records
	:param members: names of users, for who has no Employee record; 500 people at most
	:return: {"done", "failed"}: rows of name and message, each person by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	:raises frappe.PermissionError: for who is neither System Manager nor HR Manager
	"""
	return holding.hold(employees or [], members or [], reason)


@frappe.whitelist(methods=["POST"])
@checked
def release_record(reason: Text, employees: Names | None = None, members: Names | None = None) -> dict:
	"""Lift all holds on people; nobody lifts one on themselves.

	:param reason: kept in the history
	:param employees: names of Employee records
	:param members: names of users; 500 people at most
	:return: {"done", "failed"}: rows of name and message, each person by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	:raises frappe.PermissionError: for who is neither System Manager nor HR Manager
	"""
	return holding.release(employees or [], members or [], reason)
