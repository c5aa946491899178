"""Due dates for the calendar: an entry comes with the first mail, and moves when the date does."""

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.telling import announcements, moved_dates
from tests.site import factory
from tests.site.conftest import harness
from tests.site.mailbox import owe, part, read_mails, read_parts

LEDGER = "LMS Training Notification"


@pytest.fixture
def attached(settings):
	settings.attach_calendar = 1
	settings.save()
	return settings


@pytest.fixture
def announced(attached, worker):
	"""What the worker owes and has been told, with its entry for the calendar."""
	owe(worker, "Safety")
	harness.run_jobs()
	return factory.assignment(member=worker.user_id)


def entries(mail):
	"""Return the entries that a mail brings, each as a dict."""
	text = part(mail, "calendar")
	if text is None:
		return []
	lines = text.replace("\n ", "").splitlines()
	assert "METHOD:PUBLISH" in lines
	found = []
	for line in lines:
		name, _colon, value = line.partition(":")
		if line == "BEGIN:VEVENT":
			found.append({})
		elif found:
			found[-1].setdefault(name.partition(";")[0], value)
	return found


def move(name, day):
	api.extend_due_date([name], day, "Abroad")
	frappe.db.commit()
	harness.run_jobs()


def test_the_first_mail_brings_an_entry_for_each_course(attached, worker):
	owe(worker, "Safety", "Privacy")
	rows = factory.assignments(member=worker.user_id)
	announcements.announce([row.name for row in rows])
	(mail,) = read_parts(worker.user_id)
	(attachment,) = mail.iter_attachments()
	assert (attachment.get_filename(), attachment.get_content_type()) == ("training.ics", "text/calendar")
	assert attachment.get_param("method") == "PUBLISH"
	assert {(each["UID"], each["DTSTART"], each["SEQUENCE"]) for each in entries(mail)} == {
		(f"{row.name}@{frappe.local.site}", row.due_date.strftime("%Y%m%d"), "0") for row in rows
	}


def test_where_the_settings_say_nothing_of_it_nothing_is_attached_and_nothing_told(settings, worker, clock):
	owe(worker, "Safety")
	harness.run_jobs()
	(mail,) = read_parts(worker.user_id)
	assert entries(mail) == []
	move(factory.assignment(member=worker.user_id).name, "2027-01-31")
	clock(1)
	daily.run()
	assert read_mails() == []


def test_a_date_that_moves_moves_the_entry(announced, worker, clock):
	(first,) = read_parts(worker.user_id)
	for number, day in ((1, "2027-01-31"), (2, "2027-02-28"), (3, "2027-01-31")):
		clock(number)
		move(announced.name, day)
		(mail,) = read_parts(worker.user_id)
		assert mail["Subject"] == "New due date: Safety"
		((entry,), (before,)) = entries(mail), entries(first)
		assert entry["UID"] == before["UID"]
		assert (entry["DTSTART"], entry["SEQUENCE"]) == (day.replace("-", ""), str(number))
	daily.run()
	assert read_mails() == []


def test_where_the_job_was_lost_the_daily_run_moves_it_once(announced, worker, clock):
	read_mails()
	api.extend_due_date([announced.name], "2027-01-31", "Abroad")
	clock(1)
	daily.run()
	assert [subject for _to, subject, _text in read_mails(worker.user_id)] == ["New due date: Safety"]
	daily.run()
	clock(2)
	daily.run()
	moved_dates.tell([announced.name])
	assert read_mails() == []


def test_a_move_of_some_time_ago_is_not_told_any_more(announced, worker, clock):
	read_mails()
	api.extend_due_date([announced.name], "2027-01-31", "Abroad")
	clock(8)
	daily.run()
	assert read_mails(worker.user_id) == []


def test_what_moves_before_it_is_announced_is_announced_with_the_new_date(attached, worker):
	owe(worker, "Safety")
	row = factory.assignment(member=worker.user_id)
	api.extend_due_date([row.name], "2027-01-31", "Abroad")
	harness.run_jobs()
	(mail,) = read_parts(worker.user_id)
	assert mail["Subject"] == "Training: Safety"
	assert [(each["DTSTART"], each["SEQUENCE"]) for each in entries(mail)] == [("20270131", "1")]
	daily.run()
	assert read_mails() == []


def test_nobody_is_told_of_what_is_settled_meanwhile_or_cannot_be_reached(announced, worker):
	read_mails()
	api.extend_due_date([announced.name], "2027-01-31", "Abroad")
	api.waive([announced.name], "Knows it")
	moved_dates.tell([announced.name])
	assert read_mails() == []


def test_what_is_owed_again_is_announced_with_its_new_date_and_nothing_else(announced, worker, clock):
	read_mails()
	factory.complete_lessons(worker.user_id, announced.course)
	clock(10)
	api.revoke_completion([announced.name], "Somebody else did it")
	frappe.db.commit()
	harness.run_jobs()
	daily.run()
	(mail,) = read_parts(worker.user_id)
	assert mail["Subject"] == "Training: Safety"
	(entry,) = entries(mail)
	due = factory.assignment(name=announced.name).due_date
	assert (entry["DTSTART"], entry["SEQUENCE"]) == (due.strftime("%Y%m%d"), "1")


def test_reminders_bring_no_entry_again(announced, worker, clock):
	read_mails()
	clock(29)
	daily.run()
	(mail,) = read_parts(worker.user_id)
	assert entries(mail) == []


def test_without_an_account_to_send_from_it_waits(announced, worker, clock):
	read_mails()
	frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
	move(announced.name, "2027-01-31")
	assert not frappe.db.exists(LEDGER, {"kind": "Due Date"})
	frappe.db.set_value("Email Account", {"enable_outgoing": 1}, "default_outgoing", 1)
	clock(1)
	daily.run()
	assert [subject for _to, subject, _text in read_mails(worker.user_id)] == ["New due date: Safety"]


def test_the_file_of_the_own_page_says_the_same_number(announced, worker, as_user):
	move(announced.name, "2027-01-31")
	as_user(worker.user_id)
	frappe.local.response = frappe._dict()
	api.get_my_training_calendar()
	assert "SEQUENCE:1\r\n" in frappe.local.response.filecontent
