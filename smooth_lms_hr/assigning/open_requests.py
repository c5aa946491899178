"""Requests of learners about training that is no longer owed: nobody is asked any more."""

from collections.abc import Mapping

import frappe
from frappe.utils import now_datetime

from smooth_lms_hr.record import events, reasons
from smooth_lms_hr.sources.names import REQUEST
from smooth_lms_hr.sources.prepared import prepared
from smooth_lms_hr.training.requests import OPEN, WITHDRAWN
from smooth_lms_hr.training.status import CANCELLED, COMPLETED, WAIVED

WHY = {
	COMPLETED: reasons.COMPLETED_MEANWHILE,
	WAIVED: reasons.WAIVED_MEANWHILE,
	CANCELLED: reasons.CANCELLED_MEANWHILE,
}


def close(settled: Mapping[str, str]) -> int:
	"""Close what is open of assignments that are settled, with the reason as its answer; return how many these were.

	:param settled: the new status of assignments that the caller has locked, by name
	"""
	if not settled:
		return 0
	# Not locked by the assignment: that would lock the room between the rows too, where others ask just now.
	found = [name for (name,) in _open_about(list(settled))]
	if not found:
		return 0
	rows = frappe.db.get_values(
		REQUEST,
		{"name": ("in", found), "status": OPEN},
		["name", "assignment", "member", "employee", "course", "kind"],
		as_dict=True,
		order_by="name asc",
		for_update=True,
	)
	for status, why in WHY.items():
		if names := [row.name for row in rows if settled[row.assignment] == status]:
			values = {"status": WITHDRAWN, "open_key": None, "answer": why, "decided_on": now_datetime()}
			frappe.db.set_value(REQUEST, {"name": ("in", names)}, values)
	events.write(
		event_of(row, WITHDRAWN, reason=WHY[settled[row.assignment]], done_by=events.NOBODY) for row in rows
	)
	return len(rows)


@prepared
def _open_about(assignments):
	table = frappe.qb.DocType(REQUEST)
	query = frappe.qb.from_(table).select(table.name).where(table.status == OPEN)
	return query.where(table.assignment.isin(assignments)).orderby(table.name)


def event_of(request, status: str, **values) -> events.Event:
	"""Return the event that a request has got an answer, or needs none any more.

	:param request: a document or a row, with name, assignment, member, employee, course and kind
	:param status: its new one
	:param values: reason and done_by
	"""
	return events.Event(
		request.assignment, request.member, request.employee, request.course, events.ANSWERED,
		before=request.kind, after=status, cause_doctype=REQUEST, cause=request.name, **values,
	)  # fmt: skip
