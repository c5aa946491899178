"""Assignments follow what Learning knows: one at a time as lessons are completed, all of them once a day."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import bulk_insert
from frappe.query_builder.functions import Coalesce, Max
from frappe.utils import flt, getdate

from smooth_lms_hr.services.facts import ASSIGNMENT, ENROLLMENT, last_lesson_days
from smooth_lms_hr.training.status import CANCELLED, COMPLETED, DONE_PERCENT, OPEN, OVERDUE, derive_status


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
	"""Bring the next open assignments that lag behind Learning or the calendar up to date, in a fixed number of queries.

	Some of Learning's paths change progress without telling anybody (chapters edited, SCORM, deleted lessons).

	:param after: the name of the assignment to go on after, "" to begin
	:param today: in the site's time zone
	:param limit: how many to change at most
	:return: how many changed, by new status ("progress" for those that changed in nothing else); and the name to go
	        on after, None at the end
	"""
	lagging = _lagging(after, today, limit)
	pairs = {(row.member, row.course): row for row in lagging.values() if row.learned >= DONE_PERCENT}
	finished = last_lesson_days(pairs)
	counts: dict[str, int] = {}
	updates = {}
	for name, row in lagging.items():
		status = derive_status(row.status, row.learned, getdate(row.due_date), today)
		if (status, row.learned) == (row.status, flt(row.progress)):
			continue
		updates[name] = {"status": status, "progress": row.learned, "completed_on": None}
		if status == COMPLETED:
			updates[name]["completed_on"] = finished.get((row.member, row.course)) or today
		kind = status if status != row.status else "progress"
		counts[kind] = counts.get(kind, 0) + 1
	frappe.db.bulk_update(ASSIGNMENT, updates, chunk_size=max(len(updates), 1))
	return counts, (max(lagging) if len(lagging) >= limit else None)


def _lagging(after: str, today: date, limit: int) -> dict[str, frappe._dict]:
	"""Return the open assignments whose progress or status is not what it should be, by name."""
	assignment, enrolment = frappe.qb.DocType(ASSIGNMENT), frappe.qb.DocType(ENROLLMENT)
	progress = Coalesce(enrolment.progress, assignment.progress, 0)
	late = (assignment.due_date < today) & (assignment.status != OVERDUE)
	not_late = (assignment.due_date >= today) & (assignment.status == OVERDUE)
	rows = (
		frappe.qb.from_(assignment)
		.left_join(enrolment)
		.on((enrolment.member == assignment.member) & (enrolment.course == assignment.course))
		.select(
			assignment.name,
			assignment.member,
			assignment.course,
			assignment.status,
			assignment.progress,
			assignment.due_date,
			# Where Learning has two enrolments of a person and course, the better one counts.
			Max(progress).as_("learned"),
		)
		.where(assignment.status.isin(OPEN))
		.where(assignment.name > after)
		.groupby(
			assignment.name,
			assignment.member,
			assignment.course,
			assignment.status,
			assignment.progress,
			assignment.due_date,
		)
		.having((Max(progress) != Coalesce(assignment.progress, 0)) | late | not_late)
		.orderby(assignment.name)
		.limit(limit)
		.run(as_dict=True)
	)
	for row in rows:
		row.learned = flt(row.learned)
	return {row.name: row for row in rows}
