"""Onboardings that are cancelled, amended or deleted (rule 12)."""

import frappe
import pytest

from smooth_lms_hr import daily
from smooth_lms_hr.record import reasons
from tests.site import factory


@pytest.fixture
def onboarding(hire, hr):
	"""Return a submitted onboarding of somebody who owes a course by it."""
	factory.course()
	doc = factory.onboarding(employee=hire.name)
	doc.submit()
	return doc


def cancel(onboarding) -> None:
	# Frappe HR deletes the tasks along with it, which is more than an HR Manager may.
	before = frappe.session.user
	frappe.set_user("Administrator")
	onboarding.cancel()
	frappe.set_user(before)


def delete(onboarding) -> None:
	frappe.set_user("Administrator")
	frappe.delete_doc(onboarding.doctype, onboarding.name)


def amend(onboarding):
	doc = frappe.copy_doc(onboarding)
	doc.amended_from, doc.docstatus = onboarding.name, 0
	return doc.insert()


class TestCancelled:
	def test_nothing_ends_at_once_and_hr_is_told_so(self, onboarding, hire):
		frappe.clear_messages()
		cancel(onboarding)
		assert factory.assignment(member=hire.user_id).status == "Pending"
		(said,) = (each for each in frappe.message_log if "next daily run" in str(each))
		assert f"<strong>{onboarding.name}</strong>: 1" in str(said)

	def test_of_one_that_asked_for_nothing_hr_is_told_nothing(self, hire, hr):
		doc = factory.onboarding(employee=hire.name)
		doc.submit()
		frappe.clear_messages()
		cancel(doc)
		assert not any("next daily run" in str(each) for each in frappe.message_log)

	def test_what_it_alone_has_asked_for_ends_with_the_next_daily_run(self, onboarding, hire):
		cancel(onboarding)
		summary = daily.run()
		row = factory.assignment(member=hire.user_id)
		assert (row.status, summary["Cancelled"]) == ("Cancelled", 1)
		assert factory.events(row.name) == [
			("Cancelled", "Pending", "Cancelled", reasons.ONBOARDING_CANCELLED, "Administrator")
		]
		(event,) = frappe.get_all(
			"LMS Training Event",
			{"assignment": row.name, "event": "Cancelled"},
			["cause_doctype", "cause"],
		)
		assert (event.cause_doctype, event.cause) == ("Employee Onboarding", onboarding.name)
		assert factory.causes(row.name) == [("Employee Onboarding", onboarding.name, True)]

	def test_once(self, onboarding, hire):
		cancel(onboarding)
		daily.run()
		before = factory.events(factory.assignment(member=hire.user_id).name)
		assert "Cancelled" not in daily.run()
		assert factory.events(factory.assignment(member=hire.user_id).name) == before

	def test_what_somebody_else_asks_for_as_well_is_owed_still(self, onboarding, hire):
		from smooth_lms_hr import api

		row = factory.assignment(member=hire.user_id)
		api.assign_mandatory_training(employees=[hire.name], courses=[row.course])
		cancel(onboarding)
		daily.run()
		assert factory.assignment(name=row.name).status == "Pending"
		assert [ended for _doctype, _cause, ended in factory.causes(row.name)] == [True, False]

	def test_what_is_settled_stays(self, onboarding, hire):
		row = factory.assignment(member=hire.user_id)
		factory.complete_lessons(hire.user_id, row.course)
		cancel(onboarding)
		daily.run()
		assert factory.assignment(name=row.name).status == "Completed"
		assert factory.causes(row.name) == [("Employee Onboarding", onboarding.name, False)]

	def test_amended_before_the_next_daily_run_it_is_as_if_it_had_never_been(self, onboarding, hire, hr):
		cancel(onboarding)
		amended = amend(onboarding)
		daily.run()
		row = factory.assignment(member=hire.user_id)
		assert (row.status, row.onboarding) == ("Pending", amended.name)

	def test_amended_after_it_the_new_one_asks_anew(self, onboarding, hire, hr):
		cancel(onboarding)
		daily.run()
		amended = amend(onboarding)
		first, second = factory.assignments(member=hire.user_id)
		assert [first.status, second.status] == ["Cancelled", "Pending"]
		assert factory.causes(second.name) == [("Employee Onboarding", amended.name, False)]

	def test_one_that_waited_for_its_employee_waits_no_more(self, hr):
		factory.course()
		doc = factory.onboarding()
		doc.submit()
		assert doc.training_status == "Waiting for Employee"
		cancel(doc)
		daily.run()
		employee = factory.employee(factory.user(), job_applicant=doc.job_applicant)
		daily.run()
		assert factory.assignments(member=employee.user_id) == []


class TestDeleted:
	def test_what_it_alone_has_asked_for_ends_at_once(self, hire, hr):
		factory.course()
		doc = factory.onboarding(employee=hire.name)
		delete(doc)
		row = factory.assignment(member=hire.user_id)
		assert (row.status, row.onboarding) == ("Cancelled", None)
		assert factory.events(row.name)[0][:4] == (
			"Cancelled", "Pending", "Cancelled", reasons.ONBOARDING_DELETED,
		)  # fmt: skip

	def test_what_a_rule_asks_for_as_well_is_owed_still(self, driver, hr):
		course = factory.course()
		factory.rule(courses=[course], audience=[("Designation", "Driver")])
		doc = factory.onboarding(employee=driver.name)
		delete(doc)
		row = factory.assignment(member=driver.user_id)
		assert (row.status, row.onboarding) == ("Pending", None)

	def test_what_is_settled_stays(self, hire, hr):
		course = factory.course()
		doc = factory.onboarding(employee=hire.name)
		factory.complete_lessons(hire.user_id, course)
		delete(doc)
		assert factory.assignment(member=hire.user_id).status == "Completed"

	def test_after_it_was_cancelled(self, onboarding, hire):
		cancel(onboarding)
		delete(onboarding)
		assert factory.assignment(member=hire.user_id).status == "Cancelled"
		daily.run()


def test_very_many_are_found_by_an_index(bench_only, onboarding, hire):
	from smooth_lms_hr.following import onboardings_ended
	from tests.site.queries import Queries

	cancel(onboarding)
	with Queries() as queries:
		assert list(onboardings_ended.chunks(10)) == [[factory.assignment(member=hire.user_id).name]]
	plan = {row.table: row for row in queries.explain(0)}
	# Of a handful of rows the database reads all; of many it goes by what is possible.
	assert "cause_doctype_cause_index" in plan["tabLMS Training Cause"].possible_keys
