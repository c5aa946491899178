"""What an assignment is owed for: the upgrade of what was there before, hand-over, and what several ask for at once."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.patches.v0_3 import write_causes_of_older_assignments as patch
from tests.site import factory
from tests.site.conftest import TODAY

CAUSE = "LMS Training Cause"


def causes(assignment):
	rows = frappe.get_all(
		CAUSE,
		{"parent": assignment},
		["cause_doctype", "cause", "due_date", "words"],
		order_by="creation, idx",
	)
	return [(row.cause_doctype, row.cause, row.due_date, row.words) for row in rows]


@pytest.fixture
def onboarded(hr, hire):
	"""An assignment of an onboarding, and one that was made by hand."""
	factory.course("Safety")
	other = factory.course("Other", is_mandatory=0)
	onboarding = factory.onboarding(employee=hire.name)
	api.assign_mandatory_training(employees=[hire.name], courses=[other])
	return onboarding, factory.assignments(member=hire.user_id)


def test_the_upgrade_writes_a_cause_for_each_assignment_once(onboarded, hr):
	onboarding, rows = onboarded
	frappe.db.delete(CAUSE)
	patch.execute()
	patch.execute()
	first, second = rows
	assert causes(first.name) == [
		("Employee Onboarding", onboarding.name, first.original_due_date, first.reason)
	]
	assert causes(second.name) == [("User", hr, second.original_due_date, second.reason)]
	doc = frappe.get_doc("LMS Training Assignment", first.name)
	assert [row.cause for row in doc.causes] == [onboarding.name]
	doc.due_date = TODAY + timedelta(days=50)
	doc.save()
	assert len(causes(first.name)) == 1


def test_an_amended_onboarding_takes_the_cause_along(onboarded):
	onboarding, (first, _second) = onboarded
	frappe.set_user("Administrator")
	onboarding.reload()
	onboarding.submit()
	onboarding.cancel()
	amended = frappe.copy_doc(onboarding)
	amended.amended_from, amended.docstatus = onboarding.name, 0
	amended.insert()
	assert [each[1] for each in causes(first.name)] == [amended.name]


def test_an_earlier_date_that_somebody_else_asks_for_wins_and_a_later_one_does_not(onboarded, hr):
	_onboarding, (first, _second) = onboarded
	later, earlier = TODAY + timedelta(days=60), TODAY + timedelta(days=3)
	api.assign_mandatory_training(members=[first.member], courses=[first.course], due_date=later)
	row = factory.assignment(name=first.name)
	assert row.due_date == first.due_date
	assert [each[0] for each in causes(first.name)] == ["Employee Onboarding", "User"]
	# The same person asks no second time; a colleague does.
	api.assign_mandatory_training(members=[first.member], courses=[first.course], due_date=earlier)
	assert factory.assignment(name=first.name).due_date == first.due_date
	colleague = factory.hr_manager()
	frappe.set_user(colleague)
	api.assign_mandatory_training(members=[first.member], courses=[first.course], due_date=earlier)
	row = factory.assignment(name=first.name)
	assert (row.due_date, row.original_due_date) == (earlier, first.original_due_date)
	assert row.due_date_basis == f"Chosen by {colleague} on {TODAY}"
	(event,) = factory.events(first.name)
	assert event == (
		"Due Date Moved", str(first.due_date), str(earlier), "Something else asks for it earlier.", colleague,
	)  # fmt: skip


def test_the_baseline_may_count_from_joining(hr):
	factory.course("Safety")
	joins = TODAY + timedelta(days=7)
	hire = factory.employee(factory.user(), date_of_joining=joins)
	frappe.db.set_single_value("LMS Training Settings", "due_days_from", "Later of Assignment and Joining")
	frappe.clear_document_cache("LMS Training Settings", "LMS Training Settings")
	factory.onboarding(employee=hire.name)
	row = factory.assignment(member=hire.user_id)
	assert (row.due_date, row.due_date_basis) == (
		joins + timedelta(days=30),
		f"30 days after joining ({joins})",
	)


def test_what_two_who_become_one_owe_for_the_same_is_owed_for_it_once(hr, two):
	course = factory.course(is_mandatory=0)
	api.assign_mandatory_training(members=list(two), courses=[course])
	frappe.set_user("Administrator")
	frappe.rename_doc("User", *two, merge=True)
	row = factory.assignment(member=two[1], status="Pending")
	assert [each[:2] for each in causes(row.name)] == [("User", hr)]
