"""Takes what is personal of one person from all that the app has on record, and says that it did (event Erased).

It is one transaction: killed at any moment all of it is there, or what remains. Files go from the disk after it
(``delete_files``), and wait for that with the event that has erased them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

import frappe
from frappe import _

from smooth_lms_hr.assigning import anonymous, assignments
from smooth_lms_hr.record import belongings, erasing, holds, ledger, reasons
from smooth_lms_hr.record.people import Person
from smooth_lms_hr.sources import deleting, exercises, traces
from smooth_lms_hr.sources.names import (
	ASSIGNMENT,
	COMPLIANCE,
	COMPLIANCE_PROOF,
	DOCUMENT,
	ENROLLMENT,
	EVENT,
	EVIDENCE,
	EXCEPTION,
	REQUEST,
)
from smooth_lms_hr.training.status import CANCELLED, OPEN

# What goes whole, with the fields by which it is found; counts are made of assignments and evidence, which stay.
GOES = {
	REQUEST: ("employee", "member"),
	DOCUMENT: ("employee",),
	COMPLIANCE: ("employee",),
	EXCEPTION: ("employee",),
}
# Copies of what was taken back from Learning, for a renewal or a merge.
COPIED = (exercises.QUIZ_SUBMISSION, exercises.ASSIGNMENT_SUBMISSION, ENROLLMENT)


class OnHold(frappe.ValidationError):
	"""Somebody keeps the record of a person, whatever was to become of it."""


def erase(person: Person, reason: str, done_by: str | None = None, request: str | None = None) -> str | None:
	"""Take what is personal of a person, and return the name of the event that says so; None where there is nothing.

	:param reason: by which rule, one of ``record.reasons``
	:param done_by: whom the history names, None for whoever is at work
	:param request: name of the Personal Data Deletion Request that asks for it
	:raises OnHold: where their record is on hold
	"""
	# Who puts them on hold at the same moment was faster, or waits until they are gone.
	if holds.of_person(person, locked=True):
		raise OnHold(_("The record of this person is on hold: it is kept until the hold is lifted."))
	own = _owed(person, done_by)
	goes = {doctype: _names(doctype, fields, person) for doctype, fields in GOES.items()}
	rows = belongings.rows_of(person, own)
	earlier, renamings = belongings.earlier_names(person)
	if not (own or renamings or any(goes.values()) or any(rows.values())):
		return None
	name = erasing.next_name()
	files = traces.hand_over_files({EVIDENCE: rows[EVIDENCE], ASSIGNMENT: own, **goes}, EVENT, name)
	for doctype, names in {ASSIGNMENT: own, **rows, **goes}.items():
		traces.forget(doctype, names)
	deleting.forget_copies(COPIED, person.members | earlier)
	_delete(goes)
	ledger.forget(own, {doctype: goes[doctype] for doctype in (DOCUMENT, COMPLIANCE)})
	anonymous.anonymise(own)
	lines = erasing.empty(name, rows)
	# Only now do their own rows name them no longer.
	if renamings and not belongings.acts_for_others(person.members | person.employees):
		lines += erasing.empty(name, {EVENT: renamings})
		rows[EVENT] += renamings
	counts = {doctype: len(names) for doctype, names in {ASSIGNMENT: own, **rows, **goes}.items()}
	erasing.write(name, lines, {**counts, "File": files}, reason, done_by, request)
	return name


def chunks_of_files(size: int) -> Iterator[list[str]]:
	"""Yield the names of the files that were left of what is erased: each belongs to the event that has erased it."""
	after = ""
	while names := traces.files_of(EVENT, after, size):
		yield names
		after = names[-1]


def delete_files(names: Collection[str], today: date) -> dict[str, int]:
	"""Delete files that were left of what is erased, and return how many these were."""
	for name in names:
		traces.delete_file(name)
	return {"files_erased": len(names)}


def _owed(person: Person, done_by: str | None) -> list[str]:
	"""Return the names of a person's assignments, locked; what is open is cancelled before nobody is left who owes it."""
	table = frappe.qb.DocType(ASSIGNMENT)
	names = frappe.qb.from_(table).select(table.name).where(person.is_about(table)).run(pluck=True)
	rows = assignments.lock(names)
	still = [row for row in rows.values() if row.status in OPEN]
	values = {row.name: {"status": CANCELLED} for row in still}
	assignments.change(still, values, reason=reasons.ERASED, done_by=done_by, tell=False)
	return sorted(rows)


def _names(doctype: str, fields: Sequence[str], person: Person) -> list[str]:
	table = frappe.qb.DocType(doctype)
	about = person.is_about(table) if len(fields) > 1 else person.is_of_employee(table)
	if about is None:
		return []
	return frappe.qb.from_(table).select(table.name).where(about).orderby(table.name).run(pluck=True)


def _delete(goes: Mapping[str, Sequence[str]]) -> None:
	for doctype, names in goes.items():
		if names:
			frappe.db.delete(doctype, {"name": ("in", names)})
	if names := goes[COMPLIANCE]:
		frappe.db.delete(COMPLIANCE_PROOF, {"parenttype": COMPLIANCE, "parent": ("in", names)})
