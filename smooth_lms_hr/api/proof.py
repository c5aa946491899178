"""The record as proof: whether it is what was written, and all of it in one file."""

import frappe
from werkzeug.wrappers import Response

from smooth_lms_hr.api.guests import refuse_guests
from smooth_lms_hr.record import verifying
from smooth_lms_hr.showing import binder, binder_runs
from smooth_lms_hr.sources.names import EVIDENCE, SEAL
from smooth_lms_hr.sources.validation import Day, Name, Names, checked


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


@frappe.whitelist(methods=["POST"])
@checked
def export_evidence(
	employees: Names | None = None,
	department: Name | None = None,
	company: Name | None = None,
	from_date: Day | None = None,
	to_date: Day | None = None,
) -> Response | dict:
	"""Export the training record of people as a ZIP: an index, a page of each, their certificates, and how to check it.

	Who sees everybody's record and may export evidence (HR, auditors) exports that of everybody whom their User Permissions
	leave them; anybody else their own, by naming nobody. Of each person it holds what the caller may read, and nothing else.

	:param employees: names of Employees, None for everybody
	:param department: where they are today, with the departments below it, and ``company`` likewise; all that is given
	        has to hold
	:param from_date: what was owed, or completed and still counting, on that day or later; None for all
	:param to_date: what was so on that day or earlier; None for all
	:return: up to 50 people the ZIP as the answer itself; above that {"run"}, see ``get_evidence_export``
	:raises frappe.PermissionError: for guests, and for who names others than themselves and may not
	:raises frappe.ValidationError: naming what there is not, or is not the caller's to see; where nobody is left, where they
	        are more than 5,000, where the disk is full, and where the queue does not answer
	"""
	refuse_guests()
	frappe.has_permission(EVIDENCE, "read", throw=True)
	return binder.export(employees or [], department, company, from_date, to_date)


@frappe.whitelist()
@checked
def export_my_evidence(from_date: Day | None = None, to_date: Day | None = None) -> Response:
	"""Export the caller's own training record, whatever their role; a link to it is a download.

	:param from_date: see ``export_evidence``, and ``to_date``
	:return: the ZIP as the answer itself
	:raises frappe.PermissionError: for guests
	:raises frappe.ValidationError: where the days make no sense, or the disk is full
	"""
	refuse_guests()
	return binder.export_own(from_date, to_date)


@frappe.whitelist()
@checked
def get_evidence_export(run: Name) -> dict:
	"""Return how far an export in the background is.

	:param run: as ``export_evidence`` returned it; only whoever started it may ask
	:return: {"total", "done" (people), "finished", "stopped" (it broke off: the same export again goes on with the rest),
	        "counts": {"created", "existing", "failed"} (people), "file_url" (of the ZIP), "error" (why it stopped)}
	:raises frappe.DoesNotExistError:
	"""
	return binder_runs.status(run)
