"""Who hears of a request, and of its answer: by mail and at the bell, once."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import formatdate

from smooth_lms_hr import api, daily
from smooth_lms_hr.telling import of_requests
from tests.site import factory
from tests.site.asking import REQUEST, answer, let_managers_answer, stored
from tests.site.conftest import TODAY, harness
from tests.site.mailbox import read_mails
from tests.site.two_companies import limit

LATER = TODAY + timedelta(days=60)


@pytest.fixture
def told(settings):
	"""Return who was told what by mail and at the bell since the last call, once the queue has run."""

	def read():
		harness.run_jobs()
		bells = frappe.get_all(
			"Notification Log",
			{"document_type": REQUEST},
			["for_user", "subject", "link"],
			order_by="creation, for_user",
		)
		frappe.db.delete("Notification Log", {"document_type": REQUEST})
		return read_mails(), [tuple(row.values()) for row in bells]

	return read


@pytest.fixture
def asking(team, told):
	"""Return the name of the request of somebody who owes something, and knows of it."""
	told()
	return lambda **fields: factory.request(team().name, reason="In <b>hospital</b>", **fields)


def test_hr_is_told_by_one_mail_and_the_bell_that_lead_to_the_request(asking, told):
	hr = factory.hr_manager()
	name = asking(wanted_date=str(LATER))
	who = frappe.db.get_value(REQUEST, name, "employee_name")
	((to, subject, text),), ((user, said, link),) = told()
	assert (to, user) == (hr, hr)
	assert subject == f"{who} asks about Safety"
	for part in ("Extension", "hospital", formatdate(LATER), f"/app/lms-training-request/{name}"):
		assert part in text, part
	assert (said, link) == (f"{who} asks about Safety: Extension", f"/app/lms-training-request/{name}")
	assert stored(name).told_on
	# A job that the queue runs twice.
	of_requests.tell([name])
	daily.run()
	assert told() == ([], [])


def test_hr_is_told_as_far_as_user_permissions_reach(asking, told):
	here, there = (factory.hr_manager() for _each in range(2))
	limit(here, factory.company())
	limit(there, factory.company("Elsewhere Ltd"))
	asking()
	mails, bells = told()
	assert [mail[0] for mail in mails] == [here]
	assert [bell[0] for bell in bells] == [here]


def test_nobody_of_hr_is_told_of_what_they_ask_themselves(told):
	asking, colleague = factory.hr_manager(), factory.hr_manager()
	factory.course("Safety")
	factory.onboarding(employee=factory.employee(asking).name)
	told()
	factory.request(factory.assignment(member=asking).name)
	mails, bells = told()
	assert ([mail[0] for mail in mails], [bell[0] for bell in bells]) == ([colleague], [colleague])


def test_the_manager_is_told_of_what_the_manager_answers(asking, told, boss):
	hr = factory.hr_manager()
	let_managers_answer()
	asking()
	((to, _subject, text),), ((user, _said, link),) = told()
	assert (to, user, link) == (boss.user_id, boss.user_id, "/my-team-training#requests")
	assert "/my-team-training#requests" in text
	asking(kind="Exemption")
	assert [mail[0] for mail in told()[0]] == [hr]


def test_hr_is_told_where_whoever_approves_leads_nobody(told):
	hr, approver = factory.hr_manager(), factory.user("Employee")
	unit = frappe.get_doc(
		{
			"doctype": "Department",
			"department_name": factory.unique("Unit"),
			"company": factory.company(),
			"leave_approvers": [{"approver": approver}],
		}
	).insert(ignore_permissions=True)
	let_managers_answer()
	factory.course("Safety")
	worker = factory.employee(factory.user(), department=unit.name)
	factory.onboarding(employee=worker.name)
	told()
	factory.request(factory.assignment(member=worker.user_id).name)
	assert [mail[0] for mail in told()[0]] == [hr]


@pytest.mark.parametrize(("grant", "said"), [(True, "Granted"), (False, "Refused")])
def test_the_learner_hears_the_answer_with_its_words_once(asking, told, worker, as_user, grant, said):
	hr = factory.hr_manager()
	name = asking(wanted_date=str(LATER))
	told()
	as_user(hr)
	answer(name, grant, words="Get <b>well</b> soon")
	as_user("Administrator")
	mails, bells = told()
	((to, subject, text),) = mails
	assert (to, subject) == (worker.user_id, f"Your request about Safety: {said}")
	assert "Get ‹b>well‹/b> soon" in text
	assert frappe.utils.get_fullname(hr) in text
	assert bells == [
		(
			worker.user_id,
			f"Extension, your request about Safety. {said}: Get ‹b>well‹/b> soon",
			"/my-training",
		)
	]
	of_requests.tell([name])
	daily.run()
	assert told() == ([], [])


def test_what_the_queue_has_lost_is_said_by_the_daily_run(asking, told, as_user, worker):
	hr = factory.hr_manager()
	name = asking()
	frappe.db.after_commit.reset()
	daily.run()
	assert [mail[0] for mail in told()[0]] == [hr]
	as_user(hr)
	answer(name)
	frappe.db.after_commit.reset()
	as_user("Administrator")
	daily.run()
	assert [mail[0] for mail in told()[0]] == [worker.user_id]


def test_a_request_that_nobody_could_be_told_of_waits_for_somebody(asking, told):
	name = asking()
	assert told() == ([], [])
	assert not stored(name).told_on
	hr = factory.hr_manager()
	daily.run()
	assert [mail[0] for mail in told()[0]] == [hr]
	assert stored(name).told_on


def test_nobody_is_told_of_what_was_withdrawn_before(asking, told, as_user, worker):
	factory.hr_manager()
	name = asking()
	as_user(worker.user_id)
	api.withdraw_request(name)
	as_user("Administrator")
	assert told() == ([], [])
	daily.run()
	assert told() == ([], [])


def test_an_answer_that_is_no_news_any_more_is_not_told(asking, told, as_user, clock):
	hr = factory.hr_manager()
	name = asking()
	told()
	as_user(hr)
	answer(name)
	frappe.db.after_commit.reset()
	as_user("Administrator")
	clock(40)
	daily.run()
	assert not [mail for mail in told()[0] if "request" in mail[1]]
