"""What was settled and is owed again: the same assignment, due anew (rule 12)."""

from collections.abc import Collection, Iterator
from datetime import date

import frappe
from frappe import _
from frappe.utils import flt, getdate, now_datetime

from smooth_lms_hr.assigning import assignments, causes, completions, leaves, standing_causes
from smooth_lms_hr.assigning.completions import Completion
from smooth_lms_hr.following import transfers
from smooth_lms_hr.record import events, reasons
from smooth_lms_hr.sources import facts, people, words
from smooth_lms_hr.sources.facts import NOTHING
from smooth_lms_hr.sources.names import ASSIGNMENT, RULE
from smooth_lms_hr.sources.pages import chunks_of_names
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.due_dates import NoDueDate, due_date
from smooth_lms_hr.training.status import COMPLETED, OPEN, WAIVED, derive_status

# Whose waiver it was is in the history.
NO_WAIVER = dict.fromkeys(("waived_by", "waived_on", "waived_until", "waiver_reason"))


def chunks_of_ended_waivers(today: date, size: int) -> Iterator[list[str]]:
	"""Return the names of waivers whose last day is past, in chunks.

	:param today: in the site's time zone
	:param size: how many at most in one
	"""
	return chunks_of_names(ASSIGNMENT, {"status": WAIVED, "waived_until": ("<", today)}, size)


def end_waivers(names: Collection[str], today: date) -> dict[str, int]:
	"""Let what was waived until a day that is past be owed again, by whoever can still learn it.

	:param names: of assignments; whose waiver stands are left alone
	:param today: in the site's time zone
	:return: how many changed, by new status
	"""
	rows = [
		row
		for row in assignments.lock(names).values()
		if row.status == WAIVED and row.waived_until and getdate(row.waived_until) < today
	]
	stay = obstacles(rows)
	over = [row for row in rows if row.name not in stay]
	reopened = reopen(over, today, reasons.WAIVER_ENDED, done_by=events.NOBODY)
	found: dict[str, int] = {}
	for status in reopened.values():
		found[status] = found.get(status, 0) + 1
	return found


def obstacles(rows: Collection[frappe._dict]) -> dict[str, str]:
	"""Return what keeps assignments from being owed again, by name: "later", "course", "person" or "cause".

	:param rows: as ``assignments.lock`` returns them
	"""
	if not rows:
		return {}
	members, courses = {row.member for row in rows}, {row.course for row in rows}
	last = {
		pair: max(one.cycle for one in held)
		for pair, held in facts.held_assignments(members, courses).items()
	}
	published = {course.name for course in facts.published_courses(courses)}
	there, _problems = people.by_user(members)
	found = {}
	for row in rows:
		if last[row.member, row.course] > row.cycle:
			found[row.name] = "later"
		elif row.course not in published:
			found[row.name] = "course"
		elif row.member not in there:
			found[row.name] = "person"
	left = [row for row in rows if row.name not in found]
	asking = standing_causes.of(left, there)
	# What a rule thinks of it, it says itself: it is asked right after.
	by_rules = {
		name
		for name, ones in causes.of([row.name for row in left]).items()
		if any(one.cause_doctype == RULE and not one.ended_on for one in ones.values())
	}
	for row in left:
		if (row.member, row.course) not in asking and row.name not in by_rules:
			found[row.name] = "cause"
	return found


def in_words(obstacle: str) -> str:
	"""Return what keeps an assignment from being owed again, as ``obstacles`` names it, in the reader's language."""
	return {
		"later": _("There is a later assignment of this person and course."),
		"course": _("The course is not published."),
		"person": _("The person has left, or cannot log in."),
		"cause": _("Nothing asks for it any more."),
	}[obstacle]


def reopen(rows: Collection[frappe._dict], today: date, reason: str | None, **of_all) -> dict[str, str]:
	"""Let settled assignments be owed again, due today plus their course's days; return their new status by name.

	Whoever has learned it meanwhile has completed it. It is announced anew.

	:param rows: as ``assignments.lock`` returns them, each the last one of its person and course
	:param today: in the site's time zone
	:param reason: what a person typed, or one of ``record.reasons``
	:param of_all: what else the events say; see ``assignments.change``
	"""
	rows = list(rows)
	if not rows:
		return {}
	learned = facts.learned({(row.member, row.course) for row in rows})
	courses = {course.name: course for course in facts.published_courses({row.course for row in rows})}
	to_sign = facts.with_statement({row.course for row in rows})
	default_days, values, completed = get_settings().default_due_days, {}, {}
	for row in rows:
		try:
			due = due_date(today, courses[row.course].due_days, default_days)
		except NoDueDate:
			# Days that make no date are refused where they are typed; what stands in the row is better than nothing.
			continue
		progress, latest = learned.get((row.member, row.course), NOTHING)
		status = derive_status(None, flt(progress), due.date, today, row.course in to_sign)
		values[row.name] = {
			"status": status,
			"progress": progress,
			"due_date": due.date,
			"due_date_basis": plain_text(words.due_date_basis(due)),
			"due_date_set_on": today,
			"reopened_on": now_datetime(),
			"signed_on": None,
			**NO_WAIVER,
		}
		if status == COMPLETED:
			completed[row.name] = Completion(row.member, row.course, row.cycle, latest)
	written = completions.values(completed)
	for name in values:
		values[name] |= written.get(name, {"completed_on": None, **completions.valid(None)})
	assignments.change(
		[row for row in rows if row.name in values], values, reason=plain_text(reason), **of_all
	)
	statuses = {name: each["status"] for name, each in values.items()}
	# Who is on leave just now has the days that are left of it, as for what is assigned meanwhile.
	owed = [row for row in rows if statuses.get(row.name) in OPEN]
	leaves.extend(owed, today)
	transfers.catch_up([row.name for row in owed])
	return statuses
