"""What Learning has twice where two of its people, or of its courses, become one.

Learning forbids a second enrolment and a second progress of a lesson, but does not merge: on sites with its unique
index over member and lesson such a merge of users would end with a database error, on others a lesson would count twice.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe.query_builder.functions import Count
from frappe.utils import flt, getdate

from smooth_lms_hr.sources import deleting
from smooth_lms_hr.sources.names import ASSIGNMENT, ENROLLMENT
from smooth_lms_hr.training.status import OPEN

LESSON = "LMS Course Progress"
PAIRS_PER_STEP = 300
# As Learning ranks them, where it cleans up itself.
RANKS = {"Complete": 2, "Partially Complete": 1, "Incomplete": 0}
# What one enrolment may know that another does not.
KEPT_OF_DROPPED = (
	"payment",
	"certificate",
	"purchased_certificate",
	"enrollment_from_batch",
	"current_lesson",
)


@dataclass(frozen=True)
class Lesson:
	"""
	:param moved: it was the progress of the one who is merged away
	:param day: when it was recorded
	"""

	name: str
	moved: bool
	lesson: str | None
	day: date


@dataclass
class Lessons:
	"""The lessons of two users who are to become one.

	:param left: of both, by course, without the doubles
	:param dropped: the rows that are gone, whole
	:param shared: the courses in which both had done something
	"""

	left: dict[str, list[Lesson]] = field(default_factory=lambda: defaultdict(list))
	dropped: list[frappe._dict] = field(default_factory=list)
	shared: set[str] = field(default_factory=set)


def set_apart(old: str, new: str) -> Lessons:
	"""Delete one of the two progresses of each lesson that two users have both done something of: the lesser, or older.

	:param old: the user who is merged away
	"""
	rows = frappe.get_all(
		LESSON,
		filters={"member": ("in", (old, new))},
		fields=["name", "member", "course", "lesson", "status", "creation"],
		order_by="creation, name",
	)
	by_lesson = defaultdict(list)
	for row in rows:
		by_lesson[row.lesson or row.name].append(row)
	found, dropped = Lessons(), []
	for of_lesson in by_lesson.values():
		best = max(of_lesson, key=lambda row: (RANKS.get(row.status, -1), row.creation))
		found.left[best.course].append(
			Lesson(best.name, best.member == old, best.lesson, getdate(best.creation))
		)
		dropped += [row.name for row in of_lesson if row is not best]
	by_member = {member: {row.course for row in rows if row.member == member} for member in (old, new)}
	found.shared = by_member[old] & by_member[new] - {None}
	if dropped:
		gone = {"name": ("in", dropped)}
		found.dropped = frappe.get_all(LESSON, filters=gone, fields=["*"], order_by="name")
		frappe.db.delete(LESSON, gone)
	return found


def put_back(lessons: Lessons) -> None:
	"""Undo ``set_apart``, as far as nobody else has."""
	names = [row.name for row in lessons.dropped]
	there = set(frappe.get_all(LESSON, filters={"name": ("in", names)}, pluck="name")) if names else set()
	_insert([row for row in lessons.dropped if row.name not in there])


def _insert(rows: list[dict]) -> None:
	if rows:
		frappe.db.bulk_insert(LESSON, list(rows[0]), [tuple(row.values()) for row in rows])


def take_back_spent(new: str, lessons: Lessons, spent: Mapping[str, tuple[bool, date] | None]) -> None:
	"""Delete lessons that must not complete an open assignment, as a renewal does.

	:param new: the user who remains
	:param spent: by course, whose and up to which day; see ``standing.spent_on``
	"""
	taken = [
		each
		for course, of in spent.items()
		if of
		for each in lessons.left.get(course, ())
		if each.moved == of[0] and each.day <= of[1]
	]
	if not taken:
		return
	frappe.db.delete(LESSON, {"name": ("in", [each.name for each in taken])})
	# What the other had done of the same lessons is what counts now.
	spent_of = {each.lesson: each.moved for each in taken}
	_insert(
		[
			{**row, "member": new}
			for row in lessons.dropped
			if row.lesson in spent_of and (row.member != new) != spent_of[row.lesson]
		]
	)


def drop_enrolments(moved: str, name: str, other: str) -> Iterator[tuple[list[str], dict[str, str]]]:
	"""Leave one enrolment of each person and course; yield, some at a time, of whom, and which one is instead of which.

	The one of an open assignment is left, else the one with the furthest progress. What is dropped is kept among the
	Deleted Documents, as if somebody had deleted it.

	:param moved: "member" or "course", which was merged
	:param name: the user or course that remains
	:param other: the other of the two
	"""
	while others := _enrolled_twice(moved, name, other):
		yield others, _drop_enrolments(moved, name, other, others)


def _enrolled_twice(moved: str, name: str, other: str) -> list[str]:
	table = frappe.qb.DocType(ENROLLMENT)
	return (
		frappe.qb.from_(table)
		.select(table[other])
		.where(table[moved] == name)
		.groupby(table[other])
		.having(Count(table.name) > 1)
		.orderby(table[other])
		.limit(PAIRS_PER_STEP)
		.run(pluck=True)
	)


def _drop_enrolments(moved: str, name: str, other: str, others: list[str]) -> dict[str, str]:
	pairs = {moved: name, other: ("in", others)}
	rows = frappe.get_all(ENROLLMENT, filters=pairs, fields=["*"], order_by="creation, name")
	of_open = set(frappe.get_all(ASSIGNMENT, filters={**pairs, "status": ("in", OPEN)}, pluck="enrollment"))
	by_other = defaultdict(list)
	for row in rows:
		by_other[row[other]].append(row)
	instead, dropped, updates = {}, [], {}
	for doubles in by_other.values():
		# The oldest of equals, as where Learning is asked for a person's progress.
		kept = max(doubles, key=lambda row: (row.name in of_open, flt(row.progress)))
		for row in doubles:
			if row is not kept:
				instead[row.name] = kept.name
				dropped.append(row.name)
		known = {
			each: next((row[each] for row in (kept, *doubles) if row.get(each)), kept.get(each))
			for each in KEPT_OF_DROPPED
			if each in kept
		}
		if any(kept[each] != value for each, value in known.items()):
			updates[kept.name] = known
	if updates:
		frappe.db.bulk_update(ENROLLMENT, updates, chunk_size=len(updates), update_modified=False)
	deleting.delete_rows(ENROLLMENT, dropped)
	return instead
