"""A mail server that refuses, is slow or hangs up costs nobody a mail, nor a second one; and no request waits for it."""

import frappe
import pytest
from frappe.email.smtp import SMTPServer

from smooth_lms_hr import api, daily, desk
from tests.site import differences, factory
from tests.site.conftest import harness
from tests.site.faults.smtp import MailServer

LEDGER, QUEUE = "LMS Training Notification", "Email Queue"


@pytest.fixture
def server(bench_only, monkeypatch):
	"""The server of the site's one account to send mail from, and Frappe really sends."""
	server = MailServer()
	factory.mail_account()
	frappe.db.set_value(
		"Email Account",
		{"default_outgoing": 1, "enable_outgoing": 1},
		{"smtp_server": "127.0.0.1", "smtp_port": server.port, "use_tls": 0, "use_ssl": 0},
	)
	# Frappe keeps the account of an earlier test, with its port, for as long as this process lives.
	frappe.local.outgoing_email_account = {}
	connect = SMTPServer.__init__

	def connect_impatiently(self, *args, **kwargs):
		connect(self, *args, **{**kwargs, "timeout": 0.5})

	monkeypatch.setattr(SMTPServer, "__init__", connect_impatiently)
	frappe.db.delete(QUEUE)
	frappe.db.delete("Email Queue Recipient")
	yield server
	server.close()


@pytest.fixture
def really_sent(monkeypatch):
	differences.set_test_mode(False)
	yield
	differences.set_test_mode(True)


def flush() -> None:
	"""Send what waits, as Frappe's scheduler does every few minutes; it logs what fails, or gives up a whole round."""
	frappe.email.queue.flush()
	frappe.db.commit()


@pytest.mark.parametrize("mood", ["refusing", "refusing people", "hanging up", "slow"])
def test_each_mail_arrives_once_the_server_is_there_again(server, owed, really_sent, mood):
	members = sorted(row.member for row in owed)
	harness.run_jobs()
	frappe.set_user("Administrator")
	# Whatever else waits is not of this test.
	frappe.db.delete(QUEUE, {"reference_doctype": ("is", "not set")})
	server.mood = mood
	for _time in range(2):
		flush()
		assert server.taken == []
		# What is in the queue is said: nothing is put there again.
		daily.run()
	assert server.connections
	queued = frappe.get_all(
		QUEUE, {"reference_doctype": "LMS Training Assignment"}, ["name", "status", "retry"]
	)
	assert [row.status for row in queued] == ["Not Sent"] * 2
	server.mood = "fine"
	for _time in range(2):
		flush()
		daily.run()
	assert sorted(to for to, _subject in server.taken) == members
	said = frappe.get_all(LEDGER, ["recipient", "email_queue"])
	assert sorted(row.recipient for row in said) == members
	assert {row.email_queue for row in said} == {row.name for row in queued}
	assert {row.status for row in frappe.get_all(QUEUE, ["status"])} == {"Sent"}


def test_no_request_waits_for_the_mail_server(server, owed, hr, really_sent):
	server.mood = "slow"
	course, member = factory.course("Other", is_mandatory=0), factory.user()
	employee, applicant = factory.employee(factory.user()), factory.applicant()
	frappe.set_user(hr)
	factory.onboarding(employee=employee.name, job_applicant=applicant)
	api.assign_mandatory_training([member], courses=[course])
	api.send_reminder([row.name for row in owed])
	api.extend_due_date([owed[0].name], "2027-03-01", "Leave")
	frappe.set_user("Administrator")
	desk.send_test_mail()
	frappe.db.commit()
	assert server.connections == 0
	assert frappe.db.count(QUEUE, {"reference_doctype": "LMS Training Assignment"}) >= 2
