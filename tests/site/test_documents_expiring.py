"""A document that expires is told of to the employee, the manager and HR: before and after, once each."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils.nestedset import rebuild_tree

from smooth_lms_hr import daily
from smooth_lms_hr.sources.names import DOCUMENT, NOTIFICATION
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.filing import file_document
from tests.site.mailbox import read_mails
from tests.site.two_companies import limit

SOON = str(TODAY + timedelta(days=20))


@pytest.fixture
def hr_user(settings):
	return factory.hr_manager()


@pytest.fixture
def licence(worker, hr_user):
	read_mails()
	return file_document(worker.name, by=hr_user, title="Class C", expires_on=SOON)


def heard():
	"""Return who was written what of documents since the last call."""
	return {to: (subject, text) for to, subject, text in read_mails()}


def said():
	return sorted(
		frappe.get_all(
			NOTIFICATION,
			{"kind": "Expiry"},
			["audience", "recipient", "offset_days", "reference_doctype", "reference"],
			as_list=True,
			order_by="name",
		)
	)


def test_everybody_whom_it_concerns_is_told_once_before_and_once_after(clock, licence, worker, boss, hr_user):
	daily.run()
	found = heard()
	assert set(found) == {worker.user_id, boss.user_id, hr_user}
	for user in (worker.user_id, hr_user):
		assert "Class C" in found[user][1]
	assert "Class C" not in found[boss.user_id][1], "managers do not read the file"
	assert "Driving Licence" in found[boss.user_id][1]
	assert [row[:3] for row in said()] == sorted(
		(audience, user, -30)
		for audience, user in (("Member", worker.user_id), ("Manager", boss.user_id), ("HR", hr_user))
	)
	assert {row[3:] for row in said()} == {(DOCUMENT, licence.name)}
	for day in (0, 1, 19, 20):
		clock(day)
		daily.run()
		assert heard() == {}, day
	clock(21)
	daily.run()
	found = heard()
	assert set(found) == {worker.user_id, boss.user_id, hr_user}
	assert "expired on" in found[worker.user_id][1]
	clock(22)
	daily.run()
	assert heard() == {}


def test_nothing_of_a_file_leaves_by_mail(licence, hr_user):
	daily.run()
	for _subject, text in heard().values():
		assert licence.file not in text
		assert licence.sha256 not in text
	for row in frappe.get_all("Email Queue", fields=["attachments"]):
		assert row.attachments in (None, "", "[]")


def test_the_bell_rings_for_the_employee(licence, worker):
	daily.run()
	(row,) = frappe.get_all(
		"Notification Log", {"for_user": worker.user_id, "document_type": DOCUMENT}, ["subject", "link"]
	)
	assert "Class C" in row.subject
	assert row.link == "/my-training#documents"


def test_a_new_day_is_told_of_anew(clock, licence, worker, hr_user):
	daily.run()
	heard()
	frappe.set_user(hr_user)
	doc = frappe.get_doc(DOCUMENT, licence.name)
	doc.expires_on = str(TODAY + timedelta(days=100))
	doc.save()
	frappe.set_user("Administrator")
	clock(60)
	daily.run()
	assert heard() == {}
	clock(75)
	daily.run()
	assert worker.user_id in heard()


@pytest.mark.parametrize("expires_on", [None, str(TODAY + timedelta(days=400))])
def test_what_is_on_file_anew_is_no_news_of_the_old_one(licence, worker, hr_user, expires_on):
	file_document(worker.name, by=hr_user, expires_on=expires_on)
	daily.run()
	assert heard() == {}


def test_one_of_another_kind_or_unverified_is_no_successor(licence, worker, hr_user):
	file_document(worker.name, by=hr_user, kind="Forklift")
	file_document(worker.name, by=worker.user_id)
	daily.run()
	assert worker.user_id in heard()


def test_what_waits_for_hr_is_not_told_of(worker, hr_user):
	file_document(worker.name, by=worker.user_id, expires_on=SOON)
	daily.run()
	assert heard() == {}


def test_who_is_away_or_has_left_is_not_spoken_of(licence, worker):
	for status in ("Inactive", "Suspended", "Left"):
		frappe.db.set_value("Employee", worker.name, "status", status)
		daily.run()
		assert heard() == {}, status


def test_a_day_off_is_quiet_and_said_the_next_day(clock, licence, worker, boss, hr_user):
	frappe.db.set_value("Employee", worker.name, "holiday_list", factory.days_off(TODAY))
	daily.run()
	assert set(heard()) == {boss.user_id, hr_user}
	clock(1)
	daily.run()
	assert set(heard()) == {worker.user_id}


def test_hr_hears_of_those_whom_they_may_see(licence, worker, hr_user):
	limit(hr_user, factory.company("Elsewhere Ltd"))
	daily.run()
	assert hr_user not in heard()


def test_who_has_no_user_is_spoken_of_to_the_others(boss, hr_user):
	nobody = factory.employee(None, reports_to=boss.name)
	rebuild_tree("Employee")
	file_document(nobody.name, by=hr_user, expires_on=SOON)
	daily.run()
	assert set(heard()) == {boss.user_id, hr_user}


def test_without_reminders_nothing_is_said(licence, settings):
	settings.send_reminders = 0
	settings.save()
	daily.run()
	assert heard() == {}
	assert said() == []


def test_where_no_mail_can_be_sent_the_bell_rings_and_others_are_told_later(licence, worker, boss, hr_user):
	accounts = frappe.get_all("Email Account", {"default_outgoing": 1}, pluck="name")
	frappe.db.set_value("Email Account", {"name": ("in", accounts)}, "default_outgoing", 0)
	daily.run()
	assert [row[0] for row in said()] == ["Member"]
	frappe.db.set_value("Email Account", {"name": ("in", accounts)}, "default_outgoing", 1)
	daily.run()
	assert set(heard()) == {boss.user_id, hr_user}


def test_what_people_typed_is_text_in_mails(worker, hr_user):
	file_document(worker.name, by=hr_user, kind="R & <b>D</b>", expires_on=SOON)
	daily.run()
	assert "R & ‹b>D‹/b>" in heard()[worker.user_id][1]


def test_the_database_refuses_the_same_word_twice(licence):
	daily.run()
	row = frappe.get_doc(NOTIFICATION, {"kind": "Expiry", "audience": "Member"})
	again = frappe.get_doc({**row.as_dict(), "name": None})
	with pytest.raises(frappe.UniqueValidationError):
		again.db_insert()


def test_two_users_who_were_told_the_same_can_become_one(licence, hr_user):
	other = factory.hr_manager()
	daily.run()
	assert {other, hr_user} <= set(heard())
	frappe.rename_doc("User", other, hr_user, merge=True, force=True)
	assert [row[1] for row in said() if row[0] == "HR"] == [hr_user]
