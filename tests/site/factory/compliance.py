"""Makes what people have to hold, and reads how they stand with it."""

from collections.abc import Sequence

import frappe

from tests.site.factory.people import insert, unique

ROW = "Employee Compliance"


def compliance_type(
	courses: Sequence[str] = (),
	documents: Sequence[str] = (),
	programs: Sequence[str] = (),
	certificate: int = 0,
	**fields,
) -> str:
	"""Return a new Compliance Type that asks for these.

	:param certificate: whether its courses are met with their certificates
	"""
	requirements = [{"kind": "Course", "course": each, "needs_certificate": certificate} for each in courses]
	requirements += [{"kind": "Document", "document_type": each} for each in documents]
	requirements += [{"kind": "Training Program", "training_program": each} for each in programs]
	doc = {"doctype": "Compliance Type", "title": unique("Forklift Licence"), "requirements": requirements}
	return frappe.get_doc({**doc, **fields}).insert(ignore_permissions=True).name


def compliance(employee: str, of_type: str) -> frappe._dict:
	"""Let an employee have to hold a type, as HR does in the form, and return how they stand with it."""
	frappe.get_doc({"doctype": ROW, "employee": employee, "compliance_type": of_type}).insert()
	return stands(employee, of_type)


def cycles(employee: str, of_type: str) -> list[frappe._dict]:
	"""Return what an employee holds of a type, all fields, the first cycle first."""
	filters = {"employee": employee, "compliance_type": of_type}
	return frappe.get_all(ROW, filters, ["*"], order_by="cycle")


def stands(employee: str, of_type: str) -> frappe._dict:
	"""Return the latest cycle of what an employee holds of a type."""
	return cycles(employee, of_type)[-1]


def proofs(name: str) -> list[tuple]:
	"""Return what proves a row: requirement, evidence or document, and the day."""
	return [
		(row.requirement, row.evidence or row.document, str(row.proved_on))
		for row in frappe.get_doc(ROW, name).proofs
	]


def verified_document(employee: str, document_type: str, **fields) -> str:
	"""Write a document onto an employee's file, looked at by HR unless told otherwise; nobody hears of it."""
	name = frappe.generate_hash(length=10)
	values = {
		"name": name,
		"employee": employee,
		"document_type": document_type,
		"title": document_type,
		"issued_on": "2026-11-23",
		"expires_on": None,
		"verified_by": "Administrator",
		"verified_on": "2026-11-23 12:00:00",
		**fields,
	}
	insert("Employee Document", [values])
	return name
