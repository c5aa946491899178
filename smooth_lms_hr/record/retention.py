"""How long the record of people who have left is kept, read in sets; what is over is erased by ``following.retention``."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import frappe
from frappe.utils import cint, getdate

from smooth_lms_hr.record import reasons
from smooth_lms_hr.sources.names import (
	ASSIGNMENT,
	COMPLIANCE,
	COMPLIANCE_TYPE,
	DOCUMENT,
	EVENT,
	EVIDENCE,
	EXCEPTION,
	REQUEST,
)
from smooth_lms_hr.training.retention import Employment, exit_of, kept_until, longest

LEFT = "Left"
# Where something personal is on record, by DocType: under an employee and, of some, under a user too.
ON_RECORD = {
	ASSIGNMENT: ("employee", "member"),
	EVIDENCE: ("employee", "member"),
	REQUEST: ("employee", "member"),
	DOCUMENT: ("employee",),
	COMPLIANCE: ("employee",),
	EXCEPTION: ("employee",),
	# What is about an assignment goes with that.
	EVENT: ("employee", "member"),
}


@dataclass(frozen=True)
class Kept:
	"""How long the record of somebody is kept whose Employee record says that they have left.

	:param user: of that record, None where it has none
	:param exit_day: the last day of all their Employee records; None where they are there still, or nobody has entered it
	:param until: the last day on which it is kept, None without an exit
	:param years: after exit
	:param compliance_type: that says so, None for the settings
	"""

	employee: str
	user: str | None
	exit_day: date | None
	until: date | None
	years: int
	compliance_type: str | None

	@property
	def reason(self) -> str:
		"""Return by which rule it is erased."""
		return reasons.RETENTION_OF_TYPE if self.compliance_type else reasons.RETENTION_OF_SETTINGS


def chunks_of_left(size: int) -> Iterator[list[str]]:
	"""Yield the Employee records of who has left, by name."""
	after = ""
	while names := frappe.get_all(
		"Employee",
		{"status": LEFT, "name": (">", after)},
		pluck="name",
		order_by="name",
		limit_page_length=size,
	):
		yield names
		after = names[-1]


def of_left(employees: Collection[str], years: int) -> dict[str, Kept]:
	"""Return how long the record of employees is kept, by their name, in a few queries however many.

	:param employees: names of Employee records; who has not left is left out
	:param years: after exit, as the settings say
	"""
	fields = ["name", "user_id", "status", "relieving_date"]
	if not employees:
		return {}
	own = frappe.get_all("Employee", {"name": ("in", sorted(employees))}, fields, order_by="name")
	users = sorted({row.user_id for row in own if row.user_id})
	# Who is back may have a record of their own for that.
	same = frappe.get_all("Employee", {"user_id": ("in", users or [""])}, fields, order_by="name")
	by_user = defaultdict(list)
	for row in same:
		by_user[row.user_id].append(row)
	types = _longest_types({row.name for row in (*own, *same)})
	found = {}
	for row in own:
		if row.status == LEFT:
			records = by_user[row.user_id] if row.user_id else [row]
			found[row.name] = _kept(row, records, years, types)
	return found


def have_left(employees: Collection[str]) -> bool:
	"""Return whether all of some Employee records say now that their people have left, and lock them until the transaction ends."""
	rows = frappe.db.get_values(
		"Employee", {"name": ("in", sorted(employees))}, "status", order_by="name asc", for_update=True
	)
	return bool(rows) and all(status == LEFT for (status,) in rows)


def on_record(employees: Collection[str], users: Collection[str]) -> tuple[set[str], set[str]]:
	"""Return of which employees, and of which users, something personal is on record, in a query of each DocType and field."""
	found: dict[str, set[str]] = {"employee": set(), "member": set()}
	for doctype, fields in ON_RECORD.items():
		table = frappe.qb.DocType(doctype)
		for fieldname, names in (("employee", employees), ("member", users)):
			if fieldname in fields and names:
				query = frappe.qb.from_(table).select(table[fieldname]).distinct()
				query = query.where(table[fieldname].isin(sorted(names)))
				if doctype == EVENT:
					query = query.where(table.assignment.isnull())
				found[fieldname].update(query.run(pluck=True))
	return found["employee"], found["member"]


def note_on_evidence(kept: Mapping[str, Kept]) -> int:
	"""Write on the evidence of people who have left until when it is kept, and return on how much; no event says so.

	:param kept: by employee
	"""
	table = frappe.qb.DocType(EVIDENCE)
	query = frappe.qb.from_(table).select(table.name, table.employee, table.retain_until)
	rows = query.where(table.employee.isin(sorted(kept))).run() if kept else []
	changed = {
		name: {"retain_until": kept[employee].until}
		for name, employee, until in rows
		if (getdate(until) if until else None) != kept[employee].until
	}
	if changed:
		frappe.db.bulk_update(EVIDENCE, changed, chunk_size=500, update_modified=False)
	return len(changed)


def take_back_of_returned() -> int:
	"""Let evidence be kept without an end where its employee is there again, and return of how much it was said."""
	table, employee = frappe.qb.DocType(EVIDENCE), frappe.qb.DocType("Employee")
	names = (
		frappe.qb.from_(table)
		.inner_join(employee)
		.on(employee.name == table.employee)
		.select(table.name)
		.where(table.retain_until.isnotnull() & (employee.status != LEFT))
		.run(pluck=True)
	)
	if names:
		frappe.db.set_value(EVIDENCE, {"name": ("in", names)}, "retain_until", None, update_modified=False)
	return len(names)


def _kept(row, records, years: int, types: Mapping[str, tuple[int, str]]) -> Kept:
	exit_day = exit_of(
		[
			Employment(
				one.name, one.status == LEFT, getdate(one.relieving_date) if one.relieving_date else None
			)
			for one in records
		]
	)
	held = max((types[one.name] for one in records if one.name in types), default=(0, None))
	longer = longest(years, [held[0]])
	return Kept(
		row.name,
		row.user_id or None,
		exit_day,
		kept_until(exit_day, longer) if exit_day else None,
		longer,
		held[1] if longer > years else None,
	)


def _longest_types(employees: Collection[str]) -> dict[str, tuple[int, str]]:
	"""Return of each employee the Compliance Type that is kept longest, as years and name."""
	if not employees:
		return {}
	held, kind = frappe.qb.DocType(COMPLIANCE), frappe.qb.DocType(COMPLIANCE_TYPE)
	rows = (
		frappe.qb.from_(held)
		.inner_join(kind)
		.on(kind.name == held.compliance_type)
		.select(held.employee, kind.retain_years_after_exit, kind.name)
		.distinct()
		.where(held.employee.isin(sorted(employees)) & (kind.retain_years_after_exit > 0))
		.run()
	)
	found: dict[str, tuple[int, str]] = {}
	for employee, years, name in rows:
		found[employee] = max(found.get(employee, (0, "")), (cint(years), name))
	return found
