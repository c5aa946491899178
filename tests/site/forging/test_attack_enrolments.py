"""An enrolment stays with its person and course, whoever writes what by whatever door."""

import json

import frappe
import pytest
from frappe.deferred_insert import save_to_db

from smooth_lms_hr import daily
from tests.site import differences, factory
from tests.site.conftest import TODAY
from tests.site.forging.doors import DOORS, ENROLLMENT, enrol, enrolment_of, rest_v1, state


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_an_enrolment_stays_with_its_person_and_course(learner, colleague, easy, hard, as_user, door):
	before = state(learner), state(colleague)
	forged = enrolment_of(learner, easy)
	frappe.db.commit()
	for values in ({"course": hard}, {"member": colleague}, {"member": colleague, "course": hard}):
		as_user(learner)
		with pytest.raises(differences.refusals_of_a_moved_enrolment()):
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


def test_a_refused_change_says_what_is_wrong_and_nothing_of_others(learner, colleague, easy, as_user):
	free = factory.course(is_mandatory=0)
	# Frappe has said of each new user that it has no roles yet.
	frappe.clear_messages()
	as_user(learner)
	with pytest.raises(
		frappe.PermissionError, match=r"<strong>Member</strong>.* cannot be changed"
	) as refusal:
		rest_v1(ENROLLMENT, enrolment_of(learner, easy), {"member": colleague})
	said = str(refusal.value) + frappe.as_json(frappe.local.message_log)
	assert colleague not in said
	with pytest.raises(frappe.PermissionError, match=r"<strong>Member, Course</strong>"):
		rest_v1(ENROLLMENT, enrolment_of(learner, easy), {"member": colleague, "course": free})


def test_who_tried_what_outlives_the_refused_request(learner, colleague, easy, as_user):
	forged, free = enrolment_of(learner, easy), factory.course(is_mandatory=0)
	save_to_db()
	frappe.db.commit()
	as_user(learner)
	with pytest.raises(frappe.PermissionError):
		rest_v1(ENROLLMENT, forged, {"member": colleague, "course": free})
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
		f"course: {easy} -> {free}",
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
		with pytest.raises(differences.refusals_of_a_moved_enrolment()):
			rest_v1(ENROLLMENT, forged, values)
	as_user("Administrator")
	daily.run()
	assert state(colleague)[:2] == ("In Progress", 25)


def test_another_owner_completes_nothing(learner, colleague, easy, hard, as_user):
	forged = enrolment_of(learner, easy)
	as_user(learner)
	with pytest.raises(differences.refusals_of_a_moved_enrolment()):
		rest_v1(ENROLLMENT, forged, {"owner": colleague})
	frappe.db.set_value(ENROLLMENT, forged, "owner", colleague)
	as_user(colleague)
	with pytest.raises(differences.refusals_of_a_moved_enrolment()):
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
		frappe.db.delete(ENROLLMENT, {"member": colleague})
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
