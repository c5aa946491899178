"""People who move (rule 12): what is open goes with them, to the new company or department, or to the new Employee record."""

from collections.abc import Collection

import frappe

from smooth_lms_hr.assigning import assignments
from smooth_lms_hr.record import events, reasons
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.visibility import OF_THE_PERSON
from smooth_lms_hr.training.status import OPEN


def follow(doc) -> None:
	"""Let what an employee owes follow a transfer. What is settled stays as it was.

	:param doc: an Employee that has just been saved; a change of nothing that assignments hold moves nothing
	"""
	before = doc.get_doc_before_save()
	if not before or all((before.get(field) or "") == (doc.get(field) or "") for field in OF_THE_PERSON):
		return
	names = frappe.get_all(ASSIGNMENT, {"employee": doc.name, "status": ("in", OPEN)}, pluck="name")
	rows = [row for row in assignments.lock(names).values() if row.status in OPEN]
	_hand_over([row for row in rows if _moved(row, doc)], doc, reasons.MOVED)


def catch_up(names: Collection[str]) -> None:
	"""Let what is owed again be where its employees are now; while it was settled it stayed where they were.

	:param names: of assignments that the caller has locked
	"""
	rows = [row for row in assignments.lock(names).values() if row.employee and row.status in OPEN]
	fields = ["name", "employee_name", *OF_THE_PERSON]
	for employee in frappe.get_all(
		"Employee", {"name": ("in", sorted({row.employee for row in rows}))}, fields, order_by="name"
	):
		doc = frappe._dict(employee, doctype="Employee")
		_hand_over([row for row in rows if row.employee == doc.name and _moved(row, doc)], doc, reasons.MOVED)


def take_over(doc) -> None:
	"""Let an employee owe what their user owes as nobody's employee, or as another Employee record's that is not active.

	Of a contractor it is proof, too: what is settled is the employee's as well.

	:param doc: an Employee that has just been saved, active and with a user
	"""
	table = frappe.qb.DocType(ASSIGNMENT)
	nobodys = table.employee.isnull() | (table.employee == "")
	others = (table.employee != doc.name) & table.status.isin(OPEN)
	names = (
		frappe.qb.from_(table)
		.select(table.name)
		.where((table.member == doc.user_id) & (nobodys | others))
		.orderby(table.name)
		.run(pluck=True)
	)
	rows = list(assignments.lock(names).values())
	_hand_over([row for row in rows if not row.employee], doc, reasons.NOW_EMPLOYEE)
	_hand_over([row for row in rows if row.employee and row.status in OPEN], doc, reasons.MOVED)


def _hand_over(rows: Collection[frappe._dict], doc, reason: str) -> None:
	values, said = {}, {}
	for row in rows:
		moved = _moved(row, doc)
		said[row.name] = [", ".join(of.get(field) for field in moved if of.get(field)) for of in (row, doc)]
		values[row.name] = {field: doc.get(field) for field in OF_THE_PERSON} if row.status in OPEN else {}
		if row.employee != doc.name:
			said[row.name] = [row.employee, doc.name]
			values[row.name] |= {"employee": doc.name, "employee_name": plain_text(doc.employee_name)}
	# Of what is settled less is written: in a statement of its own.
	for is_open in (True, False):
		part = [row for row in rows if (row.status in OPEN) is is_open]
		assignments.change(part, values)
	events.write(
		events.make(
			frappe._dict(row, **values[row.name]),
			events.HANDED_OVER,
			before=said[row.name][0] or None,
			after=said[row.name][1] or None,
			reason=reason,
			cause_doctype=doc.doctype,
			cause=doc.name,
		)
		for row in rows
	)


def _moved(row: frappe._dict, doc) -> list[str]:
	"""Return what of an assignment says otherwise than its employee."""
	return [field for field in OF_THE_PERSON if (row[field] or "") != (doc.get(field) or "")]
