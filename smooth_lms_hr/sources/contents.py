"""What courses consist of and say: their chapters, lessons and quizzes, and a hash over all of it."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import frappe
from frappe.model import default_fields, optional_fields
from frappe.utils import cint, flt

from smooth_lms_hr.sources import exercises
from smooth_lms_hr.sources.exercises import LESSON, QUIZ, QUIZ_SUBMISSION, Exercise
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.prepared import prepared

CHAPTER = "Course Chapter"
# What a learner sees of a lesson and of a chapter beside its title; a teacher's own notes are no part of the course.
OF_LESSON = ("content", "body", "youtube", "quiz_id", "question", "file_type")
OF_CHAPTER = ("is_scorm_package", "scorm_package", "launch_file", "manifest_file")
# What Frappe keeps of every record.
NOT_SAID = frozenset((*default_fields, *optional_fields))
# So many lessons at once are in memory with all that they say.
LESSONS_PER_QUERY = 200


@dataclass(frozen=True)
class Content:
	"""
	:param training_hours: that the course takes, 0 where nobody said
	:param outline: course, title, and chapters with their lessons, and quizzes, each with its title and modification stamp
	:param hash: SHA-256 of all that the lessons and quizzes say, in hexadecimal
	:param lessons: their titles, by name
	:param exercises: that the lessons ask for
	"""

	title: str
	training_hours: float
	outline: dict
	hash: str
	lessons: dict[str, str]
	exercises: frozenset[Exercise]


@dataclass
class _Texts:
	"""What lessons and quizzes say, as hashes by name, and what the lessons ask for."""

	of_lessons: dict[str, str] = field(default_factory=dict)
	asked: dict[str, set[Exercise]] = field(default_factory=lambda: defaultdict(set))
	of_quizzes: dict[str, str] = field(default_factory=dict)
	quizzes: dict[str, dict] = field(default_factory=dict)


def of(courses: Collection[str]) -> dict[str, Content]:
	"""Return what courses consist of and say now; one that is gone is left out.

	Five queries at most, however many courses: more only where they have hundreds of lessons.
	"""
	if not courses:
		return {}
	chapters = _chapters(courses)
	texts = _texts({lesson.lesson for found in chapters.values() for lesson in found if lesson.lesson})
	return {course: _content(course, rows, texts) for course, rows in chapters.items()}


def _chapters(courses: Collection[str]) -> dict[str, list[frappe._dict]]:
	"""Return the lessons of courses in the order in which learners see them, each with its chapter and its course.

	A lesson, or a chapter, that was deleted and is named by its course still is among them, with its name alone. A course
	without any has one row that names none.
	"""
	found = defaultdict(list)
	# Put in order here: the database would write all that chapters say to its disk for it.
	for row in sorted(_listed(sorted(courses), as_dict=True), key=_place):
		found[row.course].append(row)
	return found


def _place(row: frappe._dict) -> tuple:
	return cint(row.chapter_idx), row.chapter_place or "", cint(row.lesson_idx), row.lesson_place or ""


@prepared
def _listed(courses):
	course, listed = frappe.qb.DocType("LMS Course"), frappe.qb.DocType("Chapter Reference")
	chapter, reference = frappe.qb.DocType(CHAPTER), frappe.qb.DocType("Lesson Reference")
	lesson = frappe.qb.DocType(LESSON)
	return (
		frappe.qb.from_(course)
		.left_join(listed)
		.on(listed.parent == course.name)
		.left_join(chapter)
		.on(chapter.name == listed.chapter)
		.left_join(reference)
		.on(reference.parent == listed.chapter)
		.left_join(lesson)
		.on(lesson.name == reference.lesson)
		.select(
			course.name.as_("course"),
			course.title.as_("course_title"),
			course.training_hours,
			listed.chapter,
			chapter.title.as_("chapter_title"),
			chapter.modified.as_("chapter_modified"),
			*(chapter[name] for name in _known(CHAPTER, OF_CHAPTER)),
			reference.lesson,
			lesson.title,
			lesson.modified,
			listed.idx.as_("chapter_idx"),
			listed.name.as_("chapter_place"),
			reference.idx.as_("lesson_idx"),
			reference.name.as_("lesson_place"),
		)
		.where(course.name.isin(courses))
	)


def _texts(lessons: Collection[str]) -> _Texts:
	found, names = _Texts(), sorted(lessons)
	for first in range(0, len(names), LESSONS_PER_QUERY):
		for row in _lessons(names[first : first + LESSONS_PER_QUERY], as_dict=True):
			found.of_lessons[row.name] = _hash_of(_said(row))
			found.asked[row.name].update(exercises.in_lesson(row))
	if names:
		_read_quizzes(found, names)
	return found


@prepared
def _lessons(names):
	lesson = frappe.qb.DocType(LESSON)
	query = frappe.qb.from_(lesson).select(
		lesson.name, lesson.title, *(lesson[name] for name in _known(LESSON, OF_LESSON))
	)
	return query.where(lesson.name.isin(names))


def _read_quizzes(found: _Texts, lessons: list[str]) -> None:
	asked = {
		one.name for those in found.asked.values() for one in those if one.submissions == QUIZ_SUBMISSION
	}
	# No quiz is named "".
	rows = _quizzes(lessons, sorted(asked) or [""], as_dict=True)
	if not rows:
		return
	questions = _questions([row.name for row in rows])
	for row in rows:
		if row.lesson in found.of_lessons:
			found.asked[row.lesson].add(exercises.quiz(row.name))
		found.quizzes[row.name] = {
			"quiz": row.name,
			"title": plain_text(row.title),
			"passing_percent": cint(row.passing_percentage),
			"modified": str(row.modified),
		}
		found.of_quizzes[row.name] = _hash_of(
			[row.title, cint(row.passing_percentage), questions.get(row.name)]
		)


@prepared
def _quizzes(lessons, names):
	"""Return the query for quizzes by their name, or since they say themselves which lesson they belong to."""
	quiz = frappe.qb.DocType(QUIZ)
	return (
		frappe.qb.from_(quiz)
		.select(quiz.name, quiz.title, quiz.lesson, quiz.passing_percentage, quiz.modified)
		.where(quiz.lesson.isin(lessons) | quiz.name.isin(names))
		.orderby(quiz.name)
	)


def _questions(quizzes: Collection[str]) -> dict[str, list]:
	"""Return the questions of quizzes, in order, with their marks and all that they say."""
	rows = frappe.get_all(
		"LMS Quiz Question",
		{"parenttype": QUIZ, "parent": ("in", list(quizzes))},
		["parent", "question", "marks"],
		order_by="parent, idx, name",
	)
	names = sorted({row.question for row in rows if row.question})
	said = {
		row.name: _said(row)
		for row in (
			frappe.get_all("LMS Question", {"name": ("in", names)}, ["*"], order_by="name") if names else ()
		)
	}
	found = defaultdict(list)
	for row in rows:
		found[row.parent].append([row.question, cint(row.marks), said.get(row.question)])
	return found


def _content(course: str, rows: Sequence[frappe._dict], texts: _Texts) -> Content:
	chapters: dict[str, dict] = {}
	said = []
	for row in rows:
		if row.chapter and row.chapter not in chapters:
			chapters[row.chapter] = {
				"chapter": row.chapter,
				"title": plain_text(row.chapter_title),
				"modified": _stamp(row.chapter_modified),
				"lessons": [],
			}
			package = {name: row[name] for name in OF_CHAPTER if row.get(name)}
			said.append([row.chapter, row.chapter_title, package])
		if row.lesson:
			chapters[row.chapter]["lessons"].append(
				{"lesson": row.lesson, "title": plain_text(row.title), "modified": _stamp(row.modified)}
			)
			said.append([row.lesson, texts.of_lessons.get(row.lesson)])
	lessons = {row.lesson: plain_text(row.title) or row.lesson for row in rows if row.lesson}
	asked = frozenset(exercise for lesson in lessons for exercise in texts.asked.get(lesson, ()))
	quizzes = sorted(
		{one.name for one in asked if one.submissions == QUIZ_SUBMISSION and one.name in texts.quizzes}
	)
	said += [[name, texts.of_quizzes[name]] for name in quizzes]
	title = plain_text(rows[0].course_title)
	return Content(
		title=title or course,
		training_hours=flt(rows[0].training_hours),
		outline={
			"course": course,
			"title": title,
			"chapters": list(chapters.values()),
			"quizzes": [texts.quizzes[name] for name in quizzes],
		},
		hash=_hash_of(said),
		lessons=lessons,
		exercises=asked,
	)


def _known(doctype: str, fieldnames: Collection[str]) -> Iterator[str]:
	"""Yield those of the fields that this version of Learning has."""
	meta = frappe.get_meta(doctype)
	return (name for name in fieldnames if meta.has_field(name))


def _said(row: Mapping) -> dict:
	"""Return what a record says; a field that a later version of Learning brings, and nobody has filled, changes nothing."""
	return {name: value for name, value in row.items() if value and name not in NOT_SAID}


def _stamp(moment) -> str | None:
	return str(moment) if moment else None


def _hash_of(said) -> str:
	text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
	return hashlib.sha256(text.encode()).hexdigest()
