"""Transfers while the queue is down, and by two people at once: what is owed is as undisturbed (rules 10, 12 and 15)."""

import time
from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import daily
from smooth_lms_hr.assigning import rules
from tests.site import factory
from tests.site.conftest import TODAY, harness
from tests.site.factory import causes, designation, owed, rule
from tests.site.faults.others import errors
from tests.site.processes import do, finish, start

ROUNDS = 4


def left_of(employee) -> dict:
	"""Return what there is of an employee, without names and moments, and without who asked."""
	rows = factory.assignments(member=employee.user_id)
	names = {row.name: row.course_title for row in rows}
	events = frappe.get_all(
		"LMS Training Event",
		{"member": employee.user_id},
		["event", "assignment", "before", "after", "reason"],
	)
	mails = frappe.get_all("Email Queue Recipient", {"recipient": employee.user_id}, pluck="parent")
	said = frappe.get_all(
		"LMS Training Notification", {"recipient": employee.user_id}, ["assignment", "kind"]
	)
	return {
		"owes": [
			(row.course_title, row.status, row.due_date, row.due_date_basis, row.source, row.rule, row.reason)
			for row in rows
		],
		"causes": {names[row.name]: causes(row.name) for row in rows},
		"enrolled": sorted(
			frappe.get_all("LMS Enrollment", {"member": employee.user_id}, pluck="course", order_by="course")
		),
		"events": sorted(
			(row.event, names[row.assignment], row.before, row.after, row.reason) for row in events
		),
		"said": sorted((names[row.assignment], row.kind) for row in said),
		"mails": len(mails),
		"exceptions": frappe.db.count("LMS Training Exception", {"employee": employee.name}),
	}


@pytest.fixture
def rules_of_jobs(hr):
	factory.mail_account()
	course, other = factory.course("Forklift", is_mandatory=0), factory.course("Till", is_mandatory=0)
	rule("Drivers", [course], [("Designation", designation("Driver"))], when_it_no_longer_fits="Cancel")
	rule("Clerks", [other], [("Designation", designation("Clerk"))], when_it_no_longer_fits="Cancel")


def live_on():
	while harness.run_jobs():
		pass
	before = frappe.session.user
	frappe.set_user("Administrator")
	daily.run()
	daily.run()
	frappe.set_user(before)


def test_a_transfer_with_the_queue_down_is_saved_and_owes_the_same_in_the_end(rules_of_jobs, queue):
	people = [factory.employee(factory.user(), designation="Clerk") for _ in range(2)]
	live_on()
	undisturbed, disturbed = people
	undisturbed.designation = "Driver"
	undisturbed.save()
	live_on()
	queue.fail()
	disturbed.designation = "Driver"
	disturbed.save()
	frappe.db.commit()
	assert frappe.db.get_value("Employee", disturbed.name, "designation") == "Driver"
	assert [row.course_title for row in owed(disturbed)] == ["Forklift"]
	assert errors(method=("like", "The background queue does not answer%")) == 1
	queue.mend()
	live_on()
	assert left_of(disturbed) == left_of(undisturbed)
	assert left_of(disturbed)["mails"] == 2


def test_a_rule_for_many_with_the_queue_down_is_saved_and_the_daily_run_asks_it(hr, queue, monkeypatch):
	factory.mail_account()
	monkeypatch.setattr(rules, "AT_ONCE", 20)
	kept = {}
	for kind in ("Undisturbed", "Disturbed"):
		# What they are called is to say nothing of who was disturbed.
		course = factory.course(kind, is_mandatory=0)
		people = [factory.employee(factory.user(), designation=designation(kind)) for _ in range(21)]
		people[0].db_set("user_id", None)
		if kind == "Disturbed":
			queue.fail()
		doc = rule(kind, [course], [("Designation", kind)], due_days=7)
		frappe.db.commit()
		assert frappe.db.exists("LMS Training Rule", doc.name)
		assert not any(owed(each) for each in people[1:])
		queue.mend()
		live_on()
		doc.reload()
		assert (doc.fits_now, doc.waiting_people) == (21, 0)
		assert all(len(owed(each)) == 1 for each in people[1:])
		told = [left_of(each) for each in people[1:]]
		kept[kind] = [frappe.as_json(each).replace(kind, "").replace(kind.lower(), "") for each in told]
		assert [each["mails"] for each in told] == [1] * 20
		assert frappe.db.count("LMS Training Exception", {"rule": doc.name, "kind": "No User"}) == 1
	assert errors(method=("like", "The background queue does not answer%")) == 1
	assert kept["Disturbed"] == kept["Undisturbed"]


def test_who_is_moved_twice_in_a_minute_by_two_people_owes_it_once(hr, as_user):
	shared = factory.course("Forklift", is_mandatory=0)
	for job, days in (("Driver", 30), ("Clerk", 5)):
		rule(
			job, [shared], [("Designation", designation(job))], due_days=days, when_it_no_longer_fits="Cancel"
		)
	employee = factory.employee(factory.user(), designation="Driver")
	as_user(factory.hr_manager())
	first = frappe.get_doc("Employee", employee.name)
	first.designation = "Clerk"
	first.save()
	(row,) = owed(employee)
	kind = "LMS Training Rule"
	assert causes(row.name) == [(kind, "Driver", True), (kind, "Clerk", False)]
	as_user(hr)
	second = frappe.get_doc("Employee", employee.name)
	second.designation = "Driver"
	second.save()
	(row,) = factory.assignments(member=employee.user_id)
	assert sorted(causes(row.name)) == [(kind, "Clerk", True), (kind, "Driver", False)]
	# What was asked for sooner moves nothing back when it ends.
	assert (row.status, row.due_date) == ("Pending", TODAY + timedelta(days=5))
	assert [event[0] for event in factory.events(row.name)] == [
		"Handed Over",
		"Due Date Moved",
		"Handed Over",
	]


@pytest.fixture
def mover(several_processes):
	made = do("gather_mover")
	yield made
	do("clear_mover_away", **made)


def test_two_people_who_save_one_employee_at_once_make_one_debt(mover):
	for _round in range(ROUNDS):
		start_at = time.time() + 8
		workers = [
			start("move", hr=hr, employee=mover["employee"], job=job, start_at=start_at)
			for hr, job in zip(mover["hr"], ("Driver", "Clerk"), strict=True)
		]
		daily_run = start("ask_everybody_at", start_at=start_at)
		told = [finish(worker) for worker in workers]
		assert finish(daily_run) == 0
		# Frappe's own: somebody has saved it meanwhile.
		assert sorted(filter(None, told)) in ([], ["TimestampMismatchError"])
		left = do("look_at_mover", **mover)
		job = left["designation"]
		assert job in [each for each, error in zip(("Driver", "Clerk"), told, strict=True) if not error]
		(debt,) = left["open"]
		standing = [cause for cause, ended in debt["causes"] if not ended]
		assert sorted(standing) == sorted(["Killed everybody", f"Killed {job}"])
		assert len({cause for cause, _ended in debt["causes"]}) == len(debt["causes"])
		assert left["enrolments"] == 1
		assert left["errors"] == []
