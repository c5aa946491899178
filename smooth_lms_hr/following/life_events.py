"""What happens to people and courses around an assignment: somebody leaves, a record is deleted."""

import frappe

from smooth_lms_hr.assigning import assignments
from smooth_lms_hr.sources.names import ASSIGNMENT, EXCEPTION
from smooth_lms_hr.training.status import CANCELLED, OPEN


def cancel_open(filters: dict, reason: str, cause) -> int:
	"""Cancel the open assignments that can no longer be met, and return how many.

	:param filters: which assignments, as for frappe.get_all
	:param reason: one of ``record.reasons``
	:param cause: the document that led to it
	"""
	found = frappe.get_all(ASSIGNMENT, {**filters, "status": ("in", OPEN)}, pluck="name", order_by="name")
	rows = [row for row in assignments.lock(found).values() if row.status in OPEN]
	assignments.change(
		rows,
		{row.name: {"status": CANCELLED} for row in rows},
		reason=reason,
		cause_doctype=cause.doctype,
		cause=cause.name,
	)
	return len(rows)


def unlink_enrollment(enrollment: str) -> None:
	"""Forget an enrolment that is being deleted; what is owed stays owed."""
	frappe.db.set_value(ASSIGNMENT, {"enrollment": enrollment}, "enrollment", None, update_modified=False)


def unlink_employee(employee: str) -> None:
	"""Forget an Employee record that is being deleted; names, proof and events stay."""
	frappe.db.delete(EXCEPTION, {"employee": employee})
	frappe.db.set_value(ASSIGNMENT, {"employee": employee}, "employee", None, update_modified=False)
