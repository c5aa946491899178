"""What is due for renewal is told of to the employee, the manager and HR: once as it is due, once as it has run out."""

import frappe
import pytest

from smooth_lms_hr import daily
from smooth_lms_hr.following import compliance
from smooth_lms_hr.sources.names import COMPLIANCE, NOTIFICATION
from tests.site import factory
from tests.site.mailbox import read_mails
from tests.site.two_companies import limit


@pytest.fixture
def hr_user(settings):
	return factory.hr_manager()


@pytest.fixture
def licence(worker, hr_user):
	"""What the worker of a boss holds: it is due from 2027-01-01, and over on 2027-02-01."""
	of_type = factory.compliance_type(documents=["Licence"], alert_days_before=31)
	factory.verified_document(worker.name, "Licence", expires_on="2027-01-31")
	row = factory.compliance(worker.name, of_type)
	read_mails()
	return row


def heard(about: str) -> dict[str, str]:
	"""Return who was written of a type since the last call, and what."""
	return {to: subject + text for to, subject, text in read_mails() if about in subject + text}


def test_everybody_whom_it_concerns_is_told_once_as_it_is_due_and_once_as_it_is_over(
	clock, licence, worker, boss, hr_user
):
	everybody = {worker.user_id, boss.user_id, hr_user}
	for days, expected in (
		(38, set()),
		(39, everybody),
		(40, set()),
		(69, set()),
		(70, everybody),
		(71, set()),
	):
		clock(days)
		daily.run()
		assert set(heard(licence.compliance_type)) == expected, days
	said = frappe.get_all(
		NOTIFICATION,
		{"reference_doctype": COMPLIANCE},
		["audience", "recipient", "offset_days", "reference"],
		order_by="offset_days, audience",
		as_list=True,
	)
	assert [tuple(row) for row in said] == [
		(audience, user, offset, licence.name)
		for offset in (-31, 1)
		for audience, user in (("HR", hr_user), ("Manager", boss.user_id), ("Member", worker.user_id))
	]


def test_a_run_that_is_repeated_says_nothing_again(clock, licence):
	clock(40)
	daily.run()
	assert heard(licence.compliance_type)
	daily.run()
	assert not heard(licence.compliance_type)


def test_the_bell_rings_for_the_employee(clock, licence, worker):
	clock(40)
	daily.run()
	(subject,) = frappe.get_all(
		"Notification Log", {"for_user": worker.user_id, "document_type": COMPLIANCE}, pluck="subject"
	)
	assert licence.compliance_type in subject


def test_what_was_renewed_is_no_news(clock, licence, worker):
	clock(38)
	factory.verified_document(worker.name, "Licence", expires_on="2030-01-31")
	compliance.follow([worker.name])
	clock(40)
	daily.run()
	assert not heard(licence.compliance_type)


def test_who_has_left_or_was_waived_is_not_spoken_of(clock, licence, worker):
	frappe.db.set_value(COMPLIANCE, licence.name, "status", "Waived")
	clock(40)
	daily.run()
	assert not heard(licence.compliance_type)
	frappe.db.set_value(COMPLIANCE, licence.name, "status", "Complete")
	frappe.db.set_value("Employee", worker.name, "status", "Left")
	daily.run()
	assert not heard(licence.compliance_type)


def test_hr_hears_of_those_whom_they_may_see(clock, licence, hr_user):
	limit(hr_user, factory.company("Elsewhere Ltd"))
	clock(40)
	daily.run()
	assert hr_user not in heard(licence.compliance_type)


def test_without_reminders_nothing_is_said(clock, licence, settings):
	settings.reload()
	settings.send_reminders = 0
	settings.save()
	clock(40)
	daily.run()
	assert not heard(licence.compliance_type)
