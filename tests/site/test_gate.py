"""The gate (rule 8): no onboarding is completed, and no employment confirmed, while training is open that has to be done first."""

import frappe
import pytest
from frappe.utils import add_days

from smooth_lms_hr import api
from smooth_lms_hr.assigning import gating
from smooth_lms_hr.following.gate import GateClosed
from smooth_lms_hr.sources import jobs
from tests.site import factory
from tests.site.conftest import TODAY

BLOCKED = "The onboarding cannot be completed yet"
NOT_CONFIRMED = "The confirmation date cannot be set yet"


def learn(hire, course: str) -> None:
	factory.complete_lessons(hire.user_id, course)
	assert factory.assignment(member=hire.user_id, course=course).status == "Completed"


def mark(onboarding) -> None:
	frappe.get_doc("Employee Onboarding", onboarding.name).mark_onboarding_as_completed()


def status_of(onboarding) -> str:
	return frappe.db.get_value("Employee Onboarding", onboarding.name, "boarding_status")


def confirm(hire, day=TODAY) -> None:
	doc = frappe.get_doc("Employee", hire.name)
	doc.final_confirmation_date = day
	doc.save()


def said() -> str:
	return " ".join(str(message) for message in frappe.local.message_log)


# ---- an onboarding is marked as completed


def test_with_the_gate_off_nothing_is_asked(onboarding, hire):
	mark(onboarding)
	confirm(hire)
	assert status_of(onboarding) == "Completed"
	assert "Training Is Open" not in said()


def test_blocked_it_is_refused_and_says_what_is_open_and_what_to_do(onboarding, gate):
	gate("Block")
	with pytest.raises(GateClosed, match=BLOCKED) as refused:
		mark(onboarding)
	assert "Fire Safety" in str(refused.value)
	assert "Try again once it is completed, or waived with a reason." in str(refused.value)


def test_a_warning_says_so_once_and_saves(onboarding, gate):
	gate("Warn")
	mark(onboarding)
	assert status_of(onboarding) == "Completed"
	assert said().count("The onboarding is completed, though this training should have been done first") == 1
	assert "Fire Safety" in said()


@pytest.mark.parametrize("setting", ["Warn", "Block"])
def test_what_is_done_keeps_nothing(onboarding, hire, safety, gate, setting):
	gate(setting)
	learn(hire, safety)
	mark(onboarding)
	confirm(hire)
	assert status_of(onboarding) == "Completed"
	assert "Training Is Open" not in said()


def test_what_is_overdue_keeps_it_too_and_what_is_waived_does_not(onboarding, hire, gate, clock):
	gate("Block")
	row = factory.assignment(member=hire.user_id)
	frappe.db.set_value("LMS Training Assignment", row.name, "status", "Overdue")
	with pytest.raises(GateClosed, match="Overdue"):
		mark(onboarding)
	api.waive([row.name], "Learned at sea")
	mark(onboarding)
	assert status_of(onboarding) == "Completed"


def test_the_field_itself_is_no_way_round(onboarding, gate):
	"""As a request to the document or an import writes it."""
	gate("Block")
	doc = frappe.get_doc("Employee Onboarding", onboarding.name)
	doc.boarding_status = "Completed"
	with pytest.raises(GateClosed):
		doc.save()


def test_a_draft_is_not_completed_either(hr, hire, safety, gate):
	doc = factory.onboarding(employee=hire.name)
	gate("Block")
	doc.boarding_status = "Completed"
	with pytest.raises(GateClosed):
		doc.save()


def test_a_completed_one_can_be_saved_again(onboarding, gate):
	mark(onboarding)
	gate("Block")
	frappe.get_doc("Employee Onboarding", onboarding.name).save()


def test_what_was_completed_can_be_amended(onboarding, gate, as_user):
	mark(onboarding)
	gate("Block")
	# Frappe HR deletes tasks and project with it, which HR alone may not.
	as_user("Administrator")
	cancelled = frappe.get_doc("Employee Onboarding", onboarding.name)
	cancelled.cancel()
	amended = frappe.copy_doc(cancelled)
	amended.amended_from = cancelled.name
	amended.docstatus = 0
	amended.insert()
	amended.submit()
	assert status_of(amended) == "Pending"
	with pytest.raises(GateClosed):
		mark(amended)


def test_only_who_may_see_the_training_is_told_its_name(onboarding, gate, as_user):
	gate("Block")
	as_user(factory.user("Projects User"))
	doc = frappe.get_doc("Employee Onboarding", onboarding.name)
	doc.flags.ignore_permissions = True
	doc.boarding_status = "Completed"
	with pytest.raises(GateClosed, match="HR can say which") as refused:
		doc.save()
	assert "Fire Safety" not in str(refused.value)


def test_titles_are_text(hr, hire, gate):
	factory.course("Fire <img src=x onerror=alert(1)>")
	doc = factory.onboarding(employee=hire.name)
	doc.submit()
	gate("Block")
	with pytest.raises(GateClosed) as refused:
		mark(doc)
	assert "<img" not in str(refused.value)


def test_no_more_than_five_are_named(hr, hire, gate):
	for number in range(7):
		factory.course(f"Course {number}")
	doc = factory.onboarding(employee=hire.name)
	doc.submit()
	gate("Block")
	with pytest.raises(GateClosed, match="and 2 more") as refused:
		mark(doc)
	assert str(refused.value).count("<a ") == 5


# ---- tasks and projects complete it, by SQL


def finish_last_task(onboarding) -> None:
	factory.finish_tasks(onboarding, required_only=True)
	factory.finish_tasks(onboarding)


def test_the_last_task_is_refused_and_those_before_are_not(onboarding, gate):
	gate("Block")
	factory.finish_tasks(onboarding, required_only=True)
	assert status_of(onboarding) == "In Process"
	with pytest.raises(GateClosed, match=BLOCKED):
		factory.finish_tasks(onboarding)


def test_a_warned_last_task_completes_it(onboarding, gate):
	gate("Warn")
	finish_last_task(onboarding)
	assert status_of(onboarding) == "Completed"
	assert said().count("The onboarding is completed, though") == 1


def test_the_last_task_completes_it_once_the_training_is_done(onboarding, hire, safety, gate):
	gate("Block")
	learn(hire, safety)
	finish_last_task(onboarding)
	assert status_of(onboarding) == "Completed"


@pytest.mark.parametrize("learner", [True, False])
def test_whoever_does_the_last_task_hears_no_names(onboarding, gate, as_user, learner):
	"""Whether they may read assignments, none of which is this one, or none at all."""
	gate("Block")
	as_user(factory.user("Projects User", learner=learner))
	with pytest.raises(GateClosed, match="HR can say which") as refused:
		finish_last_task(onboarding)
	assert "Fire Safety" not in str(refused.value)


def test_a_project_that_is_saved_after_its_tasks_were_done_by_sql_is_refused(onboarding, gate):
	gate("Block")
	for activity in onboarding.activities:
		frappe.db.set_value("Task", activity.task, "status", "Completed")
	project = frappe.get_doc("Project", onboarding.project)
	with pytest.raises(GateClosed):
		project.save(ignore_permissions=True)


def test_tasks_and_project_of_a_completed_one_can_be_saved(onboarding, gate):
	mark(onboarding)
	gate("Block")
	frappe.get_doc("Task", onboarding.activities[0].task).save(ignore_permissions=True)
	frappe.get_doc("Project", onboarding.project).save(ignore_permissions=True)
	assert status_of(onboarding) == "Completed"


def test_the_scheduler_is_not_stopped(onboarding, gate, monkeypatch):
	gate("Block")
	for activity in onboarding.activities:
		frappe.db.set_value("Task", activity.task, "status", "Completed")
	job = frappe._dict(method="frappe.core.doctype.scheduled_job_type.scheduled_job_type.run_scheduled_job")
	monkeypatch.setattr(frappe.local, "job", job, raising=False)
	assert jobs.is_scheduled()
	frappe.get_doc("Project", onboarding.project).save(ignore_permissions=True)
	assert status_of(onboarding) == "Completed"


# ---- an employment is confirmed


def test_a_confirmation_is_refused_while_training_is_open(onboarding, hire, gate):
	gate("Block")
	with pytest.raises(GateClosed, match=NOT_CONFIRMED) as refused:
		confirm(hire)
	assert "Fire Safety" in str(refused.value)
	with pytest.raises(GateClosed):
		confirm(hire, add_days(TODAY, -30))


def test_a_warned_confirmation_is_saved(onboarding, hire, gate):
	gate("Warn")
	confirm(hire)
	assert frappe.db.get_value("Employee", hire.name, "final_confirmation_date") == TODAY
	assert said().count("The employee is confirmed, though") == 1


def test_a_date_that_is_there_may_be_kept_moved_and_cleared(onboarding, hire, gate):
	confirm(hire)
	gate("Block")
	for day in (TODAY, add_days(TODAY, 5), None):
		confirm(hire, day)
	with pytest.raises(GateClosed):
		confirm(hire)


def test_other_changes_of_an_employee_are_not_asked_about(onboarding, hire, gate):
	gate("Block")
	doc = frappe.get_doc("Employee", hire.name)
	doc.cell_number = "0100"
	doc.save()


def test_who_comes_with_a_date_is_refused_what_is_assigned_with_the_same_save(hr, course, gate):
	gate("Block")
	factory.rule("Everybody", [course], gates=1)
	with pytest.raises(GateClosed, match=NOT_CONFIRMED):
		factory.employee(factory.user(), final_confirmation_date=TODAY)


def test_who_was_confirmed_long_ago_is_taken_over(hr, course, gate):
	gate("Block")
	factory.rule("Everybody", [course], gates=1)
	employee = factory.employee(factory.user(), final_confirmation_date=add_days(TODAY, -400))
	assert factory.owed(employee)


# ---- what gates


def test_a_rule_gates_where_it_says_so(hr, hire, course, gate):
	gate("Block")
	doc = factory.rule("Drive", [course], gates=0)
	confirm(hire)
	confirm(hire, None)
	doc.gates = 1
	doc.save()
	with pytest.raises(GateClosed):
		confirm(hire)


def test_what_is_assigned_by_hand_gates_nothing(hr, hire, course, gate):
	gate("Block")
	api.assign_mandatory_training(employees=[hire.name], courses=[course])
	assert factory.owed(hire)
	confirm(hire)


def test_a_cause_that_has_ended_gates_nothing(hr, hire, course, gate):
	gate("Block")
	doc = factory.rule("Drive", [course], gates=1, when_it_no_longer_fits="Cancel")
	api.assign_mandatory_training(employees=[hire.name], courses=[course])
	doc.enabled = 0
	doc.save()
	assert factory.owed(hire)
	confirm(hire)


def test_what_fails_in_the_gate_keeps_nobody(onboarding, hire, gate, monkeypatch):
	gate("Block")

	def fail(*args):
		raise RuntimeError("broken")

	monkeypatch.setattr(gating, "open_where", fail)
	confirm(hire)
	mark(onboarding)
	assert status_of(onboarding) == "Completed"
	assert frappe.db.exists("Error Log", {"method": f"The gate failed at {onboarding.name}"})


# ---- ready to start


def readiness(onboarding) -> tuple:
	answer = api.get_onboarding_training(onboarding.name)
	return answer["gate"], answer["ready"], [row["course"] for row in answer["gated_by"]]


def test_it_says_which_courses_keep_it(onboarding, hire, safety, gate):
	gate("Warn")
	assert readiness(onboarding) == ("Warn", False, [safety])
	learn(hire, safety)
	assert readiness(onboarding) == ("Warn", True, [])


def test_what_is_not_assigned_yet_keeps_it(hr, safety, gate):
	gate("Block")
	assert readiness(factory.onboarding()) == ("Block", False, [safety])


def test_with_the_gate_off_nothing_keeps_it(onboarding):
	assert readiness(onboarding) == ("Off", True, [])


def test_what_does_not_gate_does_not_keep_it(onboarding, hire, safety, course, gate):
	gate("Block")
	factory.rule("Drive", [course])
	learn(hire, safety)
	assert readiness(onboarding) == ("Block", True, [])
