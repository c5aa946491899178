"""Whether the record is what was written."""

import frappe

from smooth_lms_hr.record import verifying
from smooth_lms_hr.sources.names import SEAL
from smooth_lms_hr.sources.validation import Day, checked


@frappe.whitelist()
@checked
def verify_audit_trail(from_date: Day | None = None) -> dict:
	"""Compare the whole history and all evidence with what was written and with the seals. Writes nothing.

	It reads every row, a million in less than a minute.

	:param from_date: look at what was sealed on that day or later, and at what is not sealed yet; the seal before is taken
	        for true. None for everything
	:return: {"ok", "seals", "events", "evidence" (how many of each were looked at), "broken": rows of doctype, name, column
	        (None for the whole row) and why (in words); after the first 1,000 one row more says how many there are
	        beyond these, with no name}
	:raises frappe.PermissionError: for who may not read seals
	:raises frappe.ValidationError: for what is no day
	"""
	frappe.has_permission(SEAL, "read", throw=True)
	return verifying.verify(from_date)
