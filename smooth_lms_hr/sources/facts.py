"""What the rules need to know of a site, read in sets: the number of queries does not grow with people or courses."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import NamedTuple

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Max
from frappe.utils import cint, getdate
from pypika import Criterion

from smooth_lms_hr.sources.names import ASSIGNMENT, CERTIFICATE, ENROLLMENT, EQUIVALENT
from smooth_lms_hr.sources.prepared import prepared
from smooth_lms_hr.training.plan import Course, Enrolment, HeldAssignment
from smooth_lms_hr.training.status import COMPLETED, DONE_PERCENT, WAIVED, percent_done
from smooth_lms_hr.training.validity import COMPLETION

# A person and a course: what every assignment and every enrolment is about.
Pair = tuple[str, str]


class Learned(NamedTuple):
	"""How much of a course a person has completed, and on which day the latest of those lessons."""

	progress: float
	latest: date | None


NOTHING = Learned(0, None)


class Validity(NamedTuple):
	"""How long a completion of a course counts: so many days, 0 for ever, and what those of a renewal are counted from.

	:param to_sign: there is a statement to be signed before it is one
	"""

	days: int
	renew_from: str
	to_sign: bool = False


FOR_EVER = Validity(0, COMPLETION)


def mandatory_courses() -> list[Course]:
	"""Return every published mandatory course (rule 3), in a stable order."""
	return _published(frappe.qb.DocType("LMS Course").is_mandatory == 1)


def published_courses(names: Collection[str]) -> list[Course]:
	"""Return those of the named courses that exist and are published, in a stable order."""
	return _published(frappe.qb.DocType("LMS Course").name.isin(list(names))) if names else []


def titles(courses: Collection[str]) -> dict[str, str]:
	"""Return what courses are called; one that is gone is left out."""
	filters = {"name": ("in", list(courses))}
	return dict(frappe.get_all("LMS Course", filters, ["name", "title"], order_by="name", as_list=True))


def validity(courses: Collection[str]) -> dict[str, Validity]:
	"""Return how long a completion of each course counts, whether it is published or not."""
	if not courses:
		return {}
	return {
		name: Validity(cint(days), renew_from or COMPLETION, bool(to_sign))
		for name, days, renew_from, to_sign in _validity(list(courses))
	}


@prepared
def _validity(courses):
	table = frappe.qb.DocType("LMS Course")
	query = frappe.qb.from_(table).select(
		table.name, table.validity_days, table.renew_from, Case().when(table.attestation != "", 1).else_(0)
	)
	return query.where(table.name.isin(courses)).orderby(table.name)


def statements(courses: Collection[str]) -> dict[str, str]:
	"""Return the statements that are to be signed once all is learned, by course; of those that have one."""
	if not courses:
		return {}
	filters = {"name": ("in", list(courses)), "attestation": ("is", "set")}
	return dict(frappe.get_all("LMS Course", filters, ["name", "attestation"], order_by="name", as_list=True))


def with_statement(courses: Collection[str]) -> set[str]:
	"""Return those of some courses that have a statement to be signed once all is learned, published or not."""
	return set(statements(courses))


def settled(row) -> tuple[date | None, date | None]:
	"""Return on which day an assignment was completed or waived, and the last day on which that counts (None for ever).

	:param row: with status, completed_on, valid_until, waived_on and waived_until
	"""
	on, until = {
		COMPLETED: (row.completed_on, row.valid_until),
		WAIVED: (row.waived_on, row.waived_until),
	}.get(row.status, (None, None))
	return getdate(on) if on else None, getdate(until) if until else None


def _published(condition: Criterion) -> list[Course]:
	# Learners and HR have no permission on LMS Course itself; which courses are owed is no secret to them.
	course, other = frappe.qb.DocType("LMS Course"), frappe.qb.DocType(EQUIVALENT)
	rows = (
		frappe.qb.from_(course)
		.left_join(other)
		.on((other.parent == course.name) & (other.parenttype == "LMS Course"))
		.select(
			course.name,
			course.title,
			course.training_due_days,
			course.validity_days,
			other.parent,
			course.renew_from,
			Case().when(course.attestation != "", 1).else_(0),
		)
		.distinct()
		.where((course.published == 1) & condition)
		.orderby(course.name)
		.run()
	)
	return [
		Course(
			name, title or name, cint(due), cint(days), bool(counted), renew_from or COMPLETION, bool(to_sign)
		)
		for name, title, due, days, counted, renew_from, to_sign in rows
	]


def held_assignments(members: Collection[str], courses: Collection[str]) -> dict[Pair, list[HeldAssignment]]:
	"""Return all assignments, open or not, by person and course."""
	if not members or not courses:
		return {}
	rows = frappe.get_all(
		ASSIGNMENT,
		filters={"member": ("in", list(members)), "course": ("in", list(courses))},
		fields=[
			"name", "member", "course", "cycle", "status", "due_date", "completed_on", "waived_on", "enrollment",
			"valid_until", "waived_until",
		],
		order_by="cycle",
	)  # fmt: skip
	found = defaultdict(list)
	for row in rows:
		settled_on, until = settled(row)
		found[row.member, row.course].append(
			HeldAssignment(
				name=row.name,
				cycle=row.cycle,
				status=row.status,
				due_date=getdate(row.due_date),
				settled_on=settled_on,
				enrollment=row.enrollment,
				counts_until=until,
			)
		)
	return found


def enrolments(pairs: set[Pair]) -> dict[Pair, Enrolment]:
	"""Return what Learning knows of people and courses; see ``learned`` for what progress rests on."""
	names = enrolment_names({member for member, _course in pairs}, {course for _member, course in pairs})
	known = learned(pairs)
	found = {}
	for pair in pairs & (names.keys() | known.keys()):
		found[pair] = enrolment(names.get(pair), known.get(pair, NOTHING))
	return found


def enrolment(name: str | None, learned: Learned) -> Enrolment:
	"""Return what an enrolment and the lessons that are completed make together.

	:param name: of the enrolment, None where nobody is enrolled
	"""
	progress, latest = learned
	return Enrolment(name, progress, latest if progress >= DONE_PERCENT else None)


def enrolment_names(members: Collection[str], courses: Collection[str]) -> dict[Pair, str]:
	"""Return who is enrolled in what.

	Learning has no index that forbids a second enrolment. Where there are two, the older one counts.
	"""
	if not members or not courses:
		return {}
	rows = frappe.get_all(
		ENROLLMENT,
		filters={"member": ("in", list(members)), "course": ("in", list(courses))},
		fields=["name", "member", "course"],
		order_by="creation desc, name",
	)
	return {(row.member, row.course): row.name for row in rows}


def learned(pairs: set[Pair]) -> dict[Pair, Learned]:
	"""Return how much of these courses these people have completed, where it is anything.

	It is counted from the lessons that are in a course now and that the person has completed, in two queries. Neither
	the percentage of an enrolment nor the course that a completed lesson names is asked: their owners can have them
	say more than was learned.

	:param pairs: each a person and a course
	"""
	lessons = outlines({course for _member, course in pairs})
	return {
		pair: learned_as_counted(len(lessons[pair[1]]), len(days), max(days.values()))
		for pair, days in completed_lessons(pairs, lessons).items()
	}


def completed_lessons(
	pairs: set[Pair], lessons: Mapping[str, Collection[str]]
) -> dict[Pair, dict[str, datetime]]:
	"""Return which lessons of courses people have completed, each with the moment of the last time, in one query.

	:param pairs: each a person and a course
	:param lessons: of each course; see ``outlines``
	"""
	courses_of = defaultdict(list)
	for course, names in lessons.items():
		for lesson in names:
			courses_of[lesson].append(course)
	done = defaultdict(dict)
	for member, lesson, moment in _completed(pairs, lessons):
		for course in courses_of[lesson]:
			if (member, course) in pairs:
				# Of a lesson that was completed more than once, the last time.
				days = done[member, course]
				days[lesson] = max(moment, days.get(lesson, moment))
	return done


def certificates(pairs: Collection[Pair]) -> dict[Pair, frappe._dict]:
	"""Return the last certificate of each person and course: name, member, course, issue_date, expiry_date and published."""
	members, courses = (sorted(names) for names in map(set, zip(*pairs, strict=True)))
	rows = _certificates(members, courses, as_dict=True)
	return {(row.member, row.course): row for row in rows if (row.member, row.course) in pairs}


@prepared
def _certificates(members, courses):
	table = frappe.qb.DocType(CERTIFICATE)
	return (
		frappe.qb.from_(table)
		.select(table.name, table.member, table.course, table.issue_date, table.expiry_date, table.published)
		.where(table.member.isin(members) & table.course.isin(courses))
		.orderby(table.creation)
		.orderby(table.name)
	)


def with_lessons_counted(query, owed):
	"""Return a query for assignments, one row each, with what ``learned_as_counted`` takes: lessons, done and latest.

	:param query: grouped by assignment
	:param owed: its table of assignments
	"""
	chapter, lesson = frappe.qb.DocType("Chapter Reference"), frappe.qb.DocType("Lesson Reference")
	progress = frappe.qb.DocType("LMS Course Progress")
	completed = (progress.lesson == lesson.lesson) & (progress.member == owed.member)
	return (
		query.left_join(chapter)
		.on(chapter.parent == owed.course)
		.left_join(lesson)
		.on((lesson.parent == chapter.chapter) & (lesson.lesson != ""))
		.left_join(progress)
		.on(completed & (progress.status == "Complete"))
		.select(
			Count(lesson.lesson).distinct().as_("lessons"),
			Count(progress.lesson).distinct().as_("done"),
			Max(completed_at(progress)).as_("latest"),
		)
	)


def learned_as_counted(lessons: int, done: int, latest: datetime | str | None) -> Learned:
	"""Return how much of a course a person has completed, from numbers of its lessons.

	:param lessons: of the course
	:param done: how many of them are completed
	:param latest: the moment of the last one
	"""
	return Learned(percent_done(done, lessons), getdate(latest)) if done else NOTHING


def completed_at(progress):
	"""Return the moment, as a term of a query, at which a lesson of LMS Course Progress was completed."""
	# SCORM begins a lesson and completes it later, in the same row; all others are written when they are completed.
	return Case().when(progress.is_scorm_chapter == 1, progress.modified).else_(progress.creation)


def outlines(courses: Collection[str]) -> dict[str, set[str]]:
	"""Return the lessons of each course that has any: those that its chapters list are those that learners see."""
	if not courses:
		return {}
	chapter, lesson = frappe.qb.DocType("Chapter Reference"), frappe.qb.DocType("Lesson Reference")
	rows = (
		frappe.qb.from_(chapter)
		.join(lesson)
		.on(lesson.parent == chapter.chapter)
		.select(chapter.parent, lesson.lesson)
		.where(chapter.parent.isin(list(courses)) & (lesson.lesson != ""))
		.run()
	)
	found = defaultdict(set)
	for course, name in rows:
		found[course].add(name)
	return found


def _completed(pairs: set[Pair], lessons: Mapping[str, Collection[str]]) -> list[tuple]:
	"""Return who completed which of the lessons when, each person's of their own courses alone.

	Found by the index on the person or the one on the lesson, whichever has less: the table grows with everything
	that anybody has ever learned.
	"""
	members_of = defaultdict(set)
	for member, course in pairs:
		if course in lessons:
			members_of[course].add(member)
	# Usually everybody is asked about the same courses, or about one each.
	lessons_of = defaultdict(set)
	for course, members in members_of.items():
		lessons_of[frozenset(members)].update(lessons[course])
	if not lessons_of:
		return []
	if len(lessons_of) == 1:
		((members, names),) = lessons_of.items()
		return _completed_of(sorted(members), sorted(names))
	progress = frappe.qb.DocType("LMS Course Progress")
	either = Criterion.any(
		progress.member.isin(list(members)) & progress.lesson.isin(list(names))
		for members, names in lessons_of.items()
	)
	return _all_completed(progress).where(either).run()


@prepared
def _completed_of(members, lessons):
	progress = frappe.qb.DocType("LMS Course Progress")
	return _all_completed(progress).where(progress.member.isin(members) & progress.lesson.isin(lessons))


def _all_completed(progress):
	query = frappe.qb.from_(progress).select(progress.member, progress.lesson, completed_at(progress))
	return query.where(progress.status == "Complete")
