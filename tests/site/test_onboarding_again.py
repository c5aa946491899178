"""The same person once more: onboarded twice, after a completion, by an amended or a deleted onboarding."""

from datetime import timedelta

import frappe
from frappe.utils import formatdate

from tests.site import factory
from tests.site.conftest import TODAY


def test_the_same_person_onboarded_twice_owes_once(hire, hr):
	factory.course()
	first = factory.onboarding(employee=hire.name)
	second = factory.onboarding(employee=hire.name)
	row = factory.assignment(member=hire.user_id)
	assert row.onboarding == first.name
	assert second.training_status == "Assigned"
	assert row.name in second.training_note
	assert frappe.db.count("LMS Enrollment", {"member": hire.user_id}) == 1


def test_onboarded_again_while_the_completion_counts(hire, hr, clock):
	course = factory.course(validity_days=365)
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	clock(365)
	doc = factory.onboarding(employee=hire.name)
	assert factory.assignment(member=hire.user_id).status == "Completed"
	assert doc.training_status == "Nothing to Assign"
	assert f"valid until {formatdate(TODAY + timedelta(days=365))}" in doc.training_note


def test_onboarded_again_after_the_completion_has_run_out(hire, hr, clock):
	course = factory.course(validity_days=365)
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	today = clock(366)
	doc = factory.onboarding(employee=hire.name)
	old, new = factory.assignments(member=hire.user_id)
	assert (old.cycle, old.status, old.completed_on) == (1, "Completed", TODAY)
	assert (new.cycle, new.status, new.progress, new.source) == (2, "Pending", 0, "Renewal")
	assert new.due_date == today + timedelta(days=30)
	assert old.name in new.reason
	assert doc.training_status == "Assigned"
	# It can be done again: Learning counts no lesson twice unless it starts over.
	factory.complete_lessons(hire.user_id, course)
	old, new = factory.assignments(member=hire.user_id)
	assert (new.status, new.completed_on, old.completed_on) == ("Completed", today, TODAY)


def test_a_cancelled_assignment_can_be_owed_again_and_a_waived_one_is_not(hire, hr):
	waived, cancelled = factory.course("Waived"), factory.course("Cancelled")
	factory.onboarding(employee=hire.name)
	for course, status in ((waived, "Waived"), (cancelled, "Cancelled")):
		name = factory.assignment(member=hire.user_id, course=course).name
		frappe.db.set_value(
			"LMS Training Assignment",
			name,
			{"status": status, "waived_on": TODAY if status == "Waived" else None},
		)
	doc = factory.onboarding(employee=hire.name)
	assert [row.cycle for row in factory.assignments(course=cancelled)] == [1, 2]
	assert factory.assignment(course=waived).status == "Waived"
	assert "waived on" in doc.training_note


def test_an_amended_onboarding_takes_its_assignments_over(hire, hr):
	factory.course()
	doc = factory.onboarding(employee=hire.name)
	doc.submit()
	# Frappe HR deletes the tasks along with it, which is more than an HR Manager may.
	frappe.set_user("Administrator")
	doc.cancel()
	assert factory.assignment(member=hire.user_id).status == "Pending"
	frappe.set_user(hr)
	amended = frappe.copy_doc(doc)
	amended.amended_from, amended.docstatus = doc.name, 0
	amended.insert()
	row = factory.assignment(member=hire.user_id)
	assert row.onboarding == amended.name
	assert amended.training_status == "Assigned"
