"""Assignments follow what Learning knows: one at a time as lessons are completed, all of them once a day."""

import heapq
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from functools import partial
from itertools import chain

import frappe
from frappe.utils import flt, getdate, now_datetime

from smooth_lms_hr.assigning import assignments, completions, onboarding
from smooth_lms_hr.assigning.completions import Completion
from smooth_lms_hr.following import certificates, life_events
from smooth_lms_hr.record import events
from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources.facts import NOTHING, Learned
from smooth_lms_hr.sources.listeners import OF_SAVED, hears_of
from smooth_lms_hr.sources.names import ASSIGNMENT, ENROLLMENT
from smooth_lms_hr.sources.pages import NAMES_PER_QUERY, by_day, in_chunks, pages
from smooth_lms_hr.sources.prepared import prepared
from smooth_lms_hr.training.status import (
	COMPLETED,
	DONE_PERCENT,
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
	# Most of what is learned is owed by nobody: then this one query is all.
	rows = _owed(member, course, as_dict=True)
	if not rows:
		return
	row, today = rows[0], today or getdate()
	learned = facts.learned_as_counted(row.pop("lessons"), row.pop("done"), row.pop("latest"))
	if not _follow(row, learned, enrollment, today):
		# Somebody has decided about it in the same moment: locked, and read as it is now, neither is lost.
		now = assignments.lock([row.name]).get(row.name)
		if now and now.status in OPEN:
			_follow(now, learned, enrollment, today)


@prepared
def _owed(member, course):
	"""Return the query for what a person owes of a course, with what they have learned of it."""
	table = frappe.qb.DocType(ASSIGNMENT)
	query = (
		frappe.qb.from_(table)
		.select(*(table[fieldname] for fieldname in assignments.OF_ROW))
		.where((table.member == member) & (table.course == course) & table.status.isin(OPEN))
		.groupby(table.name)
	)
	return facts.with_lessons_counted(query, table)


def _follow(row: frappe._dict, learned: Learned, enrollment: str | None, today: date) -> bool:
	"""Bring one open assignment to what was learned; return False where somebody decided about it meanwhile.

	:param row: as ``assignments.lock`` returns it, however long ago it was read
	"""
	validity = facts.validity([row.course]) if learned.progress >= DONE_PERCENT else {}
	to_sign = row.course in validity and validity[row.course].to_sign
	status = derive_status(row.status, learned.progress, getdate(row.due_date), today, to_sign)
	if (status, learned.progress, enrollment) == (row.status, flt(row.progress), row.enrollment):
		return True
	moved = {"status": status, "progress": learned.progress, "enrollment": enrollment}
	if status == COMPLETED:
		done = Completion(row.member, row.course, row.cycle, learned.latest)
		moved |= completions.values({row.name: done}, validity)[row.name]
	# A learner waits for it, and who does not listen would notice no document.
	of_document = status != row.status and hears_of(ASSIGNMENT, OF_SAVED)
	if not (_try_save if of_document else assignments.try_change)(row, moved):
		return False
	if not of_document:
		_refresh_open_desks(row)
	if status == COMPLETED and (moved["valid_until"] or row.cycle > 1 or row.reopened_on):
		certificates.follow([(row.member, row.course)])
	return True


def _try_save(row: frappe._dict, moved: dict) -> bool:
	"""Write what was learned into an assignment as ``assignments.try_change`` does, but as a document, to which others listen."""
	doc = frappe.get_doc(ASSIGNMENT, row.name, for_update=True)
	if assignments.state_of(doc) != assignments.state_of(row):
		return False
	doc.keep_as_read()
	doc.update(moved)
	doc.save_by_rule()
	return True


def _refresh_open_desks(row: frappe._dict) -> None:
	"""Let lists and forms that show an assignment show it as it stands, once this is committed, as a save does."""
	# What ``Document.notify_update`` says, without a document: the meta of one takes longer to load than all this.
	said = {"doctype": ASSIGNMENT, "name": row.name}
	frappe.publish_realtime(
		"doc_update",
		{**said, "modified": now_datetime()},
		doctype=ASSIGNMENT,
		docname=row.name,
		after_commit=True,
	)
	frappe.publish_realtime("list_update", {**said, "user": frappe.session.user}, after_commit=True)
	if row.onboarding:
		onboarding.refresh_open_forms(row.onboarding)


def follow_moved_enrollment(enrollment: str, member: str, course: str) -> None:
	"""Let the assignments that an enrolment no longer belongs to do without it.

	:param member: whose enrolment it was
	:param course: what it was for
	"""
	life_events.unlink_enrollment(enrollment)
	follow(member, course, facts.enrolment_names([member], [course]).get((member, course)))


def chunks_of_open(size: int) -> Iterator[list[str]]:
	"""Yield the names of all open assignments in chunks, in which those stand together that were made together.

	Where a chunk begins rests on nothing that is done with the one before it.

	:param size: how many at most in one
	"""
	# Of each status by itself: together no index has them by name, and all that was ever owed would be gone over.
	return in_chunks(heapq.merge(*(pages(partial(_open_page, status)) for status in OPEN)), size)


def chunks_of_late(today: date, size: int) -> Iterator[list[str]]:
	"""Yield the names of what became late and is not flagged as such, in chunks, by due date.

	:param today: in the site's time zone
	:param size: how many at most in one
	"""
	late = (pages(partial(_late_page, status, today)) for status in (PENDING, IN_PROGRESS))
	return in_chunks(chain.from_iterable(late), size)


def reconcile(names: Collection[str], today: date) -> dict[str, int]:
	"""Bring open assignments to what has been learned, in a fixed number of queries.

	Each is compared with the lessons that its person has completed, since some of Learning's paths change these
	without telling anybody (chapters edited, SCORM, deleted lessons), and none can be believed that says otherwise.

	:param names: of assignments; those that are not open any more are left alone
	:param today: in the site's time zone
	:return: how many changed, by new status ("progress" for those that changed in nothing else)
	"""
	rows = _open_assignments(names)
	_find_lost_enrolments([row for row in rows if not row.found])
	learned = facts.learned({(row.member, row.course) for row in rows})
	to_sign = facts.with_statement(
		{course for (_member, course), (progress, _day) in learned.items() if progress >= DONE_PERCENT}
	)
	behind, completed = {}, {}
	for row in rows:
		progress, latest = learned.get((row.member, row.course), NOTHING)
		status = derive_status(row.status, progress, getdate(row.due_date), today, row.course in to_sign)
		values = {
			"status": status,
			"progress": progress,
			"enrollment": row.enrollment,
		}
		if status == COMPLETED:
			completed[row.name] = Completion(row.member, row.course, row.cycle, latest)
		# What only became late is flagged by itself, by its due date.
		moved = status != row.status and status != OVERDUE
		if moved or progress != flt(row.progress) or row.enrollment != row.linked:
			behind[row.name] = values
	for name, written in completions.values(completed).items():
		behind[name] |= written
	unchanged = _unchanged(rows, behind)
	assignments.change(unchanged, behind, done_by=events.NOBODY)
	certificates.follow([(row.member, row.course) for row in unchanged if row.name in completed])
	counts = Counter()
	for row in unchanged:
		values = behind[row.name]
		if values["status"] != row.status:
			counts[values["status"]] += 1
		elif values["progress"] != flt(row.progress):
			counts["progress"] += 1
	return dict(counts)


def flag_overdue(names: Collection[str], today: date) -> dict[str, int]:
	"""Flag assignments whose due date has passed, in three queries.

	:param names: of assignments; those that are not late, or flagged already, are left alone
	:param today: in the site's time zone
	:return: how many, as ``reconcile`` does
	"""
	# What is decided in the same moment is decided before this or after it.
	rows = [
		row
		for row in assignments.lock(names).values()
		if row.status in (PENDING, IN_PROGRESS) and getdate(row.due_date) < today
	]
	assignments.change(rows, {row.name: {"status": OVERDUE} for row in rows}, done_by=events.NOBODY)
	return {OVERDUE: len(rows)} if rows else {}


def _open_page(status: str, after: tuple | None) -> list[tuple]:
	table = frappe.qb.DocType(ASSIGNMENT)
	query = frappe.qb.from_(table).select(table.name).where(table.status == status)
	if after:
		query = query.where(table.name > after[0])
	return query.orderby(table.name).limit(NAMES_PER_QUERY).run()


def _late_page(status: str, today: date, after: tuple | None) -> list[tuple]:
	table = frappe.qb.DocType(ASSIGNMENT)
	query = frappe.qb.from_(table).where((table.status == status) & (table.due_date < today))
	return by_day(query, table.due_date, table.name, after)


def _open_assignments(names: Collection[str]) -> list[frappe._dict]:
	"""Return those of the assignments that are open; ``found`` is their enrolment, if it is theirs."""
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
			assignment.cycle,
			assignment.status,
			assignment.progress,
			assignment.due_date,
			assignment.enrollment,
			assignment.enrollment.as_("linked"),
			enrolment.name.as_("found"),
		)
		.where(assignment.name.isin(list(names)) & assignment.status.isin(OPEN))
		.orderby(assignment.name)
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
