"""A completion that does not hold is revoked: its proof is kept, and it is owed again (rule 16)."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate

from smooth_lms_hr import api, daily
from smooth_lms_hr.following import revoking
from smooth_lms_hr.record import reasons
from tests.site import factory, two_companies
from tests.site.conftest import TODAY
from tests.site.revoked import YEAR, evidence_of, last, refused, revoke


@pytest.fixture
def course(yearly):
	return yearly


def test_it_is_owed_again_from_today_by_the_same_assignment(hire, course, clock):
	before = last(hire)
	today = clock(10)
	assert "owed again" in revoke(before)
	row = factory.assignment(member=hire.user_id)
	assert (row.name, row.cycle, row.status, row.progress) == (before.name, 1, "Pending", 0)
	assert row.due_date == today + timedelta(days=30)
	assert (row.completed_on, row.valid_until, row.to_renew) == (None, None, 0)


def test_it_has_to_be_learned_again_whole(hire, course, clock):
	row = last(hire)
	revoke(row)
	assert not frappe.db.exists("LMS Course Progress", {"member": hire.user_id})
	daily.run()
	assert last(hire).status == "Pending"
	factory.complete_lessons(hire.user_id, course, 1)
	assert last(hire).status == "In Progress"
	clock(20)
	factory.complete_lessons(hire.user_id, course)
	row = last(hire)
	assert (row.status, row.cycle, row.completed_on) == ("Completed", 1, TODAY + timedelta(days=20))
	assert row.valid_until == TODAY + timedelta(days=20 + YEAR)


def test_a_quiz_that_was_passed_before_does_not_count(hire, hr):
	course = factory.course(lessons=2)
	factory.quiz("Where is the exit", max_attempts=1)
	quiz = frappe.db.get_value("LMS Quiz", {"title": "Where is the exit"})
	factory.ask_in_lesson(factory.lessons_of(course)[0], "quiz", quiz)
	factory.onboarding(employee=hire.name)
	factory.hand_in_quiz(hire.user_id, "Where is the exit", 8)
	factory.complete_lessons(hire.user_id, course)
	row = last(hire)
	assert row.status == "Completed"
	revoke(row)
	assert not frappe.db.exists("LMS Quiz Submission", {"member": hire.user_id})
	results = frappe.parse_json(evidence_of(row)[0].results)
	assert [one["score"] for one in results if one["doctype"] == "LMS Quiz Submission"] == [8]


def test_it_is_announced_anew_and_once(hire, hr, clock):
	factory.mail_account()
	course = factory.course()
	factory.onboarding(employee=hire.name)
	daily.run()
	factory.complete_lessons(hire.user_id, course)
	row = last(hire)
	told = {"assignment": row.name, "kind": "Assigned"}
	assert frappe.db.count("LMS Training Notification", told) == 1
	# Due on another day, and on the same one as before.
	for day, count in ((5, 2), (5, 2)):
		clock(day)
		revoke(row)
		for _time in range(2):
			summary = daily.run()
			assert (summary["failed"], summary["not_done"]) == ([], [])
		assert frappe.db.count("LMS Training Notification", told) == count
		factory.complete_lessons(hire.user_id, course)


def test_it_is_announced_at_once_where_it_is_owed(hire, course, monkeypatch):
	told = []
	monkeypatch.setattr(revoking, "announce", told.append)
	row = last(hire)
	revoke(row)
	assert told == [[row.name]]


def test_it_is_renewed_once_it_is_completed_again(hire, course, clock):
	revoke(last(hire))
	clock(YEAR - 20)
	daily.run()
	assert [row.cycle for row in factory.assignments(member=hire.user_id)] == [1]
	factory.complete_lessons(hire.user_id, course)
	assert (last(hire).to_renew, last(hire).valid_until) == (1, TODAY + timedelta(days=2 * YEAR - 20))


def test_of_an_earlier_cycle_the_proof_alone_is_revoked(hire, course, clock):
	today = clock(YEAR - 30)
	daily.run()
	old, new = factory.assignments(member=hire.user_id)
	assert new.name in revoke(old)
	old, new = factory.assignments(member=hire.user_id)
	assert (old.status, old.completed_on, old.valid_until) == ("Completed", TODAY, today - timedelta(days=1))
	assert (new.status, new.cycle) == ("Pending", 2)
	assert [one.status for one in evidence_of(old)] == ["Revoked"]
	assert [each[0] for each in factory.events(old.name)[-2:]] == ["Revoked", "Validity Changed"]
	assert "already" in refused(old)


def test_what_is_being_learned_in_a_later_cycle_is_left_alone(hire, course, clock):
	clock(YEAR - 30)
	daily.run()
	factory.complete_lessons(hire.user_id, course, 1)
	old, _new = factory.assignments(member=hire.user_id)
	revoke(old)
	assert last(hire).status == "In Progress"
	assert frappe.db.count("LMS Course Progress", {"member": hire.user_id}) == 1


def test_a_revoked_earlier_cycle_meets_nothing_any_more(hire, course, clock):
	clock(YEAR - 30)
	daily.run()
	old, new = factory.assignments(member=hire.user_id)
	revoke(old)
	api.cancel_training([new.name], "A mistake")
	told = api.assign_mandatory_training(employees=[hire.name], courses=[course])
	assert len(told["created"]) == 1, told
	assert (last(hire).status, last(hire).cycle) == ("Pending", 3)


def test_what_was_done_elsewhere_is_revoked_too_and_is_learned_here(hire, hr):
	course = factory.course(is_mandatory=0)
	api.assign_mandatory_training(employees=[hire.name], courses=[course])
	row = last(hire)
	asked = factory.request(row.name, "Done Elsewhere", completed_on=str(TODAY - timedelta(days=3)))
	assert api.answer_request([asked], True, "Seen the paper")["done"]
	assert last(hire).status == "Completed"
	revoke(row)
	assert (last(hire).status, last(hire).progress) == ("Pending", 0)
	factory.complete_lessons(hire.user_id, course)
	assert last(hire).status == "Completed"


@pytest.fixture
def equivalent(hire, hr):
	"""Return two courses, the second of which counts like the first, owed and completed by it."""
	owed, other = factory.course("Short", is_mandatory=0), factory.course("Long", is_mandatory=0)
	doc = frappe.get_doc("LMS Course", owed)
	doc.append("equivalents", {"course": other})
	doc.save(ignore_permissions=True)
	api.assign_mandatory_training(employees=[hire.name], courses=[owed, other])
	factory.complete_lessons(hire.user_id, other)
	assert factory.assignment(member=hire.user_id, course=owed).status == "Completed"
	return owed, other


def test_the_same_other_course_does_not_complete_it_once_more(hire, equivalent, clock):
	owed, _other = equivalent
	revoke(last(hire, course=owed))
	for day in (0, 1, 5):
		clock(day)
		daily.run()
		assert last(hire, course=owed).status == "Pending"
	factory.complete_lessons(hire.user_id, owed)
	assert last(hire, course=owed).status == "Completed"


def test_who_completed_the_other_one_first_is_enrolled_now(hire, hr):
	owed, other = factory.course("Short", is_mandatory=0), factory.course("Long", is_mandatory=0)
	doc = frappe.get_doc("LMS Course", owed)
	doc.append("equivalents", {"course": other})
	doc.save(ignore_permissions=True)
	api.assign_mandatory_training(employees=[hire.name], courses=[other])
	factory.complete_lessons(hire.user_id, other)
	api.assign_mandatory_training(employees=[hire.name], courses=[owed])
	enrolled = {"member": hire.user_id, "course": owed}
	assert not frappe.db.exists("LMS Enrollment", enrolled)
	revoke(last(hire, course=owed))
	assert last(hire, course=owed).enrollment == frappe.db.get_value("LMS Enrollment", enrolled)
	factory.complete_lessons(hire.user_id, owed)
	assert last(hire, course=owed).status == "Completed"


@pytest.mark.parametrize("days", [3, 9])
def test_the_other_course_completed_after_that_does(hire, equivalent, clock, days):
	owed, other = equivalent
	clock(3)
	told = revoke(last(hire, course=other))
	assert last(hire, course=owed).name in told
	revoke(last(hire, course=owed))
	# On the same day as well.
	today = clock(days)
	factory.complete_lessons(hire.user_id, other)
	row = last(hire, course=owed)
	assert (row.status, row.completed_on) == ("Completed", today)


def leave(hire):
	user = frappe.session.user
	frappe.set_user("Administrator")
	employee = frappe.get_doc("Employee", hire.name)
	employee.update({"status": "Left", "relieving_date": getdate()})
	employee.save(ignore_permissions=True)
	frappe.set_user(user)


def come_back(hire):
	frappe.set_user("Administrator")
	frappe.db.set_value("User", hire.user_id, "enabled", 1)
	employee = frappe.get_doc("Employee", hire.name)
	employee.update({"status": "Active", "relieving_date": None})
	employee.save(ignore_permissions=True)


def test_of_who_has_left_it_is_revoked_and_owed_when_they_are_back(hire, course, clock):
	other = factory.course("Another", is_mandatory=0)
	api.assign_mandatory_training(employees=[hire.name], courses=[other])
	leave(hire)
	clock(3)
	row = last(hire, course=course)
	assert "has left" in revoke(row)
	row = last(hire, course=course)
	assert (row.status, row.progress, row.completed_on, row.valid_until) == ("Cancelled", 0, None, None)
	assert factory.events(row.name)[-1][:4] == (
		"Cancelled", "Completed", "Cancelled", reasons.REVOKED_WHEN_GONE,
	)  # fmt: skip
	assert [one.status for one in evidence_of(row)] == ["Revoked"]
	clock(9)
	come_back(hire)
	# What was cancelled by leaving comes back along with it.
	for each in (course, other):
		assert (last(hire, course=each).status, last(hire, course=each).cycle) == ("Pending", 2)


def test_what_cannot_be_learned_any_more_is_revoked_and_not_owed(hire, course):
	frappe.db.set_value("LMS Course", course, "published", 0)
	row = last(hire)
	assert "not published" in revoke(row)
	assert last(hire).status == "Cancelled"
	assert factory.events(row.name)[-1][3] == reasons.REVOKED_AND_NOT_OWED


def test_what_nothing_asks_for_any_more_is_revoked_and_not_owed(hire, course):
	onboarding = frappe.get_doc("Employee Onboarding", {"employee": hire.name})
	onboarding.flags.ignore_permissions = True
	onboarding.delete()
	assert "Nothing asks for it" in revoke(last(hire))
	assert last(hire).status == "Cancelled"


def test_who_cannot_log_in_just_now_owes_it_all_the_same(hire, course):
	frappe.db.set_value("User", hire.user_id, "enabled", 0)
	revoke(last(hire))
	assert last(hire).status == "Pending"


def test_there_is_nothing_to_revoke_where_nothing_is_completed(hire, course):
	row = last(hire)
	revoke(row)
	assert "no completion to revoke" in refused(row)
	assert len(evidence_of(row)) == 1
	with pytest.raises(frappe.MandatoryError):
		api.revoke_completion([row.name], " ")


def test_nobody_revokes_their_own_or_what_is_not_theirs_to_decide(hire, hr, course):
	row = last(hire)
	frappe.set_user(hire.user_id)
	assert "not yours" in refused(row)
	frappe.set_user("Administrator")
	frappe.get_doc("User", hire.user_id).add_roles("HR Manager")
	frappe.set_user(hire.user_id)
	assert "your own training" in refused(row)
	assert last(hire).status == "Completed"
	assert [one.status for one in evidence_of(row)] == ["Valid"]


def test_hr_of_another_company_revokes_nothing(hire, course):
	two_companies.limit(two := factory.hr_manager(), factory.company("Elsewhere Ltd"))
	frappe.set_user(two)
	assert "not yours" in refused(last(hire))


def test_it_goes_back_with_the_transaction(hire, course, monkeypatch):
	from smooth_lms_hr.following import reopening

	def fail(*args, **kwargs):
		raise RuntimeError("Broken on the way")

	row = last(hire)
	monkeypatch.setattr(reopening, "reopen", fail)
	assert "Broken on the way" in refused(row)
	assert last(hire).status == "Completed"
	assert "Revoked" not in {one.status for one in evidence_of(row)}
	assert frappe.db.count("LMS Course Progress", {"member": hire.user_id}) == 2
