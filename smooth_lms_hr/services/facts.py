"""What the rules need to know of a site, read in sets: the number of queries does not grow with people or courses."""

from collections import defaultdict
from collections.abc import Collection

import frappe
from frappe.query_builder.functions import Max
from frappe.utils import cint, flt, getdate

from smooth_lms_hr.training.plan import Course, Debt, Enrolment
from smooth_lms_hr.training.status import COMPLETED, DONE_PERCENT, WAIVED

ASSIGNMENT = "LMS Training Assignment"
ENROLLMENT = "LMS Enrollment"

# A person and a course: what every debt and every enrolment is about.
Pair = tuple[str, str]


def mandatory_courses() -> list[Course]:
	"""Return every published mandatory course (DESIGN rule 3), in a stable order."""
	return _courses({"published": 1, "is_mandatory": 1})


def published_courses(names: Collection[str]) -> list[Course]:
	"""Return those of the named courses that exist and are published, in a stable order."""
	return _courses({"published": 1, "name": ("in", list(names))})


def _courses(filters: dict) -> list[Course]:
	# Learners and HR have no permission on LMS Course itself; which courses are owed is no secret to them.
	rows = frappe.get_all(
		"LMS Course",
		filters=filters,
		fields=["name", "title", "training_due_days", "validity_days"],
		order_by="name",
	)
	return [
		Course(row.name, row.title or row.name, cint(row.training_due_days), cint(row.validity_days))
		for row in rows
	]


def debts(members: Collection[str], courses: Collection[str]) -> dict[Pair, list[Debt]]:
	"""Return all assignments, open or not, by person and course."""
	if not members or not courses:
		return {}
	rows = frappe.get_all(
		ASSIGNMENT,
		filters={"member": ("in", list(members)), "course": ("in", list(courses))},
		fields=[
			"name", "member", "course", "cycle", "status", "due_date", "completed_on", "waived_on", "enrollment"
		],
		order_by="cycle",
	)  # fmt: skip
	found = defaultdict(list)
	for row in rows:
		settled_on = {COMPLETED: row.completed_on, WAIVED: row.waived_on}.get(row.status)
		found[row.member, row.course].append(
			Debt(
				name=row.name,
				cycle=row.cycle,
				status=row.status,
				due_date=getdate(row.due_date),
				settled_on=getdate(settled_on) if settled_on else None,
				enrollment=row.enrollment,
			)
		)
	return found


def enrolments(members: Collection[str], courses: Collection[str]) -> dict[Pair, Enrolment]:
	"""Return what Learning knows, by person and course.

	Learning has no index that forbids a second enrolment. Where there are two, the one with more progress counts.
	"""
	if not members or not courses:
		return {}
	rows = frappe.get_all(
		ENROLLMENT,
		filters={"member": ("in", list(members)), "course": ("in", list(courses))},
		fields=["name", "member", "course", "progress"],
		order_by="progress, creation desc",
	)
	by_pair = {(row.member, row.course): row for row in rows}
	done = [pair for pair, row in by_pair.items() if flt(row.progress) >= DONE_PERCENT]
	finished = last_lesson_days(done)
	return {pair: Enrolment(row.name, flt(row.progress), finished.get(pair)) for pair, row in by_pair.items()}


def last_lesson_days(pairs: Collection[Pair]) -> dict:
	"""Return when the last lesson was done: Learning keeps no date of completion."""
	if not pairs:
		return {}
	lesson = frappe.qb.DocType("LMS Course Progress")
	rows = (
		frappe.qb.from_(lesson)
		.select(lesson.member, lesson.course, Max(lesson.creation))
		.where(lesson.member.isin({member for member, _course in pairs}))
		.where(lesson.course.isin({course for _member, course in pairs}))
		.where(lesson.status == "Complete")
		.groupby(lesson.member, lesson.course)
		.run()
	)
	return {(member, course): getdate(day) for member, course, day in rows}
