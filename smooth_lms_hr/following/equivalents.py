"""A course that somebody completes counts for others that they owe (rule 5)."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from functools import partial

import frappe
from frappe import _
from frappe.utils import add_days, escape_html, getdate

from smooth_lms_hr.assigning import assignments, causes, completions
from smooth_lms_hr.assigning.completions import Completion
from smooth_lms_hr.record import events, reasons
from smooth_lms_hr.record.evidence import REVOKED
from smooth_lms_hr.sources import equivalents, facts, jobs, rules
from smooth_lms_hr.sources.attempts import run_and_commit
from smooth_lms_hr.sources.names import ASSIGNMENT, EQUIVALENT, EVIDENCE, RULE
from smooth_lms_hr.sources.pages import chunks_of_names
from smooth_lms_hr.training.plan import Cause, Demand, Equivalent, counts_while_open
from smooth_lms_hr.training.status import COMPLETED, OPEN, WAIVED

PER_COMMIT = 1000


def follow(member: str, course: str) -> None:
	"""Complete what a person owes of other courses, now that they may have completed one that counts like them."""
	owed = [row.parent for row in equivalents.counted_by(course)]
	if owed:
		filters = {"member": member, "course": ("in", owed), "status": ("in", OPEN)}
		complete(frappe.get_all(ASSIGNMENT, filters, pluck="name", order_by="name"), getdate())


def chunks(size: int, courses: Collection[str] | None = None) -> Iterator[list[str]]:
	"""Yield the names of open assignments that another course may complete, in chunks.

	:param size: how many at most in one
	:param courses: those that are owed, None for all that others count like
	"""
	for course in equivalents.owed_courses() if courses is None else courses:
		yield from chunks_of_names(ASSIGNMENT, {"course": course, "status": ("in", OPEN)}, size)


def complete(names: Collection[str], today: date, done_by: str | None = None) -> dict[str, int]:
	"""Complete open assignments whose person has completed a course that counts like the one owed, on that day.

	:param names: of assignments; those that are not open any more are left alone
	:param today: in the site's time zone
	:param done_by: whom the history names, None for whoever is at work
	:return: how many changed, by new status
	"""
	if not names:
		return {}
	rows = frappe.get_all(
		ASSIGNMENT,
		{"name": ("in", list(names)), "status": ("in", OPEN)},
		["name", "member", "course", "cycle", "assigned_on"],
		order_by="name",
	)
	counting = _counting(rows, today)
	if not counting:
		return {}
	now = [row for row in assignments.lock(counting).values() if row.status in OPEN]
	assignments.change(
		now,
		completions.values(
			{
				row.name: Completion(row.member, row.course, row.cycle, counting[row.name].completed_on)
				for row in now
			}
		),
		reason=reasons.EQUIVALENT,
		done_by=done_by,
		cause_doctype="LMS Course",
		of_each=lambda row: {"cause": counting[row.name].course},
	)
	return {COMPLETED: len(now)} if now else {}


def _counting(rows: list[frappe._dict], today: date) -> dict[str, Equivalent]:
	"""Return what completes some assignments, by their names."""
	done = equivalents.completed({(row.member, row.course) for row in rows})
	rows = [row for row in rows if (row.member, row.course) in done]
	if not rows:
		return {}
	members, courses = {row.member for row in rows}, {row.course for row in rows}
	held = facts.held_assignments(members, courses)
	validity = facts.validity(courses)
	demands = _demands([row.name for row in rows], today)
	revoked = _revoked([row.name for row in rows])
	found = {}
	for row in rows:
		settled = [
			one.settled_on for one in held[row.member, row.course] if one.status in (COMPLETED, WAIVED)
		]
		settled += revoked.get(row.name, [])
		last = max((day for day in settled if day), default=None)
		for other in sorted(done[row.member, row.course], key=lambda one: one.completed_on):
			if counts_while_open(
				other, getdate(row.assigned_on), last, demands[row.name], validity[row.course].days, today
			):
				found[row.name] = other
	return found


def _revoked(names: list[str]) -> dict[str, list[date]]:
	"""Return until when what was completed does not count for assignments, since their own completion was revoked then."""
	rows = frappe.get_all(
		EVIDENCE,
		{"assignment": ("in", names), "status": REVOKED},
		["assignment", "completed_on", "revoked_on"],
		order_by="name",
	)
	found = defaultdict(list)
	for row in rows:
		# What is learned on the day of the revocation counts, unless it is what was revoked.
		found[row.assignment] += [
			getdate(day) for day in (row.completed_on, add_days(row.revoked_on, -1)) if day
		]
	return found


def _demands(names: list[str], today: date) -> dict[str, list[Demand]]:
	"""Return what assignments are owed for, with the day since when a completion counts for each."""
	standing = {
		name: [row for row in ones.values() if not row.ended_on] for name, ones in causes.of(names).items()
	}
	asked = {row.cause for ones in standing.values() for row in ones if row.cause_doctype == RULE}
	since = {rule.name: rule.counts_since(today) for rule in rules.read_rules(asked)} if asked else {}
	return {
		name: [
			Demand(
				Cause(row.cause_doctype, row.cause, "", row.words or ""), counts_since=since.get(row.cause)
			)
			for row in standing.get(name, ())
		]
		for name in names
	}


def on_course_change(doc) -> None:
	"""Let open assignments of a course follow once what counts like it is said otherwise, in the background.

	Where the queue does not answer, the daily run does it.
	"""
	before = doc.get_doc_before_save()
	if before and _said(doc) != _said(before) and _said(doc):
		jobs.enqueue_after_commit(
			"smooth_lms_hr.following.equivalents.complete_of_course",
			job_id=f"smooth_lms_hr_equivalents_{doc.name}",
			course=doc.name,
		)


def complete_of_course(course: str) -> None:
	"""Complete the open assignments of a course that others complete, chunk by chunk, each a transaction."""
	for names in chunks(PER_COMMIT, [course]):
		run_and_commit(
			partial(complete, names, getdate(), events.NOBODY),
			_("Completing {0} by courses that count like it failed").format(course),
		)


def forget(doc) -> None:
	"""Let no course be completed by one that is being deleted, and say so on those."""
	rows = equivalents.counted_by(doc.name)
	frappe.db.delete(EQUIVALENT, {"course": doc.name})
	for row in rows:
		said = _("{0} counted like this course, and was deleted.").format(escape_html(doc.title or doc.name))
		frappe.get_doc("LMS Course", row.parent).add_comment("Info", said)


def keep_one_of_each(course: str) -> None:
	"""Leave each equivalent once where courses were merged, the one that counts from earlier, and none of a course itself.

	:param course: the one that remains
	"""
	known = equivalents.of([course])[course] + equivalents.counted_by(course)
	seen, gone = set(), set()
	for row in sorted(known, key=lambda row: str(row.from_date or "")):
		key = (row.parent, row.course)
		if row.parent == row.course or key in seen:
			gone.add(row.name)
		seen.add(key)
	frappe.db.delete(EQUIVALENT, {"name": ("in", list(gone))})


def _said(doc) -> list[tuple]:
	return sorted((row.course or "", str(row.from_date or "")) for row in doc.get("equivalents") or ())
