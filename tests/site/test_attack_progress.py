"""Completion that was never earned: whoever writes what, training is complete where the person's own lessons say so."""

import json
from datetime import timedelta

import frappe
import pytest
from frappe.deferred_insert import save_to_db
from frappe.permissions import add_permission, update_permission_property

from smooth_lms_hr import api, daily
from smooth_lms_hr.sources import facts
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.test_never_twice import finish, start

ENROLLMENT, PROGRESS = "LMS Enrollment", "LMS Course Progress"


@pytest.fixture
def easy():
	return factory.course("Easy", lessons=1, is_mandatory=0)


@pytest.fixture
def hard():
	return factory.course("Hard", lessons=4)


@pytest.fixture
def learner(hard, easy):
	"""Somebody who owes the hard course and has completed the easy one."""
	member = factory.user()
	factory.onboarding(employee=factory.employee(member).name)
	enrol(member, easy)
	factory.complete_lessons(member, easy)
	return member


@pytest.fixture
def colleague(learner):
	"""Somebody else who owes the hard course, and has begun."""
	member = factory.user()
	factory.onboarding(employee=factory.employee(member).name)
	factory.complete_lessons(member, frappe.db.get_value("LMS Course", {"title": "Hard"}), 1)
	return member


def enrol(member: str, course: str) -> str:
	return (
		frappe.get_doc({"doctype": ENROLLMENT, "member": member, "course": course})
		.insert(ignore_permissions=True)
		.name
	)


def enrolment_of(member: str, course: str) -> str:
	return frappe.db.get_value(ENROLLMENT, {"member": member, "course": course})


def state(member: str) -> tuple:
	row = factory.assignment(member=member)
	return row.status, row.progress, row.enrollment


# Every way in which a change reaches a document, as (DocType, name, what is to change).


def rest_v1(doctype: str, name: str, values: dict) -> None:
	from frappe.api.v1 import update_doc

	frappe.local.form_dict = frappe._dict(data=json.dumps(values))
	update_doc(doctype, name)


def rest_v2(doctype: str, name: str, values: dict) -> None:
	from frappe.api.v2 import update_doc

	frappe.local.form_dict = frappe._dict(values)
	update_doc(doctype, name)


def set_value(doctype: str, name: str, values: dict) -> None:
	frappe.get_attr("frappe.client.set_value")(doctype, name, values)


def client_save(doctype: str, name: str, values: dict) -> None:
	frappe.get_attr("frappe.client.save")({**frappe.get_doc(doctype, name).as_dict(), **values})


def form(doctype: str, name: str, values: dict) -> None:
	doc = {**frappe.get_doc(doctype, name).as_dict(), **values}
	frappe.get_attr("frappe.desk.form.save.savedocs")(frappe.as_json(doc), "Save")


def bulk_update(doctype: str, name: str, values: dict) -> None:
	answer = frappe.get_attr("frappe.client.bulk_update")(
		json.dumps([{"doctype": doctype, "docname": name, **values}])
	)
	if answer["failed_docs"]:
		assert "PermissionError" in answer["failed_docs"][0]["exc"]
		raise frappe.PermissionError


def list_view(doctype: str, name: str, values: dict) -> None:
	change = frappe.get_attr("frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs")
	if change(doctype, frappe.as_json([name]), "update", frappe.as_json(values)):
		raise frappe.PermissionError


DOORS = [rest_v1, rest_v2, set_value, client_save, form, bulk_update, list_view]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_an_enrolment_stays_with_its_person_and_course(learner, colleague, easy, hard, as_user, door):
	before = state(learner), state(colleague)
	forged = enrolment_of(learner, easy)
	frappe.db.commit()
	for values in ({"course": hard}, {"member": colleague}, {"member": colleague, "course": hard}):
		as_user(learner)
		with pytest.raises(frappe.PermissionError):
			door(ENROLLMENT, forged, values)
		as_user("Administrator")
		frappe.db.rollback()
		daily.run()
		assert (state(learner), state(colleague)) == before, values
		assert frappe.db.get_value(ENROLLMENT, forged, ["member", "course"]) == (learner, easy)


def test_what_else_a_learner_may_change_of_an_enrolment_is_still_theirs(learner, hard, as_user):
	as_user(learner)
	(first, *_rest) = factory.lessons_of(hard)
	rest_v1(ENROLLMENT, enrolment_of(learner, hard), {"current_lesson": first})
	assert frappe.db.get_value(ENROLLMENT, enrolment_of(learner, hard), "current_lesson") == first


def test_a_refused_change_says_what_is_wrong_and_nothing_of_others(learner, colleague, easy, hard, as_user):
	as_user(learner)
	with pytest.raises(
		frappe.PermissionError, match=r"<strong>Member</strong>.* cannot be changed"
	) as refusal:
		rest_v1(ENROLLMENT, enrolment_of(learner, easy), {"member": colleague})
	said = str(refusal.value) + frappe.as_json(frappe.local.message_log)
	assert colleague not in said
	with pytest.raises(frappe.PermissionError, match=r"<strong>Member, Course</strong>"):
		rest_v1(ENROLLMENT, enrolment_of(learner, easy), {"member": colleague, "course": hard})


def test_who_tried_what_outlives_the_refused_request(learner, colleague, easy, hard, as_user):
	forged = enrolment_of(learner, easy)
	save_to_db()
	frappe.db.commit()
	as_user(learner)
	with pytest.raises(frappe.PermissionError):
		rest_v1(ENROLLMENT, forged, {"member": colleague, "course": hard})
	frappe.db.rollback()
	as_user("Administrator")
	save_to_db()
	(log,) = frappe.get_all("Error Log", {"reference_doctype": ENROLLMENT, "reference_name": forged}, ["*"])
	assert log.method == f"{learner} tried to change {ENROLLMENT}"
	for part in (
		str(TODAY),
		learner,
		forged,
		f"member: {learner} -> {colleague}",
		f"course: {easy} -> {hard}",
	):
		assert part in log.error


def test_nothing_is_logged_of_what_is_allowed(learner, easy, hard, as_user):
	save_to_db()
	before = frappe.db.count("Error Log")
	moderator = factory.user("Moderator")
	factory.complete_lessons(learner, hard, 2)
	as_user(moderator)
	rest_v1(ENROLLMENT, enrolment_of(learner, easy), {"course": factory.course(is_mandatory=0)})
	as_user("Administrator")
	save_to_db()
	assert frappe.db.count("Error Log") == before


def test_a_shared_enrolment_is_as_firm(learner, colleague, easy, hard, as_user):
	forged = enrolment_of(learner, easy)
	as_user(learner)
	frappe.share.add(ENROLLMENT, forged, colleague, write=1)
	as_user(colleague)
	for values in (
		{"course": hard},
		{"member": colleague, "course": hard},
		{"owner": colleague, "member": colleague},
	):
		with pytest.raises(frappe.PermissionError):
			rest_v1(ENROLLMENT, forged, values)
	as_user("Administrator")
	daily.run()
	assert state(colleague)[:2] == ("In Progress", 25)


def test_another_owner_completes_nothing(learner, colleague, easy, hard, as_user):
	forged = enrolment_of(learner, easy)
	as_user(learner)
	with pytest.raises(frappe.PermissionError):
		rest_v1(ENROLLMENT, forged, {"owner": colleague})
	frappe.db.set_value(ENROLLMENT, forged, "owner", colleague)
	as_user(colleague)
	with pytest.raises(frappe.PermissionError):
		rest_v1(ENROLLMENT, forged, {"member": colleague, "course": hard})
	as_user("Administrator")
	daily.run()
	assert (state(learner)[0], state(colleague)[0]) == ("Pending", "In Progress")


def test_an_enrolment_made_for_a_colleague_completes_nothing(learner, colleague, hard, as_user):
	from frappe.api.v1 import create_doc

	frappe.db.delete(ENROLLMENT, {"member": colleague})
	as_user(learner)
	frappe.local.form_dict = frappe._dict(
		data=json.dumps({"member": colleague, "course": hard, "progress": 100, "owner": learner})
	)
	create_doc(ENROLLMENT)
	as_user("Administrator")
	daily.run()
	assert state(colleague)[:2] == ("In Progress", 25)
	assert state(learner)[:2] == ("Pending", 0)


def test_a_hundred_percent_written_into_the_table_completes_nothing(learner, colleague, hard):
	frappe.db.set_value(ENROLLMENT, {"member": learner, "course": hard}, "progress", 100)
	daily.run()
	assert state(learner)[:2] == ("Pending", 0)
	assert state(colleague)[:2] == ("In Progress", 25)
	# Nor when Learning says next that something has changed.
	frappe.get_doc(ENROLLMENT, enrolment_of(learner, hard)).run_method("on_change")
	assert state(learner)[:2] == ("Pending", 0)


def test_an_enrolment_moved_by_sql_completes_nothing(learner, colleague, easy, hard):
	own = enrolment_of(learner, hard)
	frappe.db.delete(ENROLLMENT, {"name": own})
	forged = enrolment_of(learner, easy)
	frappe.db.set_value(ENROLLMENT, forged, "course", hard)
	frappe.get_doc(ENROLLMENT, forged).run_method("on_change")
	daily.run()
	assert state(learner) == ("Pending", 0, forged)
	# And where it is for another course or somebody else now, the link to it goes.
	for values in ({"course": easy}, {"course": hard, "member": colleague}):
		frappe.db.set_value(ENROLLMENT, forged, values)
		daily.run()
		assert state(learner) == ("Pending", 0, None), values
		frappe.db.set_value("LMS Training Assignment", {"member": learner}, "enrollment", forged)
	assert state(colleague)[:2] == ("In Progress", 25)


def test_a_forged_enrolment_puts_no_completion_on_file(learner, hard, easy, hr):
	forger = factory.employee(factory.user())
	frappe.set_user("Administrator")
	enrol(forger.user_id, hard)
	frappe.db.set_value(ENROLLMENT, {"member": forger.user_id}, "progress", 100)
	honest = factory.employee(factory.user())
	enrol(honest.user_id, hard)
	factory.learn_silently(honest.user_id, hard)
	people = [forger.name, honest.name]
	frappe.set_user(hr)
	preview = api.preview_campaign({"employees": people})
	assert (preview["new"], preview["put_on_file"]) == (1, 1)
	forgers, honests = (factory.onboarding(employee=name) for name in people)
	assert "put on file" not in forgers.training_note
	assert "put on file" in honests.training_note
	assert state(forger.user_id)[:2] == ("Pending", 0)
	assert state(honest.user_id)[:2] == ("Completed", 100)


def test_a_dry_run_and_a_form_believe_no_number(hard, hr):
	forger = factory.employee(factory.user())
	frappe.set_user("Administrator")
	enrol(forger.user_id, hard)
	frappe.db.set_value(ENROLLMENT, {"member": forger.user_id}, "progress", 100)
	frappe.db.set_value("LMS Course", hard, "is_mandatory", 0)
	onboarding = factory.onboarding(employee=forger.name)
	frappe.db.set_value("LMS Course", hard, "is_mandatory", 1)
	frappe.set_user(hr)
	(row,) = api.get_onboarding_training(onboarding.name)["courses"]
	assert (row["action"], row["status"], row["progress"]) == ("to assign", "Pending", 0)
	doc = frappe.get_doc(
		{"doctype": "LMS Training Assignment", "employee": forger.name, "course": hard}
	).insert()
	assert (doc.status, doc.progress, doc.cycle) == ("Pending", 0, 1)


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
	learning.start_over(learner, [hard], [enrolment_of(learner, hard)])
	assert facts.learned({(learner, hard)}) == {}
	assert facts.learned({(colleague, hard)})


class TestWhoMayAssign:
	"""may move an enrolment, and whatever pointed at it is brought in line."""

	@pytest.fixture
	def moderator(self):
		return factory.user("Moderator")

	def test_both_persons_are_followed(self, learner, colleague, hard, moderator, as_user):
		moved = enrolment_of(learner, hard)
		factory.complete_lessons(learner, hard, 2)
		frappe.db.delete(ENROLLMENT, {"member": colleague})
		assert state(learner) == ("In Progress", 50, moved)
		as_user(moderator)
		rest_v1(ENROLLMENT, moved, {"member": colleague})
		as_user("Administrator")
		# Each keeps what they have learned themselves.
		assert state(learner) == ("In Progress", 50, None)
		assert state(colleague) == ("In Progress", 25, moved)

	def test_both_courses_are_followed(self, learner, colleague, hard, easy, moderator, as_user):
		moved, kept = enrolment_of(learner, hard), state(colleague)
		spare = enrolment_of(learner, easy)
		factory.complete_lessons(learner, hard, 2)
		frappe.db.set_value(ENROLLMENT, spare, "course", hard)
		as_user(moderator)
		rest_v1(ENROLLMENT, moved, {"course": easy})
		as_user("Administrator")
		# Another enrolment of the same person and course takes its place.
		assert state(learner) == ("In Progress", 50, spare)
		assert state(colleague) == kept

	def test_what_is_settled_points_at_nobody_elses_enrolment(
		self, learner, colleague, hard, moderator, as_user
	):
		moved = enrolment_of(learner, hard)
		factory.complete_lessons(learner, hard)
		as_user(moderator)
		rest_v1(ENROLLMENT, moved, {"member": colleague})
		as_user("Administrator")
		assert state(learner) == ("Completed", 100, None)
		assert state(colleague)[:2] == ("In Progress", 25)


def test_an_enrolment_that_is_made_again_is_followed_again(learner, hard, as_user):
	factory.complete_lessons(learner, hard, 3)
	frappe.get_doc(ENROLLMENT, enrolment_of(learner, hard)).delete()
	assert state(learner) == ("In Progress", 75, None)
	again = enrol(learner, hard)
	assert state(learner) == ("In Progress", 75, again)
	factory.complete_lessons(learner, hard)
	assert state(learner) == ("Completed", 100, again)


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
		as_user(creator)
		rest_v1(
			PROGRESS,
			frappe.db.get_value(PROGRESS, {"member": learner, "course": hard}),
			{"status": "Incomplete"},
		)
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


@pytest.fixture
def committed(several_processes):
	made = finish(start("make_hire", courses=2, onboardings=1, lessons=2))
	((applicant, offer),) = made["offers"]
	finish(
		start(
			"onboard", hr=made["hr"], employee=made["employee"], applicant=applicant, offer=offer, start_at=0
		)
	)
	yield made
	finish(start("clean_up", **made))


@pytest.mark.parametrize(
	("step", "days", "done", "status"),
	[("flag_overdue", 40, 1, "Overdue"), ("reconcile", 0, {"In Progress": 1}, "In Progress")],
)
def test_what_is_decided_in_the_same_moment_stays(committed, step, days, done, status):
	decided, other = finish(start("owed", member=committed["member"]))["assignments"]
	finish(start("learn", member=committed["member"], courses=committed["courses"]))
	decision = start("waive_and_think", hr=committed["hr"], assignment=decided["name"], seconds=3)
	# It comes upon the decision while this is not committed, and has to wait for it.
	run = start("catch_up", step=step, days=days)
	assert finish(decision)["done"]
	took, found = finish(run)
	assert took > 1, "they did not meet: this says nothing"
	assert found == done
	rows = {row["name"]: row for row in finish(start("owed", member=committed["member"]))["assignments"]}
	assert rows[decided["name"]]["status"] == "Waived"
	assert rows[other["name"]]["status"] == status


def test_a_deleted_employee_takes_nobody_elses_along(learner, colleague):
	gone, stays = (frappe.db.get_value("Employee", {"user_id": user}) for user in (learner, colleague))
	frappe.delete_doc("Employee", gone, force=True)
	assert factory.assignment(member=learner).employee is None
	assert factory.assignment(member=colleague).employee == stays


def test_a_deleted_enrolment_takes_nobody_elses_along(learner, colleague, hard):
	frappe.get_doc(ENROLLMENT, enrolment_of(learner, hard)).delete()
	assert factory.assignment(member=learner).enrollment is None
	assert factory.assignment(member=colleague).enrollment == enrolment_of(colleague, hard)


@pytest.mark.parametrize(
	("field", "allowed", "refused"),
	[("training_due_days", (0, 1, 3650), (-1, 3651)), ("validity_days", (0, 1, 3650), (-1, 3651))],
)
def test_days_of_a_course_end_where_they_are_said_to(field, allowed, refused):
	title = "<img src=x onerror=alert(1)>"
	doc = frappe.get_doc("LMS Course", factory.course(lessons=0))
	for days in allowed:
		doc.set(field, days)
		doc.save()
	for days in refused:
		doc.set(field, days)
		doc.title = title
		with pytest.raises(frappe.ValidationError, match=f"not {days}") as refusal:
			doc.save()
		assert title not in str(refusal.value)
		assert "&lt;img src=x onerror=alert(1)&gt;" in str(refusal.value)


def test_a_course_taken_back_is_named_as_text(learner, hard):
	doc = frappe.get_doc("LMS Course", hard)
	# In quotes it is JSON, which Frappe saves as it is.
	doc.title = '"<img src=x onerror=alert(1)>"'
	doc.save()
	frappe.local.message_log = []
	doc.is_mandatory = 0
	doc.save()
	said = frappe.as_json(frappe.local.message_log)
	assert "still owed: 1 open" in said
	assert "&lt;img src=x onerror=alert(1)&gt;" in said
	assert "<img src=x" not in said
