"""What learners have asked: as they see it themselves, and as those do who can answer it."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

import frappe
from frappe.utils import getdate

from smooth_lms_hr.record import reasons
from smooth_lms_hr.sources.names import ASSIGNMENT, REQUEST
from smooth_lms_hr.sources.people import full_names
from smooth_lms_hr.sources.reporting_lines import teams_of
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.requests import EXTENSION, KINDS, OPEN

# So many are answered at a sitting; the next ones follow.
SHOWN = 50
FIELDS = (
	"name", "assignment", "kind", "member", "member_name", "employee_name", "course", "course_title", "reason",
	"wanted_date", "completed_on", "valid_until", "file", "status", "answer", "decided_by", "creation",
)  # fmt: skip


def of_learner(member: str, assignments: Collection[Mapping]) -> dict[str, dict]:
	"""Return what a learner has asked about assignments, and what they may ask now, in two queries.

	:param member: the user
	:param assignments: open ones, with name and due_date
	:return: by assignment {"requests" (of each kind the last one, the latest first: rows of FIELDS and decided_by_name),
	        "kinds" (what is not asked already), "today" and "first_day" (that an extension may end on)}
	"""
	today = getdate()
	found = {
		row["name"]: {
			"requests": [],
			"kinds": list(KINDS),
			"today": today,
			"first_day": max(today, getdate(row["due_date"]) + timedelta(days=1)),
		}
		for row in assignments
	}
	if not found:
		return found
	rows = frappe.get_all(
		REQUEST,
		filters={"member": member, "assignment": ("in", list(found))},
		fields=list(FIELDS),
		order_by="creation desc, name",
	)
	names = full_names([row.decided_by for row in rows])
	for row in rows:
		about = found[row.assignment]
		if any(other.kind == row.kind for other in about["requests"]):
			continue
		row.decided_by_name = names.get(row.decided_by) or row.decided_by
		row.answer = reasons.in_words(row.answer)
		about["requests"].append(row)
		if row.status == OPEN:
			about["kinds"].remove(row.kind)
	return found


def to_answer(user: str) -> dict | None:
	"""Return the open requests that a user can answer, the oldest first; None for who answers none at all.

	:return: {"rows" (SHOWN at most: rows of FIELDS, asked_on and due_date, of the assignment), "more" (whether there are more)}
	"""
	filters = {"status": OPEN, "member": ("!=", user)}
	if not frappe.has_permission(ASSIGNMENT, "write", user=user):
		if not (get_settings().managers_answer_extensions and teams_of(user)):
			return None
		filters["kind"] = EXTENSION
	rows = frappe.get_list(
		REQUEST,
		filters=filters,
		fields=list(FIELDS),
		order_by="creation, name",
		limit_page_length=SHOWN + 1,
		user=user,
	)
	shown = rows[:SHOWN]
	due = _due_dates({row.assignment for row in shown})
	for row in shown:
		row.due_date, row.asked_on = due.get(row.assignment), getdate(row.creation)
	return {"rows": shown, "more": len(rows) > SHOWN}


def _due_dates(assignments: Collection[str]) -> dict[str, date]:
	if not assignments:
		return {}
	rows = frappe.get_all(
		ASSIGNMENT, {"name": ("in", list(assignments))}, ["name", "due_date"], order_by="name"
	)
	return {row.name: row.due_date for row in rows}
