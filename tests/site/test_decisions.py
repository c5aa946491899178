"""Another due date, a waiver, a reminder right now: decided by people, with a trail."""

from datetime import date, timedelta
from html import unescape

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.showing import history
from tests.site import factory
from tests.site.conftest import TODAY

ASSIGNMENT = "LMS Training Assignment"


@pytest.fixture
def hr():
	return factory.hr_manager()


@pytest.fixture
def assignment():
	factory.course()
	member = factory.user()
	factory.onboarding(employee=factory.employee(member).name)
	return factory.assignment(member=member)


def stored(row):
	return frappe.db.get_value(ASSIGNMENT, row.name, "*", as_dict=True)


def timeline(row):
	return [entry["content"] for entry in history.timeline(ASSIGNMENT, row.name)]


def test_extending_takes_overdue_back_and_leaves_a_trail(assignment, hr, clock):
	clock(31)
	daily.run()
	assert stored(assignment).status == "Overdue"
	frappe.set_user(hr)
	answer = api.extend_due_date([assignment.name], "2027-01-31", 'On leave, "really" <b>')
	assert [row["name"] for row in answer["done"]] == [assignment.name]
	row = stored(assignment)
	assert (row.status, row.due_date, row.original_due_date) == (
		"Pending", date(2027, 1, 31), assignment.due_date,
	)  # fmt: skip
	assert row.due_date_basis == f"Chosen by {hr} on 2026-12-24"
	assert factory.events(assignment.name) == [
		("Overdue", "Pending", "Overdue", None, "Administrator"),
		("Due Date Moved", str(assignment.due_date), "2027-01-31", 'On leave, "really" ‹b>', hr),
	]
	said = timeline(assignment)[-1]
	assert unescape(said).endswith('On leave, "really" ‹b>')
	assert "<" not in said


def test_a_date_in_the_past_is_refused_unless_it_is_the_original_one(assignment, hr, clock):
	clock(40)
	frappe.set_user(hr)
	for name, due, said in (
		(assignment.name, TODAY + timedelta(days=39), "in the past"),
		(assignment.name, assignment.due_date, "already"),
	):
		(row,) = api.extend_due_date([name], due, "why")["failed"]
		assert said in row["message"]
	assert api.extend_due_date([assignment.name], "2027-03-01", "later")["done"]
	assert api.extend_due_date([assignment.name], assignment.due_date, "a mistake")["done"]
	assert stored(assignment).status == "Overdue"


def test_a_waiver_says_who_when_and_why(assignment, hr):
	frappe.set_user(hr)
	api.waive(assignment.name, "Has a licence")
	row = stored(assignment)
	assert (row.status, row.waived_by, row.waiver_reason) == ("Waived", hr, "Has a licence")
	assert row.waived_on.date() == TODAY
	assert factory.events(assignment.name) == [("Waived", "Pending", "Waived", "Has a licence", hr)]
	assert timeline(assignment)[-1].endswith("waived this: Has a licence")
	frappe.set_user("Administrator")
	factory.complete_lessons(assignment.member, assignment.course)
	daily.run()
	assert stored(assignment).status == "Waived"


def test_each_row_is_decided_by_itself(assignment, hr):
	factory.course("Another")
	member = factory.user()
	factory.onboarding(employee=factory.employee(member).name)
	done, other = factory.assignments(member=member)
	factory.complete_lessons(member, done.course)
	frappe.set_user(hr)
	answer = api.waive([assignment.name, done.name, "TA-none", other.name, other.name], "why")
	assert [row["name"] for row in answer["done"]] == [assignment.name, other.name]
	failed = {row["name"]: row["message"] for row in answer["failed"]}
	assert "It is completed" in failed[done.name]
	assert "TA-none" in failed["TA-none"]
	assert stored(done).status == "Completed"


@pytest.mark.parametrize(
	("method", "arguments", "said"),
	[
		(api.waive, {"assignments": [], "reason": "x"}, "No assignment"),
		(api.waive, {"assignments": ["TA-1"], "reason": "  "}, "reason is required"),
		(api.waive, {"assignments": [1], "reason": "x"}, "list of names"),
		(api.waive, {"assignments": [f"TA-{i}" for i in range(10_000)], "reason": "x"}, "10000 .* more than"),
		(
			api.extend_due_date,
			{"assignments": ["TA-1"], "due_date": "", "reason": "x"},
			"due_date is required",
		),
		(
			api.extend_due_date,
			{"assignments": ["TA-1"], "due_date": "<b>", "reason": "x"},
			"not a (valid )?date",
		),
		(api.extend_due_date, {"assignments": ["TA-1"], "due_date": "2027-01-01", "reason": ""}, "reason"),
		(api.send_reminder, {"assignments": []}, "No assignment"),
	],
)
def test_input_that_makes_no_sense_is_refused_by_name(hr, method, arguments, said):
	frappe.set_user(hr)
	with pytest.raises(frappe.ValidationError, match=said):
		method(**arguments)


def test_only_who_may_decide_decides(assignment):
	boss = factory.employee(factory.user())
	frappe.db.set_value("Employee", assignment.employee, "reports_to", boss.name)
	from frappe.utils.nestedset import rebuild_tree

	rebuild_tree("Employee")
	people = (assignment.member, boss.user_id, factory.user("HR User"), factory.user("Employee"))
	for user in people:
		frappe.set_user(user)
		for method in (
			lambda: api.waive([assignment.name], "why"),
			lambda: api.extend_due_date([assignment.name], "2027-01-31", "why"),
		):
			answer = method()
			assert not answer["done"], user
			assert len(answer["failed"]) == 1
	row = stored(assignment)
	assert (row.status, row.due_date) == ("Pending", assignment.due_date)
	assert factory.events(assignment.name) == []


@pytest.fixture
def mail_account():
	factory.mail_account()


def mails_to(user):
	return frappe.get_all("Email Queue Recipient", {"recipient": user}, pluck="parent")


def test_a_manager_reminds_the_team_and_nobody_else(assignment, mail_account):
	boss, stranger = factory.employee(factory.user()), factory.employee(factory.user())
	frappe.db.set_value("Employee", assignment.employee, "reports_to", boss.name)
	from frappe.utils.nestedset import rebuild_tree

	rebuild_tree("Employee")
	for user in (stranger.user_id, assignment.member, factory.user("HR User")):
		frappe.set_user(user)
		answer = api.send_reminder([assignment.name])
		assert (len(answer["done"]), len(answer["failed"])) == (0, 1)
	assert not mails_to(assignment.member)
	frappe.set_user(boss.user_id)
	assert api.send_reminder([assignment.name])["done"]
	assert len(mails_to(assignment.member)) == 1
	(row,) = api.send_reminder([assignment.name])["failed"]
	assert "reminded today already" in row["message"]
	assert len(mails_to(assignment.member)) == 1
	frappe.set_user("Administrator")
	assert (stored(assignment).reminders_sent, stored(assignment).last_reminded_on.date()) == (1, TODAY)


def test_nobody_is_reminded_of_what_is_not_owed(assignment, hr, mail_account):
	frappe.set_user(hr)
	api.waive([assignment.name], "why")
	(row,) = api.send_reminder([assignment.name])["failed"]
	assert "waived" in row["message"]
	assert not mails_to(assignment.member)
