"""A step that loses against somebody else's transaction is done again."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import onboarding as onboardings
from smooth_lms_hr.following import decisions
from smooth_lms_hr.telling import announcements, by_request, reminders
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.faults.others import ENROLLMENT, comments, errors, hang, status_of

ASSIGNMENT = "LMS Training Assignment"
LEDGER = "LMS Training Notification"
SETTINGS = "LMS Training Settings"
ONBOARDING = "Employee Onboarding"


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

	def lose_once_and_for_all(*args, **kwargs):
		if step != "resume" or args[0] == waiting.name:
			raise error
		return call(*args, **kwargs)

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


def test_a_step_that_fails_for_another_reason_leaves_nothing_half_done(hire, hr, monkeypatch):
	doc = factory.onboarding()
	frappe.set_user("Administrator")
	employee = factory.employee(factory.user())
	factory.course("Safety")
	frappe.db.set_value(ONBOARDING, doc.name, "employee", employee.name)
	frappe.db.commit()
	resume = daily.resume

	def resume_and_break(name):
		resume(name)
		raise RuntimeError("the disk is on fire")

	monkeypatch.setattr(daily, "resume", resume_and_break)
	assert any("the disk is on fire" in said for said in daily.run()["not_done"])
	assert factory.assignments(member=employee.user_id) == []
	assert status_of(doc) == "Waiting for Employee"
	monkeypatch.undo()
	daily.run()
	assert len(factory.assignments(member=employee.user_id)) == 1


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
	hang(monkeypatch, lose(1, LOST[0], lambda doc, method: None), ENROLLMENT)
	with pytest.raises(frappe.QueryDeadlockError):
		factory.onboarding(employee=hire.name)
	assert not pauses


def test_a_lock_that_was_waited_for_in_vain_is_said_in_words_and_made_up_for(hire, hr, monkeypatch):
	factory.course("Safety")
	hang(monkeypatch, lose(1, LOST[1], lambda doc, method: None), ENROLLMENT)
	doc = factory.onboarding(employee=hire.name)
	assert doc.training_status == "Not Assigned Yet"
	assert "Somebody else was changing" in doc.training_note
	frappe.set_user("Administrator")
	daily.run()
	assert status_of(doc) == "Assigned"
