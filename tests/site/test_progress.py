"""Status and progress follow Learning (rule 7)."""

from datetime import timedelta
from functools import partial

import frappe
import pytest

from smooth_lms_hr import daily
from smooth_lms_hr.following import progress
from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources.learning import enrol
from tests.site import differences, factory
from tests.site.conftest import TODAY
from tests.site.queries import Queries, number_of


@pytest.fixture
def course():
	return factory.course(lessons=4)


@pytest.fixture
def learner(course):
	member = factory.user()
	factory.onboarding(employee=factory.employee(member).name)
	return member


def changes(summary):
	"""Return what a daily run says of assignments."""
	return {
		key: summary[key]
		for key in ("Pending", "In Progress", "Completed", "Overdue", "progress")
		if key in summary
	}


def state(member):
	row = factory.assignment(member=member)
	return row.status, row.progress, row.completed_on


def test_a_completed_lesson_moves_the_assignment(learner, course, clock):
	factory.complete_lessons(learner, course, 1)
	assert state(learner) == ("In Progress", 25, None)
	clock(3)
	factory.complete_lessons(learner, course, 4)
	assert state(learner) == ("Completed", 100, TODAY + timedelta(days=3))
	assert factory.events(factory.assignment(member=learner).name) == [
		("Begun", "Pending", "In Progress", None, learner),
		("Completed", "In Progress", "Completed", None, learner),
	]


@pytest.mark.parametrize("done_before", [0, 1])
def test_open_desks_hear_of_a_completed_lesson(learner, course, monkeypatch, done_before):
	"""Of the first, with which it is In Progress, and of one that changes nothing but the progress."""
	factory.complete_lessons(learner, course, done_before)
	heard = []
	monkeypatch.setattr(frappe, "publish_realtime", lambda *event, **where: heard.append((event, where)))
	factory.complete_lessons(learner, course, done_before + 1)
	row = factory.assignment(member=learner)
	assert (
		("smooth_lms_hr:onboarding_training", {"onboarding": row.onboarding}),
		{"doctype": "Employee Onboarding", "docname": row.onboarding, "after_commit": True},
	) in heard
	# As a save is heard of by lists and forms.
	for event in ("list_update", "doc_update"):
		assert [said[1]["name"] for said, _where in heard if said[:1] == (event,)].count(row.name) == 1


def test_completed_stays_completed_when_lessons_are_added(learner, course, clock):
	factory.complete_lessons(learner, course)
	factory.add_lessons(course, 4)
	enrolment = frappe.get_doc("LMS Enrollment", {"member": learner, "course": course})
	enrolment.db_set("progress", 50)
	assert state(learner)[0] == "Completed"
	clock(60)
	daily.run()
	assert state(learner)[0] == "Completed"


def test_the_learners_lesson_is_saved_even_if_we_fail(learner, course, monkeypatch):
	def break_down(*args):
		raise RuntimeError("out of order")

	with monkeypatch.context() as patched:
		patched.setattr(progress, "derive_status", break_down)
		factory.complete_lessons(learner, course, 1)
	assert frappe.db.count("LMS Course Progress", {"member": learner, "course": course}) == 1
	assert frappe.db.get_value("LMS Enrollment", {"member": learner}, "progress") == 25
	daily.run()
	assert state(learner)[:2] == ("In Progress", 25)


def test_the_day_after_the_due_date_it_is_overdue(learner, course, clock):
	clock(30)
	daily.run()
	assert state(learner)[0] == "Pending"
	clock(31)
	assert changes(daily.run()) == {"Overdue": 1}
	assert state(learner)[0] == "Overdue"
	assert changes(daily.run()) == {}
	factory.complete_lessons(learner, course, 2)
	assert state(learner)[:2] == ("Overdue", 50)
	factory.complete_lessons(learner, course)
	assert state(learner) == ("Completed", 100, TODAY + timedelta(days=31))


def test_the_daily_run_finds_silent_writes(learner, course, clock):
	factory.learn_silently(learner, course, 3)
	assert changes(daily.run()) == {"In Progress": 1}
	assert state(learner)[:2] == ("In Progress", 75)
	factory.learn_silently(learner, course, 2)
	assert changes(daily.run()) == {"progress": 1}
	factory.learn_silently(learner, course, 0)
	assert changes(daily.run()) == {"Pending": 1}
	factory.learn_silently(learner, course)
	clock(3)
	assert changes(daily.run()) == {"Completed": 1}
	assert state(learner) == ("Completed", 100, TODAY)


def test_a_chunk_takes_as_many_queries_for_one_as_for_many(course, clock):
	def hire(number):
		clock(0)
		for _ in range(number):
			member = factory.user()
			factory.onboarding(employee=factory.employee(member).name)
			factory.learn_silently(member, course, 1 + factory.next_number() % 3)

	def count():
		with Queries() as queries:
			(names,) = progress.chunks_of_open(1000)
			done = progress.reconcile(names, clock(40))
		return done, len(queries)

	hire(1)
	done, one = count()
	assert done == {"Overdue": 1}
	hire(8)
	done, many = count()
	assert done == {"Overdue": 8}
	assert many == one


def test_the_daily_run_goes_on_where_a_chunk_ended(course, clock, monkeypatch):
	for _ in range(5):
		factory.onboarding(employee=factory.employee(factory.user()).name)
	monkeypatch.setattr(daily, "CHUNK", 2)
	clock(31)
	assert daily.run()["Overdue"] == 5
	assert {row.status for row in factory.assignments()} == {"Overdue"}


def test_an_enrolment_that_was_made_behind_our_back_is_found(learner, course, clock):
	frappe.db.delete("LMS Enrollment", {"member": learner})
	assert changes(daily.run()) == {}
	assert factory.assignment(member=learner).enrollment is None
	# Of two the older one counts.
	for day, name in ((1, "second"), (2, "a third")):
		clock(day)
		frappe.get_doc(
			{"doctype": "LMS Enrollment", "member": learner, "course": course, "progress": 60, "name": name}
		).db_insert()
	factory.learn_silently(learner, course, 2)
	assert changes(daily.run()) == {"In Progress": 1}
	assert state(learner)[:2] == ("In Progress", 50)
	assert factory.assignment(member=learner).enrollment == "second"
	assert changes(daily.run()) == {}


def test_a_deleted_enrolment_leaves_the_debt_and_the_next_plan_enrols_again(learner, course):
	employee = frappe.db.get_value("Employee", {"user_id": learner})
	enrolment = frappe.get_doc("LMS Enrollment", {"member": learner, "course": course})
	enrolment.delete()
	row = factory.assignment(member=learner)
	assert (row.status, row.enrollment) == ("Pending", None)
	factory.onboarding(employee=employee)
	row = factory.assignment(member=learner)
	assert row.enrollment == frappe.db.get_value("LMS Enrollment", {"member": learner, "course": course})


def test_a_deleted_course_cancels_what_is_open_and_keeps_the_proof(learner, course):
	done, other = factory.user(), factory.course(is_mandatory=0)
	factory.onboarding(employee=factory.employee(done).name)
	factory.complete_lessons(done, course)
	from lms.lms.api import delete_course

	if not differences.courses_go_that_are_learnt():
		before = state(learner), state(done)
		with pytest.raises(frappe.LinkExistsError):
			delete_course(course)
		assert (state(learner), state(done)) == before
		# Who deletes it has to take away first what points at its lessons.
		frappe.db.delete("LMS Course Progress", {"course": course})
		frappe.db.set_value("LMS Enrollment", {"course": course}, "current_lesson", None)
	delete_course(course)
	assert not frappe.db.exists("LMS Course", course)
	assert state(done)[0] == "Completed"
	row = factory.assignment(member=learner)
	assert (row.status, row.course_title) == ("Cancelled", row.course_title)
	assert [each[3] for each in factory.events(row.name)] == ["The course was deleted."]
	assert frappe.db.exists("LMS Course", other)


def test_a_renamed_user_keeps_the_debt(learner, course):
	new = f"{factory.unique('renamed')}@example.com".lower()
	frappe.rename_doc("User", learner, new, force=True)
	assert state(new)[0] == "Pending"
	factory.complete_lessons(new, course, 1)
	assert state(new)[:2] == ("In Progress", 25)


def test_a_lesson_counts_as_the_daily_run_does(learner, course, clock):
	"""A learner waits for the one; the other asks for thousands at once."""
	other = factory.user()
	enrol(other, course, frappe.generate_hash(length=10))
	factory.complete_lessons(other, course, 2)
	first, *_others = factory.lessons_of(course)
	chapter = frappe.db.get_value("Course Chapter", {"course": course})
	# A lesson that is listed twice is one, and a line that names none is none.
	for lesson in (first, ""):
		frappe.get_doc(
			{
				"doctype": "Lesson Reference",
				"parent": chapter,
				"parenttype": "Course Chapter",
				"parentfield": "lessons",
				"lesson": lesson,
			}
		).db_insert()
	for number, percent in ((1, 25), (3, 75), (4, 100)):
		clock(number)
		factory.complete_lessons(learner, course, number)
		known = facts.learned({(learner, course)})[learner, course]
		assert known == (percent, TODAY + timedelta(days=number))
		assert factory.assignment(member=learner).progress == known.progress
	assert state(learner) == ("Completed", 100, known.latest)


@pytest.mark.parametrize("lessons", [0, 2])
def test_where_nothing_was_learned_nothing_moves(lessons):
	member, course = factory.user(), factory.course(lessons=lessons)
	frappe.get_doc({"doctype": "LMS Training Assignment", "member": member, "course": course}).insert()
	progress.follow(member, course, factory.assignment(member=member).enrollment)
	assert state(member) == ("Pending", 0, None)
	assert facts.learned({(member, course)}) == {}
	assert facts.learned_as_counted(lessons, 0, None) == facts.NOTHING


def test_a_completed_lesson_asks_little_more_where_it_is_owed(learner, course):
	from lms.lms.doctype.course_lesson.course_lesson import save_progress

	other = factory.course(lessons=4)
	enrol(learner, other, frappe.generate_hash(length=10))
	# The first one warms the caches.
	lessons = [(factory.lessons_of(each), each) for each in (course, other)]
	frappe.set_user(learner)
	cost = [
		[number_of(partial(save_progress, names[number], each)) for names, each in lessons]
		for number in range(3)
	]
	# The row, and one that Frappe may ask on its own for a save.
	owed, free = cost[2]
	assert owed - free <= 2 * differences.tellings_of_a_lesson()
