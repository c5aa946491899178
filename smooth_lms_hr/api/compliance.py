"""What HR decides of what people have to hold."""

import frappe

from smooth_lms_hr.following import compliance_decisions
from smooth_lms_hr.sources.validation import Names, Text, checked


@frappe.whitelist(methods=["POST"])
@checked
def verify_compliance(names: Names) -> dict:
	"""Confirm that people hold what they have proved: it counts from now on. Nobody confirms their own.

	:param names: of Employee Compliance that awaits verification, 500 at most
	:return: {"done", "failed"}: rows of name and message, each by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	return compliance_decisions.verify(names)


@frappe.whitelist(methods=["POST"])
@checked
def waive_compliance(names: Names, reason: Text) -> dict:
	"""Excuse people from what they have to hold: what they owe for it alone is cancelled.

	:param names: of Employee Compliance, 500 at most
	:param reason: kept in the record and its timeline
	:return: {"done", "failed"}: rows of name and message, each by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	return compliance_decisions.waive(names, reason)


@frappe.whitelist(methods=["POST"])
@checked
def revoke_compliance(names: Names, reason: Text) -> dict:
	"""Take back that people hold something, though it is proved; what proves it stays as it is.

	:param names: of Employee Compliance that is complete, 500 at most
	:param reason: kept in the record and its timeline
	:return: {"done", "failed"}: rows of name and message, each by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	return compliance_decisions.revoke(names, reason)


@frappe.whitelist(methods=["POST"])
@checked
def reopen_compliance(names: Names, reason: Text) -> dict:
	"""Withdraw a waiver or a revocation: it follows its proofs again, and is verified anew where its type wants that.

	:param names: of Employee Compliance that was waived or revoked, 500 at most
	:param reason: kept in the record and its timeline
	:return: {"done", "failed"}: rows of name and message, each by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	return compliance_decisions.reopen(names, reason)
