"""A renewal is learning again, though Learning remembers passes and attempts, and has one certificate for good (rule 11)."""

import json
from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate

from smooth_lms_hr import api, daily
from smooth_lms_hr.sources import exercises
from tests.site import factory
from tests.site.conftest import TODAY

YEAR = 365
QUIZ, HANDED_IN = "LMS Quiz Submission", "LMS Assignment Submission"


def day(number):
	return TODAY + timedelta(days=number)


@pytest.fixture
def course(hire, hr):
	"""Return a course that counts for a year, with a quiz that may be tried once and an assignment in its lessons."""
	frappe.set_user("Administrator")
	name = factory.course("Safety", validity_days=YEAR, enable_certification=1)
	first, second = factory.lessons_of(name)
	factory.ask_in_lesson(first, "quiz", factory.quiz("Exits", max_attempts=1))
	factory.ask_in_lesson(second, "assignment", factory.learning_assignment("A drill"))
	frappe.set_user(hr)
	factory.onboarding(employee=hire.name)
	return name


def learn(hire, course):
	"""Do everything that the course asks for, and return its status."""
	factory.hand_in_quiz(hire.user_id, "Exits", marks=9)
	factory.hand_in_assignment(hire.user_id, "A drill")
	factory.complete_lessons(hire.user_id, course)
	return factory.assignments(member=hire.user_id, course=course)[-1].status


@pytest.fixture
def renewed(hire, course, clock):
	assert learn(hire, course) == "Completed"
	clock(YEAR - 30)
	daily.run()
	return course


def test_an_old_pass_completes_no_lesson_of_a_renewal(hire, renewed):
	factory.complete_lessons(hire.user_id, renewed)
	assert [row.status for row in factory.assignments(member=hire.user_id)] == ["Completed", "Pending"]


def test_used_up_attempts_do_not_bar_it(hire, renewed):
	assert learn(hire, renewed) == "Completed"


def test_what_was_reached_is_on_record(hire, renewed):
	(kept,) = frappe.get_all("LMS Training Evidence", {"member": hire.user_id}, ["results"])
	by_doctype = {row["doctype"]: row for row in json.loads(kept.results)}
	assert by_doctype[QUIZ] | {"exercise": None} == {
		"doctype": QUIZ, "exercise": None, "attempts": 1, "last": str(TODAY), "score": 9, "out_of": 10, "percent": 90,
		"passing_percent": 70,
	}  # fmt: skip
	assert by_doctype[HANDED_IN]["attempts"] == 1


def test_what_was_handed_in_can_be_brought_back_by_an_administrator(hire, renewed):
	assert not frappe.db.exists(QUIZ, {"member": hire.user_id})
	copies = frappe.get_all(
		"Deleted Document", {"deleted_doctype": ("in", (QUIZ, HANDED_IN))}, ["data"], order_by="name"
	)
	mine = [json.loads(row.data) for row in copies if hire.user_id in row.data]
	assert {row["doctype"] for row in mine} == {QUIZ, HANDED_IN}
	(quiz,) = (row for row in mine if row["doctype"] == QUIZ)
	assert [line["marks"] for line in quiz["result"]] == [9]


def test_nobody_elses_work_is_touched(hire, course, clock):
	other = factory.employee(factory.user())
	learn(hire, course)
	clock(20)
	api.assign_mandatory_training(employees=[other.name], courses=[course])
	learn(other, course)
	clock(YEAR - 30)
	daily.run()
	assert frappe.db.count(QUIZ, {"member": other.user_id}) == 1
	assert factory.assignments(member=other.user_id)[-1].status == "Completed"


def test_exercises_are_found_wherever_a_lesson_may_name_them():
	video = {"type": "upload", "data": {"quizzes": [{"quiz": "In the video"}, "nonsense"]}}
	contents = {
		"a": {"content": json.dumps({"blocks": [{"type": "quiz", "data": {"quiz": "Q"}}, video]})},
		"b": {"content": None, "body": "{{ Quiz('In text') }} and {{Assignment(\"Written\")}}"},
		"c": {"content": "no json", "body": "{{ Quiz('hidden') }}"},
		"d": {"content": json.dumps({"blocks": [None, {"type": "quiz", "data": None}, {"type": "quiz"}]})},
		"e": {"content": "[]"},
	}
	found = {
		key: {one.name for one in exercises.in_lesson(frappe._dict(row))} for key, row in contents.items()
	}
	assert found == {
		"a": {"Q", "In the video"},
		"b": {"In text", "Written"},
		"c": set(),
		"d": set(),
		"e": set(),
	}


# -- Certificates


def certify(hire, course):
	from lms.lms.doctype.lms_certificate.lms_certificate import create_certificate

	frappe.set_user(hire.user_id)
	name = create_certificate(course).name
	frappe.set_user("Administrator")
	return lambda: tuple(
		getdate(day) if day else None
		for day in frappe.db.get_value("LMS Certificate", name, ["issue_date", "expiry_date"])
	)


def test_a_certificate_says_until_when_the_completion_counts(hire, course):
	learn(hire, course)
	assert certify(hire, course)() == (TODAY, day(YEAR))


def test_without_validity_days_it_does_not_end(hire, hr):
	name = factory.course(enable_certification=1)
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, name)
	assert certify(hire, name)() == (TODAY, None)


def test_renewed_it_says_the_new_day_and_its_history_says_so(hire, course, clock):
	learn(hire, course)
	dates = certify(hire, course)
	clock(YEAR - 30)
	daily.run()
	assert dates() == (TODAY, day(YEAR))
	clock(YEAR - 20)
	learn(hire, course)
	assert dates() == (day(YEAR - 20), day(YEAR - 20 + YEAR))
	# Asked for again, it is the same one.
	assert certify(hire, course)() == (day(YEAR - 20), day(YEAR - 20 + YEAR))
	old, new = factory.assignments(member=hire.user_id, course=course)
	for row, said in ((old, TODAY), (new, day(YEAR - 20))):
		assert ("Certified", None, str(said)) in [event[:3] for event in factory.events(row.name)]


def test_what_the_certificate_said_before_is_on_record(hire, course, clock):
	learn(hire, course)
	certify(hire, course)
	clock(YEAR - 30)
	daily.run()
	(kept,) = frappe.get_all("LMS Training Evidence", {"member": hire.user_id}, ["assignment", "certificate"])
	assert kept.certificate == frappe.db.get_value("LMS Certificate", {"member": hire.user_id})
	assert ("Certified", None, str(TODAY)) in [event[:3] for event in factory.events(kept.assignment)]


def test_what_a_teacher_has_entered_stands(hire, course):
	learn(hire, course)
	frappe.set_user("Administrator")
	doc = frappe.get_doc(
		{
			"doctype": "LMS Certificate",
			"template": frappe.db.get_value("Print Format", {"doc_type": "LMS Certificate"}),
			"member": hire.user_id,
			"course": course,
			"issue_date": TODAY,
			"expiry_date": day(30),
		}
	).insert(ignore_permissions=True)
	assert getdate(doc.expiry_date) == day(30)


def test_lessons_that_nobody_announced_move_the_certificate_with_the_daily_run(hire, course, clock):
	learn(hire, course)
	dates = certify(hire, course)
	clock(YEAR - 30)
	daily.run()
	clock(YEAR - 20)
	factory.learn_silently(hire.user_id, course)
	daily.run()
	assert dates() == (day(YEAR - 20), day(YEAR - 20 + YEAR))
