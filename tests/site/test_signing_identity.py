"""By what somebody who signs shows who they are: their own password or, where they have none, a code by mail."""

import re

import frappe
import pytest
from frappe.utils.password import check_password

from smooth_lms_hr import api
from smooth_lms_hr.sources import cache, identity
from smooth_lms_hr.telling import signing_codes
from tests.site import factory, signatures
from tests.site.mailbox import read_mails
from tests.site.signatures import PASSWORD, sign

ASSIGNMENT = "LMS Training Assignment"
WRONG = "That is not your password"
LOCKED = "too many wrong attempts"


@pytest.fixture(autouse=True)
def site(monkeypatch):
	"""site(fieldname=value) sets System Settings; two wrong passwords are one too few for a minute's pause."""

	get, changed = frappe.get_system_settings, {}
	# Whatever was read of them in this request is kept by it.
	monkeypatch.setattr(frappe, "get_system_settings", lambda key: changed.get(key, get(key)))

	def set_to(**values) -> None:
		changed.update(values)
		for fieldname, value in values.items():
			frappe.db.set_single_value("System Settings", fieldname, value)
		frappe.clear_document_cache("System Settings", "System Settings")

	set_to(allow_consecutive_login_attempts=2, allow_login_after_fail=60)
	return set_to


@pytest.fixture
def waiting(hire, hr):
	factory.mail_account()
	return signatures.learned(hire, signatures.course())


@pytest.fixture
def protected(waiting, hire):
	"""The same, of somebody who has a password."""
	signatures.with_password(hire.user_id)
	return waiting


def status(name):
	return frappe.db.get_value(ASSIGNMENT, name, "status")


def request_code(name, hire) -> str:
	"""Ask for a code, and return it from the mail."""
	before = frappe.session.user
	frappe.set_user("Administrator")
	read_mails()
	frappe.set_user(hire.user_id)
	sent_to = api.request_signing_code(name)["sent_to"]
	frappe.set_user("Administrator")
	((to, subject, text),) = read_mails()
	frappe.set_user(before)
	assert to == sent_to == hire.user_id
	assert "Safety" in subject
	(code,) = re.findall(r"<strong>(\d{8})</strong>", text)
	assert code not in subject
	return code


# ---- the password


def test_the_own_password_is_taken_as_it_is_with_its_blanks(protected):
	with pytest.raises(identity.NotShown, match=WRONG):
		sign(protected, PASSWORD.strip())
	sign(protected)
	assert status(protected) == "Completed"


def test_a_wrong_password_signs_nothing_and_ends_no_session(protected, hire):
	with pytest.raises(frappe.ValidationError, match=WRONG) as refused:
		sign(protected, "wrong")
	# With an AuthenticationError Frappe takes the browser's cookies.
	assert not isinstance(refused.value, frappe.AuthenticationError)
	assert "wrong" not in str(refused.value)
	assert status(protected) == "Awaiting Signature"


def test_somebody_elses_password_is_none(protected, hr):
	signatures.with_password(hr, "of hr")
	with pytest.raises(identity.NotShown):
		sign(protected, "of hr")


def test_wrong_ones_are_throttled_with_those_of_the_login(protected, hire):
	from frappe.auth import get_login_attempt_tracker

	for _try in range(3):
		with pytest.raises(identity.NotShown, match=WRONG):
			sign(protected, "wrong")
	with pytest.raises(frappe.RateLimitExceededError, match=LOCKED):
		sign(protected)
	assert not get_login_attempt_tracker(hire.user_id, raise_locked_exception=False).is_user_allowed()
	assert status(protected) == "Awaiting Signature"


def test_whom_the_login_has_locked_out_does_not_sign(protected, hire):
	from frappe.auth import get_login_attempt_tracker

	tracker = get_login_attempt_tracker(hire.user_id)
	for _try in range(3):
		tracker.add_failure_attempt()
	with pytest.raises(frappe.RateLimitExceededError, match=LOCKED):
		sign(protected)


def test_a_right_one_forgets_the_wrong_ones(protected, hire):
	for _try in range(2):
		with pytest.raises(identity.NotShown):
			sign(protected, "wrong")
	sign(protected)
	from frappe.auth import get_login_attempt_tracker

	assert not get_login_attempt_tracker(hire.user_id).login_failed_count


def test_a_site_that_locks_nobody_out_locks_nobody_out_here(protected, site):
	site(allow_consecutive_login_attempts=0)
	for _try in range(6):
		with pytest.raises(identity.NotShown):
			sign(protected, "wrong")
	sign(protected)
	assert status(protected) == "Completed"


@pytest.mark.parametrize("secret", ["x" * 513, "a\0b", ["a"], {"a": 1}, 5])
def test_what_is_no_password_is_refused_without_being_repeated(protected, secret):
	with pytest.raises(frappe.ValidationError) as refused:
		sign(protected, secret)
	assert "password" in str(refused.value)
	assert str(secret) not in str(refused.value).replace("512", "")


def test_who_has_a_password_is_sent_no_code(protected, hire):
	frappe.set_user(hire.user_id)
	queued = frappe.db.count("Email Queue")
	with pytest.raises(frappe.ValidationError, match="Sign with your password"):
		api.request_signing_code(protected)
	assert frappe.db.count("Email Queue") == queued


# ---- the code


def test_without_a_password_a_code_signs(waiting, hire):
	code = request_code(waiting, hire)
	sign(waiting, f" {code[:4]} {code[4:]}")
	assert status(waiting) == "Completed"


def test_the_mail_with_a_code_is_sent_as_soon_as_it_is_committed(waiting, hire, monkeypatch):
	queued, sent = [], []
	monkeypatch.setattr(
		signing_codes.jobs,
		"enqueue_after_commit",
		lambda method, job_id, **values: queued.append((method, values)),
	)
	frappe.set_user(hire.user_id)
	api.request_signing_code(waiting)
	frappe.set_user("Administrator")
	((method, values),) = queued
	monkeypatch.setattr(
		type(frappe.get_doc("Email Queue", values["name"])), "send", lambda doc: sent.append(doc.name)
	)
	frappe.get_attr(method)(**values)
	assert sent == [values["name"]]


def test_without_either_nothing_is_signed(waiting):
	for secret in ("wrong", "00000000", "None"):
		with pytest.raises(identity.NotShown, match="Ask for a new one"):
			sign(waiting, secret)


def test_who_comes_by_a_social_login_knows_no_password(protected, hire):
	frappe.set_user("Administrator")
	user = frappe.get_doc("User", hire.user_id)
	user.append("social_logins", {"provider": "google", "userid": "1"})
	user.save()
	code = request_code(protected, hire)
	sign(protected, code)
	assert status(protected) == "Completed"


def test_where_nobody_logs_in_by_password_none_signs(protected, hire, site):
	site(disable_user_pass_login=1)
	with pytest.raises(identity.NotShown):
		sign(protected)
	sign(protected, request_code(protected, hire))
	assert check_password(hire.user_id, PASSWORD)


def test_a_code_counts_once(waiting, hire):
	code = request_code(waiting, hire)
	sign(waiting, code)
	frappe.db.set_value(ASSIGNMENT, waiting, "status", "Awaiting Signature")
	with pytest.raises(identity.NotShown):
		sign(waiting, code)


def test_a_new_code_takes_the_place_of_the_one_before(waiting, hire):
	first, second = request_code(waiting, hire), request_code(waiting, hire)
	with pytest.raises(identity.NotShown):
		sign(waiting, first)
	sign(waiting, second)


def test_a_code_is_for_one_thing_and_one_person(waiting, hire):
	code = request_code(waiting, hire)
	other = signatures.course("Conduct")
	stranger = factory.employee(factory.user())
	theirs = signatures.learned(stranger, other)
	api.assign_mandatory_training([hire.user_id], courses=[other])
	factory.complete_lessons(hire.user_id, other)
	own_other = factory.assignment(member=hire.user_id, course=other).name
	for name in (theirs, own_other):
		with pytest.raises(identity.NotShown):
			sign(name, code)


def test_what_is_kept_of_a_code_is_worth_nothing_in_another_place(waiting, hire):
	code = request_code(waiting, hire)
	stranger = factory.employee(factory.user())
	other = signatures.learned(stranger, signatures.course("Conduct"))
	cache.keep(identity._key(stranger.user_id, other), cache.kept(identity._key(hire.user_id, waiting)), 60)
	with pytest.raises(identity.NotShown):
		sign(other, code)


def test_a_code_is_forgotten_after_some_minutes(waiting, hire, monkeypatch):
	monkeypatch.setattr(identity, "CODE_COUNTS", 1)
	code = request_code(waiting, hire)
	key = frappe.cache.make_key(identity._key(hire.user_id, waiting))
	assert 0 < frappe.cache.pttl(key) <= 1000
	frappe.cache.delete(key)
	with pytest.raises(identity.NotShown):
		sign(waiting, code)


def test_a_code_is_kept_where_nobody_can_read_it(waiting, hire):
	code = request_code(waiting, hire)
	kept = cache.kept(identity._key(hire.user_id, waiting))
	assert code not in kept
	assert len(kept) == 64


def test_a_code_is_guessed_five_times_at_most_whatever_the_site_allows(waiting, hire, site):
	site(allow_consecutive_login_attempts=0)
	code = request_code(waiting, hire)
	for _try in range(5):
		with pytest.raises(identity.NotShown):
			sign(waiting, "wrong")
	with pytest.raises(identity.NotShown):
		sign(waiting, code)
	sign(waiting, request_code(waiting, hire))


def test_so_many_codes_in_an_hour_and_no_more(waiting, hire):
	for _time in range(5):
		code = request_code(waiting, hire)
	frappe.set_user(hire.user_id)
	with pytest.raises(frappe.RateLimitExceededError, match="Too many codes"):
		api.request_signing_code(waiting)
	sign(waiting, code)


def test_where_no_mail_can_be_sent_it_is_said(waiting, hire, monkeypatch):
	from smooth_lms_hr.telling import mails

	monkeypatch.setattr(mails, "can_send", lambda: False)
	frappe.set_user(hire.user_id)
	with pytest.raises(frappe.ValidationError, match="No mail can be sent"):
		api.request_signing_code(waiting)


def test_without_the_cache_a_password_signs_and_no_code_is_made(waiting, hire, monkeypatch):
	monkeypatch.setattr(cache, "count", lambda *args: None)
	monkeypatch.setattr(cache, "kept", lambda *args: None)
	frappe.set_user(hire.user_id)
	with pytest.raises(frappe.ValidationError, match="No code can be made"):
		api.request_signing_code(waiting)
	signatures.with_password(hire.user_id)
	sign(waiting)
	assert status(waiting) == "Completed"
