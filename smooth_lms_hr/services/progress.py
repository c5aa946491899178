"""Assignments follow what Learning knows: one at a time as lessons are completed, all of them once a day."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import bulk_insert
from frappe.utils import flt, getdate

from smooth_lms_hr.services.facts import ASSIGNMENT, enrolments
from smooth_lms_hr.training.status import CANCELLED, COMPLETED, OPEN, derive_status


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


def reconcile(names: list[str], today: date) -> dict[str, int]:
	"""Bring a set of open assignments to what Learning and the calendar say, in as many queries as for one.

	Some of Learning's paths change progress without telling anybody (chapters edited, SCORM, deleted lessons).

	:param names: assignments, all open
	:param today: in the site's time zone
	:return: how many changed, by new status; "progress" for those that changed in nothing else
	"""
	rows = frappe.get_all(
		ASSIGNMENT,
		filters={"name": ("in", names)},
		fields=["name", "member", "course", "status", "progress", "due_date"],
		order_by="name",
	)
	known = enrolments({row.member for row in rows}, {row.course for row in rows})
	changes: dict[tuple, list[str]] = {}
	for row in rows:
		enrolment = known.get((row.member, row.course))
		# Without an enrolment nothing new is known; what was reached stays.
		progress = enrolment.progress if enrolment else flt(row.progress)
		status = derive_status(row.status, progress, getdate(row.due_date), today)
		completed_on = None
		if status == COMPLETED:
			completed_on = (enrolment and enrolment.completed_on) or today
		if (status, progress) != (row.status, flt(row.progress)):
			key = (row.status, status, progress, completed_on)
			changes.setdefault(key, []).append(row.name)

	counts: dict[str, int] = {}
	for (before, status, progress, completed_on), changed in changes.items():
		values = {"status": status, "progress": progress, "completed_on": completed_on}
		frappe.db.set_value(ASSIGNMENT, {"name": ("in", changed)}, values)
		kind = status if status != before else "progress"
		counts[kind] = counts.get(kind, 0) + len(changed)
	return counts
