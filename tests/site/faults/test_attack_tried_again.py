"""What an onboarding could not do is tried again daily until it is done."""

import frappe

from smooth_lms_hr import daily
from smooth_lms_hr.assigning import onboarding as onboardings
from tests.site import factory
from tests.site.faults.others import comments, errors, hang, status_of

ASSIGNMENT = "LMS Training Assignment"
LEDGER = "LMS Training Notification"
SETTINGS = "LMS Training Settings"
ONBOARDING = "Employee Onboarding"


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
		patched.setattr(onboardings.demands.facts, "mandatory_courses", break_down)
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
	waiting = factory.onboarding()
	field = {"dt": ONBOARDING, "fieldname": "training_status"}
	frappe.db.set_value("Custom Field", field, "options", "\nAssigned\nPartly Assigned\nOur own")
	for _ in range(2):
		add_not_assigned_yet.execute()
		assert frappe.db.get_value("Custom Field", field, "options") == (
			"\nAssigned\nPartly Assigned\nOur own\nNot Assigned Yet"
		)
	assert (status_of(partly), status_of(nothing)) == ("Partly Assigned", "Not Assigned Yet")
	assert status_of(waiting) == "Waiting for Employee"
	frappe.delete_doc("Custom Field", frappe.db.exists("Custom Field", field), force=True)
	add_not_assigned_yet.execute()
	assert not frappe.db.exists("Custom Field", field)
