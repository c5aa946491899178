"""Courses that count like others, and who has completed them.

It is said on the course that is owed, and holds in that direction alone. What counts is that the other course itself was
learned: not that a third one counted like it.
"""

from collections import defaultdict
from collections.abc import Collection

import frappe
from frappe.query_builder.functions import Max
from frappe.utils import getdate

from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources.facts import Pair
from smooth_lms_hr.sources.names import ASSIGNMENT, EQUIVALENT
from smooth_lms_hr.sources.prepared import prepared
from smooth_lms_hr.training.plan import Equivalent
from smooth_lms_hr.training.status import COMPLETED, DONE_PERCENT


def of(courses: Collection[str]) -> dict[str, list[frappe._dict]]:
	"""Return what counts like each of some courses: rows of course, title and from_date."""
	found = defaultdict(list)
	for row in _counting(list(courses), as_dict=True) if courses else ():
		found[row.parent].append(row)
	return found


def counted_by(course: str) -> list[frappe._dict]:
	"""Return the courses that a course counts like: rows of parent, title and from_date."""
	return _counted_by(course, as_dict=True)


def owed_courses() -> list[str]:
	"""Return every course that another one counts like."""
	return frappe.get_all(EQUIVALENT, distinct=True, pluck="parent", order_by="parent")


def completed(pairs: Collection[Pair]) -> dict[Pair, list[Equivalent]]:
	"""Return what people completed that counts like the courses they are asked for, each equivalent the last time.

	:param pairs: each a person and a course that is owed
	"""
	known = of({course for _member, course in pairs})
	if not known:
		return {}
	days = _completed_on({(member, row.course) for member, course in pairs for row in known.get(course, ())})
	found = defaultdict(list)
	for member, course in pairs:
		for row in known.get(course, ()):
			day = days.get((member, row.course))
			if day and (not row.from_date or day >= getdate(row.from_date)):
				found[member, course].append(Equivalent(row.course, row.title or row.course, day))
	return found


def _completed_on(pairs: set[Pair]) -> dict[Pair, object]:
	"""Return the last day on which people completed courses by their lessons: as Learning has it now, or as it is on file.

	What has a statement is completed by whoever signed it: that is on file alone.
	"""
	learned = {
		pair: learned.latest
		for pair, learned in facts.learned(pairs).items()
		if learned.progress >= DONE_PERCENT
	}
	to_sign = facts.with_statement({course for _member, course in learned})
	found = {pair: day for pair, day in learned.items() if pair[1] not in to_sign}
	table = frappe.qb.DocType(ASSIGNMENT)
	rows = (
		frappe.qb.from_(table)
		.select(table.member, table.course, Max(table.completed_on))
		.where(table.member.isin(sorted({member for member, _course in pairs})))
		.where(table.course.isin(sorted({course for _member, course in pairs})))
		# What was put on file because a third course counted has not its lessons done.
		.where((table.status == COMPLETED) & (table.progress >= DONE_PERCENT))
		.groupby(table.member, table.course)
		.run()
	)
	for member, course, day in rows:
		if day and (member, course) in pairs:
			found[member, course] = max(getdate(day), found.get((member, course), getdate(day)))
	return found


@prepared
def _counting(courses):
	row = frappe.qb.DocType(EQUIVALENT)
	return _with_title(row, row.course).where(row.parent.isin(courses))


@prepared
def _counted_by(course):
	row = frappe.qb.DocType(EQUIVALENT)
	return _with_title(row, row.parent).where(row.course == course)


def _with_title(row, other):
	"""Return the query for equivalents with the title of the course that one of their fields names."""
	course = frappe.qb.DocType("LMS Course")
	return (
		frappe.qb.from_(row)
		.join(course)
		.on(course.name == other)
		.select(row.name, row.parent, row.course, row.from_date, course.title)
		.where(row.parenttype == "LMS Course")
		.orderby(row.parent)
		.orderby(row.idx)
	)
