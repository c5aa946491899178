"""What HR has to look after, as far as the session user may see it: what could not be assigned, by rules and of onboardings
that wait, and what went past the gate."""

import frappe
from frappe import _

from smooth_lms_hr.assigning.exceptions import COMPLETED_PAST_THE_GATE, CONFIRMED_PAST_THE_GATE, OF_GATE
from smooth_lms_hr.assigning.onboarding import FAILED, WAITING_FOR_EMPLOYEE, WAITING_FOR_USER
from smooth_lms_hr.showing.tables import MAX_ROWS
from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources.departments import departments_from
from smooth_lms_hr.sources.names import EXCEPTION, ONBOARDING

# Of rules, as they are stored, and what an onboarding waits for.
OF_RULES = ("No User", "User Disabled", "No Date of Joining", "Due Date Past", "No Due Date", "Refused")
OF_ONBOARDINGS = (WAITING_FOR_EMPLOYEE, WAITING_FOR_USER, *FAILED)
STORED = (*OF_RULES, *OF_GATE)
KINDS = (*STORED, *OF_ONBOARDINGS)
ACTIONS = {
	"No User": "enter user",
	"User Disabled": "enter user",
	"No Date of Joining": "enter joining date",
	COMPLETED_PAST_THE_GATE: "open onboarding",
	CONFIRMED_PAST_THE_GATE: "open employee",
}


def exceptions(filters) -> list[dict]:
	"""Return them, the longest waiting first.

	:param filters: company, department (with those below it), rule, course, kind
	:return: rows of employee, employee_name, why, action ("" or what the report offers to do), since, rule, course,
	        course_title, kind, onboarding, company and department
	"""
	rows = []
	if filters.kind not in OF_ONBOARDINGS:
		rows += _stored(filters)
	# An onboarding asks for whatever is mandatory, and for what all rules ask together.
	if filters.kind not in STORED and not (filters.rule or filters.course):
		rows += _of_onboardings(filters)
	return sorted(rows, key=lambda row: str(row["since"]))[:MAX_ROWS]


def count() -> int:
	"""Return how many there are without any filter, by their names alone: the workspace asks whenever it is opened."""
	everything = frappe._dict()
	found = _read(EXCEPTION, _of_stored(everything), ["name"], "name")
	if frappe.has_permission(ONBOARDING, "read"):
		found += _read(ONBOARDING, _of_waiting(everything), ["name"], "name")
	return min(len(found), MAX_ROWS)


def _read(doctype: str, conditions: dict, fields: list[str], order_by: str) -> list[frappe._dict]:
	return frappe.get_list(
		doctype, filters=conditions, fields=fields, order_by=order_by, limit_page_length=MAX_ROWS
	)


def _conditions(filters, *fieldnames: str) -> dict:
	found = {fieldname: filters[fieldname] for fieldname in fieldnames if filters.get(fieldname)}
	if filters.department:
		found["department"] = ("in", departments_from(filters.department))
	return found


def _of_waiting(filters) -> dict:
	"""Return the conditions on onboardings that wait, or were not assigned whole."""
	return {
		**_conditions(filters, "company"),
		"training_status": filters.kind or ("in", OF_ONBOARDINGS),
		"docstatus": ("!=", 2),
	}


def _of_stored(filters) -> dict:
	"""Return the conditions on what is stored; who may read no onboardings hears of none that is completed."""
	found = _conditions(filters, "company", "rule", "course")
	kinds = [filters.kind] if filters.kind else list(STORED)
	if not frappe.has_permission(ONBOARDING, "read"):
		kinds = [kind for kind in kinds if kind != COMPLETED_PAST_THE_GATE]
	return {**found, "kind": ("in", kinds or [""])}


def _stored(filters) -> list[dict]:
	rows = _read(
		EXCEPTION,
		_of_stored(filters),
		[
			"employee", "employee_name", "company", "department", "rule", "course", "kind", "why", "since", "onboarding",
		],
		"since, name",
	)  # fmt: skip
	titles = facts.titles({row.course for row in rows if row.course})
	return [
		{
			**row,
			"course_title": titles.get(row.course, row.course),
			"action": ACTIONS.get(row.kind, "apply again"),
		}
		for row in rows
	]


def _of_onboardings(filters) -> list[dict]:
	if not frappe.has_permission(ONBOARDING, "read"):
		return []
	rows = _read(
		ONBOARDING,
		_of_waiting(filters),
		[
			"name", "employee", "employee_name", "company", "department", "training_status", "training_note", "creation",
		],
		"creation, name",
	)  # fmt: skip
	return [
		{
			"employee": row.employee,
			"employee_name": row.employee_name,
			"company": row.company,
			"department": row.department,
			"rule": None,
			"course": None,
			"course_title": _("Mandatory courses"),
			"kind": row.training_status,
			"why": row.training_note,
			"since": row.creation,
			"action": "open onboarding",
			"onboarding": row.name,
		}
		for row in rows
	]
