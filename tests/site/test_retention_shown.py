"""The report Training Retention: what would go, what a hold keeps and why, and what went, as far as the reader sees the people."""

import frappe
import pytest

from smooth_lms_hr import api, desk
from smooth_lms_hr.smooth_lms_hr.report.training_retention.training_retention import execute
from tests.site import factory, two_companies
from tests.site.conftest import TODAY
from tests.site.erased import SEVEN_YEARS, leave, retain, run_after
from tests.site.queries import Queries

READERS = ("System Manager", "HR Manager", "Training Auditor")


def rows(**filters) -> list[dict]:
	return execute(filters)[1]


@pytest.fixture
def left(owed, hr):
	"""Somebody who owes a course, and leaves today."""
	employee = frappe.get_doc("Employee", owed.employee)
	leave(employee)
	return employee


def test_it_says_who_is_kept_until_when_and_by_which_rule(left):
	(row,) = rows(state="Kept")
	assert (row["employee"], str(row["left_on"]), str(row["kept_until"])) == (
		left.name,
		str(TODAY),
		"2033-11-23",
	)
	assert row["why"] == "7 years after exit, by the settings"
	assert row["assignments"] == 1
	# By itself it lists what somebody has to look at.
	assert rows() == []


def test_it_says_what_would_go_on_a_day(left):
	assert rows(state="Kept No Longer", on_day="2033-11-23") == []
	(row,) = rows(on_day="2033-11-24")
	assert (row["state"], row["employee"]) == ("Kept No Longer", left.name)


def test_it_says_who_is_held_by_whom_and_why(left, hire):
	working = factory.employee(factory.user())
	api.hold_record("Lawsuit", employees=[left.name, working.name])
	found = {row["employee"]: row for row in rows(on_day="2040-01-01")}
	assert set(found) == {left.name, working.name}
	assert {(row["state"], row["why"]) for row in found.values()} == {("On Hold", "Lawsuit")}
	assert all(row["held_by"] and row["held_on"] for row in found.values())


def test_it_says_what_went_and_of_nobody(left, clock):
	retain("On")
	run_after(clock, SEVEN_YEARS)
	(row,) = rows(state="Erased")
	assert (row["assignments"], row["evidence"]) == (1, 0)
	assert "settings" in row["why"]
	assert left.name not in str(row)
	assert left.employee_name not in str(row)
	assert rows(on_day="2040-01-01") == rows(state="Kept") == []


@pytest.mark.parametrize("mode", ["Off", "Dry Run", "On"])
def test_it_says_whether_anything_is_erased_at_all(left, mode):
	retain(mode)
	message = execute({})[2]
	assert bool(message) == (mode != "On")


def test_hr_of_another_company_sees_none_of_it(left, as_user, clock):
	api.hold_record("Lawsuit", employees=[left.name])
	as_user(two_companies.limited_hr(factory.company("Elsewhere Ltd"), "HR Manager"))
	for state in ("Kept No Longer", "On Hold", "Kept", "Erased"):
		assert rows(state=state, on_day="2040-01-01") == []
	assert desk.get_hold(left.name) is None


def test_the_form_of_the_employee_is_told_of_a_hold(left, as_user):
	assert desk.get_hold(left.name) is None
	api.hold_record("Lawsuit", employees=[left.name])
	assert desk.get_hold(left.name)["reason"] == "Lawsuit"
	as_user(factory.user("HR User"))
	assert desk.get_hold(left.name) is None


@pytest.mark.parametrize("role", ["LMS Student", "Employee", "HR User", "Moderator", *READERS])
def test_it_is_for_who_answers_for_what_is_kept(left, as_user, role):
	as_user(factory.user(role))
	if role in READERS:
		assert len(rows(state="Kept")) == 1
	else:
		with pytest.raises(frappe.PermissionError):
			rows()


def test_its_queries_do_not_grow_with_people(left):
	def count() -> int:
		with Queries() as queries:
			rows(on_day="2040-01-01")
		return len(queries)

	first = count()
	for _number in range(4):
		person = factory.employee(factory.user())
		factory.onboarding(employee=person.name)
		leave(person)
	assert len(rows(on_day="2040-01-01")) == 5
	assert count() <= first + 1
