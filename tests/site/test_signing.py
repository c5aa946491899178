"""What is learned whole awaits the signature of its statement; who signs it, and what comes of that (rules 7 and 16)."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import get_datetime

from smooth_lms_hr import api, daily
from smooth_lms_hr.following import progress, reopening, signing
from smooth_lms_hr.showing import history
from smooth_lms_hr.sources import facts
from tests.site import factory, signatures
from tests.site.conftest import TODAY, harness
from tests.site.mailbox import read_mails
from tests.site.queries import number_of
from tests.site.signatures import PASSWORD, STATEMENT, sign

ASSIGNMENT = "LMS Training Assignment"
DUE = TODAY + timedelta(days=30)


@pytest.fixture
def course():
	return signatures.course()


@pytest.fixture
def waiting(hire, hr, course):
	"""What the hire has learned whole and not signed."""
	signatures.with_password(hire.user_id)
	return signatures.learned(hire, course)


def stored(name, *fields):
	return frappe.db.get_value(ASSIGNMENT, name, list(fields or ("status", "completed_on")))


def change_statement(course, statement):
	frappe.set_user("Administrator")
	doc = frappe.get_doc("LMS Course", course)
	doc.attestation = statement
	doc.save()
	return doc.reload()


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


# ---- signed


def test_signed_it_is_completed_on_that_day(waiting, hire, clock):
	clock(2)
	assert sign(waiting, statement=STATEMENT) == {"assignment": waiting}
	row = factory.assignment(name=waiting)
	assert (row.status, row.completed_on) == ("Completed", TODAY + timedelta(days=2))
	assert row.signed_on == get_datetime(f"{TODAY + timedelta(days=2)} 12:00:00.123456")
	assert factory.events(waiting)[2:] == [
		("Signed", "Awaiting Signature", "Completed", None, hire.user_id),
		("Completed", "Awaiting Signature", "Completed", None, hire.user_id),
	]


def test_it_counts_from_the_day_of_the_signature(hire, hr, clock):
	course = signatures.course(validity_days=100)
	signatures.with_password(hire.user_id)
	name = signatures.learned(hire, course)
	clock(5)
	sign(name)
	assert stored(name, "valid_until") == TODAY + timedelta(days=105)


def test_the_statement_and_its_signature_are_on_record_as_evidence(waiting, course):
	sign(waiting, signed_as="  Ana <b>Lima  ", statement=STATEMENT)
	# What is changed later was not signed.
	change_statement(course, "Something else")
	(kept,) = frappe.get_all(
		"LMS Training Evidence",
		{"assignment": waiting},
		["statement", "signed_as", "signed_on", "completed_on", "status"],
	)
	assert (kept.statement, kept.signed_as) == (STATEMENT, "Ana ‹b>Lima")
	assert kept.signed_on == frappe.db.get_value(ASSIGNMENT, waiting, "signed_on")
	assert (kept.completed_on, kept.status) == (TODAY, "Valid")


def test_there_is_no_evidence_before_it_is_signed_and_no_signature_where_nobody_signed(waiting, course):
	evidence = {"assignment": waiting}
	assert not frappe.db.exists("LMS Training Evidence", evidence)
	frappe.db.set_value("LMS Course", course, "attestation", None)
	daily.run()
	(kept,) = frappe.get_all("LMS Training Evidence", evidence, ["statement", "signed_as", "signed_on"])
	assert (kept.statement, kept.signed_as, kept.signed_on) == (None, None, None)


def test_a_revoked_signature_is_kept_and_it_is_learned_and_signed_again(waiting, hire, course):
	sign(waiting)
	assert api.revoke_completion([waiting], "Somebody else sat there")["done"]
	row = factory.assignment(name=waiting)
	assert (row.status, row.progress, row.signed_on) == ("Pending", 0, None)
	factory.complete_lessons(hire.user_id, course)
	assert stored(waiting, "status") == "Awaiting Signature"
	sign(waiting, signed_as="Ana again")
	kept = frappe.get_all(
		"LMS Training Evidence", {"assignment": waiting}, ["status", "signed_as"], order_by="name"
	)
	assert [(row.status, row.signed_as) for row in kept] == [("Revoked", "Ana Lima"), ("Valid", "Ana again")]
	with pytest.raises(frappe.ValidationError, match="nothing to sign"):
		sign(waiting)


def test_what_awaits_a_signature_is_no_completion_to_revoke(waiting):
	(failed,) = api.revoke_completion([waiting], "A mistake")["failed"]
	assert "awaiting signature" in failed["message"]


def test_signed_twice_it_is_signed_once(waiting):
	sign(waiting)
	with pytest.raises(frappe.ValidationError, match="completed: there is nothing to sign"):
		sign(waiting)
	assert [event for event, *_ in factory.events(waiting)].count("Signed") == 1


def test_who_signs_at_the_same_moment_in_another_window_comes_second(waiting, hire, monkeypatch):
	check = signing.identity.check

	def other_window(*args):
		check(*args)
		monkeypatch.setattr(signing.identity, "check", check)
		sign(waiting)

	monkeypatch.setattr(signing.identity, "check", other_window)
	with pytest.raises(frappe.ValidationError, match="completed: there is nothing to sign"):
		sign(waiting)
	assert [event for event, *_ in factory.events(waiting)].count("Signed") == 1


def test_a_signed_course_is_renewed_and_signed_again(hire, hr, clock):
	course = signatures.course(validity_days=100)
	signatures.with_password(hire.user_id)
	first = signatures.learned(hire, course)
	sign(first)
	clock(80)
	daily.run()
	second = factory.assignment(member=hire.user_id, cycle=2)
	assert (second.status, second.progress, second.signed_on) == ("Pending", 0, None)
	factory.complete_lessons(hire.user_id, course)
	assert stored(second.name, "status") == "Awaiting Signature"
	sign(second.name)
	assert tuple(stored(second.name)) == ("Completed", TODAY + timedelta(days=80))
	assert tuple(stored(first)) == ("Completed", TODAY)


def test_a_certificate_that_was_there_before_says_until_when_the_signed_completion_counts(hire, hr, clock):
	from lms.lms.doctype.lms_certificate.lms_certificate import create_certificate

	course = signatures.course(validity_days=100, enable_certification=1)
	signatures.with_password(hire.user_id)
	name = signatures.learned(hire, course)
	frappe.set_user(hire.user_id)
	certificate = create_certificate(course).name
	clock(2)
	sign(name)
	expiry = frappe.db.get_value("LMS Certificate", certificate, "expiry_date")
	assert expiry == TODAY + timedelta(days=102)


def test_owed_again_it_is_no_longer_signed(waiting, clock):
	sign(waiting)
	from smooth_lms_hr.assigning import assignments

	(row,) = assignments.lock([waiting]).values()
	reopening.reopen([row], TODAY, "Wrong person at the keyboard")
	assert tuple(stored(waiting, "status", "signed_on", "completed_on")) == ("Awaiting Signature", None, None)
	sign(waiting)
	assert [event for event, *_ in factory.events(waiting)].count("Signed") == 2


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


def test_the_timeline_says_who_signed_and_when_it_was_learned(waiting, hire):
	sign(waiting)
	said = [entry["content"] for entry in history.timeline(ASSIGNMENT, waiting)]
	name = frappe.db.get_value("User", hire.user_id, "full_name")
	assert said[2:] == [
		"All was learned; the statement remains to be signed.",
		f"{name} signed the statement.",
		"The course was completed.",
	]


# ---- who may not


@pytest.mark.parametrize("role", ["hr", "System Manager", "stranger", "manager"])
def test_nobody_signs_for_somebody_else(waiting, hire, hr, role):
	boss = factory.employee(factory.user("Employee"))
	frappe.set_user("Administrator")
	frappe.db.set_value("Employee", hire.name, "reports_to", boss.name)
	user = {
		"hr": hr, "System Manager": factory.user("System Manager"), "stranger": factory.user(), "manager": boss.user_id
	}[role]  # fmt: skip
	signatures.with_password(user)
	with pytest.raises(frappe.ValidationError) as refused:
		sign(waiting, user=user)
	with pytest.raises(frappe.ValidationError) as of_none:
		sign("TA-9999999", user=user)
	assert str(refused.value).replace(waiting, "") == str(of_none.value).replace("TA-9999999", "")
	frappe.set_user(user)
	with pytest.raises(frappe.ValidationError, match="or it is not yours"):
		api.request_signing_code(waiting)


def test_a_guest_signs_nothing(waiting):
	with pytest.raises(frappe.PermissionError):
		sign(waiting, user="Guest")


def test_who_looks_at_the_site_as_somebody_else_does_not_sign_as_them(waiting, hire):
	frappe.set_user(hire.user_id)
	frappe.session.data.impersonated_by = "Administrator"
	for ask in (
		lambda: api.sign_statement(waiting, "Ana", PASSWORD),
		lambda: api.request_signing_code(waiting),
	):
		with pytest.raises(frappe.PermissionError, match="Nobody signs in the place"):
			ask()


def test_hr_cannot_type_the_status_or_the_moment(waiting):
	for fieldname, value in (("status", "Completed"), ("signed_on", "2026-11-23 10:00:00")):
		doc = frappe.get_doc(ASSIGNMENT, waiting)
		doc.set(fieldname, value)
		with pytest.raises(frappe.ValidationError, match="cannot be changed by hand"):
			doc.save()


@pytest.mark.parametrize("status", ["Pending", "In Progress", "Waived", "Cancelled"])
def test_what_does_not_await_it_is_not_signed(waiting, hire, status):
	frappe.db.set_value(ASSIGNMENT, waiting, "status", status)
	nothing = f"{status.lower()}: there is nothing to sign"
	with pytest.raises(frappe.ValidationError, match=nothing):
		sign(waiting)
	frappe.set_user(hire.user_id)
	with pytest.raises(frappe.ValidationError, match=nothing):
		api.request_signing_code(waiting)


def test_a_signature_has_a_name(waiting):
	for name in ("", "   ", None):
		with pytest.raises(frappe.ValidationError, match="signed_as is required"):
			sign(waiting, signed_as=name)


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


def test_open_requests_end_with_the_signature(waiting):
	request = factory.request(waiting)
	sign(waiting)
	assert frappe.db.get_value("LMS Training Request", request, "status") == "Withdrawn"


def test_what_another_hook_breaks_costs_nobody_their_signature(waiting, monkeypatch):
	def broken(*args):
		raise RuntimeError("Out of order")

	monkeypatch.setattr(signing.equivalents, "follow", broken)
	sign(waiting)
	assert stored(waiting, "status") == "Completed"
