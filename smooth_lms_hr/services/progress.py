"""Assignments follow what Learning knows: one at a time as lessons are completed, all of them once a day."""

from collections import defaultdict
from datetime import date

import frappe
from frappe import _
from frappe.model.document import bulk_insert
from frappe.query_builder.functions import Coalesce
from frappe.utils import flt, getdate

from smooth_lms_hr.services import trail
from smooth_lms_hr.services.facts import ASSIGNMENT, ENROLLMENT, enrolments, last_lesson_days
from smooth_lms_hr.training.status import (
	CANCELLED,
	COMPLETED,
	DONE_PERCENT,
	IN_PROGRESS,
	OPEN,
	OVERDUE,
	PENDING,
	derive_status,
)


def follow(member: str, course: str, enrollment: str, progress: float, today: date | None = None) -> None:
	"""Bring the open assignment of a person and course to what Learning has just learned.

	:param enrollment: name of the enrolment that the progress was read from
	:param progress: percent, 0-100
	:param today: in the site's time zone, None for now
	"""
	row = frappe.db.get_value(
		ASSIGNMENT,
		{"member": member, "course": course, "status": ("in", OPEN)},
		["name", "status", "progress", "due_date", "enrollment"],
		as_dict=True,
	)
	if not row:
		return
	today = today or getdate()
	status = derive_status(row.status, progress, getdate(row.due_date), today)
	if (status, flt(progress), enrollment) == (row.status, flt(row.progress), row.enrollment):
		return
	doc = frappe.get_doc(ASSIGNMENT, row.name)
	doc.enrollment = enrollment
	doc.apply_progress(progress, today)
	doc.save_by_rule()


def unlink_enrollment(enrollment: str) -> None:
	"""Forget an enrolment that is being deleted; what is owed stays owed."""
	frappe.db.set_value(ASSIGNMENT, {"enrollment": enrollment}, "enrollment", None, update_modified=False)


def unlink_employee(employee: str) -> None:
	"""Forget an Employee record that is being deleted; names and proof stay."""
	frappe.db.set_value(ASSIGNMENT, {"employee": employee}, "employee", None, update_modified=False)


def cancel_open(filters: dict, why: str) -> int:
	"""Cancel the open assignments that can no longer be met, with the reason in each timeline.

	:param filters: which assignments, as for frappe.get_all
	:param why: in words
	:return: how many
	"""
	names = frappe.get_all(
		ASSIGNMENT, filters={**filters, "status": ("in", OPEN)}, pluck="name", order_by="name"
	)
	if not names:
		return 0
	trail.record_status(names, CANCELLED, frappe.session.user)
	frappe.db.set_value(ASSIGNMENT, {"name": ("in", names)}, "status", CANCELLED)
	comments = (
		frappe.get_doc(
			{
				"doctype": "Comment",
				"name": frappe.generate_hash(length=10),
				"comment_type": "Info",
				"reference_doctype": ASSIGNMENT,
				"reference_name": name,
				"comment_email": frappe.session.user,
				"comment_by": frappe.utils.get_fullname(frappe.session.user),
				"content": _("Cancelled: {0}").format(why),
			}
		)
		for name in names
	)
	bulk_insert("Comment", comments)
	return len(names)


def reconcile(after: str, today: date, limit: int) -> tuple[dict[str, int], str | None]:
	"""Bring the next open assignments that lag behind Learning up to date, in a fixed number of queries.

	Some of Learning's paths change progress without telling anybody (chapters edited, SCORM, deleted lessons).

	:param after: the name of the assignment to go on after, "" to begin
	:param today: in the site's time zone
	:param limit: how many to look into at most
	:return: how many changed, by new status ("progress" for those that changed in nothing else); and the name to go
	        on after, None at the end
	"""
	lagging = _lagging(after, today, limit)
	_find_lost_enrolments([row for row in lagging if not row.found])
	finished = last_lesson_days({(row.member, row.course) for row in lagging if row.learned >= DONE_PERCENT})
	updates, changed = {}, defaultdict(list)
	for row in lagging:
		status = derive_status(row.status, row.learned, getdate(row.due_date), today)
		values = {
			"status": status,
			"progress": row.learned,
			"enrollment": row.enrollment,
			"completed_on": None,
		}
		if status == COMPLETED:
			values["completed_on"] = finished.get((row.member, row.course)) or today
		if status != row.status or row.learned != flt(row.progress):
			kind = status if status != row.status else "progress"
			changed[kind].append(row.name)
		elif row.enrollment == row.linked:
			continue
		updates[row.name] = values
	for status in sorted(changed.keys() - {"progress"}):
		trail.record_status(changed[status], status, trail.NOBODY)
	frappe.db.bulk_update(ASSIGNMENT, updates, chunk_size=max(len(updates), 1))
	counts = {kind: len(names) for kind, names in changed.items()}
	return counts, (lagging[-1].name if len(lagging) == limit else None)


def flag_overdue(today: date, limit: int) -> int:
	"""Flag open assignments whose due date has passed, in three queries; again and again until none is left.

	:param today: in the site's time zone
	:param limit: how many at most
	:return: how many
	"""
	late = {"status": ("in", (PENDING, IN_PROGRESS)), "due_date": ("<", today)}
	# Locked, so that what is decided in the same moment is decided before this or after it.
	names = frappe.db.get_values(
		ASSIGNMENT, late, "name", order_by="due_date", limit=limit, pluck=True, for_update=True
	)
	if names:
		trail.record_status(names, OVERDUE, trail.NOBODY)
		frappe.db.set_value(ASSIGNMENT, {"name": ("in", names)}, "status", OVERDUE)
	return len(names)


def _lagging(after: str, today: date, limit: int) -> list[frappe._dict]:
	"""Return the open assignments whose progress, status or enrolment is not what it should be, by name."""
	assignment, enrolment = frappe.qb.DocType(ASSIGNMENT), frappe.qb.DocType(ENROLLMENT)
	moved = enrolment.progress != assignment.progress
	not_late = (assignment.due_date >= today) & (assignment.status == OVERDUE)
	rows = (
		frappe.qb.from_(assignment)
		# By the enrolment that the assignment points at: one row of a primary key each, however large the tables.
		.left_join(enrolment)
		.on(enrolment.name == assignment.enrollment)
		.select(
			assignment.name,
			assignment.member,
			assignment.course,
			assignment.status,
			assignment.progress,
			assignment.due_date,
			assignment.enrollment,
			assignment.enrollment.as_("linked"),
			enrolment.name.as_("found"),
			Coalesce(enrolment.progress, assignment.progress, 0).as_("learned"),
		)
		.where(assignment.status.isin(OPEN) & (assignment.name > after))
		.where(moved | not_late | enrolment.name.isnull())
		.orderby(assignment.name)
		.limit(limit)
		.run(as_dict=True)
	)
	for row in rows:
		row.learned = flt(row.learned)
	return rows


def _find_lost_enrolments(rows: list[frappe._dict]) -> None:
	"""Look for the enrolment of assignments that point at none that exists."""
	known = enrolments({row.member for row in rows}, {row.course for row in rows})
	for row in rows:
		# Without one nothing new is known; what was reached stays.
		if found := known.get((row.member, row.course)):
			row.enrollment, row.learned = found.name, found.progress
		else:
			row.enrollment = None
