"""Training is complete where the person's own lessons of the course say so, and Learning alone writes these."""

import json
from datetime import timedelta

import frappe
import pytest
from frappe.deferred_insert import save_to_db
from frappe.permissions import add_permission, update_permission_property

from smooth_lms_hr import api, daily
from smooth_lms_hr.sources import facts
from tests.site import differences, factory
from tests.site.conftest import TODAY
from tests.site.forging.doors import DOORS, ENROLLMENT, PROGRESS, enrol, enrolment_of, rest_v1, state


def test_an_easy_lesson_saved_for_a_hard_course_is_no_lesson_of_it(learner, hard, easy, as_user):
	from lms.lms.doctype.course_lesson.course_lesson import save_progress

	others = factory.course("Others", lessons=4, is_mandatory=0)
	as_user(learner)
	# Not the last one: that Learning stumbles over.
	for lesson in (*factory.lessons_of(easy), *factory.lessons_of(others)[:-1]):
		save_progress(lesson, hard)
	as_user("Administrator")
	frappe.db.set_value(PROGRESS, {"member": learner}, "course", hard)
	frappe.db.set_value(ENROLLMENT, enrolment_of(learner, hard), "progress", 100)
	daily.run()
	assert state(learner)[:2] == ("Pending", 0)


def test_a_lesson_is_done_for_every_course_that_has_it(learner, colleague, hard):
	shared = factory.course("Shared", lessons=1, is_mandatory=0)
	doc = frappe.get_doc("LMS Course", shared)
	chapter = frappe.db.get_value("Chapter Reference", {"parent": hard}, "chapter")
	# The same chapter twice: its lessons count once.
	for _ in range(2):
		doc.append("chapters", {"chapter": chapter})
	doc.save()
	factory.complete_lessons(learner, hard, 2)
	learned = facts.learned({(learner, hard), (learner, shared)})
	assert {course: found.progress for (_member, course), found in learned.items()} == {hard: 50, shared: 40}
	# Of what was not asked, nothing is said.
	assert facts.learned({(learner, hard), (colleague, shared)}).keys() == {
		(learner, hard),
		(colleague, shared),
	}


def test_what_counts_is_complete_once_and_in_the_course(learner, colleague, hard):
	first, second, third, _fourth = factory.lessons_of(hard)
	factory.progress_row(learner, first).db_insert()
	factory.progress_row(learner, second, "Partially Complete").db_insert()
	factory.progress_row(learner, third, "Incomplete").db_insert()
	daily.run()
	assert state(learner)[:2] == ("In Progress", 25)
	# A lesson that an author took out of the course counts neither way.
	frappe.db.delete("Lesson Reference", {"lesson": ("in", (second, third))})
	daily.run()
	assert state(learner)[:2] == ("In Progress", 50)
	assert state(colleague)[:2] == ("In Progress", 50)
	frappe.db.delete("Lesson Reference", {"lesson": first})
	daily.run()
	assert state(learner)[:2] == ("Pending", 0)


def test_two_rows_of_one_lesson_are_one_lesson(learner, hard):
	if _unique_progress():
		pytest.skip("Learning's unique index forbids it on this site")
	(first, *_rest) = factory.lessons_of(hard)
	for _ in range(4):
		factory.progress_row(learner, first).db_insert()
	daily.run()
	assert state(learner)[:2] == ("In Progress", 25)


def _unique_progress() -> bool:
	return frappe.db.db_type == "mariadb" and any(
		row.Column_name == "lesson" and not row.Non_unique
		for row in frappe.db.sql(f"show index from `tab{PROGRESS}`", as_dict=True)
	)


def test_a_course_without_lessons_is_completed_by_nobody(hire):
	empty = factory.course("Empty", lessons=0)
	factory.onboarding(employee=hire.name)
	frappe.db.set_value(ENROLLMENT, {"member": hire.user_id}, "progress", 100)
	daily.run()
	assert state(hire.user_id)[:2] == ("Pending", 0)
	assert facts.learned({(hire.user_id, empty)}) == {}


def test_it_is_completed_on_the_day_of_the_last_of_its_lessons(learner, easy, hard, clock):
	clock(2)
	factory.learn_silently(learner, hard, 3)
	clock(5)
	factory.learn_silently(learner, hard)
	clock(7)
	factory.progress_row(learner, factory.lessons_of(factory.course(is_mandatory=0))[0]).db_insert()
	clock(9)
	daily.run()
	row = factory.assignment(member=learner)
	assert (row.status, row.completed_on) == ("Completed", TODAY + timedelta(days=5))


def test_a_scorm_lesson_is_completed_when_it_ends_not_when_it_begins(learner, hard, clock):
	*_others, scorm = factory.lessons_of(hard)
	row = factory.progress_row(learner, scorm, "Partially Complete", is_scorm_chapter=1)
	row.db_insert()
	clock(3)
	factory.complete_lessons(learner, hard, 3)
	clock(6)
	frappe.db.set_value(PROGRESS, row.name, "status", "Complete")
	clock(8)
	daily.run()
	found = factory.assignment(member=learner)
	assert (found.status, found.completed_on) == ("Completed", TODAY + timedelta(days=6))


def test_what_a_missing_enrolment_leaves_behind_is_put_on_file(hard, hire):
	enrol(hire.user_id, hard)
	factory.complete_lessons(hire.user_id, hard)
	frappe.db.delete(ENROLLMENT, {"member": hire.user_id})
	factory.onboarding(employee=hire.name)
	row = factory.assignment(member=hire.user_id)
	assert (row.status, row.completed_on) == ("Completed", TODAY)
	assert enrolment_of(hire.user_id, hard) == row.enrollment


def test_a_renewal_starts_over_though_its_enrolment_is_gone(hire, clock, hr):
	frappe.set_user("Administrator")
	course = factory.course("Yearly", lessons=2, validity_days=365)
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	frappe.get_doc(ENROLLMENT, enrolment_of(hire.user_id, course)).delete()
	clock(400)
	frappe.set_user(hr)
	api.assign_mandatory_training(employees=[hire.name])
	frappe.set_user("Administrator")
	daily.run()
	rows = factory.assignments(member=hire.user_id)
	assert [(row.cycle, row.status, row.progress) for row in rows] == [
		(1, "Completed", 100),
		(2, "Pending", 0),
	]
	assert rows[1].enrollment == enrolment_of(hire.user_id, course)


@pytest.mark.parametrize("enrolled", [True, False], ids=["enrolled", "not enrolled any more"])
def test_by_hand_an_old_completion_is_put_on_file_and_renewed(hire, clock, hr, enrolled):
	frappe.set_user("Administrator")
	course = factory.course("Yearly", lessons=2, validity_days=365, is_mandatory=0)
	enrol(hire.user_id, course)
	factory.complete_lessons(hire.user_id, course)
	if not enrolled:
		frappe.db.delete(ENROLLMENT, {"member": hire.user_id})
	clock(400)
	frappe.set_user(hr)
	frappe.get_doc({"doctype": "LMS Training Assignment", "employee": hire.name, "course": course}).insert()
	frappe.set_user("Administrator")
	daily.run()
	rows = sorted(factory.assignments(member=hire.user_id), key=lambda row: row.cycle)
	assert [(row.status, row.completed_on, row.progress) for row in rows] == [
		("Completed", TODAY, 100),
		("Pending", None, 0),
	]
	assert rows[1].enrollment == enrolment_of(hire.user_id, course)


def test_starting_over_takes_back_every_lesson_that_counts(learner, colleague, hard):
	from smooth_lms_hr.sources import learning

	factory.complete_lessons(learner, hard)
	# As it looks where a chapter was moved here from another course.
	frappe.db.set_value(PROGRESS, {"member": learner}, "course", factory.course(is_mandatory=0))
	learning.start_over({(learner, hard)}, [enrolment_of(learner, hard)])
	assert facts.learned({(learner, hard)}) == {}
	assert facts.learned({(colleague, hard)})


class TestWhatLearningWrites:
	"""is written by Learning, not by the learner's own request, also in versions that let learners."""

	@pytest.fixture(autouse=True)
	def as_learning_2_40(self):
		add_permission(PROGRESS, "LMS Student")
		update_permission_property(PROGRESS, "LMS Student", 0, "create", 1)

	def create(self, **values):
		from frappe.api.v1 import create_doc

		frappe.local.form_dict = frappe._dict(data=json.dumps(values))
		create_doc(PROGRESS)

	def test_nobody_creates_a_completed_lesson(self, learner, colleague, hard, as_user):
		frappe.db.commit()
		for member in (learner, colleague):
			as_user(learner)
			lesson = factory.lessons_of(hard)[-1]
			# Learning 2.61 itself says that a colleague's is none of the learner's business.
			with pytest.raises(frappe.PermissionError, match=r"written by Learning|your own account"):
				self.create(
					member=member, lesson=lesson, status="Complete", flags={"ignore_permissions": True}
				)
			as_user("Administrator")
			frappe.db.rollback()
		save_to_db()
		logs = frappe.get_all("Error Log", {"reference_doctype": PROGRESS}, pluck="error")
		assert any(f"member: {learner}" in log and f"lesson: {lesson}" in log for log in logs)
		assert (state(learner)[:2], state(colleague)[:2]) == (("Pending", 0), ("In Progress", 25))

	@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
	def test_nobody_turns_an_easy_lesson_into_a_hard_one(self, learner, colleague, easy, hard, as_user, door):
		name = frappe.db.get_value(PROGRESS, {"member": learner})
		lesson = factory.lessons_of(hard)[-1]
		# Frappe before 15.9 let whoever may share share what they may not do themselves.
		for user in (learner, colleague):
			frappe.share.add_docshare(PROGRESS, name, user, write=1, flags={"ignore_share_permission": True})
		frappe.db.commit()
		for user, values in (
			(learner, {"lesson": lesson}),
			(colleague, {"member": colleague, "lesson": lesson}),
		):
			as_user(user)
			with pytest.raises(frappe.PermissionError):
				door(PROGRESS, name, values)
			as_user("Administrator")
			frappe.db.rollback()
		daily.run()
		assert (state(learner)[:2], state(colleague)[:2]) == (("Pending", 0), ("In Progress", 25))

	def test_who_may_assign_may_correct_it(self, learner, colleague, hard, as_user):
		as_user(factory.user("Moderator"))
		self.create(member=learner, lesson=factory.lessons_of(hard)[0], status="Complete")
		as_user("Administrator")
		daily.run()
		assert state(learner)[:2] == ("In Progress", 25)

	def test_a_course_creator_corrects_others_and_never_themselves(self, learner, hard, as_user):
		creator = factory.user("Course Creator")
		enrol(creator, hard)
		for member in (learner, creator):
			factory.complete_lessons(member, hard, 1)
		others = frappe.db.get_value(PROGRESS, {"member": learner, "course": hard})
		as_user(creator)
		if differences.course_creators_correct_lessons():
			rest_v1(PROGRESS, others, {"status": "Incomplete"})
		else:
			with pytest.raises(frappe.PermissionError):
				rest_v1(PROGRESS, others, {"status": "Incomplete"})
		own = frappe.db.get_value(PROGRESS, {"member": creator})
		for values in ({"lesson": factory.lessons_of(hard)[-1]}, {"member": learner}):
			with pytest.raises(frappe.PermissionError):
				rest_v1(PROGRESS, own, values)
		with pytest.raises(frappe.PermissionError):
			self.create(member=creator, lesson=factory.lessons_of(hard)[-1], status="Complete")

	def test_learning_itself_goes_on(self, learner, hard):
		factory.complete_lessons(learner, hard)
		assert state(learner)[:2] == ("Completed", 100)


def test_nobody_passes_a_quiz_by_rest(learner, colleague, as_user, bench_only):
	quiz = frappe.get_doc(
		{"doctype": "LMS Quiz", "title": factory.unique("Quiz"), "passing_percentage": 80}
	).insert()
	add_permission("LMS Quiz Submission", "LMS Student")
	update_permission_property("LMS Quiz Submission", "LMS Student", 0, "create", 1)
	values = {"quiz": quiz.name, "member": learner, "percentage": 100, "score": 5, "passing_percentage": 80}
	own = frappe.get_doc({"doctype": "LMS Quiz Submission", **values, "percentage": 0}).insert(
		ignore_permissions=True
	)
	for user in (learner, colleague):
		frappe.share.add_docshare(
			own.doctype, own.name, user, write=1, flags={"ignore_share_permission": True}
		)
		as_user(user)
		with pytest.raises(frappe.PermissionError, match="written by Learning"):
			rest_v1(own.doctype, own.name, {"percentage": 100})
		with pytest.raises(frappe.PermissionError, match="written by Learning"):
			frappe.get_doc({"doctype": own.doctype, **values}).insert()
		as_user("Administrator")
	assert frappe.get_all(own.doctype, {"quiz": quiz.name}, pluck="percentage") == [0]
	# A teacher, by a right of their own, marks it.
	for right in ("read", "write"):
		add_permission(own.doctype, "Batch Evaluator")
		update_permission_property(own.doctype, "Batch Evaluator", 0, right, 1)
	as_user(factory.user("Batch Evaluator"))
	rest_v1(own.doctype, own.name, {"percentage": 90})
