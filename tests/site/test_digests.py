"""The manager's digest: whose reports it covers, and that who wants none gets none."""

import re

import frappe
import pytest
from frappe.utils import set_request

from smooth_lms_hr import daily
from tests.site import factory
from tests.site.mailbox import owe_and_know, part, read_mails, read_parts

UNSUBSCRIBED = "Email Unsubscribe"
TEAM = "Team Training Digest"


@pytest.fixture
def weekly(settings):
	settings.manager_digest = "Weekly"
	settings.reminder_ladder = []
	settings.save()
	return settings


@pytest.fixture
def head(boss):
	"""Whom the boss reports to."""
	person = factory.employee(factory.user())
	boss.reports_to = person.name
	boss.save()
	return person


def told():
	return {to for to, subject, _text in read_mails() if subject.startswith("Training of your team")}


def test_it_covers_whom_the_team_page_covers(weekly, head, boss, worker, clock):
	stranger = factory.employee(factory.user())
	owe_and_know(worker, stranger)
	clock(25)
	daily.run()
	(mail,) = read_parts(head.user_id)
	text = part(mail, "plain")
	assert worker.employee_name in text
	assert stranger.employee_name not in text
	assert "reports to you, directly or through others" in text
	assert told() == {boss.user_id}
	daily.run()
	assert told() == set()


def test_the_head_hears_though_the_boss_between_cannot(weekly, head, boss, worker, clock):
	owe_and_know(worker)
	frappe.db.set_value("User", boss.user_id, "enabled", 0)
	clock(25)
	daily.run()
	assert told() == {head.user_id}


def test_a_head_who_left_hears_nothing(weekly, head, boss, worker, clock):
	owe_and_know(worker)
	frappe.db.set_value("Employee", head.name, "status", "Left")
	clock(25)
	daily.run()
	assert told() == {boss.user_id}


def test_an_escalation_goes_to_the_own_manager_alone(settings, head, boss, worker, clock):
	owe_and_know(worker)
	clock(31)
	daily.run()
	assert told() == {boss.user_id}


def test_a_digest_can_be_unsubscribed_from_and_an_escalation_not(weekly, settings, boss, worker, clock):
	owe_and_know(worker)
	clock(25)
	daily.run()
	(mail,) = read_parts(boss.user_id)
	url = re.fullmatch(r"<(https?://\S+)>", mail["List-Unsubscribe"]).group(1)
	assert mail.get_content_type() == "multipart/mixed"
	path, _mark, query = url.partition("?")
	set_request(method="GET", path="/" + path.split("/", 3)[3], query_string=query)
	from frappe.email.queue import unsubscribe

	frappe.set_user("Guest")
	values = dict(frappe.request.args)
	unsubscribe(values["doctype"], values["name"], values["email"])
	frappe.set_user("Administrator")
	assert frappe.db.exists(UNSUBSCRIBED, {"email": boss.user_id, "reference_name": TEAM})
	clock(28)
	daily.run()
	assert told() == set()
	settings.reload()
	settings.append("reminder_ladder", {"offset_days": 1, "notify_manager": 1, "notify_member": 0})
	settings.save()
	clock(31)
	daily.run()
	(mail,) = read_parts(boss.user_id)
	assert mail["List-Unsubscribe"] is None
	assert "Unsubscribe" not in part(mail, "html")


def test_a_digest_that_brings_an_escalation_cannot_be_unsubscribed_from(weekly, boss, worker, clock):
	weekly.append("reminder_ladder", {"offset_days": 1, "notify_manager": 1, "notify_member": 0})
	weekly.save()
	owe_and_know(worker)
	clock(31)
	daily.run()
	(mail,) = read_parts(boss.user_id)
	assert mail["List-Unsubscribe"] is None
	assert "directly or through others" in part(mail, "plain")


def test_no_mail_to_a_member_offers_to_unsubscribe(settings, worker, clock):
	owe_and_know(worker)
	clock(29)
	daily.run()
	(mail,) = read_parts(worker.user_id)
	assert mail["List-Unsubscribe"] is None
