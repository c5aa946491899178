"""Assignments follow what Learning knows: one at a time as lessons are completed, all of them once a day."""

from collections import Counter
from collections.abc import Collection
from datetime import date

import frappe
from frappe.utils import flt, getdate

from smooth_lms_hr.assigning import assignments
from smooth_lms_hr.following import life_events
from smooth_lms_hr.record import events
from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources.facts import NOTHING
from smooth_lms_hr.sources.names import ASSIGNMENT, ENROLLMENT
from smooth_lms_hr.training.status import (
	COMPLETED,
	IN_PROGRESS,
	OPEN,
	OVERDUE,
	PENDING,
	derive_status,
)


def follow(member: str, course: str, enrollment: str | None, today: date | None = None) -> None:
	"""Bring the open assignment of a person and course to what Learning has just learned.

	:param enrollment: name of their enrolment, None without one
	:param today: in the site's time zone, None for now
	"""
	row = frappe.db.get_value(
		ASSIGNMENT,
		{"member": member, "course": course, "status": ("in", OPEN)},
		["name", "status", "progress", "due_date", "enrollment"],
		as_dict=True,
	)
	# Most of what is learned is owed by nobody: that is asked first.
	if not row:
		return
	today = today or getdate()
	learned = facts.learned({(member, course)}).get((member, course), NOTHING)
	status = derive_status(row.status, learned.progress, getdate(row.due_date), today)
	if (status, learned.progress, enrollment) == (row.status, flt(row.progress), row.enrollment):
		return
	# Locked, and read as it is now: a decision made in the same moment is neither lost nor in the way.
	doc = frappe.get_doc(ASSIGNMENT, row.name, for_update=True)
	if doc.status not in OPEN:
		return
	doc.enrollment = enrollment
	doc.apply_progress(learned, today)
	doc.save_by_rule()


def follow_moved_enrollment(enrollment: str, member: str, course: str) -> None:
	"""Let the assignments that an enrolment no longer belongs to do without it.

	:param member: whose enrolment it was
	:param course: what it was for
	"""
	life_events.unlink_enrollment(enrollment)
	follow(member, course, facts.enrolment_names([member], [course]).get((member, course)))


def reconcile(after: str, today: date, limit: int) -> tuple[dict[str, int], str | None]:
	"""Bring the next open assignments to what has been learned, in a fixed number of queries.

	Each is compared with the lessons that its person has completed, since some of Learning's paths change these
	without telling anybody (chapters edited, SCORM, deleted lessons), and none can be believed that says otherwise.

	:param after: the name of the assignment to go on after, "" to begin
	:param today: in the site's time zone
	:param limit: how many to look into at most
	:return: how many changed, by new status ("progress" for those that changed in nothing else); and the name to go
	        on after, None at the end
	"""
	rows = _open_assignments(after, limit)
	_find_lost_enrolments([row for row in rows if not row.found])
	learned = facts.learned({(row.member, row.course) for row in rows})
	behind = {}
	for row in rows:
		progress, latest = learned.get((row.member, row.course), NOTHING)
		status = derive_status(row.status, progress, getdate(row.due_date), today)
		values = {
			"status": status,
			"progress": progress,
			"enrollment": row.enrollment,
			"completed_on": latest if status == COMPLETED else None,
		}
		# What only became late is flagged by itself, by its due date.
		moved = status != row.status and status != OVERDUE
		if moved or progress != flt(row.progress) or row.enrollment != row.linked:
			behind[row.name] = values
	unchanged = _unchanged(rows, behind)
	assignments.change(unchanged, behind, done_by=events.NOBODY)
	counts = Counter()
	for row in unchanged:
		values = behind[row.name]
		if values["status"] != row.status:
			counts[values["status"]] += 1
		elif values["progress"] != flt(row.progress):
			counts["progress"] += 1
	return dict(counts), (rows[-1].name if len(rows) == limit else None)


def flag_overdue(today: date, limit: int) -> int:
	"""Flag open assignments whose due date has passed, in four queries; again and again until none is left.

	:param today: in the site's time zone
	:param limit: how many at most
	:return: how many
	"""
	late = {"status": ("in", (PENDING, IN_PROGRESS)), "due_date": ("<", today)}
	found = frappe.get_all(ASSIGNMENT, late, pluck="name", order_by="due_date, name", limit_page_length=limit)
	# What is decided in the same moment is decided before this or after it.
	rows = [
		row
		for row in assignments.lock(found).values()
		if row.status in (PENDING, IN_PROGRESS) and getdate(row.due_date) < today
	]
	assignments.change(rows, {row.name: {"status": OVERDUE} for row in rows}, done_by=events.NOBODY)
	return len(rows)


def _open_assignments(after: str, limit: int) -> list[frappe._dict]:
	"""Return the next open assignments by name; ``found`` is their enrolment, if it is theirs."""
	assignment, enrolment = frappe.qb.DocType(ASSIGNMENT), frappe.qb.DocType(ENROLLMENT)
	return (
		frappe.qb.from_(assignment)
		# By the enrolment that the assignment points at: one row of a primary key each, however large the tables.
		.left_join(enrolment)
		.on(
			(enrolment.name == assignment.enrollment)
			& (enrolment.member == assignment.member)
			& (enrolment.course == assignment.course)
		)
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
		)
		.where(assignment.status.isin(OPEN) & (assignment.name > after))
		.orderby(assignment.name)
		.limit(limit)
		.run(as_dict=True)
	)


def _find_lost_enrolments(rows: list[frappe._dict]) -> None:
	"""Look for the enrolment of assignments that point at none of theirs."""
	known = facts.enrolment_names({row.member for row in rows}, {row.course for row in rows})
	for row in rows:
		row.enrollment = known.get((row.member, row.course))


def _unchanged(rows: list[frappe._dict], names: Collection[str]) -> list[frappe._dict]:
	"""Lock those of the assignments that are named, and return whom nobody has changed since they were read.

	Whoever learned or decided in this very moment has had the assignment follow; the next run compares it again.
	"""
	now = assignments.lock(names)
	return [
		row
		for row in rows
		if (locked := now.get(row.name))
		and (row.status, row.progress, row.due_date, row.linked)
		== (locked.status, locked.progress, locked.due_date, locked.enrollment)
	]
