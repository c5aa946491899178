"""The first mail about new assignments."""

import frappe
import pytest

from smooth_lms_hr import daily
from smooth_lms_hr.record import ledger
from smooth_lms_hr.telling import announcements
from tests.site import factory
from tests.site.conftest import harness
from tests.site.mailbox import owe, read_mails

pytestmark = pytest.mark.usefixtures("settings")

ASSIGNMENT = "LMS Training Assignment"
LEDGER = "LMS Training Notification"


def test_the_first_mail_says_what_why_and_by_when(worker):
	owe(worker, "Health & 'Safety'")
	(row,) = factory.assignments(member=worker.user_id)
	announcements.announce([row.name])
	((to, subject, text),) = read_mails()
	assert (to, subject) == (worker.user_id, "Training: Health & 'Safety'")
	assert "Health & 'Safety'" in text
	assert frappe.utils.formatdate(row.due_date) in text
	assert row.onboarding in text
	assert f"/lms/courses/{row.course}" in text
	announcements.announce([row.name])
	assert read_mails() == []


def test_what_was_said_of_others_is_not_asked_for(worker, boss):
	owe(worker, "Safety")
	factory.onboarding(employee=boss.name)
	harness.run_jobs()
	own, other = (factory.assignment(member=each.user_id).name for each in (worker, boss))
	assert [set(ledger.said_of(names)) for names in ([own], [own, other])] == [{own}, {own, other}]


def test_a_rule_may_have_a_first_mail_of_its_own(worker):
	values = {
		"doctype": "Email Template",
		"name": factory.unique("Template"),
		"subject": "Welcome: {{ what }}",
	}
	template = frappe.get_doc({**values, "use_html": 1, "response_html": "Dear {{ first_name }}"}).insert(
		ignore_permissions=True
	)
	for title, fields in (("Ladders", {}), ("Lifts", {"email_template": template.name}), ("Cranes", {})):
		factory.rule(courses=[factory.course(title, is_mandatory=0)], **fields)
	names = [row.name for row in factory.assignments(member=worker.user_id)]
	announcements.announce(names)
	assert sorted(subject for _to, subject, _text in read_mails()) == [
		"Training: 2 courses",
		"Welcome: Lifts",
	]
	announcements.announce(names)
	assert read_mails() == []


def test_the_first_mail_goes_out_once_hrs_save_is_committed(worker):
	owe(worker, "Safety")
	assert read_mails() == []
	frappe.db.commit()
	harness.run_jobs()
	assert [(to, subject) for to, subject, _text in read_mails()] == [(worker.user_id, "Training: Safety")]


def test_switched_off_there_is_no_first_mail(worker, settings):
	settings.notify_on_assignment = 0
	settings.save()
	owe(worker, "Safety")
	frappe.db.commit()
	harness.run_jobs()
	daily.run()
	assert read_mails() == []


def test_the_daily_run_announces_what_was_forgotten_but_nothing_old(worker, clock):
	owe(worker, "Safety")
	clock(1)
	daily.run()
	assert [subject for _to, subject, _text in read_mails()] == ["Training: Safety"]
	daily.run()
	assert read_mails() == []
	other = factory.employee(factory.user())
	factory.onboarding(employee=other.name)
	clock(32)
	daily.run()
	assert [subject for _to, subject, _text in read_mails(other.user_id)] == ["Training Reminder: Safety"]


def test_after_weeks_without_a_run_a_new_assignment_is_still_announced(worker, clock, settings):
	"""With reminders off as well: announcing is a switch of its own."""
	settings.send_reminders = 0
	settings.save()
	owe(worker, "Safety")
	# Past the first row of the ladder, of which nothing is to be heard.
	clock(25)
	# Whatever else of the settings is changed meanwhile.
	settings.save()
	daily.run()
	assert [(to, subject) for to, subject, _text in read_mails()] == [(worker.user_id, "Training: Safety")]


@pytest.mark.parametrize(("day", "announced"), [(30, True), (31, False)])
def test_what_is_older_than_thirty_days_is_not_announced_any_more(worker, clock, settings, day, announced):
	settings.send_reminders = 0
	settings.save()
	owe(worker, "Safety", training_due_days=90)
	clock(day)
	daily.run()
	assert bool(read_mails(worker.user_id)) == announced


def test_what_is_settled_before_it_could_be_announced_is_not(worker, clock):
	owe(worker, "Safety")
	other = factory.employee(factory.user())
	factory.onboarding(employee=other.name)
	frappe.db.set_value(ASSIGNMENT, {"member": worker.user_id}, "status", "Waived")
	clock(2)
	daily.run()
	assert [to for to, _subject, _text in read_mails()] == [other.user_id]


def test_what_was_assigned_while_announcing_was_off_is_not_announced_when_it_is_on_again(
	worker, clock, settings
):
	settings.notify_on_assignment = 0
	settings.save()
	owe(worker, "Safety")
	clock(2)
	settings.notify_on_assignment = 1
	settings.save()
	other = factory.employee(factory.user())
	factory.onboarding(employee=other.name)
	clock(3)
	daily.run()
	assert [to for to, _subject, _text in read_mails()] == [other.user_id]
