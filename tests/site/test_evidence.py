"""Whatever is completed, by whatever way, leaves evidence of what was learned, in the same transaction."""

import json
from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import evidence_of
from smooth_lms_hr.record import evidence
from smooth_lms_hr.record.evidence import Signature
from tests.site import factory
from tests.site.asking import answer
from tests.site.conftest import TODAY
from tests.site.queries import Queries, number_of

EVIDENCE = "LMS Training Evidence"
YEAR = 365


def kept(**filters):
	"""Return evidence in the order in which it was written, its JSON read."""
	rows = frappe.get_all(EVIDENCE, filters, ["*"], order_by="name")
	for row in rows:
		for fieldname in ("content", "lessons", "results"):
			row[fieldname] = json.loads(row[fieldname])
	return rows


def assign(member, *courses):
	answered = api.assign_mandatory_training([member], courses=list(courses))
	assert not answered["failed"]
	return [row["assignment"] for row in answered["created"]]


@pytest.fixture
def course(hr):
	return factory.course("Safety", is_mandatory=0, training_hours=1.5)


@pytest.fixture
def owed(hire, course):
	(name,) = assign(hire.user_id, course)
	return name


def test_a_completed_course_leaves_evidence_of_it(hire, course, owed):
	factory.complete_lessons(hire.user_id, course, 1)
	assert kept() == []
	factory.complete_lessons(hire.user_id, course)
	(row,) = kept()
	assert (row.kind, row.status, row.assignment, row.member, row.employee) == (
		"Learning", "Valid", owed, hire.user_id, hire.name,
	)  # fmt: skip
	assert (row.course, row.course_title, row.completed_on, row.training_hours) == (
		course,
		"Safety",
		TODAY,
		1.5,
	)
	assert (row.cause, row.certificate, row.statement, row.taken_over) == (None, None, None, 0)
	lessons = factory.lessons_of(course)
	assert [(one["lesson"], one["completed_on"]) for one in row.lessons] == [
		(name, str(TODAY)) for name in lessons
	]
	(chapter,) = row.content["chapters"]
	assert row.content["title"] == "Safety"
	assert [one["lesson"] for one in chapter["lessons"]] == lessons
	for one in chapter["lessons"]:
		stored = frappe.db.get_value("Course Lesson", one["lesson"], ["title", "modified"], as_dict=True)
		assert (one["title"], one["modified"]) == (stored.title, str(stored.modified))
	assert len(row.content_hash) == 64


def test_it_is_gone_where_the_completion_is_rolled_back(hire, course, owed):
	frappe.db.savepoint("nothing_learned")
	factory.complete_lessons(hire.user_id, course)
	assert kept()
	frappe.db.rollback(save_point="nothing_learned")
	assert not kept()


def test_completed_once_it_is_written_once(hire, course, owed):
	factory.complete_lessons(hire.user_id, course)
	daily.run()
	factory.add_lessons(course)
	factory.complete_lessons(hire.user_id, course)
	daily.run()
	assert len(kept()) == 1


def test_lessons_that_nobody_announced_leave_it_with_the_daily_run(hire, course, owed):
	factory.learn_silently(hire.user_id, course)
	assert not kept()
	daily.run()
	(row,) = kept()
	assert (row.assignment, len(row.lessons)) == (owed, 2)


def test_what_was_learned_before_it_is_assigned_has_it_too(hire, course):
	frappe.get_doc({"doctype": "LMS Enrollment", "member": hire.user_id, "course": course}).insert(
		ignore_permissions=True
	)
	factory.complete_lessons(hire.user_id, course)
	(name,) = assign(hire.user_id, course)
	(row,) = kept()
	assert (row.assignment, len(row.lessons), bool(row.content_hash)) == (name, 2, True)


def test_what_was_learned_too_long_ago_is_on_record_before_it_is_taken_back(hire, course, clock):
	frappe.get_doc({"doctype": "LMS Enrollment", "member": hire.user_id, "course": course}).insert(
		ignore_permissions=True
	)
	factory.complete_lessons(hire.user_id, course)
	frappe.db.set_value("LMS Course", course, "validity_days", 10)
	clock(50)
	assign(hire.user_id, course)
	old, new = factory.assignments(member=hire.user_id)
	(row,) = kept()
	assert (old.status, new.status, row.assignment, row.taken_over) == ("Completed", "Pending", old.name, 0)
	assert (getdate(row.completed_on), len(row.lessons)) == (TODAY, 2)


def test_a_renewal_leaves_the_old_evidence_as_it_was_and_adds_its_own(hire, course, owed, clock):
	frappe.db.set_value("LMS Course", course, "validity_days", YEAR)
	factory.complete_lessons(hire.user_id, course)
	(before,) = kept()
	clock(YEAR - 30)
	frappe.db.set_value("LMS Course", course, "title", "Safety at Work")
	daily.run()
	factory.complete_lessons(hire.user_id, course)
	first, second = kept()
	assert first == before
	assert (second.course_title, {one["completed_on"] for one in second.lessons}) == (
		"Safety at Work", {str(TODAY + timedelta(days=YEAR - 30))},
	)  # fmt: skip


def test_completed_by_another_course_it_is_of_what_was_really_learned(hire, hr):
	other = factory.course("First Aid", is_mandatory=0, lessons=3, training_hours=4)
	course = factory.course("Safety", is_mandatory=0, training_hours=9, equivalents=[{"course": other}])
	(name,) = assign(hire.user_id, course)
	frappe.get_doc({"doctype": "LMS Enrollment", "member": hire.user_id, "course": other}).insert(
		ignore_permissions=True
	)
	factory.complete_lessons(hire.user_id, other)
	(row,) = kept()
	assert (row.assignment, row.course, row.course_title) == (name, course, "Safety")
	assert (row.cause_doctype, row.cause, row.training_hours) == ("LMS Course", other, 4)
	assert (row.content["course"], [one["lesson"] for one in row.lessons]) == (
		other,
		factory.lessons_of(other),
	)


def test_put_on_file_by_another_course_as_well(hire, hr):
	other = factory.course("First Aid", is_mandatory=0, lessons=3)
	course = factory.course("Safety", is_mandatory=0, equivalents=[{"course": other}])
	frappe.get_doc({"doctype": "LMS Enrollment", "member": hire.user_id, "course": other}).insert(
		ignore_permissions=True
	)
	factory.complete_lessons(hire.user_id, other)
	assign(hire.user_id, course)
	(row,) = kept()
	assert (row.course, row.cause, len(row.lessons)) == (course, other, 3)


def test_what_was_done_elsewhere_is_evidence_of_the_request_and_of_no_lesson(hire, course, owed, hr):
	factory.complete_lessons(hire.user_id, course, 1)
	day = TODAY - timedelta(days=3)
	name = factory.request(owed, "Done Elsewhere", completed_on=str(day))
	answer(name)
	(row,) = kept()
	assert (row.kind, row.cause_doctype, row.cause) == ("External", "LMS Training Request", name)
	assert (row.completed_on, row.lessons, row.results, row.content) == (day, [], [], {})
	assert (row.content_hash, row.course_title) == (None, "Safety")


def test_what_is_waived_or_cancelled_leaves_none(hire, course, owed):
	api.waive([owed], "Knows it all")
	assert not kept()


def test_a_signature_is_part_of_it(hire, course, owed):
	doc = frappe.get_doc("LMS Training Assignment", owed)
	doc.complete(TODAY)
	doc.flags.signature = Signature("I have read it.", "Pat Hire", frappe.utils.now_datetime())
	doc.save_by_rule()
	(row,) = kept()
	assert (row.statement, row.signed_as) == ("I have read it.", "Pat Hire")
	assert row.signed_on


# ---- what it says


def test_each_quiz_says_how_often_how_well_and_when(hire, course, owed):
	first, second = factory.lessons_of(course)
	factory.ask_in_lesson(first, "quiz", factory.quiz("Exits"))
	factory.ask_in_lesson(second, "assignment", factory.learning_assignment("A drill"))
	factory.hand_in_quiz(hire.user_id, "Exits", marks=7)
	factory.hand_in_quiz(hire.user_id, "Exits", marks=9)
	factory.hand_in_quiz(hire.user_id, "Exits", marks=8)
	factory.hand_in_assignment(hire.user_id, "A drill")
	factory.complete_lessons(hire.user_id, course)
	(row,) = kept()
	by_doctype = {one["doctype"]: one for one in row.results}
	quiz, drill = by_doctype["LMS Quiz Submission"], by_doctype["LMS Assignment Submission"]
	assert (quiz["attempts"], quiz["score"], quiz["out_of"], quiz["percent"], quiz["passing_percent"]) == (
		3, 9, 10, 90, 70,
	)  # fmt: skip
	assert (quiz["last"], drill["attempts"], drill["last"]) == (str(TODAY), 1, str(TODAY))
	assert [one["quiz"] for one in row.content["quizzes"]] == [quiz["exercise"]]


@pytest.mark.parametrize(
	("fieldname", "value"), [("content", '{"blocks": []}'), ("body", "Something else"), ("title", "Other")]
)
def test_a_lesson_that_says_something_else_since_has_another_hash(hire, course, owed, fieldname, value):
	colleague = factory.employee(factory.user())
	assign(colleague.user_id, course)
	factory.complete_lessons(hire.user_id, course)
	frappe.db.set_value("Course Lesson", factory.lessons_of(course)[0], fieldname, value)
	factory.complete_lessons(colleague.user_id, course)
	before, after = kept()
	assert before.content_hash != after.content_hash


def test_so_has_a_quiz_with_another_question_and_a_course_with_its_lessons_in_another_order(
	hire, course, owed
):
	first, second = factory.lessons_of(course)
	factory.ask_in_lesson(first, "quiz", factory.quiz("Exits"))
	hashes = [evidence_of.contents.of([course])[course].hash]
	frappe.db.set_value("LMS Question", {"name": ("is", "set")}, "option_1", "Something else")
	hashes.append(evidence_of.contents.of([course])[course].hash)
	frappe.db.set_value("LMS Quiz", {"name": ("is", "set")}, "passing_percentage", 1)
	hashes.append(evidence_of.contents.of([course])[course].hash)
	for lesson, place in ((first, 2), (second, 1)):
		frappe.db.set_value("Lesson Reference", {"lesson": lesson}, "idx", place)
	hashes.append(evidence_of.contents.of([course])[course].hash)
	assert len(set(hashes)) == 4


def test_what_is_no_part_of_the_course_changes_no_hash(hire, course):
	before = evidence_of.contents.of([course])[course].hash
	frappe.db.set_value("LMS Course", course, {"training_due_days": 7, "short_introduction": "Other"})
	frappe.db.set_value("Course Lesson", factory.lessons_of(course)[0], "owner", "Guest")
	assert evidence_of.contents.of([course])[course].hash == before


def test_titles_are_stored_as_plain_text(hire, hr):
	course = factory.course('"<img src=x onerror=alert(1)>"', is_mandatory=0)
	frappe.db.set_value("Course Lesson", factory.lessons_of(course)[0], "title", "<script>alert(1)</script>")
	assign(hire.user_id, course)
	factory.complete_lessons(hire.user_id, course)
	(row,) = frappe.get_all(EVIDENCE, {}, ["course_title", "content", "lessons"])
	assert not [text for text in row.values() if "<" in text]


# ---- bad input


def test_a_lesson_that_is_deleted_between_learning_and_evidence_stands_in_nobodys_way(hire, course, owed):
	first, second = factory.lessons_of(course)
	factory.complete_lessons(hire.user_id, course, 1)
	# As SQL leaves it: the chapter names a lesson that is there no more.
	frappe.db.delete("Course Lesson", {"name": first})
	factory.progress_row(hire.user_id, second).db_insert()
	daily.run()
	(row,) = kept()
	assert [one["lesson"] for one in row.lessons] == [first, second]
	assert [one["title"] is None for one in row.content["chapters"][0]["lessons"]] == [True, False]
	assert row.lessons[0]["title"] == first


def test_a_lesson_that_was_taken_out_of_the_course_is_no_part_of_it(hire, course, owed):
	first, second = factory.lessons_of(course)
	factory.complete_lessons(hire.user_id, course, 1)
	frappe.db.delete("Lesson Reference", {"lesson": second})
	daily.run()
	(row,) = kept()
	assert ([one["lesson"] for one in row.lessons], len(row.content["chapters"][0]["lessons"])) == (
		[first],
		1,
	)


def test_a_quiz_handed_in_a_thousand_times_is_one_result(hire, course, owed):
	first, _second = factory.lessons_of(course)
	factory.ask_in_lesson(first, "quiz", factory.quiz("Exits"))
	one = frappe.get_doc("LMS Quiz Submission", factory.hand_in_quiz(hire.user_id, "Exits", marks=9))
	row = {name: value for name, value in one.as_dict().items() if name in one.meta.get_valid_columns()}
	factory.insert("LMS Quiz Submission", [{**row, "name": f"again-{number}"} for number in range(999)])
	factory.complete_lessons(hire.user_id, course)
	((result,),) = (row.results for row in kept())
	assert (result["attempts"], result["percent"]) == (1000, 90)


def test_course_and_person_may_be_renamed_since(hire, course, owed):
	factory.complete_lessons(hire.user_id, course)
	frappe.set_user("Administrator")
	new = frappe.rename_doc("LMS Course", course, f"{course}-renamed")
	(row,) = kept()
	assert row.course == new
	assert json.loads(row.as_written)["course"] == course
	assert row.row_hash == evidence.rows.hash_of(row.name, row.as_written)


def test_a_deleted_course_takes_none_with_it(hire, course, owed):
	factory.complete_lessons(hire.user_id, course)
	frappe.set_user("Administrator")
	for doctype in ("LMS Enrollment", "LMS Course Progress"):
		frappe.db.delete(doctype, {"course": course})
	frappe.delete_doc("LMS Course", course, force=True)
	(row,) = kept()
	assert (row.course, row.course_title) == (course, "Safety")


# ---- of many


def learned_by_many(number):
	courses = [factory.course(is_mandatory=0) for _each in range(2)]
	people = [factory.employee(factory.user()).user_id for _each in range(number)]
	for member in people:
		assign(member, *courses)
		for course in courses:
			factory.learn_silently(member, course)
	return people


def test_the_number_of_queries_does_not_grow_with_completions(hr):
	frappe.set_user("Administrator")
	learned_by_many(1)
	with Queries() as few:
		daily.run()
	learned_by_many(5)
	with Queries() as many:
		daily.run()
	assert len(kept()) == 12
	assert many.about(f"insert into `tab{EVIDENCE}`") == few.about(f"insert into `tab{EVIDENCE}`") == 1
	for doctype in ("Lesson Reference", "Course Lesson", "LMS Quiz", "LMS Certificate"):
		assert many.about(f"tab{doctype}") == few.about(f"tab{doctype}")


def test_nor_with_the_lessons_of_a_course(hire, hr):
	courses = [factory.course(is_mandatory=0, lessons=number) for number in (1, 2, 12)]
	taken = []
	for course in courses:
		assign(hire.user_id, course)
		factory.learn_silently(hire.user_id, course)
		(doc,) = (
			frappe.get_doc("LMS Training Assignment", row.name)
			for row in factory.assignments(member=hire.user_id, course=course)
		)
		doc.complete(TODAY)
		taken.append(number_of(doc.save_by_rule))
	# The first one warms the caches.
	assert taken[1] == taken[2]
	assert [len(row.lessons) for row in kept()] == [1, 2, 12]


def test_more_than_one_statement_can_hold_goes_in_by_several(hire, monkeypatch):
	monkeypatch.setattr(evidence, "MAX_STATEMENT", 1500)
	rows = [
		evidence.Evidence(
			f"TA-{number}", hire.user_id, hire.name, "safety", "Safety", TODAY, content={"of": "x" * 600}
		)
		for number in range(5)
	]
	with Queries() as queries:
		names = evidence.write(rows)
	assert queries.about(f"insert into `tab{EVIDENCE}`") == 5
	assert [row.assignment for row in kept()] == [one.assignment for one in rows]
	assert [row.name for row in kept()] == names
	assert evidence.write([]) == []


def test_a_course_without_lessons_has_a_content_too(hr):
	course = factory.course("Empty", lessons=0)
	found = evidence_of.contents.of([course, "none"])
	assert list(found) == [course]
	assert (found[course].title, found[course].outline["chapters"], found[course].lessons) == (
		"Empty",
		[],
		{},
	)
