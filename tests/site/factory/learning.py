"""Makes what Learning holds: courses with lessons, programs and batches, and what people have learned of them."""

import json

import frappe
from frappe.utils import add_days, getdate

from tests.site.factory.people import unique


def course(title: str | None = None, lessons: int = 2, **fields) -> str:
	"""Return the name of a new course, published and mandatory unless told otherwise."""
	title = title or unique("Course")
	doc = frappe.get_doc(
		{
			"doctype": "LMS Course",
			"title": title,
			"short_introduction": "What it is about",
			"description": "What it is about, at length",
			"instructors": [{"instructor": "Administrator"}],
			"published": 1,
			"is_mandatory": 1,
			**fields,
		}
	).insert(ignore_permissions=True)
	if lessons:
		add_lessons(doc.name, lessons)
	return doc.name


def add_lessons(course: str, number: int = 1) -> list[str]:
	chapter = frappe.get_doc(
		{"doctype": "Course Chapter", "course": course, "title": unique("Chapter")}
	).insert(ignore_permissions=True)
	names = []
	for _ in range(number):
		lesson = frappe.get_doc(
			{
				"doctype": "Course Lesson",
				"course": course,
				"chapter": chapter.name,
				"title": unique("Lesson"),
				"body": "Read this.",
			}
		).insert(ignore_permissions=True)
		names.append(lesson.name)
		chapter.append("lessons", {"lesson": lesson.name})
	chapter.save(ignore_permissions=True)
	doc = frappe.get_doc("LMS Course", course)
	doc.append("chapters", {"chapter": chapter.name})
	doc.save(ignore_permissions=True)
	return names


def quiz(title: str, max_attempts: int = 0) -> str:
	"""Return the name of a new quiz of one question, worth 10 marks, of which 7 pass."""
	values = {"doctype": "LMS Quiz", "title": title, "passing_percentage": 70, "max_attempts": max_attempts}
	return (
		frappe.get_doc({**values, "questions": [{"question": _question(), "marks": 10}]})
		.insert(ignore_permissions=True)
		.name
	)


def _question() -> str:
	values = {
		"question": "Where?",
		"type": "Choices",
		"option_1": "Here",
		"is_correct_1": 1,
		"option_2": "There",
	}
	return frappe.get_doc({"doctype": "LMS Question", **values}).insert(ignore_permissions=True).name


def learning_assignment(title: str) -> str:
	values = {"doctype": "LMS Assignment", "title": title, "type": "Text", "question": "What did you do?"}
	return frappe.get_doc(values).insert(ignore_permissions=True).name


def ask_in_lesson(lesson: str, kind: str, name: str) -> None:
	"""Let a lesson ask for a quiz or an assignment, as Learning's editor writes it."""
	doc = frappe.get_doc("Course Lesson", lesson)
	doc.content = json.dumps({"time": 0, "blocks": [{"id": "a", "type": kind, "data": {kind: name}}]})
	doc.save(ignore_permissions=True)


def hand_in_quiz(member: str, title: str, marks: int) -> str:
	name = frappe.db.get_value("LMS Quiz", {"title": title})
	question = frappe.db.get_value("LMS Quiz Question", {"parent": name}, "question")
	return _hand_in(
		member,
		{
			"doctype": "LMS Quiz Submission",
			"quiz": name,
			"member": member,
			"score_out_of": 10,
			"passing_percentage": 70,
			"result": [
				{
					"question_name": question,
					"question": "Where?",
					"marks": marks,
					"marks_out_of": 10,
					"answer": "Here",
				}
			],
		},
	)


def hand_in_assignment(member: str, title: str) -> str:
	name = frappe.db.get_value("LMS Assignment", {"title": title})
	return _hand_in(
		member,
		{
			"doctype": "LMS Assignment Submission",
			"assignment": name,
			"member": member,
			"answer": "We went out.",
		},
	)


def _hand_in(member: str, values: dict) -> str:
	"""Write as Learning does for the learner."""
	before = frappe.session.user
	frappe.set_user(member)
	try:
		return frappe.get_doc(values).insert(ignore_permissions=True).name
	finally:
		frappe.set_user(before)


def lessons_of(course: str) -> list[str]:
	return frappe.get_all(
		"Course Lesson", filters={"course": course}, order_by="creation, name", pluck="name"
	)


def complete_lessons(member: str, course: str, number: int | None = None) -> None:
	"""Complete a course's lessons (the first few, or all) through Learning's own API, as the learner."""
	from lms.lms.doctype.course_lesson.course_lesson import save_progress

	before = frappe.session.user
	frappe.set_user(member)
	try:
		for lesson in lessons_of(course)[:number]:
			save_progress(lesson, course)
	finally:
		frappe.set_user(before)


def learn_silently(member: str, course: str, number: int | None = None) -> None:
	"""Have so many of a course's lessons (or all) be the completed ones, as SCORM or an import writes it: with no event."""
	lessons = lessons_of(course)
	done = lessons[:number]
	for lesson in lessons:
		key = {"member": member, "lesson": lesson}
		if lesson not in done:
			frappe.db.delete("LMS Course Progress", key)
		elif not frappe.db.exists("LMS Course Progress", key):
			progress_row(member, lesson).db_insert()
	frappe.db.set_value(
		"LMS Enrollment", {"member": member, "course": course}, "progress", len(done) / len(lessons) * 100
	)


def progress_row(member: str, lesson: str, status: str = "Complete", **fields):
	"""Return what Learning writes of a lesson, not inserted yet."""
	chapter, course = frappe.db.get_value("Course Lesson", lesson, ["chapter", "course"])
	return frappe.get_doc(
		{
			"doctype": "LMS Course Progress",
			"name": frappe.generate_hash(length=10),
			"member": member,
			"lesson": lesson,
			"chapter": chapter,
			"course": course,
			"status": status,
			**fields,
		}
	)


def program(courses: list[str], **fields) -> str:
	"""Return the name of a new program of Learning with these courses."""
	return (
		frappe.get_doc(
			{
				"doctype": "LMS Program",
				"title": unique("Program"),
				"published": 1,
				"program_courses": [{"course": course} for course in courses],
				**fields,
			}
		)
		.insert(ignore_permissions=True)
		.name
	)


def batch(courses: list[str], **fields) -> str:
	"""Return the name of a new batch of Learning with these courses, a week long from today unless told otherwise."""
	return (
		frappe.get_doc(
			{
				"doctype": "LMS Batch",
				"title": unique("Batch"),
				"start_date": getdate(),
				"end_date": add_days(getdate(), 7),
				"start_time": "09:00:00",
				"end_time": "17:00:00",
				"timezone": "Asia/Kolkata",
				"description": "What it is about",
				"batch_details": "What it is about, at length",
				"instructors": [{"instructor": "Administrator"}],
				"courses": [{"course": course} for course in courses],
				**fields,
			}
		)
		.insert(ignore_permissions=True)
		.name
	)
