"""With the job queue down nobody's save fails, and the daily run makes up for it (rule 15)."""

import frappe
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from smooth_lms_hr import api, daily, desk
from tests.site import factory
from tests.site.faults.others import errors, hang

ASSIGNMENT = "LMS Training Assignment"
LEDGER = "LMS Training Notification"
SETTINGS = "LMS Training Settings"
ONBOARDING = "Employee Onboarding"


def test_with_the_queue_down_a_new_hire_gets_all_training_and_hears_of_it_from_the_daily_run(hire, hr, queue):
	factory.mail_account()
	course = factory.course("Safety")
	queue.fail()
	doc = factory.onboarding(employee=hire.name)
	frappe.db.commit()
	assert doc.training_status == "Assigned"
	assert [row.course for row in factory.assignments(member=hire.user_id)] == [course]
	assert errors(method=("like", "The background queue does not answer%")) == 1
	assert not frappe.db.exists("Email Queue Recipient", {"recipient": hire.user_id})
	queue.mend()
	frappe.set_user("Administrator")
	daily.run()
	daily.run()
	assert frappe.db.count("Email Queue Recipient", {"recipient": hire.user_id}) == 1


def test_what_is_logged_of_the_queue_stays_though_nobody_commits_any_more(hire, hr, queue):
	factory.course("Safety")
	queue.fail()
	factory.onboarding(employee=hire.name)
	frappe.db.commit()
	# As at the end of a request, whose connection is closed.
	frappe.db.rollback()
	assert errors(method=("like", "The background queue does not answer%")) == 1


def test_with_the_queue_down_the_form_and_the_api_assign(hr, queue):
	course, other = factory.course("Safety"), factory.course("Conduct")
	first, second = factory.user(), factory.user()
	frappe.set_user(hr)
	queue.fail()
	frappe.get_doc({"doctype": ASSIGNMENT, "member": first, "course": course}).insert()
	answer = api.assign_mandatory_training([second], courses=[course, other])
	frappe.db.commit()
	assert len(answer["created"]) == 2
	assert {row.member for row in factory.assignments()} == {first, second}


def test_with_the_queue_down_who_asks_for_the_background_is_told_in_words(hr, queue, monkeypatch):
	from smooth_lms_hr.assigning import campaign_runs

	monkeypatch.setattr(campaign_runs, "AT_ONCE", 0)
	course, member = factory.course("Safety"), factory.user()
	frappe.set_user(hr)
	queue.fail()
	with pytest.raises(frappe.ValidationError, match="background queue does not answer"):
		api.start_campaign({"members": [member]}, courses=[course])
	frappe.set_user("Administrator")
	with pytest.raises(frappe.ValidationError, match="background queue does not answer"):
		desk.run_daily_now()


def test_redis_that_is_really_gone_costs_no_save(hire, hr, bench_only, monkeypatch):
	"""Cache, queue and live updates: nobody listens on the port."""
	import frappe.utils.background_jobs as background
	from redis import Redis

	factory.course("Safety")
	applicant = factory.applicant()
	offer = factory.offer(applicant)
	nowhere = Redis.from_url("redis://127.0.0.1:1")
	monkeypatch.undo()
	with pytest.MonkeyPatch.context() as patched:
		patched.setattr(frappe, "enqueue", background.enqueue)
		patched.setattr(background, "_redis_queue_conn", nowhere)
		doc = factory.onboarding(job_applicant=applicant, job_offer=offer, employee=hire.name)
		frappe.db.commit()
	assert doc.training_status == "Assigned"
	assert len(factory.assignments(member=hire.user_id)) == 1
	assert errors(method=("like", "The background queue does not answer%"))


def test_a_webhook_on_assignments_that_cannot_be_queued_fails_no_save(hire, hr, monkeypatch):
	factory.course("Safety")
	told = []

	def leave_for_later(doc, method):
		def fail():
			told.append(doc.member)
			raise RedisConnectionError("Error 111")

		frappe.db.after_commit.add(fail)
		frappe.db.after_commit.add(lambda: told.append("the next one"))

	hang(monkeypatch, leave_for_later)
	factory.onboarding(employee=hire.name)
	frappe.db.commit()
	assert told == [hire.user_id, "the next one"]
	assert errors(method=("like", "Telling others of%"))
