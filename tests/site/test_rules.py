"""Training rules (rules 10 and 12): whom they fit, one debt for many causes, and what becomes of what no longer fits."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.assigning import rules
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.factory import causes, designation, owed, rule

RULE = "LMS Training Rule"


def test_a_rule_assigns_to_whom_it_fits_as_it_is_saved(hr, course, driver):
	clerk = factory.employee(factory.user(), designation=designation("Clerk"))
	doc = rule("Drivers", [course], [("Designation", "Driver")], due_days=7)
	(row,) = owed(driver)
	assert (row.course, row.source, row.rule, row.due_date) == (
		course, "Rule", doc.name, TODAY + timedelta(days=7),
	)  # fmt: skip
	assert (row.reason, row.assigned_by) == ("Rule Drivers.", hr)
	assert row.due_date_basis == f"7 days after assignment ({TODAY})"
	assert frappe.db.exists("LMS Enrollment", {"member": driver.user_id, "course": course})
	assert causes(row.name) == [(RULE, doc.name, False)]
	assert not owed(clerk)
	doc.reload()
	assert (doc.fits_now, doc.waiting_people) == (1, 0)
	assert doc.last_applied_on


def test_asking_again_changes_nothing(hr, course, driver):
	doc = rule(courses=[course])
	before = factory.assignments(), frappe.db.count("LMS Training Event")
	doc.save()
	rules.ask_everybody(lambda _what, step: step())
	assert (factory.assignments(), frappe.db.count("LMS Training Event")) == before


def test_a_transfer_has_its_new_courses_when_the_save_returns(hr, course):
	clerk = factory.employee(factory.user(), designation=designation("Clerk"))
	rule("Drivers", [course], [("Designation", designation("Driver"))], due_from="Transfer", due_days=3)
	assert not owed(clerk)
	clerk.designation = "Driver"
	clerk.save()
	(row,) = owed(clerk)
	assert row.due_date_basis == f"3 days after the transfer ({TODAY})"


def test_an_employee_who_is_saved_without_a_change_is_asked_nothing(hr, course, driver, monkeypatch):
	rule(courses=[course])
	monkeypatch.setattr(rules, "Asking", None)
	driver.cell_number = "0100"
	driver.save()


@pytest.mark.parametrize(("word", "left"), [("Keep", 1), ("Cancel What Is Not Begun", 0), ("Cancel", 0)])
def test_what_no_longer_fits_follows_the_rules_word(hr, course, driver, word, left):
	doc = rule("Drivers", [course], [("Designation", "Driver")], when_it_no_longer_fits=word)
	(row,) = owed(driver)
	driver.designation = designation("Clerk")
	driver.save()
	assert len(owed(driver)) == left
	if not left:
		assert causes(row.name) == [(RULE, doc.name, True)]
		moved, cancelled = factory.events(row.name)
		assert moved[0] == "Handed Over"
		assert cancelled[:4] == (
			"Cancelled",
			"Pending",
			"Cancelled",
			"The rule does not fit any more, and nothing else asks for it.",
		)


def test_what_is_begun_is_kept_where_the_rule_says_so(hr, course, driver):
	rule("Drivers", [course], [("Designation", "Driver")], when_it_no_longer_fits="Cancel What Is Not Begun")
	factory.complete_lessons(driver.user_id, course, 1)
	driver.designation = designation("Clerk")
	driver.save()
	assert owed(driver)[0].status == "In Progress"


def test_one_debt_stands_as_long_as_one_of_its_causes_does(hr, course, driver):
	slow = rule(
		"Drivers", [course], [("Designation", "Driver")], due_days=30, when_it_no_longer_fits="Cancel"
	)
	quick = rule("Everybody", [course], due_days=5, when_it_no_longer_fits="Cancel")
	(row,) = owed(driver)
	assert row.due_date == TODAY + timedelta(days=5)
	assert row.original_due_date == TODAY + timedelta(days=30)
	assert causes(row.name) == [(RULE, slow.name, False), (RULE, quick.name, False)]
	(event,) = factory.events(row.name)
	assert event[:3] == ("Due Date Moved", str(TODAY + timedelta(days=30)), str(TODAY + timedelta(days=5)))
	quick.enabled = 0
	quick.save()
	(row,) = owed(driver)
	# It moves nothing back.
	assert row.due_date == TODAY + timedelta(days=5)
	assert causes(row.name) == [(RULE, slow.name, False), (RULE, quick.name, True)]
	slow.delete()
	assert not owed(driver)
	assert factory.assignment(name=row.name).status == "Cancelled"


def test_an_onboarding_and_a_rule_make_one_debt_with_the_earlier_date(hr, driver):
	safety = factory.course("Safety")
	doc = rule("Safety first", [safety], [("Designation", "Driver")], due_days=5, applies="New Hires")
	assert not owed(driver)  # joined before the rule was made
	onboarding = factory.onboarding(employee=driver.name)
	(row,) = owed(driver)
	assert (row.due_date, row.original_due_date) == (TODAY + timedelta(days=5),) * 2
	assert causes(row.name) == [(RULE, doc.name, False), ("Employee Onboarding", onboarding.name, False)]
	assert (
		row.reason == f"Rule Safety first; Mandatory course, {onboarding.name} of {onboarding.employee_name}."
	)


def test_what_is_assigned_by_hand_outlives_the_rule(hr, course, driver):
	doc = rule("Drivers", [course], [("Designation", "Driver")], when_it_no_longer_fits="Cancel")
	api.assign_mandatory_training(employees=[driver.name], courses=[course])
	driver.designation = designation("Clerk")
	driver.save()
	(row,) = owed(driver)
	assert causes(row.name) == [(RULE, doc.name, True), ("User", hr, False)]


def test_who_has_no_user_is_an_exception_until_there_is_one(hr, course):
	employee = factory.employee(designation=designation("Driver"))
	doc = rule("Drivers", [course], [("Designation", "Driver")])
	(row,) = frappe.get_all("LMS Training Exception", fields=["*"])
	assert (row.employee, row.rule, row.kind) == (employee.name, doc.name, "No User")
	assert row.why == f"{employee.name} has no user to log in with."
	employee.user_id = factory.user()
	employee.save()
	assert not frappe.db.count("LMS Training Exception")
	assert owed(employee)


def test_exceptions_go_with_the_rule_and_with_whom_it_was_for(hr, course):
	employee, other = (factory.employee(designation=designation("Driver")) for _ in range(2))
	doc = rule("Drivers", [course], [("Designation", "Driver")])
	assert frappe.db.count("LMS Training Exception") == 2
	# As an import does: nobody hears of it.
	frappe.db.set_value("Employee", employee.name, "designation", designation("Clerk"))
	doc.save()
	assert frappe.get_all("LMS Training Exception", pluck="employee") == [other.name]
	doc.delete()
	assert not frappe.db.count("LMS Training Exception")


def test_the_day_of_a_transfer_is_not_typed(hr, driver):
	typed = TODAY + timedelta(days=99)
	new = factory.employee(factory.user(), training_moved_on=typed)
	assert not frappe.db.get_value("Employee", new.name, "training_moved_on")
	driver.training_moved_on = typed
	driver.save()
	assert not frappe.db.get_value("Employee", driver.name, "training_moved_on")


def test_a_due_date_that_would_be_past_is_an_exception(hr, course, clock):
	doc = rule(
		"Drivers", [course], [("Designation", designation("Driver"))], due_from="Date of Joining", due_days=5
	)
	clock(10)
	employee = factory.employee(
		factory.user(), designation="Driver", date_of_joining=TODAY + timedelta(days=1)
	)
	assert not owed(employee)
	(row,) = frappe.get_all("LMS Training Exception", fields=["*"])
	assert (row.kind, row.course, row.rule) == ("Due Date Past", course, doc.name)


def test_done_before_counts_if_it_is_not_too_long_ago(hr, course, driver, clock):
	api.assign_mandatory_training(employees=[driver.name], courses=[course])
	factory.complete_lessons(driver.user_id, course)
	clock(20)
	rule("Within a month", [course], [("Designation", "Driver")], counts_if_completed_within=30)
	assert [row.status for row in owed(driver)] == ["Completed"]
	rule("Within a fortnight", [course], [("Designation", "Driver")], counts_if_completed_within=14)
	assert [(row.status, row.cycle) for row in owed(driver)] == [("Completed", 1), ("Pending", 2)]


def test_a_rule_that_breaks_does_not_break_hrs_save(hr, course, monkeypatch):
	rule(courses=[course])

	def break_down(*args):
		raise RuntimeError("out of order")

	monkeypatch.setattr(rules, "Asking", break_down)
	employee = factory.employee(factory.user())
	assert frappe.db.exists("Employee", employee.name)
	monkeypatch.undo()
	rules.ask_everybody(lambda _what, step: step())
	assert owed(employee)


def test_two_who_become_one_owe_it_for_all_that_asked(hr, course):
	first, second = factory.employee(factory.user(), designation=designation("Driver")), factory.user()
	doc = rule("Drivers", [course], [("Designation", "Driver")])
	api.assign_mandatory_training(members=[second], courses=[course], due_date=TODAY + timedelta(days=2))
	frappe.set_user("Administrator")
	frappe.rename_doc("User", second, first.user_id, merge=True)
	(row,) = owed(first)
	assert sorted(causes(row.name)) == [(RULE, doc.name, False), ("User", hr, False)]


def test_a_course_that_a_rule_names_can_be_deleted(hr, course, driver):
	from lms.lms.api import delete_course

	doc = rule("Drivers", [course, factory.course("Other", is_mandatory=0)], [("Designation", "Driver")])
	frappe.set_user("Administrator")
	delete_course(course)
	rules.ask_everybody(lambda _what, step: step())
	assert [row.course_title for row in owed(driver)] == ["Other"]
	assert frappe.get_doc(RULE, doc.name).contents[0].content == course
