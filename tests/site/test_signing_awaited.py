"""What is learned whole awaits the signature of its statement, and what ends that without one (rules 7 and 16)."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.following import progress, signing
from smooth_lms_hr.sources import facts
from tests.site import factory, signatures
from tests.site.conftest import TODAY, harness
from tests.site.mailbox import read_mails
from tests.site.queries import number_of
from tests.site.signatures import STATEMENT, change_statement, sign, stored

DUE = TODAY + timedelta(days=30)


@pytest.fixture
def course():
	return signatures.course()


@pytest.fixture
def waiting(hire, hr, course):
	return signatures.awaiting(hire, course)


# ---- learned


def test_learned_whole_it_awaits_the_signature(waiting, hire):
	row = factory.assignment(name=waiting)
	assert (row.status, row.progress, row.completed_on, row.signed_on) == (
		"Awaiting Signature",
		100,
		None,
		None,
	)
	assert (row.valid_until, row.to_renew) == (None, 0)
	assert factory.events(waiting) == [
		("Begun", "Pending", "In Progress", None, hire.user_id),
		("Learned", "In Progress", "Awaiting Signature", None, hire.user_id),
	]


def test_what_learning_told_nobody_awaits_it_from_the_daily_run_on(hire, hr, course):
	factory.onboarding(employee=hire.name)
	factory.learn_silently(hire.user_id, course)
	assert daily.run()["Awaiting Signature"] == 1
	name = factory.assignment(member=hire.user_id).name
	assert [event for event, *_ in factory.events(name)] == ["Begun", "Learned"]
	assert "Awaiting Signature" not in daily.run()
	assert len(factory.events(name)) == 2


def test_it_is_late_by_its_date_and_never_overdue(waiting, hire, clock, hr):
	clock(31)
	daily.run()
	assert stored(waiting, "status") == "Awaiting Signature"
	frappe.set_user(hire.user_id)
	(row,) = api.get_my_training_assignments()
	assert (row.status, row.days_left, row.statement) == ("Awaiting Signature", -1, STATEMENT)


def test_without_a_statement_there_is_nothing_to_read(hire, hr):
	factory.course("Plain")
	factory.onboarding(employee=hire.name)
	frappe.set_user(hire.user_id)
	(row,) = api.get_my_training_assignments()
	assert row.statement is None


def test_a_lesson_that_is_added_has_to_be_learned_first(waiting, hire, course):
	factory.add_lessons(course)
	with pytest.raises(frappe.ValidationError, match="more to learn"):
		sign(waiting)
	daily.run()
	assert stored(waiting, "status") == "In Progress"
	factory.complete_lessons(hire.user_id, course)
	assert [event for event, *_ in factory.events(waiting)] == ["Begun", "Learned", "Learned"]
	sign(waiting)
	assert stored(waiting) == ("Completed", TODAY)


def test_what_was_completed_stays_so_where_a_statement_comes_later(hire, hr):
	course = factory.course("Plain")
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	change_statement(course, STATEMENT)
	daily.run()
	assert factory.assignment(member=hire.user_id).status == "Completed"


def test_learned_before_it_is_asked_for_it_is_to_be_signed(hire, hr, course):
	frappe.get_doc({"doctype": "LMS Enrollment", "member": hire.user_id, "course": course}).insert(
		ignore_permissions=True
	)
	factory.complete_lessons(hire.user_id, course)
	factory.onboarding(employee=hire.name)
	row = factory.assignment(member=hire.user_id)
	assert (row.status, row.progress, row.completed_on, row.cycle) == ("Awaiting Signature", 100, None, 1)
	assert [event for event, *_ in factory.events(row.name)] == ["Begun", "Learned"]


def test_a_due_date_that_moves_leaves_it_waiting(waiting, clock):
	api.extend_due_date([waiting], str(DUE + timedelta(days=5)), "On a project")
	assert stored(waiting, "status") == "Awaiting Signature"


def test_a_waiver_that_is_withdrawn_leaves_it_to_be_signed(waiting):
	api.waive([waiting], "Not needed")
	api.withdraw_waiver([waiting], "Needed")
	assert stored(waiting, "status") == "Awaiting Signature"
	assert [event for event, *_ in factory.events(waiting)][-3:] == ["Waived", "Waiver Withdrawn", "Reopened"]


def test_following_a_lesson_looks_the_statement_up_with_the_last_one_alone(hire, hr, course):
	factory.onboarding(employee=hire.name)
	enrolment = facts.enrolment_names([hire.user_id], [course])[hire.user_id, course]
	factory.learn_silently(hire.user_id, course, 1)
	asked = number_of(lambda: progress.follow(hire.user_id, course, enrolment))
	frappe.db.set_value("LMS Course", course, "attestation", None)
	factory.add_lessons(course, 3)
	factory.learn_silently(hire.user_id, course, 2)
	assert number_of(lambda: progress.follow(hire.user_id, course, enrolment)) <= asked


# ---- a statement that is taken away, or changed


def test_nothing_to_sign_any_more_completes_it_on_the_day_it_was_learned(waiting, course, clock):
	clock(3)
	change_statement(course, "")
	harness.run_jobs()
	assert tuple(stored(waiting)) == ("Completed", TODAY)
	assert [event for event, *_ in factory.events(waiting)] == ["Begun", "Learned", "Completed"]


def test_where_the_queue_was_down_the_daily_run_completes_it(waiting, course):
	frappe.db.set_value("LMS Course", course, "attestation", None)
	with pytest.raises(frappe.ValidationError, match="nothing to sign any more"):
		sign(waiting)
	assert daily.run()["Completed"] == 1


def test_a_statement_that_was_changed_meanwhile_is_read_again(waiting, course):
	frappe.db.set_value("LMS Course", course, "attestation", "Something else & more")
	with pytest.raises(signing.StatementChanged, match="Something else &amp; more"):
		sign(waiting, statement=STATEMENT)
	assert stored(waiting, "status") == "Awaiting Signature"
	sign(waiting, statement="Something else &\r\nmore ")
	assert stored(waiting, "status") == "Completed"


def test_a_statement_is_plain_text_of_a_size_that_can_be_kept(course):
	doc = frappe.get_doc("LMS Course", course)
	doc.attestation = "  I <script>agree()</script>  "
	doc.save()
	assert "<script" not in doc.attestation
	assert doc.attestation == doc.attestation.strip()
	doc.attestation = "ü" * 10_001
	with pytest.raises(frappe.ValidationError, match="10001 characters"):
		doc.save()


# ---- told


def test_reminders_go_on_until_it_is_signed_and_lead_to_where_that_is(waiting, hire, hr, clock):
	factory.mail_account()
	frappe.set_user("Administrator")
	said = []
	for number in (1, 23, 29, 31):
		clock(number)
		daily.run()
		said += [(number, subject, text) for _to, subject, text in read_mails(hire.user_id)]
	reminded = [(number, text) for number, subject, text in said if subject.startswith("Training Reminder")]
	assert [number for number, _text in reminded] == [23, 29, 31]
	for _number, text in reminded:
		assert "to be signed" in text
		assert "/lms/courses/" not in text
	bells = frappe.get_all("Notification Log", {"for_user": hire.user_id}, pluck="subject")
	assert "Safety: to be signed, 1 day late" in bells
	sign(waiting)
	clock(38)
	daily.run()
	assert read_mails(hire.user_id) == []


# ---- what else completes it


def test_a_course_that_counts_like_it_completes_it_unsigned(hire, hr):
	other = factory.course("First Aid", is_mandatory=0)
	owed = signatures.course(equivalents=[{"course": other}])
	factory.onboarding(employee=hire.name)
	api.assign_mandatory_training([hire.user_id], courses=[other])
	factory.complete_lessons(hire.user_id, other)
	row = factory.assignment(member=hire.user_id, course=owed)
	assert (row.status, row.signed_on) == ("Completed", None)
	assert [event for event, *_ in factory.events(row.name)] == ["Completed"]


def test_what_is_not_signed_counts_like_nothing(hire, hr):
	other = signatures.course("First Aid")
	owed = factory.course("Safety", equivalents=[{"course": other}])
	signatures.with_password(hire.user_id)
	name = signatures.learned(hire, other)
	daily.run()
	assert factory.assignment(member=hire.user_id, course=owed).status == "Pending"
	sign(name)
	row = factory.assignment(member=hire.user_id, course=owed)
	assert (row.status, row.completed_on) == ("Completed", TODAY)


def test_done_elsewhere_completes_it(waiting, hire, hr):
	request = factory.request(waiting, "Done Elsewhere", completed_on=str(TODAY))
	api.answer_request([request], True)
	assert tuple(stored(waiting, "status", "signed_on")) == ("Completed", None)
