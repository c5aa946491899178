"""Writes what assignments are owed for, from before there were causes: the onboarding, or who assigned them."""

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Coalesce
from pypika.terms import ValueWrapper

from smooth_lms_hr.sources.names import ASSIGNMENT, CAUSE, ONBOARDING

COLUMNS = (
	"name", "creation", "modified", "owner", "modified_by", "docstatus", "idx", "parent", "parenttype", "parentfield",
	"cause_doctype", "cause", "due_date", "since", "words",
)  # fmt: skip


def execute():
	"""Write them in one statement; run again it writes nothing twice."""
	assignment, cause = frappe.qb.DocType(ASSIGNMENT), frappe.qb.DocType(CAUSE)
	onboarded = assignment.onboarding.isnotnull() & (assignment.onboarding != "")
	(
		frappe.qb.into(CAUSE)
		.columns(*COLUMNS)
		.from_(assignment)
		.left_join(cause)
		.on((cause.parent == assignment.name) & (cause.parenttype == ASSIGNMENT))
		.select(
			# An assignment has one such row: its own name will do, and a second run meets it.
			assignment.name,
			assignment.creation,
			assignment.creation,
			assignment.owner,
			assignment.owner,
			ValueWrapper(0),
			ValueWrapper(1),
			assignment.name,
			ValueWrapper(ASSIGNMENT),
			ValueWrapper("causes"),
			Case().when(onboarded, ONBOARDING).else_("User"),
			Case()
			.when(onboarded, assignment.onboarding)
			.else_(Coalesce(assignment.assigned_by, assignment.owner)),
			assignment.original_due_date,
			Coalesce(assignment.assigned_on, assignment.creation),
			assignment.reason,
		)
		.where(cause.name.isnull())
		.run()
	)
