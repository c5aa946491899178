"""Quizzes and assignments in the lessons of courses, and what people have handed in of them."""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import frappe
from frappe.utils import cint, getdate

from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources.facts import Pair

LESSON, QUIZ = "Course Lesson", "LMS Quiz"
QUIZ_SUBMISSION, ASSIGNMENT_SUBMISSION = "LMS Quiz Submission", "LMS Assignment Submission"
# Lessons of the older kind name them in their text.
IN_TEXT = re.compile(r"""\{\{\s*(Quiz|Assignment)\(\s*["']([^"']*)["']\s*\)\s*\}\}""")


class Exercise(NamedTuple):
	"""A quiz or an assignment that a lesson asks for.

	:param submissions: the DocType of what is handed in
	:param link: its field that names the exercise
	"""

	submissions: str
	link: str
	name: str


def quiz(name: str) -> Exercise:
	return Exercise(QUIZ_SUBMISSION, "quiz", name)


def assignment(name: str) -> Exercise:
	return Exercise(ASSIGNMENT_SUBMISSION, "assignment", name)


def of(courses: Collection[str]) -> dict[str, set[Exercise]]:
	"""Return what the lessons of each course ask for, in three queries."""
	lessons = facts.outlines(courses)
	names = sorted(set().union(*lessons.values()))
	if not names:
		return {}
	asked = defaultdict(set)
	for row in frappe.get_all(LESSON, {"name": ("in", names)}, ["name", "content", "body"], order_by="name"):
		asked[row.name].update(in_lesson(row))
	for row in frappe.get_all(QUIZ, {"lesson": ("in", names)}, ["name", "lesson"], order_by="name"):
		asked[row.lesson].add(quiz(row.name))
	return {
		course: found
		for course, those in lessons.items()
		if (found := set().union(*(asked[lesson] for lesson in those)))
	}


def handed_in(
	pairs: Collection[Pair], asked: Mapping[str, Collection[Exercise]] | None = None
) -> dict[Pair, list[frappe._dict]]:
	"""Return what people have handed in of the exercises of courses, in two queries.

	:param pairs: each a person and a course
	:param asked: what the lessons of each course ask for, None where that is to be found out
	:return: rows of doctype, name, exercise, day, and what Learning says of it: score, score_out_of, percentage and
	        passing_percentage of a quiz, status of an assignment
	"""
	if asked is None:
		asked = of({course for _member, course in pairs})
	courses_of = defaultdict(list)
	for course, exercises in asked.items():
		for one in exercises:
			courses_of[one].append(course)
	found = defaultdict(list)
	for (doctype, link), fields in {
		(QUIZ_SUBMISSION, "quiz"): ["score", "score_out_of", "percentage", "passing_percentage"],
		(ASSIGNMENT_SUBMISSION, "assignment"): ["status"],
	}.items():
		names = sorted(one.name for one in courses_of if one.submissions == doctype)
		if not names:
			continue
		for row in frappe.get_all(
			doctype,
			{link: ("in", names), "member": ("in", sorted({member for member, _course in pairs}))},
			["name", "member", "creation", f"{link} as exercise", *fields],
			order_by="creation, name",
		):
			row.update(doctype=doctype, day=getdate(row.creation))
			for course in courses_of[Exercise(doctype, link, row.exercise)]:
				if (row.member, course) in pairs:
					found[row.member, course].append(row)
	return found


def results(rows: Collection[frappe._dict]) -> list[dict]:
	"""Return what was reached in each exercise, as evidence keeps it.

	:param rows: of one person and course, as ``handed_in`` returns them
	"""
	by_exercise = defaultdict(list)
	for row in rows:
		by_exercise[row.doctype, row.exercise].append(row)
	found = []
	for (doctype, name), tries in by_exercise.items():
		one = {"doctype": doctype, "exercise": name, "attempts": len(tries), "last": str(tries[-1].day)}
		if doctype == QUIZ_SUBMISSION:
			best = max(tries, key=lambda row: cint(row.percentage))
			one |= {
				"score": best.score,
				"out_of": best.score_out_of,
				"percent": cint(best.percentage),
				"passing_percent": cint(best.passing_percentage),
			}
		else:
			one["status"] = tries[-1].status
		found.append(one)
	return found


def in_lesson(row) -> Iterator[Exercise]:
	"""Yield the exercises that the text of a lesson asks for.

	:param row: with content and body
	"""
	if not row.content:
		for kind, name in IN_TEXT.findall(row.body or ""):
			yield quiz(name) if kind == "Quiz" else assignment(name)
		return
	for block in _blocks(row.content):
		data = block.get("data")
		if not isinstance(data, dict):
			continue
		if block.get("type") == "quiz" and isinstance(data.get("quiz"), str):
			yield quiz(data["quiz"])
		elif block.get("type") == "assignment" and isinstance(data.get("assignment"), str):
			yield assignment(data["assignment"])
		elif block.get("type") == "upload" and isinstance(data.get("quizzes"), list):
			# Asked in the middle of a video.
			for each in data["quizzes"]:
				if isinstance(each, dict) and isinstance(each.get("quiz"), str):
					yield quiz(each["quiz"])


def _blocks(content: str) -> list[dict]:
	"""Return the blocks of a lesson's editor; of anything else that may stand there, none."""
	try:
		blocks = json.loads(content).get("blocks")
	except (ValueError, AttributeError, TypeError):
		return []
	return [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
