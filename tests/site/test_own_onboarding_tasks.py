"""What a new hire has to do themselves while an onboarding of theirs is open, on /my-training."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_days, set_request
from frappe.website.serve import get_response

from smooth_lms_hr.showing import onboardings
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.queries import number_of

MARKUP = "<p>Bring your <b>passport</b> &amp; <img src=x onerror=alert(1)></p><p>And a photo</p>"


@pytest.fixture(autouse=True)
def _no_request_remains():
	yield
	for name in ("request", "request_ip"):
		if hasattr(frappe.local, name):
			delattr(frappe.local, name)


@pytest.fixture
def worker():
	return factory.employee(factory.user("Employee"))


def onboard(worker, *activities, **fields):
	return factory.onboarding(
		employee=worker.name,
		activities=[
			{"activity_name": name, "begin_on": 1, "duration": 2, **given} for name, given in activities
		],
		**fields,
	)


def tasks(worker):
	return [(task.activity, task.state) for task in onboardings.tasks_of(worker.user_id)]


def test_what_names_the_new_hire_or_a_role_of_theirs_is_theirs(worker):
	other = factory.user("Employee")
	onboard(
		worker,
		("Sign the contract", {"user": worker.user_id}),
		("Hand out the keys", {}),
		("Set up the laptop", {"role": "System Manager"}),
		("Meet the team", {"role": "Employee"}),
		("Show them around", {"user": other}),
	)
	assert tasks(worker) == [("Sign the contract", "Pending"), ("Meet the team", "Pending")]
	# What is asked of a role is asked of the new hire alone here, not of all who have it.
	assert onboardings.tasks_of(other) == []


def test_what_is_nobodys_is_not_of_who_has_no_role():
	someone = factory.employee(factory.user())
	onboard(someone, ("Hand out the keys", {}), ("Have lunch", {"role": None, "user": None}))
	assert tasks(someone) == []


def test_the_state_is_that_of_its_task(worker):
	mine = {"user": worker.user_id}
	doc = onboard(worker, *((name, mine) for name in "abcdef"))
	doc.submit()
	doc.reload()
	for activity, status in zip(
		doc.activities,
		("Open", "Working", "Pending Review", "Overdue", "Completed", "Cancelled"),
		strict=True,
	):
		frappe.db.set_value("Task", activity.task, "status", status)
	assert [state for _name, state in tasks(worker)] == [
		"Pending", "In Progress", "In Progress", "Overdue", "Completed", "Cancelled",
	]  # fmt: skip


def test_the_day_is_the_onboardings_own_and_that_of_its_task_once_there_is_one(worker):
	doc = onboard(worker, ("Sign the contract", {"user": worker.user_id}), boarding_begins_on=TODAY)
	(task,) = onboardings.tasks_of(worker.user_id)
	assert task.due_on == TODAY + timedelta(days=3)
	doc.submit()
	doc.reload()
	frappe.db.set_value("Task", doc.activities[0].task, "exp_end_date", add_days(TODAY, 6))
	(task,) = onboardings.tasks_of(worker.user_id)
	assert task.due_on == TODAY + timedelta(days=6)


@pytest.mark.parametrize("ended", ["completed", "cancelled", "left"])
def test_once_it_is_over_nothing_of_it_is_shown(worker, ended):
	doc = onboard(worker, ("Sign the contract", {"user": worker.user_id}))
	doc.submit()
	assert tasks(worker)
	if ended == "completed":
		frappe.db.set_value("Employee Onboarding", doc.name, "boarding_status", "Completed")
	elif ended == "cancelled":
		doc.reload()
		doc.cancel()
	else:
		frappe.db.set_value("Employee", worker.name, "status", "Left")
	assert tasks(worker) == []


def test_an_onboarding_that_was_never_linked_is_found_by_its_applicant(worker):
	doc = onboard(worker, ("Sign the contract", {"user": worker.user_id}))
	frappe.db.set_value("Employee Onboarding", doc.name, "employee", None)
	assert tasks(worker) == []
	frappe.db.set_value("Employee", worker.name, "job_applicant", doc.job_applicant)
	assert tasks(worker) == [("Sign the contract", "Pending")]


def test_the_page_shows_it_as_text_to_the_new_hire_alone(worker):
	other = factory.employee(factory.user("Employee"))
	onboard(worker, ("Sign & send <b>it</b>", {"user": worker.user_id, "description": MARKUP}))

	def page(user):
		frappe.set_user(user)
		frappe.local.form_dict = frappe._dict()
		set_request(method="GET", path="/my-training")
		return get_response().get_data(as_text=True)

	html = page(worker.user_id)
	assert "My onboarding" in html
	assert "Bring your passport &amp; And a photo" in html
	assert "<b>it" not in html
	assert "<img" not in html[html.index('id="main"') :]
	assert "My onboarding" not in page(other.user_id)


def test_many_activities_cost_as_many_queries_as_one(worker):
	mine = {"user": worker.user_id}
	onboard(worker, ("One", mine)).submit()
	# The first time Frappe reads what the DocTypes are.
	onboardings.tasks_of(worker.user_id)
	one = number_of(lambda: onboardings.tasks_of(worker.user_id))
	onboard(worker, *((str(number), mine) for number in range(20))).submit()
	assert number_of(lambda: onboardings.tasks_of(worker.user_id)) == one <= 5
	assert len(tasks(worker)) == 21
