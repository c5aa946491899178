"""The version history of assignments that are changed many at a time, where Frappe writes none of its own."""

import json
from collections.abc import Collection

import frappe
from frappe.query_builder import Case, CustomFunction
from frappe.utils import now
from pypika.terms import ValueWrapper

from smooth_lms_hr.services.facts import ASSIGNMENT
from smooth_lms_hr.training.status import OPEN

VERSION = "Version"
# Whom Frappe's scheduler works as: what the days bring is nobody's decision, whoever starts the run.
NOBODY = "Administrator"

_replace = CustomFunction("REPLACE", ["text", "part", "by"])


def record_status(assignments: Collection[str], status: str, user: str) -> None:
	"""Write into the histories of open assignments that their status changes, in one query, before it does.

	:param assignments: their names
	:param status: the new one
	:param user: who changes it, or ``NOBODY``
	"""
	version, assignment = frappe.qb.DocType(VERSION), frappe.qb.DocType(ASSIGNMENT)
	data = Case()
	for before in OPEN:
		changed = {"added": [], "changed": [["status", before, status]], "removed": [], "row_changed": []}
		data = data.when(assignment.status == before, json.dumps(changed))
	moment = now()
	values = {
		# Every database can replace; not every one that Frappe runs on can concatenate.
		"name": _replace(f"{frappe.generate_hash(length=10)}-?", "?", assignment.name),
		"creation": ValueWrapper(moment),
		"modified": ValueWrapper(moment),
		"owner": ValueWrapper(user),
		"modified_by": ValueWrapper(user),
		"docstatus": ValueWrapper(0),
		"ref_doctype": ValueWrapper(ASSIGNMENT),
		"docname": assignment.name,
		"data": data,
	}
	(
		frappe.qb.into(version)
		.columns(*values)
		.from_(assignment)
		.select(*values.values())
		.where(assignment.name.isin(list(assignments)))
		.run()
	)
