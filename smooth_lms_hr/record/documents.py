"""Certificates on the employee's file: an Employee Document for each piece of evidence that has its file.

It is there with the file, in the same transaction, and says when the evidence is revoked. What had none yet, of a
contractor who is an employee now for example, is filed with the daily run.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime

import frappe
from frappe.query_builder.functions import Coalesce
from frappe.utils import getdate, now_datetime

from smooth_lms_hr.sources.names import ASSIGNMENT, DOCUMENT, EVIDENCE
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.training.documents import CERTIFICATE
from smooth_lms_hr.training.status import COMPLETED

OF_EVIDENCE = [
	"name", "assignment", "member", "employee", "course", "course_title", "completed_on", "certificate_file", "sha256",
	"revoked_on",
]  # fmt: skip
OF_EMPLOYEE = ["name", "employee_name", "user_id", "company", "department", "status"]
NEVER = "9999-12-31"


def file(names: Collection[str]) -> int:
	"""Put the files of evidence on the files of its employees, and return how many were put there.

	What has no file, what is there already, and what is nobody's who is an employee is left alone.

	:param names: of evidence, which stays locked until the transaction ends: it is filed once
	"""
	rows = frappe.db.get_values(
		EVIDENCE,
		{"name": ("in", list(names)), "sha256": ("is", "set")},
		OF_EVIDENCE,
		as_dict=True,
		order_by="name asc",
		for_update=True,
	)
	if not rows:
		return 0
	filed = frappe.get_all(
		DOCUMENT, {"evidence": ("in", [row.name for row in rows])}, pluck="evidence", order_by=None
	)
	rows = [row for row in rows if row.name not in set(filed)]
	employees, until = _employees_of(rows), _valid_until(rows)
	moment, user = now_datetime(), frappe.session.user
	written = [
		{
			"name": frappe.generate_hash(length=10),
			"creation": moment,
			"modified": moment,
			"owner": user,
			"modified_by": user,
			"docstatus": 0,
			"employee": employee.name,
			"employee_name": plain_text(employee.employee_name),
			"company": employee.company,
			"department": employee.department,
			"document_type": CERTIFICATE,
			"title": plain_text(row.course_title or row.course),
			"file": row.certificate_file,
			"sha256": row.sha256,
			"evidence": row.name,
			"issued_on": row.completed_on,
			"expires_on": until.get(row.name),
			# Whoever has completed it was looked at: by Learning, or by who has granted the request.
			"verified_on": moment,
			"revoked_on": row.revoked_on,
		}
		for row in rows
		if (employee := employees.get(row.name))
	]
	if written:
		columns = list(written[0])
		frappe.db.bulk_insert(DOCUMENT, columns, [tuple(row.values()) for row in written])
	return len(written)


def revoke(evidence: Collection[str], moment: datetime) -> None:
	"""Let the certificates of evidence say that it was revoked.

	:param evidence: names
	:param moment: in the site's time zone
	"""
	filters = {"evidence": ("in", list(evidence))}
	frappe.db.set_value(DOCUMENT, filters, "revoked_on", moment, update_modified=False)


def chunks_to_file(size: int) -> Iterator[list[str]]:
	"""Yield the evidence whose file is on no employee's file, though it is an employee's, in chunks.

	:param size: how many at most in one
	"""
	table, document, employee = (frappe.qb.DocType(doctype) for doctype in (EVIDENCE, DOCUMENT, "Employee"))
	of_employee = table.employee == employee.name
	of_user = (employee.user_id == table.member) & (Coalesce(table.employee, "") == "")
	for theirs in (of_employee, of_user):
		query = (
			frappe.qb.from_(table)
			.inner_join(employee)
			.on(theirs)
			.left_join(document)
			.on(document.evidence == table.name)
			.select(table.name)
			.distinct()
			.where((table.sha256 > "") & document.name.isnull())
		)
		yield from _pages(query, table, size)


def file_missing(names: Collection[str], today: date) -> dict[str, int]:
	"""File evidence that is on no employee's file.

	:param names: of evidence
	:param today: for the daily run, which tells it to all that it does
	:return: {"documents_filed"}, without what is 0
	"""
	filed = file(names)
	return {"documents_filed": filed} if filed else {}


def chunks_outdated(size: int) -> Iterator[list[str]]:
	"""Yield the certificates whose completion counts until another day than they say, in chunks.

	:param size: how many at most in one
	"""
	document, table, assignment = (frappe.qb.DocType(doctype) for doctype in (DOCUMENT, EVIDENCE, ASSIGNMENT))
	counted = Coalesce(assignment.valid_until, NEVER) != Coalesce(document.expires_on, NEVER)
	query = (
		frappe.qb.from_(document)
		.inner_join(table)
		.on(table.name == document.evidence)
		.inner_join(assignment)
		.on(assignment.name == table.assignment)
		.select(document.name)
		.where(document.revoked_on.isnull() & (assignment.status == COMPLETED))
		.where((assignment.completed_on == table.completed_on) & counted)
	)
	yield from _pages(query, document, size)


def follow_validity(names: Collection[str], today: date) -> dict[str, int]:
	"""Let certificates say until when their completions count.

	:param names: of Employee Documents
	:param today: for the daily run, which tells it to all that it does
	:return: {"documents_dated"}, without what is 0
	"""
	rows = frappe.get_all(DOCUMENT, {"name": ("in", list(names))}, ["name", "evidence"], order_by="name")
	evidence = frappe.get_all(
		EVIDENCE,
		{"name": ("in", [row.evidence for row in rows])},
		["name", "assignment", "completed_on"],
		order_by="name",
	)
	until = _valid_until(evidence)
	for row in rows:
		frappe.db.set_value(DOCUMENT, row.name, "expires_on", until.get(row.evidence), update_modified=False)
	return {"documents_dated": len(rows)} if rows else {}


def _pages(query, table, size: int) -> Iterator[list[str]]:
	query, after = query.orderby(table.name).limit(size), ""
	while names := query.where(table.name > after).run(pluck=True):
		yield names
		after = names[-1]


def _employees_of(rows: Collection[frappe._dict]) -> dict[str, frappe._dict]:
	"""Return the Employee whose file each of some evidence belongs on: the one that it names, else its member's."""
	named = {row.employee for row in rows if row.employee}
	by_name = _employees({"name": ("in", sorted(named))}, "name") if named else {}
	members = {row.member for row in rows if row.member and not row.employee}
	by_user = _employees({"user_id": ("in", sorted(members))}, "user_id") if members else {}
	found = {row.name: by_name.get(row.employee) if row.employee else by_user.get(row.member) for row in rows}
	return {name: employee for name, employee in found.items() if employee}


def _employees(filters: dict, key: str) -> dict[str, frappe._dict]:
	found = {}
	# Active last, so that it wins over another record of the same person.
	for row in frappe.get_all("Employee", filters, OF_EMPLOYEE, order_by="name"):
		if row[key] not in found or row.status == "Active":
			found[row[key]] = row
	return found


def _valid_until(rows: Collection[frappe._dict]) -> dict[str, date]:
	"""Return until when the completions count that evidence is about; what counts for ever is left out.

	:param rows: of evidence, with name, assignment and completed_on
	"""
	assignments = {row.assignment for row in rows if row.assignment}
	if not assignments:
		return {}
	completed = {
		row.name: row
		for row in frappe.get_all(
			ASSIGNMENT,
			{"name": ("in", sorted(assignments)), "status": COMPLETED},
			["name", "completed_on", "valid_until"],
			order_by="name",
		)
	}
	found = {}
	for row in rows:
		one = completed.get(row.assignment)
		# Completed once more since, it counts until the day of that.
		if one and one.valid_until and getdate(one.completed_on) == getdate(row.completed_on):
			found[row.name] = getdate(one.valid_until)
	return found
