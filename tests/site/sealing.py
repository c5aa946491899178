"""A record to be sealed and looked at: its clock, its rows, and hands that change them past every door."""

import frappe
from frappe.model import no_value_fields

from smooth_lms_hr.record import evidence, seal, verifying
from smooth_lms_hr.record.evidence import Evidence
from smooth_lms_hr.sources.names import EVENT, EVIDENCE, SEAL


def learned(row, **values) -> str:
	"""Write evidence of an assignment, and return its name."""
	lessons = [{"lesson": "L-1", "title": "Ladders", "completed_on": "2026-11-20"}]
	one = Evidence(
		row.name,
		row.member,
		row.employee,
		row.course,
		"Fire Safety",
		"2026-11-20",
		lessons,
		training_hours=1.5,
		**values,
	)
	return evidence.write([one])[0]


def seal_all() -> list[str]:
	"""Seal what there is to be sealed, and return the names of the seals."""
	return list(iter(seal.seal_next, None))


def verify(*args) -> dict:
	"""Verify, and see to it that nothing is written by it."""
	before = counts()
	answer = verifying.verify(*args)
	assert counts() == before
	return answer


def counts() -> list[int]:
	return [frappe.db.count(doctype) for doctype in (EVENT, EVIDENCE, SEAL)]


def broken(*args) -> set[tuple]:
	"""Return what is broken, as doctype, name and column."""
	answer = verify(*args)
	assert answer["ok"] == (not answer["broken"])
	assert all(row["why"] for row in answer["broken"])
	return {(row["doctype"], row["name"], row["column"]) for row in answer["broken"]}


def columns_of(doctype: str) -> list[str]:
	"""Return all columns that say something: those of the DocType, and Frappe's own of who wrote it and when."""
	fields = [
		field.fieldname for field in frappe.get_meta(doctype).fields if field.fieldtype not in no_value_fields
	]
	return ["creation", "modified", "owner", "modified_by", "docstatus", "idx", *fields]


def tamper(doctype: str, name: str, column: str, value) -> None:
	"""Change a column as somebody with a database client does."""
	frappe.db.sql(f"update `tab{doctype}` set `{column}` = %s where name = %s", (value, name))


def other_than(doctype: str, column: str, value):
	"""Return a value that a column could have as well, and has not."""
	field = frappe.get_meta(doctype).get_field(column)
	kind = field.fieldtype if field else {"creation": "Datetime", "modified": "Datetime"}.get(column, "Data")
	if column in ("docstatus", "idx"):
		kind = "Int"
	match kind:
		case "Check" | "Int":
			return 0 if value else 1
		case "Float":
			return (value or 0) + 0.5
		case "Date":
			return "2020-02-02" if value else "2020-02-03"
		case "Datetime":
			return "2020-02-02 02:02:02.000001"
		case "Select":
			return next(option for option in field.options.split("\n") if option != value)
	return "Forged"
