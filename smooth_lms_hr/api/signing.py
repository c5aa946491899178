"""The signature of who has learned a course that has a statement."""

import frappe

from smooth_lms_hr.api.guests import refuse_guests
from smooth_lms_hr.following import signing
from smooth_lms_hr.sources.validation import LongText, Name, Secret, checked
from smooth_lms_hr.telling import signing_codes


@frappe.whitelist(methods=["POST"])
@checked
def sign_statement(
	assignment: Name, signed_as: Name, password: Secret, statement: LongText | None = None
) -> dict:
	"""Sign the statement of a course that the session user has learned whole: it is completed today.

	:param assignment: name of an LMS Training Assignment of the caller's that is Awaiting Signature
	:param signed_as: the name that the caller signs with, kept as it was typed
	:param password: the caller's own or, where there is none, the code of ``request_signing_code``
	:param statement: as it was read, where it is not to be signed if it was changed since
	:return: {"assignment"}
	:raises frappe.PermissionError: for guests, and for who looks at the site as somebody else
	:raises frappe.RateLimitExceededError: after as many wrong passwords as the site allows at the login
	:raises frappe.ValidationError: for a wrong password or code, a statement that is another one by now, and where there
	        is nothing of the caller's to sign
	"""
	refuse_guests()
	signing.sign(assignment, signed_as, password, statement)
	return {"assignment": assignment}


@frappe.whitelist(methods=["POST"])
@checked
def request_signing_code(assignment: Name) -> dict:
	"""Mail the session user a code to sign with, who has no password here: social login, SSO, LDAP.

	:param assignment: name of an LMS Training Assignment of the caller's that is Awaiting Signature
	:return: {"sent_to"}: the address
	:raises frappe.PermissionError: for guests, and for who looks at the site as somebody else
	:raises frappe.RateLimitExceededError: for who has asked for some within an hour
	:raises frappe.ValidationError: for who has a password, where no mail can be sent, and where there is nothing of the
	        caller's to sign
	"""
	refuse_guests()
	return {"sent_to": signing_codes.send(assignment)}
