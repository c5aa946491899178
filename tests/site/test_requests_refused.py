"""Bad input and attackers: what nobody may ask or hand in."""

import os
from pathlib import Path

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import assignments
from smooth_lms_hr.following import requests
from smooth_lms_hr.sources import attachments
from tests.site import factory
from tests.site.asking import ASSIGNMENT, REQUEST, TOO_FAR, day, owed_by

BEFORE_1900 = "1899-12-31"


@pytest.fixture
def owed(hire, hr, as_user):
	return owed_by(hire)


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


def test_what_is_settled_at_the_same_moment_is_not_asked_about(owed, monkeypatch):
	lock = assignments.lock

	def be_overtaken(names):
		frappe.db.set_value(ASSIGNMENT, owed, "status", "Completed")
		return lock(names)

	monkeypatch.setattr(assignments, "lock", be_overtaken)
	with pytest.raises(frappe.ValidationError, match="nothing is owed"):
		factory.request(owed)


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
