"""The version history of assignments that are changed many at a time, where Frappe writes none of its own."""

import json
from collections.abc import Mapping, Sequence

import frappe
from frappe.utils import now

from smooth_lms_hr.services.facts import ASSIGNMENT

VERSION = "Version"
# Whom Frappe's scheduler works as: what the days bring is nobody's decision, whoever starts the run.
NOBODY = "Administrator"
FIELDS = (
	"name", "creation", "modified", "owner", "modified_by", "docstatus", "ref_doctype", "docname", "data"
)  # fmt: skip


def record(changes: Mapping[str, Sequence[tuple[str, object, object]]], user: str) -> None:
	"""Write what changed into the histories of assignments, in one query.

	:param changes: by assignment, rows of fieldname, old and new value
	:param user: who changed it, or ``NOBODY``
	"""
	if not changes:
		return
	moment = now()
	frappe.db.bulk_insert(
		VERSION,
		FIELDS,
		[
			(
				frappe.generate_hash(length=10), moment, moment, user, user, 0, ASSIGNMENT, name,
				json.dumps({"added": [], "changed": changed, "removed": [], "row_changed": []}),
			)
			for name, changed in changes.items()
		],
	)  # fmt: skip
