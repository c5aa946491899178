"""Which open training gates (rule 8): what an onboarding is not to be completed, nor an employment confirmed, without."""

from collections.abc import Callable, Collection

import frappe
from frappe.utils import get_datetime
from pypika import Table
from pypika.terms import Criterion

from smooth_lms_hr.sources import rules
from smooth_lms_hr.sources.names import ASSIGNMENT, CAUSE, ONBOARDING, RULE
from smooth_lms_hr.sources.settings import GATE_OFF, get_settings
from smooth_lms_hr.training.plan import AssignmentPlan, PlanReason
from smooth_lms_hr.training.status import OPEN


def is_on() -> bool:
	return get_settings().gate != GATE_OFF


def open_of(
	employee: str | None, member: str | None = None, onboarding: str | None = None
) -> list[frappe._dict]:
	"""Return the open assignments of a person that gate; see ``open_where``.

	:param employee: name of the Employee, None where there is none
	:param member: the user, for what was assigned while there was no Employee, or another one
	:param onboarding: name of one whose assignments are meant too, whoever they are linked to by now
	"""
	ways = {"employee": employee, "member": member, "onboarding": onboarding}
	known = {fieldname: value for fieldname, value in ways.items() if value}
	if not known:
		return []
	return open_where(
		lambda table: Criterion.any(table[fieldname] == value for fieldname, value in known.items())
	)


def open_of_people(employees: Collection[str], members: Collection[str]) -> list[frappe._dict]:
	"""Return the open assignments of people that gate; see ``open_where``."""
	found = {}
	# By one index after the other: of two conditions with many names together a database makes a scan.
	for rows in (
		open_where(lambda table: table.employee.isin(list(employees))) if employees else (),
		open_where(lambda table: table.member.isin(list(members))) if members else (),
	):
		found.update({row.name: row for row in rows})
	return sorted(found.values(), key=lambda row: (row.due_date, row.name))


def open_where(condition: Callable[[Table], Criterion]) -> list[frappe._dict]:
	"""Return open assignments that gate: a cause of theirs stands, and is an onboarding or a rule that gates.

	What somebody assigned by hand gates nothing by that.

	:param condition: on the table of assignments; it leads to the rows by an index
	:return: name, member, employee, onboarding, course, course_title, status, due_date and since (when it was assigned,
	        or opened again), the earliest due date first
	"""
	table, cause = frappe.qb.DocType(ASSIGNMENT), frappe.qb.DocType(CAUSE)
	gates = cause.cause_doctype == ONBOARDING
	if gating := rules.gating():
		gates |= (cause.cause_doctype == RULE) & cause.cause.isin(gating)
	rows = (
		frappe.qb.from_(table)
		.join(cause)
		.on((cause.parent == table.name) & (cause.parenttype == ASSIGNMENT))
		.select(
			table.name,
			table.member,
			table.employee,
			table.onboarding,
			table.course,
			table.course_title,
			table.status,
			table.due_date,
			table.assigned_on,
			table.reopened_on,
		)
		.distinct()
		.where(table.status.isin(OPEN) & cause.ended_on.isnull() & gates)
		.where(condition(table))
		.orderby(table.due_date, table.name)
		.run(as_dict=True)
	)
	for row in rows:
		row.since = get_datetime(row.reopened_on or row.assigned_on)
	return rows


def still_to_assign(plans: Collection[AssignmentPlan]) -> list[AssignmentPlan]:
	"""Return which plans would be open assignments that gate if they were carried out, or could not be carried out.

	:param plans: of one person
	"""
	gating = set(rules.gating())
	return [
		planned
		for planned in plans
		if (planned.status in OPEN if planned.assigns else planned.reason is PlanReason.NO_DUE_DATE)
		and any(
			one.cause.doctype == ONBOARDING or (one.cause.doctype == RULE and one.cause.name in gating)
			for one in planned.demands
		)
	]
