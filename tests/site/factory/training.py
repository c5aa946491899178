"""Makes rules, and reads what is owed and what happened to it."""

from collections.abc import Sequence

import frappe
from frappe.utils import add_days

from smooth_lms_hr import api
from tests.site.factory.people import company, unique


def line(applies_to: str, value: str, exclude: int = 0) -> dict:
	"""Return a line of a rule's audience."""
	return {"applies_to": applies_to, "value": value, "exclude": exclude}


def rule(
	title: str | None = None,
	courses: Sequence[str] = (),
	audience: Sequence[tuple] | None = None,
	**fields,
):
	"""Return a new rule, for everybody of the company unless told otherwise."""
	return frappe.get_doc(
		{
			"doctype": "LMS Training Rule",
			"title": title or unique("Rule"),
			"applies": "Everybody It Fits",
			"audience": [line(*each) for each in audience or [("Company", company())]],
			"contents": [{"content_type": "LMS Course", "content": each} for each in courses],
			**fields,
		}
	).insert()


def assignments(**filters) -> list[frappe._dict]:
	"""Return all fields of the assignments that fit, the oldest first."""
	return frappe.get_all("LMS Training Assignment", filters=filters, fields=["*"], order_by="name")


def assignment(**filters) -> frappe._dict:
	"""Return the one assignment that fits."""
	(row,) = assignments(**filters)
	return row


def events(assignment: str) -> list[tuple]:
	"""Return what happened to an assignment after it was assigned: event, before, after, reason, who, in that order."""
	rows = frappe.get_all(
		"LMS Training Event",
		filters={"assignment": assignment, "event": ("!=", "Assigned")},
		fields=["event", "before", "after", "reason", "done_by"],
		order_by="name",
		as_list=True,
	)
	return [tuple(row) for row in rows]


def owed(employee) -> list[frappe._dict]:
	"""Return the assignments of an employee that are not cancelled, the oldest first."""
	return assignments(member=employee.user_id, status=("!=", "Cancelled"))


def causes(assignment: str) -> list[tuple[str, str, bool]]:
	"""Return what an assignment is owed for, as its form shows it: the record, and whether that has ended."""
	return [
		(row.cause_doctype, row.cause, bool(row.ended_on))
		for row in frappe.get_doc("LMS Training Assignment", assignment).causes
	]


def request(assignment: str, kind: str = "Extension", reason: str = "On a project", **fields) -> str:
	"""Have the learner ask about an assignment, 60 days more unless told otherwise, and return the request."""
	member, due_date = frappe.db.get_value("LMS Training Assignment", assignment, ["member", "due_date"])
	if kind == "Extension":
		fields = {"wanted_date": str(add_days(due_date, 60)), **fields}
	user = frappe.session.user
	frappe.set_user(member)
	try:
		return api.request_training(assignment, kind, reason, **fields)["request"]
	finally:
		frappe.set_user(user)


def private_file(owner: str, content: str = "Proof", **fields):
	"""Return a private File that somebody has uploaded, attached to nothing unless told otherwise."""
	user = frappe.session.user
	frappe.set_user(owner)
	try:
		return frappe.get_doc(
			{
				"doctype": "File",
				"file_name": f"{unique('proof')}.txt",
				"is_private": 1,
				"content": content + unique(""),
				**fields,
			}
		).insert()
	finally:
		frappe.set_user(user)
