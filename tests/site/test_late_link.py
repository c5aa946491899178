"""The late link (rule 2): in stock Frappe HR the person becomes known only after the onboarding was created."""

import frappe
import pytest

from smooth_lms_hr import daily
from tests.site import factory


@pytest.fixture
def course(hr):
	frappe.set_user("Administrator")
	name = factory.course()
	frappe.set_user(hr)
	return name


def status_of(doc):
	return frappe.db.get_value(doc.doctype, doc.name, "training_status")


def owed_by(user):
	return [(row.course, row.onboarding, row.assigned_by) for row in factory.assignments(member=user)]


def test_the_whole_path_as_hr_walks_it(hr, course):
	"""Job Applicant, Job Offer, Employee Onboarding submitted, tasks done, Create Employee, then the user."""
	doc = factory.onboarding()
	assert doc.training_status == "Waiting for Employee"
	assert "No Employee is linked yet" in doc.training_note
	doc.submit()
	factory.finish_tasks(doc, required_only=True)
	employee = factory.employee_from(doc)
	assert frappe.db.get_value(doc.doctype, doc.name, "employee") == employee.name
	assert status_of(doc) == "Waiting for User"
	assert not factory.assignments(employee=employee.name)

	frappe.set_user("Administrator")
	user = factory.user()
	frappe.set_user(hr)
	employee.reload()
	employee.user_id = user
	employee.save()
	assert status_of(doc) == "Assigned"
	assert owed_by(user) == [(course, doc.name, hr)]
	assert frappe.db.exists("LMS Enrollment", {"member": user, "course": course})


def test_the_employee_is_made_with_its_user(hr, course):
	doc = factory.onboarding()
	doc.submit()
	factory.finish_tasks(doc, required_only=True)
	frappe.set_user("Administrator")
	user = factory.user()
	frappe.set_user(hr)
	factory.employee_from(doc, user_id=user)
	assert status_of(doc) == "Assigned"
	assert owed_by(user) == [(course, doc.name, hr)]


def test_all_tasks_were_completed_before_the_employee_was_made(hr, course):
	"""Frappe HR never links this employee: it looks for onboardings that are not completed."""
	doc = factory.onboarding()
	doc.submit()
	doc.reload()
	doc.mark_onboarding_as_completed()
	frappe.set_user("Administrator")
	user = factory.user()
	frappe.set_user(hr)
	factory.employee_from(doc, user_id=user)
	assert not frappe.db.get_value(doc.doctype, doc.name, "employee")
	assert status_of(doc) == "Assigned"
	assert owed_by(user) == [(course, doc.name, hr)]


@pytest.mark.parametrize("action", ["save", "submit"])
def test_the_employee_is_found_when_the_draft_is_saved_or_submitted(hr, course, action):
	doc = factory.onboarding()
	frappe.set_user("Administrator")
	user = factory.user()
	# Made behind our back: no event announces it, and the job applicant comes later.
	employee = factory.employee(user)
	frappe.db.set_value("Employee", employee.name, "job_applicant", doc.job_applicant)
	frappe.set_user(hr)
	getattr(doc, action)()
	assert doc.employee == employee.name
	assert status_of(doc) == "Assigned"
	assert owed_by(user) == [(course, doc.name, hr)]


def test_an_integration_sets_the_employee_by_api(hr, course):
	doc = factory.onboarding()
	frappe.set_user("Administrator")
	employee = factory.employee(factory.user())
	frappe.set_user(hr)
	doc.employee = employee.name
	doc.save()
	assert owed_by(employee.user_id) == [(course, doc.name, hr)]


def test_it_is_credited_to_the_owner_of_the_onboarding(hr, course):
	doc = factory.onboarding()
	doc.submit()
	factory.finish_tasks(doc, required_only=True)
	frappe.set_user("Administrator")
	user, colleague = factory.user(), factory.hr_manager()
	frappe.set_user(colleague)
	factory.employee_from(doc, user_id=user)
	assert owed_by(user) == [(course, doc.name, hr)]


def test_a_disabled_user_is_waited_for(hr, course):
	frappe.set_user("Administrator")
	user = factory.user()
	employee = factory.employee(user)
	frappe.db.set_value("User", user, "enabled", 0)
	frappe.set_user(hr)
	doc = factory.onboarding(employee=employee.name)
	assert doc.training_status == "Waiting for User"
	assert "disabled" in doc.training_note
	frappe.db.set_value("User", user, "enabled", 1)
	frappe.set_user("Administrator")
	assert daily.run()["resumed"] == 1
	assert status_of(doc) == "Assigned"
	assert owed_by(user) == [(course, doc.name, hr)]


def test_the_daily_run_finds_what_no_event_announced(hr, course):
	doc = factory.onboarding()
	frappe.set_user("Administrator")
	employee = factory.employee()
	assert daily.run()["resumed"] == 0
	assert status_of(doc) == "Waiting for Employee"
	frappe.db.set_value("Employee", employee.name, "job_applicant", doc.job_applicant)
	daily.run()
	assert status_of(doc) == "Waiting for User"
	user = factory.user()
	frappe.db.set_value("Employee", employee.name, "user_id", user)
	daily.run()
	assert status_of(doc) == "Assigned"
	assert owed_by(user) == [(course, doc.name, hr)]
	assert daily.run()["resumed"] == 0


def test_switched_off_only_those_known_at_creation_are_assigned(hr, course):
	frappe.db.set_single_value("LMS Training Settings", "assign_when_linked_later", 0)
	frappe.clear_document_cache("LMS Training Settings", "LMS Training Settings")
	frappe.set_user("Administrator")
	known = factory.employee(factory.user())
	frappe.set_user(hr)
	assert factory.onboarding(employee=known.name).training_status == "Assigned"
	doc = factory.onboarding()
	assert "Assigning later is switched off" in doc.training_note
	doc.submit()
	factory.finish_tasks(doc, required_only=True)
	frappe.set_user("Administrator")
	user = factory.user()
	frappe.set_user(hr)
	factory.employee_from(doc, user_id=user)
	frappe.set_user("Administrator")
	daily.run()
	assert status_of(doc) == "Waiting for Employee"
	assert not owed_by(user)


def test_waking_up_twice_assigns_and_says_so_once(hr, course):
	doc = factory.onboarding()
	doc.submit()
	factory.finish_tasks(doc, required_only=True)
	frappe.set_user("Administrator")
	user = factory.user()
	frappe.set_user(hr)
	employee = factory.employee_from(doc, user_id=user)
	employee.reload()
	employee.save()
	employee.save()
	assert len(owed_by(user)) == 1
	said = frappe.get_all(
		"Comment", {"reference_name": doc.name, "comment_type": "Info"}, pluck="content", order_by="creation"
	)
	assert len(said) == 2, said
	assert {"waiting" if "No Employee" in each else "assigned" for each in said} == {"waiting", "assigned"}


def test_a_cancelled_onboarding_does_not_wake_up(hr, course):
	doc = factory.onboarding()
	doc.submit()
	frappe.set_user("Administrator")
	doc.cancel()
	user = factory.user()
	factory.employee(user, job_applicant=doc.job_applicant)
	daily.run()
	assert not owed_by(user)
	assert status_of(doc) == "Waiting for Employee"


def test_an_employee_with_a_user_gets_the_learners_role():
	user = factory.user(learner=False)
	factory.employee(user)
	frappe.clear_cache(user=user)
	assert "LMS Student" in frappe.get_roles(user)


def test_who_has_left_owes_nothing_any_more(hr, course):
	frappe.set_user("Administrator")
	employee = factory.employee(factory.user())
	frappe.set_user(hr)
	factory.onboarding(employee=employee.name)
	employee.reload()
	frappe.set_user("Administrator")
	# ERPNext 16 disables the user with the employee, which HR alone may not.
	admin = factory.user("HR Manager", "System Manager")
	frappe.set_user(admin)
	employee.update({"status": "Left", "relieving_date": frappe.utils.nowdate()})
	employee.save()
	row = factory.assignment(member=employee.user_id)
	assert row.status == "Cancelled"
	assert factory.events(row.name) == [
		("Cancelled", "Pending", "Cancelled", "The employee has left the company.", admin)
	]


def test_who_saves_in_the_desk_is_told_how_many_courses_that_has_assigned(hr, course, monkeypatch):
	frappe.set_user("Administrator")
	users = [factory.user(), factory.user()]
	factory.course()
	frappe.set_user(hr)

	def toasts():
		said = [frappe._dict(each) for each in frappe.get_message_log()]
		return [each.message for each in said if each.alert and "assigned" in each.message]

	frappe.local.message_log = []
	factory.employee(users[0], job_applicant=factory.onboarding().job_applicant)
	# A job has nobody to show it to.
	assert toasts() == []
	monkeypatch.setattr(frappe.local, "request", frappe._dict(path="/"), raising=False)
	factory.employee(users[1], job_applicant=factory.onboarding().job_applicant)
	assert toasts() == ["2 courses were assigned"]
