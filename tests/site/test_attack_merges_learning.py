"""What Learning has twice of two users who become one: enrolments, and progresses of one lesson."""

import frappe
import pytest

from smooth_lms_hr.following import learning_doubles
from tests.site import factory
from tests.site.debts import ENROLLMENT, LESSON, VALIDITY, enrolled, learnt, merge, owe, states


def test_one_enrolment_is_left_and_the_open_debt_points_at_it(two, hire):
	old, new = two
	course = factory.course()
	ahead, behind = enrolled(old, course, 50), enrolled(new, course)
	others = enrolled(hire.user_id, course)
	shares = [
		frappe.get_doc(
			{
				"doctype": "DocShare",
				"user": hire.user_id,
				"share_doctype": ENROLLMENT,
				"share_name": name,
				"read": 1,
			}
		).insert()
		for name in (behind, others)
	]
	first = owe(old, course, progress=50, enrollment=ahead)
	second = owe(new, course, enrollment=behind)
	merge("User", old, new)
	assert frappe.get_all(ENROLLMENT, {"course": course, "member": new}, pluck="name") == [ahead]
	assert frappe.db.exists(ENROLLMENT, others)
	assert {name: factory.assignment(name=name).enrollment for name in (first, second)} == {
		first: ahead,
		second: ahead,
	}
	assert frappe.db.exists("Deleted Document", {"deleted_doctype": ENROLLMENT, "deleted_name": behind})
	assert [bool(frappe.db.exists("DocShare", share.name)) for share in shares] == [False, True]


def test_without_debts_the_further_enrolment_is_left_with_what_the_other_knew(two):
	old, new = two
	course = factory.course()
	lesson = factory.lessons_of(course)[0]
	ahead, behind = enrolled(old, course, 50), enrolled(new, course, 10)
	frappe.db.set_value(ENROLLMENT, behind, "current_lesson", lesson)
	merge("User", old, new)
	assert frappe.get_all(ENROLLMENT, {"course": course}, ["name", "progress", "current_lesson"]) == [
		{"name": ahead, "progress": 50, "current_lesson": lesson}
	]


def test_lessons_of_both_count_together(two, hire):
	old, new = two
	course = factory.course(lessons=2)
	lessons = factory.lessons_of(course)
	for member, lesson in ((old, lessons[0]), (new, lessons[1]), (hire.user_id, lessons[0])):
		learnt(member, course, lesson)
		owe(member, course, progress=50, enrollment=enrolled(member, course, 50))
	merge("User", old, new)
	assert sorted(status for status, _cycle in states(member=new).values()) == ["Cancelled", "Completed"]
	assert [row.progress for row in factory.assignments(member=hire.user_id)] == [50]


def test_nobody_has_learnt_more_than_all(two):
	"""Learning counts lessons of a person and course that are no longer in it."""
	old, new = two
	course = factory.course(lessons=1)
	learnt(old, course, factory.lessons_of(course)[0])
	learnt(new, course, factory.lessons_of(factory.course(lessons=1))[0])
	name = owe(new, course, enrollment=enrolled(new, course))
	merge("User", old, new)
	assert factory.assignment(name=name).progress == 100
	assert frappe.get_all(ENROLLMENT, {"course": course}, pluck="progress") == [100]


@pytest.mark.parametrize("turned", [False, True])
def test_what_one_learnt_unasked_counts_for_what_the_other_owes(two, turned):
	old, new = two
	owes, learns = (new, old) if turned else (old, new)
	course = factory.course(lessons=1)
	learnt(learns, course, factory.lessons_of(course)[0])
	enrolled(learns, course, 100)
	name = owe(owes, course, enrollment=enrolled(owes, course))
	merge("User", old, new)
	assert states(course=course) == {name: ("Completed", 1)}
	assert frappe.get_all(ENROLLMENT, {"course": course}, pluck="progress") == [100]


def test_a_lesson_that_both_did_is_there_once_before_anything_moves(two, hire, as_user):
	old, new = two
	course = factory.course(lessons=3)
	both, half, alone = factory.lessons_of(course)
	older, newer = learnt(old, course, both, -9), learnt(new, course, both, -2)
	whole, part = learnt(old, course, half, -9), learnt(new, course, half, -2, "Partially Complete")
	own, theirs = learnt(old, course, alone), learnt(hire.user_id, course, both)
	lessons = learning_doubles.set_apart(old, new)
	there = set(frappe.get_all(LESSON, {"course": course}, pluck="name"))
	assert there == {newer, whole, own, theirs}
	assert lessons.shared == {course}
	learning_doubles.put_back(lessons)
	# Twice, as where a savepoint has undone it already.
	learning_doubles.put_back(lessons)
	there = set(frappe.get_all(LESSON, {"course": course}, pluck="name"))
	assert there == {older, newer, whole, part, own, theirs}


# Even a lesson from before the other's completion is one of those that the debt has asked for.
@pytest.mark.parametrize(("own_lesson", "asked"), [(-1, 1), (-VALIDITY - 20, 1), (-VALIDITY - 20, 2)])
@pytest.mark.parametrize("turned", [False, True])
def test_old_lessons_do_not_complete_a_debt_that_asks_for_new_ones(two, turned, own_lesson, asked):
	"""The completion of one has run out; the other is to learn it again, and must."""
	old, new = two
	done, owes = (new, old) if turned else (old, new)
	course = factory.course(lessons=2, validity_days=VALIDITY)
	lessons = factory.lessons_of(course)
	for lesson in lessons:
		learnt(done, course, lesson, -VALIDITY - 9)
	# Learning has an index against this on some sites only.
	learnt(done, course, lessons[1], -VALIDITY - 10)
	own = learnt(owes, course, lessons[0], own_lesson)
	expired = owe(
		done, course, "Completed", settled=-VALIDITY - 9, assigned=-500, progress=100,
		enrollment=enrolled(done, course, 100),
	)  # fmt: skip
	mine = owe(owes, course, "In Progress", progress=50, enrollment=enrolled(owes, course, 50))
	for _again in range(asked - 1):
		frappe.get_doc("User", old).run_method("before_rename", old, new, True)
	merge("User", old, new)
	assert states(member=new) == {expired: ("Completed", 1), mine: ("In Progress", 2)}
	assert frappe.get_all(LESSON, {"course": course}, ["name", "member"]) == [{"name": own, "member": new}]
	assert frappe.get_all(ENROLLMENT, {"course": course}, pluck="progress") == [50]


def test_what_was_learnt_since_counts(two):
	old, new = two
	course = factory.course(lessons=2, validity_days=VALIDITY)
	lessons = factory.lessons_of(course)
	learnt(old, course, lessons[1], -5)
	learnt(new, course, lessons[0], -VALIDITY - 20)
	owe(old, course, "Completed", settled=-VALIDITY - 9, assigned=-500, progress=100)
	mine = owe(new, course, "In Progress", progress=50, enrollment=enrolled(new, course, 50))
	merge("User", old, new)
	assert states(name=mine) == {mine: ("Completed", 2)}


def test_nobody_follows_the_enrolment_of_somebody_else(two):
	old, new = two
	course = factory.course()
	first, second = enrolled(old, course, 80), enrolled(new, course)
	a, b = owe(old, course, enrollment=first), owe(new, course, enrollment=second)
	frappe.rename_doc(ENROLLMENT, first, second, merge=True, force=True)
	assert [factory.assignment(name=name).enrollment for name in (a, b)] == [None, second]
	assert states(course=course) == {a: ("Pending", 1), b: ("Pending", 1)}
