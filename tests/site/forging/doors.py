"""Enrolments, and every way in which a change reaches a document."""

import json

import frappe

from tests.site import factory

ENROLLMENT, PROGRESS = "LMS Enrollment", "LMS Course Progress"
REFUSALS = (frappe.PermissionError, frappe.ValidationError)


def enrol(member: str, course: str) -> str:
	return (
		frappe.get_doc({"doctype": ENROLLMENT, "member": member, "course": course})
		.insert(ignore_permissions=True)
		.name
	)


def enrolment_of(member: str, course: str) -> str:
	return frappe.db.get_value(ENROLLMENT, {"member": member, "course": course})


def state(member: str) -> tuple:
	row = factory.assignment(member=member)
	return row.status, row.progress, row.enrollment


# Every way in which a change reaches a document, as (DocType, name, what is to change).


def rest_v1(doctype: str, name: str, values: dict) -> None:
	from frappe.api.v1 import update_doc

	frappe.local.form_dict = frappe._dict(data=json.dumps(values))
	update_doc(doctype, name)


def rest_v2(doctype: str, name: str, values: dict) -> None:
	from frappe.api.v2 import update_doc

	frappe.local.form_dict = frappe._dict(values)
	update_doc(doctype, name)


def set_value(doctype: str, name: str, values: dict) -> None:
	frappe.get_attr("frappe.client.set_value")(doctype, name, values)


def client_save(doctype: str, name: str, values: dict) -> None:
	frappe.get_attr("frappe.client.save")({**frappe.get_doc(doctype, name).as_dict(), **values})


def form(doctype: str, name: str, values: dict) -> None:
	doc = {**frappe.get_doc(doctype, name).as_dict(), **values}
	frappe.get_attr("frappe.desk.form.save.savedocs")(frappe.as_json(doc), "Save")


def bulk_update(doctype: str, name: str, values: dict) -> None:
	answer = frappe.get_attr("frappe.client.bulk_update")(
		json.dumps([{"doctype": doctype, "docname": name, **values}])
	)
	if answer["failed_docs"]:
		said = answer["failed_docs"][0]["exc"]
		(refusal,) = (each for each in REFUSALS if each.__name__ in said)
		raise refusal


def list_view(doctype: str, name: str, values: dict) -> None:
	change = frappe.get_attr("frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs")
	if change(doctype, frappe.as_json([name]), "update", frappe.as_json(values)):
		raise frappe.PermissionError


DOORS = [rest_v1, rest_v2, set_value, client_save, form, bulk_update, list_view]
