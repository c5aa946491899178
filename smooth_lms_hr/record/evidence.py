"""What was learned for a completion, kept before anything of it is taken back from Learning (rule 11).

Rows go in by one statement however many they are, in the caller's transaction. Nothing edits or deletes them.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import frappe
from frappe.utils import now_datetime

from smooth_lms_hr.record.events import hash_of
from smooth_lms_hr.sources.names import EVIDENCE

LEARNING = "Learning"


@dataclass(frozen=True)
class Evidence:
	"""
	:param assignment: the completed one
	:param lessons: each with its lesson, title and completed_on (YYYY-MM-DD)
	:param results: see ``exercises.results``; of a certificate doctype, name, issue_date and expiry_date
	:param certificate: name of the LMS Certificate, None without one
	"""

	assignment: str
	member: str
	employee: str | None
	course: str
	course_title: str | None
	completed_on: date | None
	lessons: Collection[dict]
	results: Collection[dict]
	certificate: str | None = None
	kind: str = LEARNING


def write(evidence: Collection[Evidence]) -> None:
	"""Write what was learned, in one statement."""
	if not evidence:
		return
	moment, user = now_datetime(), frappe.session.user
	rows = [_row(one, moment, user) for one in evidence]
	frappe.db.bulk_insert(EVIDENCE, list(rows[0]), [tuple(row.values()) for row in rows])


def _row(one: Evidence, moment, user: str) -> dict:
	name = frappe.generate_hash(length=10)
	written = {
		**vars(one),
		"completed_on": one.completed_on and str(one.completed_on),
		"lessons": _as_json(one.lessons),
		"results": _as_json(one.results),
	}
	as_written = _as_json({**written, "written_on": str(moment)})
	return {
		"name": name,
		"creation": moment,
		"modified": moment,
		"owner": user,
		"modified_by": user,
		**written,
		"as_written": as_written,
		"row_hash": hash_of(name, as_written),
	}


def _as_json(value) -> str:
	return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
