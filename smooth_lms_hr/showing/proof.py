"""What is shown of the evidence that there is of completions: on the form of an assignment, and in a binder."""

import json

import frappe
from frappe.utils import cint, flt

from smooth_lms_hr.assigning import evidence_files
from smooth_lms_hr.sources.names import EVIDENCE

# As they are stored.
SHOWN = (
	"name", "kind", "status", "completed_on", "training_hours", "signed_as", "signed_on", "certificate",
	"certificate_file", "revoked_on", "revoked_reason", "taken_over",
)  # fmt: skip
# As JSON.
WRITTEN = ("content", "lessons", "results")


def of_assignment(assignment: str) -> list[dict]:
	"""Return the evidence of an assignment that the session user may read, the newest first.

	:return: ``SHOWN``, and "lessons" (how many were completed), "results" (see ``_result``) and "file_missing"
	"""
	if not frappe.has_permission(EVIDENCE, "read"):
		return []
	rows = frappe.get_list(
		EVIDENCE,
		filters={"assignment": assignment},
		fields=[*SHOWN, *WRITTEN],
		order_by="name desc",
	)
	missing = evidence_files.without_file([row.name for row in rows])
	for row in rows:
		unpack(row)
		row.lessons = len(row.lessons)
		row.file_missing = row.name in missing
	return rows


def unpack(row: frappe._dict) -> None:
	"""Put what is shown of what was learned into a row of evidence, in place of ``WRITTEN``.

	:param row: gets "lessons" (those completed, each with its title and day), "results" (see ``_result``) and "unreadable":
	        what by SQL alone can be written there
	"""
	try:
		content, lessons, results = (json.loads(row.pop(name) or "[]") for name in WRITTEN)
	except ValueError:
		row.update(lessons=[], results=[], unreadable=True)
		return
	row.unreadable = False
	titles = {quiz["quiz"]: quiz["title"] for quiz in (content or {}).get("quizzes", ())}
	row.lessons = lessons
	row.results = [_result(one, titles) for one in results if "exercise" in one]


def _result(one: dict, titles: dict[str, str]) -> dict:
	"""Return what was reached in a quiz or an assignment: its title and attempts, and percent and passing_percent, or status."""
	said = {"title": titles.get(one["exercise"]) or one["exercise"], "attempts": cint(one["attempts"])}
	if "percent" in one:
		return said | {"percent": flt(one["percent"]), "passing_percent": flt(one["passing_percent"])}
	return said | {"status": one.get("status")}
