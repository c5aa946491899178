"""Who signs the statement of what they have learned, who may not, and what comes of that (rules 7 and 16)."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import get_datetime

from smooth_lms_hr import api, daily
from smooth_lms_hr.following import reopening, signing
from smooth_lms_hr.showing import history
from tests.site import factory, signatures
from tests.site.conftest import TODAY
from tests.site.signatures import ASSIGNMENT, PASSWORD, STATEMENT, change_statement, sign, stored


@pytest.fixture
def course():
	return signatures.course()


@pytest.fixture
def waiting(hire, hr, course):
	return signatures.awaiting(hire, course)


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


def test_the_timeline_says_who_signed_and_when_it_was_learned(waiting, hire):
	sign(waiting)
	said = [entry["content"] for entry in history.timeline(ASSIGNMENT, waiting)]
	name = frappe.db.get_value("User", hire.user_id, "full_name")
	assert said[2:] == [
		"All was learned; the statement remains to be signed.",
		f"{name} signed the statement.",
		"The course was completed.",
	]


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
