"""Writes evidence of what was completed before there was any, from what Learning still has of it."""

import frappe
from frappe.utils import getdate

from smooth_lms_hr.assigning.evidence_of import Completed, take_over
from smooth_lms_hr.setup import given
from smooth_lms_hr.setup.custom_fields import FIELDS
from smooth_lms_hr.sources.names import ASSIGNMENT, EVIDENCE
from smooth_lms_hr.training.status import COMPLETED

ROWS_PER_STEP = 1000


def execute():
	"""Run again it goes on where it was broken off: what has evidence is left alone."""
	# Evidence says how many hours a course takes; other fields come after all patches.
	for field in FIELDS:
		given.once(field.key, field.add)
	after = ""
	while rows := _without(after):
		take_over(
			[
				Completed(
					row.name,
					row.member,
					row.employee,
					row.course,
					row.completed_on and getdate(row.completed_on),
				)
				for row in rows
			]
		)
		# Of a site with millions of them, what is done is done, and no lock is held for the rest.
		frappe.db.commit()  # nosemgrep
		after = rows[-1].name


def _without(after: str) -> list[frappe._dict]:
	assignment, evidence = frappe.qb.DocType(ASSIGNMENT), frappe.qb.DocType(EVIDENCE)
	return (
		frappe.qb.from_(assignment)
		.left_join(evidence)
		.on(evidence.assignment == assignment.name)
		.select(
			assignment.name,
			assignment.member,
			assignment.employee,
			assignment.course,
			assignment.completed_on,
		)
		.where((assignment.status == COMPLETED) & evidence.name.isnull() & (assignment.name > after))
		.orderby(assignment.name)
		.limit(ROWS_PER_STEP)
		.run(as_dict=True)
	)
