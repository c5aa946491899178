"""What breaks around us (rule 15): the queue, another app's hook, a lock. It costs nobody a save, and is made up for."""

import os
import time
from collections import Counter
from datetime import timedelta

import frappe
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from smooth_lms_hr import api, daily, desk
from smooth_lms_hr.assigning import onboarding as onboardings
from smooth_lms_hr.following import decisions, progress
from smooth_lms_hr.record import ledger
from smooth_lms_hr.sources import attempts, jobs, learning
from smooth_lms_hr.telling import announcements, by_request, collect, mails, reminders
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.processes import do, finish, start

ASSIGNMENT = "LMS Training Assignment"
LEDGER = "LMS Training Notification"
SETTINGS = "LMS Training Settings"
ONBOARDING = "Employee Onboarding"


@pytest.fixture(autouse=True)
def _no_errors(request):
	"""Begin with an empty Error Log: MariaDB's is of a kind that no rollback empties."""
	if "several_processes" not in request.fixturenames:
		frappe.db.delete("Error Log")


@pytest.fixture
def queue():
	"""queue.fail() and queue.mend(): whether the queue answers, and what Frappe raises where it does not."""

	def refuse(*args, **kwargs):
		raise RedisConnectionError("Error 111 connecting to 127.0.0.1:11000. Connection refused.")

	class Queue:
		def __init__(self):
			self.mend = patched.undo

		def fail(self):
			patched.setattr(frappe, "enqueue", refuse)
			patched.setattr(jobs, "is_job_enqueued", refuse)

	with pytest.MonkeyPatch.context() as patched:
		yield Queue()


@pytest.fixture
def pauses(monkeypatch):
	"""Wait for nobody between tries; the list holds how often somebody would have."""
	waited = []
	monkeypatch.setattr(attempts.time, "sleep", waited.append)
	return waited


def hang(monkeypatch, handler, doctype=ASSIGNMENT, event="after_insert"):
	"""Let another app hook a DocType of ours with a function of this module."""
	get_doc_hooks, get_attr = frappe.get_doc_hooks, frappe.get_attr

	def with_ours():
		hooks = {name: dict(events) for name, events in get_doc_hooks().items()}
		events = hooks.setdefault(doctype, {})
		events[event] = [*events.get(event, []), "other_app.handler"]
		return hooks

	monkeypatch.setattr(frappe, "get_doc_hooks", with_ours)
	monkeypatch.setattr(
		frappe, "get_attr", lambda path: handler if path == "other_app.handler" else get_attr(path)
	)


def comments(doctype, name):
	return frappe.get_all("Comment", {"reference_doctype": doctype, "reference_name": name}, pluck="content")


def errors(**filters):
	return frappe.db.count("Error Log", filters)


def status_of(onboarding):
	return frappe.db.get_value(ONBOARDING, onboarding.name, "training_status")


# The queue


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


# What could not be done is tried again


@pytest.fixture
def refusing(monkeypatch):
	"""Let Learning refuse the courses in the returned set."""
	refused, enrol = set(), learning.enrol

	def refuse(member, course, name):
		if course in refused:
			frappe.throw("No seats left")
		enrol(member, course, name)

	monkeypatch.setattr(learning, "enrol", refuse)
	return refused


def test_where_nothing_could_be_assigned_the_status_says_so_and_it_is_tried_again(hire, hr, refusing):
	course = factory.course("Safety")
	refusing.add(course)
	doc = factory.onboarding(employee=hire.name)
	assert doc.training_status == "Not Assigned Yet"
	assert "Safety: No seats left" in doc.training_note
	assert "tried again with every daily run" in doc.training_note
	refusing.clear()
	frappe.set_user("Administrator")
	assert daily.run()["resumed"] == 1
	assert status_of(doc) == "Assigned"
	row = factory.assignment(member=hire.user_id)
	assert (row.course, row.assigned_by, row.onboarding) == (course, hr, doc.name)
	assert daily.run()["resumed"] == 0


def test_what_fails_for_good_is_tried_daily_and_written_down_once(hire, hr, refusing, clock):
	good, bad = factory.course("Good"), factory.course("Bad")
	refusing.add(bad)
	doc = factory.onboarding(employee=hire.name)
	assert doc.training_status == "Partly Assigned"
	frappe.set_user("Administrator")
	clock(1)
	# Good is "not needed" from now on: that is written, once.
	daily.run()
	seen = []
	for day in (2, 3, 4):
		clock(day)
		if day == 3:
			factory.complete_lessons(hire.user_id, good)
		daily.run()
		seen.append(
			(
				len(comments(ONBOARDING, doc.name)),
				errors(reference_name=bad),
				frappe.db.get_value(ONBOARDING, doc.name, "modified"),
			)
		)
	assert seen[0] == seen[1] == seen[2]
	assert seen[0][1] == 1
	assert status_of(doc) == "Partly Assigned"
	refusing.clear()
	daily.run()
	assert status_of(doc) == "Assigned"
	assert {row.course for row in factory.assignments(member=hire.user_id)} == {good, bad}


def test_another_course_that_fails_the_same_way_is_logged_all_the_same(hire, hr, refusing):
	bad, worse = factory.course("Bad"), factory.course("Worse")
	refusing.add(bad)
	factory.onboarding(employee=hire.name)
	frappe.set_user("Administrator")
	frappe.delete_doc("LMS Enrollment", factory.assignment(course=worse).enrollment, force=True)
	refusing.add(worse)
	daily.run()
	assert errors(reference_name=bad) == errors(reference_name=worse) == 1


def test_a_rule_that_is_broken_for_days_is_logged_once_and_then_made_up_for(hire, hr, monkeypatch):
	factory.course("Safety")

	def break_down(*args):
		raise RuntimeError("out of order")

	with monkeypatch.context() as patched:
		patched.setattr(onboardings.facts, "mandatory_courses", break_down)
		doc = factory.onboarding(employee=hire.name)
		assert doc.training_status == "Not Assigned Yet"
		assert "tried again with every daily run" in doc.training_note
		frappe.set_user("Administrator")
		daily.run()
		daily.run()
		assert errors(reference_name=doc.name) == 1
		assert len(comments(ONBOARDING, doc.name)) == 1
	daily.run()
	assert status_of(doc) == "Assigned"


def test_it_is_tried_again_when_the_employee_or_the_onboarding_is_saved(hr, refusing):
	refusing.add(factory.course("Safety"))
	first, second = factory.employee(factory.user()), factory.employee(factory.user())
	docs = [factory.onboarding(employee=each.name) for each in (first, second)]
	refusing.clear()
	first.save()
	docs[1].reload()
	docs[1].save()
	assert [status_of(doc) for doc in docs] == ["Assigned", "Assigned"]


def test_late_linking_switched_off_does_not_keep_a_failure_from_being_made_up_for(hire, hr, refusing):
	frappe.db.set_single_value(SETTINGS, "assign_when_linked_later", 0)
	frappe.clear_document_cache(SETTINGS, SETTINGS)
	refusing.add(factory.course("Safety"))
	doc = factory.onboarding(employee=hire.name)
	refusing.clear()
	frappe.set_user("Administrator")
	daily.run()
	assert status_of(doc) == "Assigned"


def test_cancelled_deleted_and_left_are_not_tried_again(hr, refusing):
	refusing.add(factory.course("Safety"))
	people = [factory.employee(factory.user()) for _ in range(4)]
	cancelled, deleted, left, other = docs = [factory.onboarding(employee=each.name) for each in people]
	assert {doc.training_status for doc in docs} == {"Not Assigned Yet"}
	frappe.set_user("Administrator")
	cancelled.submit()
	refusing.clear()
	frappe.db.set_value(ONBOARDING, cancelled.name, "training_status", "Not Assigned Yet")
	cancelled.reload()
	cancelled.cancel()
	deleted.delete()
	frappe.db.set_value("Employee", people[2].name, "status", "Left")
	assert not onboardings.resume(deleted.name)
	daily.run()
	assert [row.member for row in factory.assignments()] == [people[3].user_id]
	assert status_of(left) == "Nothing to Assign"
	assert status_of(other) == "Assigned"


def test_a_comment_that_cannot_be_written_fails_no_save_and_undoes_no_training(hire, hr, monkeypatch):
	factory.course("Safety")

	def refuse(doc, method):
		frappe.throw("no comments today")

	hang(monkeypatch, refuse, "Comment", "validate")
	doc = factory.onboarding(employee=hire.name)
	assert status_of(doc) == "Assigned"
	assert len(factory.assignments(member=hire.user_id)) == 1


def test_a_hire_whose_training_failed_is_not_ready_to_start(hire, hr, refusing):
	from smooth_lms_hr.smooth_lms_hr.report.onboarding_training_status.onboarding_training_status import (
		execute,
	)

	refusing.add(factory.course("Safety"))
	doc = factory.onboarding(employee=hire.name)
	frappe.db.set_value(ONBOARDING, doc.name, "boarding_status", "Completed")
	row = next(row for row in execute()[1] if row["onboarding"] == doc.name)
	assert (row["ready"], row["missing"]) == ("Training open", "Not Assigned Yet")


def test_the_patch_adds_the_status_and_names_what_is_not_even_partly_assigned(hr, hire):
	from smooth_lms_hr.patches.v0_2 import add_not_assigned_yet

	factory.course("Safety")
	partly = factory.onboarding(employee=hire.name)
	nothing = factory.onboarding(employee=factory.employee(factory.user()).name)
	frappe.set_user("Administrator")
	frappe.db.delete(ASSIGNMENT, {"onboarding": nothing.name})
	for doc in (partly, nothing):
		frappe.db.set_value(ONBOARDING, doc.name, "training_status", "Partly Assigned")
	field = {"dt": ONBOARDING, "fieldname": "training_status"}
	frappe.db.set_value("Custom Field", field, "options", "\nAssigned\nPartly Assigned\nOur own")
	for _ in range(2):
		add_not_assigned_yet.execute()
		assert frappe.db.get_value("Custom Field", field, "options") == (
			"\nAssigned\nPartly Assigned\nOur own\nNot Assigned Yet"
		)
	assert (status_of(partly), status_of(nothing)) == ("Partly Assigned", "Not Assigned Yet")
	frappe.delete_doc("Custom Field", frappe.db.exists("Custom Field", field), force=True)
	add_not_assigned_yet.execute()
	assert not frappe.db.exists("Custom Field", field)


# Other apps' hooks. Frappe 15 lets them commit and roll back in the middle of a save, and so does either engine's harness.


def test_a_broken_hook_harms_its_own_document_only(hr, monkeypatch):
	heard = []

	def listen(doc, method):
		frappe.get_doc({"doctype": "ToDo", "description": doc.name, "allocated_to": doc.member}).insert(
			ignore_permissions=True
		)
		if doc.course == bad:
			raise RuntimeError("no such field")
		heard.append(doc.course)

	first, bad, last = (factory.course(title) for title in ("A", "B", "C"))
	hang(monkeypatch, listen)
	member = factory.user()
	frappe.set_user(hr)
	answer = api.assign_mandatory_training([member], courses=[first, bad, last])
	assert len(answer["created"]) == 3
	assert heard == [first, last]
	# What the broken one had done is undone; what the others did is not.
	done = {
		row.course: frappe.db.exists("ToDo", {"description": row.name})
		for row in factory.assignments(member=member)
	}
	assert {course for course, todo in done.items() if todo} == {first, last}
	broken = factory.assignment(member=member, course=bad)
	assert errors(reference_doctype=ASSIGNMENT, reference_name=broken.name) == 1


def test_a_broken_notification_condition_keeps_no_other_document_from_being_told(hr):
	frappe.set_user("Administrator")
	notification = frappe.get_doc(
		{
			"doctype": "Notification",
			"name": factory.unique("Notification"),
			"subject": "Owed: {{ doc.course_title }}",
			"message": "Look",
			"document_type": ASSIGNMENT,
			"event": "New",
			"channel": "System Notification",
			"recipients": [{"receiver_by_document_field": "member"}],
		}
	).insert()
	# The form refuses what has no meaning for an empty document; this one breaks at the real one.
	notification.db_set("condition", "doc.course_title == 'Good' or no_such_name")
	frappe.clear_document_cache("Notification", notification.name)
	bad, good = factory.course("A bad one"), factory.course("Good")
	member = factory.user()
	frappe.set_user(hr)
	assert len(api.assign_mandatory_training([member], courses=[bad, good])["created"]) == 2
	told = frappe.get_all("Notification Log", {"for_user": member, "type": "Alert"}, pluck="subject")
	assert ["Owed: Good" in subject for subject in told] == [True]


def commit(doc, method):
	frappe.db.commit()


def commit_and_break(doc, method):
	frappe.db.commit()
	frappe.get_doc({"doctype": "ToDo", "description": f"after {doc.name}"}).insert(ignore_permissions=True)
	raise RuntimeError("and then it broke")


@pytest.mark.parametrize("handler", [commit, commit_and_break])
def test_a_hook_that_commits_is_survived(hire, hr, monkeypatch, handler):
	first, second = factory.course("A"), factory.course("B")
	hang(monkeypatch, handler)
	doc = factory.onboarding(employee=hire.name)
	assert doc.training_status == "Assigned"
	assert {row.course for row in factory.assignments(member=hire.user_id)} == {first, second}
	assert not frappe.db.exists("ToDo", {"description": ("like", "after %")})
	assert doc.training_status == status_of(doc)
	answer = api.assign_mandatory_training([factory.user()], courses=[first, second])
	assert len(answer["created"]) == 2


def test_a_hook_on_enrolments_that_commits_and_breaks_is_told_as_it_is(hire, hr, monkeypatch):
	bad, good = factory.course("A bad one"), factory.course("Good")

	def handler(doc, method):
		if doc.course == bad:
			commit_and_break(doc, method)

	hang(monkeypatch, handler, "LMS Enrollment")
	doc = factory.onboarding(employee=hire.name)
	assert doc.training_status == "Partly Assigned"
	assert [row.course for row in factory.assignments(member=hire.user_id)] == [good]
	assert "saved by another app" in doc.training_note
	frappe.set_user("Administrator")
	monkeypatch.undo()
	daily.run()
	# The enrolment that the other app had committed is found, and kept.
	assert {row.course for row in factory.assignments(member=hire.user_id)} == {bad, good}
	assert frappe.db.count("LMS Enrollment", {"member": hire.user_id}) == 2


def test_a_hook_that_rolls_everything_back_is_not_called_a_success(hire, hr, monkeypatch):
	factory.course("A")
	hang(monkeypatch, lambda doc, method: frappe.db.rollback())
	with pytest.raises(attempts.TransactionLost, match="undone"):
		factory.onboarding(employee=hire.name)


@pytest.mark.parametrize("break_it", [False, True])
def test_a_lost_savepoint_is_survived_by_the_attempt_itself(break_it):
	user = factory.user()
	with attempts.attempt("An attempt") as outcome:
		frappe.db.set_value("User", user, "first_name", "Committed")
		frappe.db.commit()
		frappe.db.set_value("User", user, "first_name", "Not committed")
		if break_it:
			raise RuntimeError("broken")
	assert frappe.db.get_value("User", user, "first_name") == ("Committed" if break_it else "Not committed")
	assert bool(outcome.error) == break_it
	assert outcome.undone != break_it
	if break_it:
		assert "saved by another app" in outcome.words


def test_an_attempt_inside_which_everything_was_rolled_back_says_so():
	with pytest.raises(attempts.TransactionLost), attempts.attempt("An attempt"):
		frappe.db.rollback()
	with attempts.attempt("An attempt") as outcome:
		frappe.db.commit()
		frappe.db.rollback()
	assert outcome.error is None


@pytest.fixture
def owed(hr):
	"""Two assignments of two people."""
	factory.mail_account()
	course = factory.course("Safety")
	members = [factory.user(), factory.user()]
	frappe.set_user(hr)
	api.assign_mandatory_training(members, courses=[course])
	return factory.assignments(course=course)


def test_a_hook_that_breaks_one_decision_leaves_the_other(owed, hr, monkeypatch):
	def handler(doc, method):
		if doc.name == owed[0].name:
			commit_and_break(doc, method)

	hang(monkeypatch, handler, event="on_update")
	answer = api.waive([row.name for row in owed], "why")
	assert [row["name"] for row in answer["done"]] == [owed[1].name]
	(refused,) = answer["failed"]
	assert "and then it broke" in refused["message"]
	assert "saved by another app" in refused["message"]


@pytest.mark.parametrize("handler", [commit_and_break, lambda doc, method: frappe.throw("no")])
def test_a_hook_that_breaks_costs_no_learner_a_lesson(owed, monkeypatch, handler):
	first, second = owed
	with monkeypatch.context() as patched:
		hang(patched, handler, event="on_update")
		factory.complete_lessons(first.member, first.course)
	factory.complete_lessons(second.member, second.course)
	frappe.set_user("Administrator")
	for row in owed:
		assert frappe.db.get_value("LMS Enrollment", row.enrollment, "progress") == 100
	daily.run()
	assert {row.status for row in factory.assignments()} == {"Completed"}


def test_a_hook_on_mails_that_breaks_at_one_person_silences_nobody_else(owed, monkeypatch, clock):
	def handler(doc, method):
		if owed[0].member in str(doc.recipients and doc.recipients[0].recipient):
			commit_and_break(doc, method)

	hang(monkeypatch, handler, "Email Queue")
	frappe.set_user("Administrator")
	frappe.db.delete("Email Queue Recipient")
	clock(29)
	summary = daily.run()
	assert [each.split(":")[0] for each in summary["failed"]] == [owed[0].member] * 2
	assert frappe.db.exists("Email Queue Recipient", {"recipient": owed[1].member})
	assert {row.recipient for row in frappe.get_all(LEDGER, fields=["recipient"])} == {owed[1].member}


def test_a_template_that_breaks_for_one_person_silences_nobody_else(owed, clock):
	frappe.set_user("Administrator")
	frappe.db.set_value("User", owed[0].member, "first_name", "Bobby")
	template = frappe.get_doc("Email Template", "Training Reminder")
	template.subject = "{{ first_name }}{% if first_name == 'Bobby' %}{{ no_such.thing }}{% endif %}"
	template.save()
	announcements.announce([row.name for row in owed])
	frappe.db.delete("Email Queue Recipient")
	clock(29)
	summary = daily.run()
	assert [each.split(":")[0] for each in summary["failed"]] == [owed[0].member]
	assert frappe.get_all("Email Queue Recipient", pluck="recipient") == [owed[1].member]


# Locks


def lose(times, error, call):
	"""Return a call that loses against somebody else's transaction so many times."""
	left = [times]

	def losing(*args, **kwargs):
		result = call(*args, **kwargs)
		if left[0]:
			left[0] -= 1
			raise error
		return result

	return losing


LOST = [frappe.QueryDeadlockError("1213"), frappe.QueryTimeoutError("1205")]


@pytest.mark.parametrize("error", LOST)
@pytest.mark.parametrize("step", ["resume", "reconcile", "flag_overdue"])
def test_a_step_of_the_daily_run_that_loses_a_race_is_done_again(
	hire, hr, monkeypatch, clock, pauses, error, step
):
	factory.mail_account()
	factory.course("Safety")
	doc = factory.onboarding(employee=hire.name)
	waiting = factory.onboarding()
	frappe.set_user("Administrator")
	employee = factory.employee(factory.user())
	frappe.db.set_value(ONBOARDING, waiting.name, "employee", employee.name)
	frappe.db.commit()
	monkeypatch.setattr(daily, step, lose(2, error, getattr(daily, step)))
	clock(31)
	summary = daily.run()
	assert summary["not_done"] == []
	assert summary["resumed"] == 1
	assert {row.status for row in factory.assignments(member=hire.user_id)} == {"Overdue"}
	assert len(factory.assignments(member=employee.user_id)) == 1
	assert len(pauses) == 2
	assert len(comments(ONBOARDING, waiting.name)) == 2
	assert status_of(doc) == "Assigned"


@pytest.mark.parametrize("error", LOST)
@pytest.mark.parametrize("step", ["resume", "reconcile", "flag_overdue"])
def test_a_step_that_always_loses_is_named_and_the_others_go_on(
	hire, hr, monkeypatch, clock, pauses, error, step
):
	factory.mail_account()
	factory.course("Safety")
	factory.onboarding(employee=hire.name)
	waiting, other = factory.onboarding(), factory.onboarding()
	frappe.set_user("Administrator")
	late = [factory.employee(factory.user()) for _ in range(2)]
	for each, employee in zip((waiting, other), late, strict=True):
		frappe.db.set_value(ONBOARDING, each.name, "employee", employee.name)
	frappe.db.commit()
	call = getattr(daily, step)

	def lose_once_and_for_all(*args):
		if step != "resume" or args[0] == waiting.name:
			raise error
		return call(*args)

	monkeypatch.setattr(daily, step, lose_once_and_for_all)
	clock(31)
	summary = daily.run()
	(said,) = summary["not_done"]
	assert "Somebody else was changing" in said
	assert errors(method=("like", "Daily run: %failed")) == 1
	assert len(factory.assignments(member=late[1].user_id)) == 1
	assert len(factory.assignments(member=late[0].user_id)) == (0 if step == "resume" else 1)
	assert frappe.db.exists("Email Queue Recipient", {"recipient": hire.user_id})
	assert frappe.parse_json(frappe.db.get_single_value(SETTINGS, "last_run_summary"))["not_done"] == [said]


def test_a_chunk_of_reminders_that_loses_a_race_is_said_once(owed, monkeypatch, clock, pauses):
	frappe.set_user("Administrator")
	announcements.announce([row.name for row in owed])
	frappe.db.delete("Email Queue Recipient")
	monkeypatch.setattr(reminders, "count_reminders", lose(1, LOST[0], reminders.count_reminders))
	clock(29)
	summary = daily.run()
	assert (summary["mails"], summary["bells"], summary["not_done"]) == (2, 2, [])
	assert sorted(frappe.get_all("Email Queue Recipient", pluck="recipient")) == sorted(
		row.member for row in owed
	)
	assert [row.reminders_sent for row in factory.assignments()] == [1, 1]


def test_who_manages_is_told_once_though_a_chunk_was_done_twice(monkeypatch, clock, pauses, hr):
	"""The commit itself may lose, where several servers share a database."""
	factory.mail_account()
	frappe.set_user("Administrator")
	boss = factory.employee(factory.user())
	worker = factory.employee(factory.user(), reports_to=boss.name)
	factory.course("Safety")
	factory.onboarding(employee=worker.name)
	clock(31)
	monkeypatch.setattr(reminders, "_remind", lose(1, LOST[0], reminders._remind))
	daily.run()
	assert frappe.db.count("Email Queue Recipient", {"recipient": boss.user_id}) == 1
	assert frappe.db.exists(LEDGER, {"recipient": boss.user_id})


@pytest.fixture
def our_own_request():
	"""Nothing is uncommitted, as at the beginning of a request."""
	frappe.db.commit()
	frappe.db.transaction_writes = 0


@pytest.mark.parametrize("method", ["waive", "extend_due_date", "send_reminder"])
def test_a_decision_that_loses_a_race_is_done_again(owed, hr, monkeypatch, pauses, our_own_request, method):
	call = {
		"waive": lambda names: api.waive(names, "why"),
		"extend_due_date": lambda names: api.extend_due_date(names, TODAY + timedelta(days=60), "why"),
		"send_reminder": api.send_reminder,
	}[method]
	for module, name in ((decisions, "_decide"), (by_request, "_remind")):
		monkeypatch.setattr(module, name, lose(1, LOST[0], getattr(module, name)))
	answer = call([row.name for row in owed])
	assert (len(answer["done"]), answer["failed"], len(pauses)) == (2, [], 1)


def test_assigning_by_the_api_that_loses_a_race_is_done_again(hr, monkeypatch, pauses):
	from smooth_lms_hr.assigning import campaign

	course, member = factory.course("Safety"), factory.user()
	frappe.set_user(hr)
	frappe.db.commit()
	frappe.db.transaction_writes = 0
	monkeypatch.setattr(campaign, "assign_courses", lose(1, LOST[0], campaign.assign_courses))
	assert len(api.assign_mandatory_training([member], courses=[course])["created"]) == 1
	frappe.db.commit()
	frappe.db.transaction_writes = 0
	other = factory.course("Other")
	frappe.db.commit()
	frappe.db.transaction_writes = 0
	monkeypatch.setattr(campaign, "assign_courses", lose(1, LOST[0], campaign.assign_courses))
	assert api.start_campaign({"members": [member]}, courses=[other])["counts"]["created"] == 1
	assert len(pauses) == 2


def test_assign_now_that_loses_a_race_is_done_again(hire, hr, monkeypatch, pauses, refusing):
	refusing.add(factory.course("Safety"))
	doc = factory.onboarding(employee=hire.name)
	refusing.clear()
	frappe.db.commit()
	frappe.db.transaction_writes = 0
	monkeypatch.setattr(onboardings, "process", lose(1, LOST[0], onboardings.process))
	assert api.assign_onboarding_training(doc.name)["training_status"] == "Assigned"
	assert status_of(doc) == "Assigned"
	assert len(factory.assignments(member=hire.user_id)) == 1


def test_a_request_that_always_loses_is_told_in_words(owed, hr, monkeypatch, pauses, our_own_request):
	monkeypatch.setattr(decisions, "_decide", lose(99, LOST[0], decisions._decide))
	with pytest.raises(frappe.ValidationError, match="Somebody else was changing the same records"):
		api.waive([owed[0].name], "why")
	assert factory.assignment(name=owed[0].name).status == "Pending"


def test_what_others_have_written_is_never_rolled_back_for_a_second_try(owed, hr, monkeypatch, pauses):
	frappe.db.set_value("User", owed[0].member, "first_name", "Theirs")
	monkeypatch.setattr(decisions, "_decide", lose(1, LOST[0], decisions._decide))
	with pytest.raises(frappe.QueryDeadlockError):
		api.waive([owed[0].name], "why")
	assert frappe.db.get_value("User", owed[0].member, "first_name") == "Theirs"
	assert not pauses


def test_a_deadlock_in_hrs_own_save_is_hrs(hire, hr, monkeypatch, pauses):
	factory.course("Safety")
	monkeypatch.setattr(learning, "enrol", lose(1, LOST[0], learning.enrol))
	with pytest.raises(frappe.QueryDeadlockError):
		factory.onboarding(employee=hire.name)
	assert not pauses


def test_a_lock_that_was_waited_for_in_vain_is_said_in_words_and_made_up_for(hire, hr, monkeypatch):
	factory.course("Safety")
	monkeypatch.setattr(learning, "enrol", lose(1, LOST[1], learning.enrol))
	doc = factory.onboarding(employee=hire.name)
	assert doc.training_status == "Not Assigned Yet"
	assert "Somebody else was changing" in doc.training_note
	frappe.set_user("Administrator")
	daily.run()
	assert status_of(doc) == "Assigned"


# Two at once


def test_who_reminds_at_the_same_moment_is_told_so_and_one_mail_goes_out(owed, hr, monkeypatch):
	"""The other's reminder becomes visible between our look and our word."""
	frappe.set_user("Administrator")
	frappe.db.delete("Email Queue Recipient")
	before = errors()
	said_of = ledger.said_of

	def look(names):
		found = said_of(names)
		by_request._remind_member(collect.assignments({"name": owed[0].name}), TODAY)
		return found

	monkeypatch.setattr(ledger, "said_of", look)
	answer = api.send_reminder([row.name for row in owed])
	assert [row["name"] for row in answer["done"]] == [owed[1].name]
	assert [row["message"] for row in answer["failed"]] == [f"{owed[0].member} was reminded today already."]
	assert frappe.db.count("Email Queue Recipient", {"recipient": owed[0].member}) == 1
	assert errors() == before
	assert factory.assignment(name=owed[0].name).reminders_sent == 1


def test_what_another_run_has_said_meanwhile_is_no_failure(owed, monkeypatch, clock):
	frappe.set_user("Administrator")
	announcements.announce([row.name for row in owed])
	frappe.db.delete("Email Queue Recipient")
	before = errors()
	queue = mails.queue

	def be_overtaken(template, user, rows, *args, **kwargs):
		queued = queue(template, user, rows, *args, **kwargs)
		if user == owed[0].member:
			notices = [
				ledger.Notice(row.name, "Ladder", row.due_date, "Member", user, row.due_date, -1)
				for row in rows
			]
			ledger.write(notices, None)
		return queued

	clock(29)
	with monkeypatch.context() as patched:
		patched.setattr(mails, "queue", be_overtaken)
		summary = daily.run()
	assert summary["failed"] == []
	assert errors() == before
	assert frappe.get_all("Email Queue Recipient", pluck="recipient") == [owed[1].member]


def test_a_second_assignment_that_only_the_index_refuses_is_refused_in_words(hr, monkeypatch):
	course, member, other = factory.course("Safety"), factory.user(), factory.user()
	frappe.set_user(hr)
	first = frappe.get_doc({"doctype": ASSIGNMENT, "member": member, "course": course}).insert()
	frappe.get_doc({"doctype": ASSIGNMENT, "member": other, "course": course}).insert()
	name = frappe.utils.get_fullname(member)
	# As who began before the first was committed sees it.
	monkeypatch.setattr("smooth_lms_hr.assigning.by_hand.facts.held_assignments", lambda *args: {})
	frappe.local.message_log = []
	with pytest.raises(frappe.ValidationError, match=f"{name}.* owes .*Safety.* already: .*{first.name}"):
		frappe.get_doc({"doctype": ASSIGNMENT, "member": member, "course": course}).insert()
	assert "must be unique" not in str(frappe.local.message_log)


def test_what_is_decided_while_the_daily_run_reads_is_not_overwritten(owed, hr, monkeypatch, clock):
	clock(31)
	frappe.set_user("Administrator")
	for row in owed:
		factory.learn_silently(row.member, row.course, 1)
	read = progress._open_assignments

	def waive_meanwhile(*args):
		rows = read(*args)
		frappe.db.set_value(ASSIGNMENT, owed[0].name, "status", "Waived")
		return rows

	monkeypatch.setattr(progress, "_open_assignments", waive_meanwhile)
	daily.run()
	assert [row.status for row in factory.assignments()] == ["Waived", "Overdue"]
	assert [row.progress for row in factory.assignments()] == [0, 50]


@pytest.fixture
def crowd(several_processes):
	made = do("gather", timeout=600, people=8, courses=3, hires=24)
	yield made
	do("clear_away", **made)


def test_three_processes_jostle_and_nobody_is_shown_an_error(crowd):
	"""Onboardings, lessons, decisions, reminders and daily runs at once, for STRESS_SECONDS (15)."""
	seconds = int(os.environ.get("STRESS_SECONDS", 15))
	start_at = time.time() + 15
	workers = [
		start(
			"jostle",
			seed=number,
			seconds=seconds,
			start_at=start_at,
			hr=crowd["hr"][number],
			courses=crowd["courses"],
			members=crowd["members"],
			hires=crowd["hires"][number::3],
		)
		for number in range(3)
	]
	answers = [finish(worker, timeout=seconds + 240) for worker in workers]
	done = sum((Counter(answer["done"]) for answer in answers), Counter())
	errors = [error for answer in answers for error in answer["errors"]]
	print(f"{seconds} s: {dict(done)}")
	assert errors == []
	assert do("settle", **crowd) == []
	assert {"onboard", "learn", "extend", "remind", "waive", "run_daily"} <= set(done)
