"""Bad input and attackers: what nobody may ask, hand in, answer or write."""

import json
import os
from datetime import timedelta
from pathlib import Path

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import assignments
from smooth_lms_hr.following import requests
from smooth_lms_hr.sources import attachments
from tests.site import factory
from tests.site.asking import REQUEST, answer, stored
from tests.site.conftest import TODAY

ASSIGNMENT = "LMS Training Assignment"
DUE = TODAY + timedelta(days=30)
BEFORE_1900, TOO_FAR = "1899-12-31", "2099-01-01"


@pytest.fixture
def owed(hire, hr, as_user):
	"""Return the name of what the hire owes; the hire is at work."""
	course = factory.course("Safety")
	factory.onboarding(employee=hire.name)
	as_user(hire.user_id)
	return factory.assignment(member=hire.user_id, course=course).name


def day(days):
	return str(TODAY + timedelta(days=days))


@pytest.mark.parametrize(
	("kind", "values", "said"),
	[
		("Extension", {}, "new due date is required"),
		("Extension", {"wanted_date": day(30)}, "not later than the due date"),
		("Extension", {"wanted_date": day(-1)}, "not later than the due date"),
		("Extension", {"wanted_date": TOO_FAR}, "days ahead"),
		("Extension", {"wanted_date": day(60), "completed_on": day(-1)}, "done elsewhere"),
		("Extension", {"wanted_date": "tomorrow"}, "not a date"),
		("Exemption", {"wanted_date": day(-1)}, "past"),
		("Exemption", {"valid_until": day(60)}, "done elsewhere"),
		("Done Elsewhere", {}, "completed_on\\)"),
		("Done Elsewhere", {"completed_on": day(1)}, "in the future"),
		("Done Elsewhere", {"completed_on": BEFORE_1900}, "not a date"),
		("Done Elsewhere", {"completed_on": day(-5), "valid_until": day(-6)}, "before completed_on"),
		("Done Elsewhere", {"completed_on": day(-5), "wanted_date": day(60)}, "not for what was done"),
		("Holiday", {"wanted_date": day(60)}, "has to be one of"),
		("Exemption", {"reason": " "}, "reason is required"),
		("Exemption", {"reason": "x" * 2001}, "characters"),
		("Exemption", {"file": "x" * 2001}, "characters"),
	],
)
def test_what_makes_no_sense_is_refused_by_name(owed, kind, values, said):
	values = {"reason": "Why", **values}
	with pytest.raises(frappe.ValidationError, match=said):
		api.request_training(owed, kind, **values)
	assert not frappe.db.count(REQUEST)


def test_an_extension_of_what_is_late_is_today_or_later(owed, clock):
	clock(40)
	with pytest.raises(frappe.ValidationError, match="past"):
		api.request_training(owed, "Extension", "Why", wanted_date=day(39))
	assert api.request_training(owed, "Extension", "Why", wanted_date=day(40))


def test_the_last_day_that_makes_sense_does(owed):
	api.request_training(owed, "Extension", "Why", wanted_date=day(31))
	api.request_training(owed, "Exemption", "Why", wanted_date=day(0))
	api.request_training(owed, "Done Elsewhere", "Why", completed_on=day(0), valid_until=day(0))
	assert frappe.db.count(REQUEST) == 3


def test_the_same_is_asked_once(owed):
	first = factory.request(owed)
	with pytest.raises(frappe.ValidationError, match="no answer yet"):
		factory.request(owed)
	assert frappe.get_all(REQUEST, pluck="name") == [first]


def test_the_database_refuses_a_second_one_in_the_same_words(owed, monkeypatch):
	first = factory.request(owed)
	monkeypatch.setattr(frappe.db, "exists", lambda *args, **kwargs: None)
	with pytest.raises(frappe.UniqueValidationError, match="no answer yet"):
		api.request_training(owed, "Extension", "Why", wanted_date=day(60))
	monkeypatch.undo()
	assert frappe.get_all(REQUEST, pluck="name") == [first]


def test_nobody_asks_without_end(owed, monkeypatch):
	monkeypatch.setattr(requests, "MAX_A_DAY", 2)
	for _each in range(2):
		api.withdraw_request(factory.request(owed))
	with pytest.raises(frappe.ValidationError, match="Ask again tomorrow"):
		factory.request(owed)


@pytest.mark.parametrize("status", ["Completed", "Waived", "Cancelled"])
def test_of_what_is_settled_nothing_is_asked(owed, status):
	frappe.db.set_value(ASSIGNMENT, owed, "status", status)
	with pytest.raises(frappe.ValidationError, match="nothing is owed"):
		factory.request(owed)


def test_somebody_elses_training_and_none_at_all_are_the_same(owed, as_user):
	said = set()
	for user in (factory.user("Employee"), factory.hr_manager()):
		as_user(user)
		for name in (owed, "TA-none"):
			with pytest.raises(frappe.ValidationError) as raised:
				api.request_training(name, "Extension", "Why", wanted_date=day(60))
			said.add(str(raised.value).replace(name, "X"))
	assert said == {"There is no assignment X, or it is not yours."}


def test_guests_ask_and_answer_nothing(owed, as_user):
	name = factory.request(owed)
	as_user("Guest")
	for ask in (
		lambda: api.request_training(owed, "Exemption", "Why"),
		lambda: api.withdraw_request(name),
		lambda: api.answer_request([name], True),
	):
		with pytest.raises(frappe.PermissionError):
			ask()


# ---- files


def test_a_file_that_is_not_theirs_to_hand_in_is_as_if_there_were_none(owed, hire):
	other = factory.user("Employee")
	mine, public, used = (
		factory.private_file(hire.user_id),
		factory.private_file(hire.user_id, is_private=0),
		factory.private_file(hire.user_id),
	)
	factory.request(owed, "Done Elsewhere", completed_on=day(0), file=used.name)
	theirs = factory.private_file(other)
	# As no upload leaves them: open to all in a private place, and private in a place that is none of the site's.
	half, far = factory.private_file(hire.user_id), factory.private_file(hire.user_id)
	frappe.db.set_value("File", half.name, "is_private", 0)
	frappe.db.set_value("File", far.name, "file_url", "https://example.com/proof.pdf")
	said = set()
	for file in (
		theirs.name,
		theirs.file_url,
		public.name,
		used.name,
		half.name,
		far.name,
		"none",
		"/private/files/none.txt",
		"%",
		"Home",
	):
		with pytest.raises(frappe.ValidationError) as raised:
			api.request_training(owed, "Exemption", "Why", file=file)
		said.add(str(raised.value).replace(file, "X"))
	assert len(said) == 1, said
	assert "no private file" in said.pop()
	theirs.reload()
	assert not theirs.attached_to_name
	assert api.request_training(owed, "Exemption", "Why", file=mine.name)


def test_the_same_paper_of_two_people_stays_two_files(owed, hire):
	other = factory.user("Employee")
	content = frappe.generate_hash()
	for user in (other, hire.user_id):
		frappe.set_user(user)
		doc = frappe.get_doc(
			{"doctype": "File", "file_name": "same.txt", "is_private": 1, "content": content}
		).insert()
	name = factory.request(owed, "Done Elsewhere", completed_on=day(0), file=doc.file_url)
	attached = frappe.get_all(
		"File", {"attached_to_doctype": REQUEST, "attached_to_name": name}, ["owner", "file_url"]
	)
	assert [(row.owner, row.file_url) for row in attached] == [(hire.user_id, doc.file_url)]


PAGE = "<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize(
	("file_name", "content"),
	[
		("proof.pdf", PAGE),
		("proof.PDF", f" \r\n\ufeff{PAGE}"),
		("proof.txt", PAGE),
		("proof", '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
		("proof.pdf", f"<!-- %PDF-1.4 -->{PAGE}"),
		("proof.pdf", "I have done it, honestly."),
		("proof.png", "%PDF-1.4"),
		("proof.docx", "PK"),
		("proof.jpg", ""),
		("proof.html", "Proof"),
	],
)
def test_a_file_that_is_something_else_than_its_name_says_is_refused(owed, hire, file_name, content):
	frappe.set_user(hire.user_id)
	file = factory.private_file(hire.user_id)
	# Past Frappe, which looks at some of these itself.
	Path(file.get_full_path()).write_text(content)
	named = file.file_url.replace(".txt", "-" + file_name)
	os.rename(file.get_full_path(), frappe.utils.get_files_path(named.rsplit("/")[-1], is_private=1))
	frappe.db.set_value("File", file.name, {"file_url": named, "file_name": f"<b>{file_name}"})
	with pytest.raises(frappe.ValidationError, match="something else than its name says") as raised:
		factory.request(owed, "Done Elsewhere", completed_on=day(0), file=file.name)
	assert "<b>proof" not in str(raised.value)
	file.reload()
	assert not file.attached_to_name


@pytest.mark.parametrize(
	("file_name", "content"),
	[
		("proof.pdf", b"%PDF-1.4\n"),
		("proof.pdf", b"\n\n%PDF-1.7\n"),
		("proof.JPG", b"\xff\xd8\xff\xe0"),
		("proof.odt", b"PK\x03\x04"),
		("proof.txt", b"1 < 2"),
		("proof.eml", b"From: school@example.com"),
		("proof", b""),
	],
)
def test_what_is_what_it_says_may_be_handed_in(file_name, content):
	assert attachments.is_what_it_says(file_name, content)


def test_a_file_that_is_gone_from_the_disk_is_as_if_there_were_none(owed, hire):
	file = factory.private_file(hire.user_id)
	Path(file.get_full_path()).unlink()
	with pytest.raises(frappe.ValidationError, match="no private file"):
		factory.request(owed, "Done Elsewhere", completed_on=day(0), file=file.name)


# ---- answers


def test_who_may_not_assign_answers_nothing(owed, as_user):
	name = factory.request(owed)
	for role in ("HR User", "Employee", "LMS Student", "Course Creator"):
		as_user(factory.user(role))
		for each in (name, "none"):
			assert answer(each) == f"There is no request {each}, or it is not yours."
			with pytest.raises(frappe.ValidationError, match="or it is not yours"):
				api.withdraw_request(each)
	assert stored(name).status == "Open"


def test_the_first_of_two_answers_wins_and_the_second_is_told_so(owed, hr, as_user):
	name = factory.request(owed)
	as_user(hr)
	answer(name, grant=False, words="No")
	second = factory.hr_manager()
	as_user(second)
	said = answer(name)
	assert "has answered it" in said
	assert "Refused" in said
	assert (stored(name).status, stored(name).decided_by) == ("Refused", hr)
	assert frappe.db.get_value(ASSIGNMENT, owed, "due_date") == DUE


def test_who_answers_at_the_same_moment_is_told_who_was_first(owed, hr, as_user, monkeypatch):
	"""The other's answer becomes visible between our look and our lock."""
	name = factory.request(owed)
	look, other = requests.may_answer, factory.hr_manager()

	def be_overtaken(row):
		monkeypatch.undo()
		as_user(other)
		answer(name, grant=False, words="No")
		as_user(hr)
		return look(row)

	as_user(hr)
	monkeypatch.setattr(requests, "may_answer", be_overtaken)
	assert "has answered it" in answer(name)
	assert (stored(name).status, stored(name).decided_by) == ("Refused", other)
	assert frappe.db.get_value(ASSIGNMENT, owed, "due_date") == DUE


def test_what_is_settled_at_the_same_moment_is_not_asked_about(owed, monkeypatch):
	lock = assignments.lock

	def be_overtaken(names):
		frappe.db.set_value(ASSIGNMENT, owed, "status", "Completed")
		return lock(names)

	monkeypatch.setattr(assignments, "lock", be_overtaken)
	with pytest.raises(frappe.ValidationError, match="nothing is owed"):
		factory.request(owed)


def test_one_that_cannot_be_answered_keeps_no_other_waiting(owed, hr, as_user):
	first, second = factory.request(owed), factory.request(owed, "Exemption")
	as_user(hr)
	told = api.answer_request([second, "none", first], True, "Fine", due_date=day(50))
	assert [row["name"] for row in told["done"]] == [first]
	said = {row["name"]: row["message"] for row in told["failed"]}
	assert "about something else" in said[second]
	assert "not yours" in said["none"]
	assert stored(second).status == "Open"
	assert frappe.db.get_value(ASSIGNMENT, owed, ["due_date", "status"]) == (
		TODAY + timedelta(days=50), "Pending",
	)  # fmt: skip


@pytest.mark.parametrize("due", [-1, 0, 30])
def test_an_extension_does_not_end_before_what_it_extends(owed, hr, as_user, due):
	name = factory.request(owed)
	as_user(hr)
	if due < 0:
		with pytest.raises(frappe.ValidationError, match="past"):
			api.answer_request([name], True, None, day(due))
	else:
		assert "An extension ends later" in answer(name, due_date=day(due))
	assert stored(name).status == "Open"


def test_what_is_past_when_it_is_answered_is_not_granted(owed, hr, as_user, clock):
	extension = api.request_training(owed, "Extension", "Why", wanted_date=day(31))["request"]
	exemption = api.request_training(owed, "Exemption", "Why", wanted_date=day(10))["request"]
	clock(32)
	as_user(hr)
	assert "past" in answer(extension)
	assert "past" in answer(exemption)
	assert "Due date moved" in answer(extension, due_date=day(40))


@pytest.mark.parametrize(
	("arguments", "said"),
	[
		(([], True), "requests is required|No request"),
		((["x"] * 1 + [str(each) for each in range(500)], True), "at once"),
		((["x"], "perhaps"), "true or false"),
		((["x"], False, "No", day(50)), "belongs to an extension"),
		((["x"], True, "x" * 2001), "characters"),
		((["x"], True, None, TOO_FAR), "days ahead"),
	],
)
def test_an_answer_that_makes_no_sense_is_refused_by_name(hr, arguments, said):
	with pytest.raises(frappe.ValidationError, match=said):
		api.answer_request(*arguments)


# ---- the record


def test_nobody_writes_a_request_by_hand(owed, hr, as_user):
	name = factory.request(owed)
	new = {
		"doctype": REQUEST,
		"assignment": owed,
		"member": "x",
		"kind": "Exemption",
		"reason": "x",
		"status": "Granted",
	}
	for user in (
		frappe.db.get_value(REQUEST, name, "member"),
		hr,
		factory.user("System Manager"),
		"Administrator",
	):
		as_user(user)
		for write in (
			lambda: frappe.get_doc({**new, "flags": {"saved_by_rule": True}}).insert(),
			lambda: frappe.get_doc(REQUEST, name).update({"status": "Granted"}).save(),
			lambda: frappe.call("frappe.client.set_value", REQUEST, name, "status", "Granted"),
			lambda: frappe.call("frappe.client.set_value", REQUEST, name, json.dumps({"flags": {"saved_by_rule": 1}, "status": "Granted"})),
			lambda: frappe.delete_doc(REQUEST, name),
			lambda: frappe.rename_doc(REQUEST, name, "other"),
		):  # fmt: skip
			with pytest.raises((frappe.PermissionError, frappe.ValidationError)):
				write()
	assert stored(name).status == "Open"
	assert frappe.db.count(REQUEST) == 1


def test_a_request_is_seen_by_who_sees_its_assignment(owed, as_user, hire):
	name = factory.request(owed)
	far = factory.user("HR Manager")
	frappe.set_user("Administrator")
	elsewhere = factory.company("Elsewhere Ltd")
	frappe.get_doc(
		{"doctype": "User Permission", "user": far, "allow": "Company", "for_value": elsewhere}
	).insert()
	for user, sees in (
		(hire.user_id, True),
		(factory.user("HR User"), True),
		(factory.user("Moderator"), True),
		(far, False),
		(factory.user("Employee"), False),
		(factory.user("LMS Student"), False),
		(factory.user("Course Creator"), False),
	):
		as_user(user)
		assert bool(frappe.has_permission(REQUEST, "read", doc=name)) == sees, user
		if frappe.has_permission(REQUEST, "read"):
			assert frappe.get_list(REQUEST, pluck="name") == ([name] if sees else []), user


def test_what_counted_already_is_no_renewal(hire, hr, clock, as_user):
	course = factory.course(validity_days=100)
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	clock(70)
	daily.run()
	_old, new = factory.assignments(member=hire.user_id)
	as_user(hire.user_id)
	with pytest.raises(frappe.ValidationError, match="counted already"):
		api.request_training(new.name, "Done Elsewhere", "Twice", completed_on=day(0))
	assert api.request_training(new.name, "Done Elsewhere", "Again", completed_on=day(1))["request"]
