"""What went past the gate (rule 8): looked for daily, listed once where HR looks, gone once it is done, never undone."""

import frappe
from frappe.utils import add_days

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning.exceptions import OF_GATE
from smooth_lms_hr.following import past_gate
from smooth_lms_hr.following.progress import chunks_of_open
from smooth_lms_hr.showing import unmet
from smooth_lms_hr.smooth_lms_hr.report.training_exceptions.training_exceptions import execute
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.queries import Queries

EXCEPTION = "LMS Training Exception"
COMPLETED, CONFIRMED = OF_GATE


def look() -> None:
	assert daily.run()["not_done"] == []


def complete_by_sql(onboarding) -> None:
	frappe.db.set_value("Employee Onboarding", onboarding.name, "boarding_status", "Completed")


def confirm_by_sql(hire, day=TODAY) -> None:
	frappe.db.set_value("Employee", hire.name, "final_confirmation_date", day)


def listed(**filters) -> list[tuple]:
	"""Return kind, employee, onboarding and why of what the report shows."""
	return [
		(row["kind"], row["employee"], row["onboarding"] or None, row["why"])
		for row in unmet.exceptions(frappe._dict(filters))
		if row["kind"] in OF_GATE
	]


def test_what_sql_completes_is_listed_and_left_as_it_is(onboarding, hire, gate):
	gate("Block")
	complete_by_sql(onboarding)
	look()
	assert listed() == [
		(
			COMPLETED, hire.name, onboarding.name,
			f"The onboarding {onboarding.name} is completed, and this training is open: Fire Safety",
		)
	]  # fmt: skip
	assert frappe.db.get_value("Employee Onboarding", onboarding.name, "boarding_status") == "Completed"


def test_what_sql_confirms_is_listed(onboarding, hire, gate):
	gate("Block")
	confirm_by_sql(hire, add_days(TODAY, 3))
	look()
	((kind, employee, of, why),) = listed()
	assert (kind, employee, of) == (CONFIRMED, hire.name, None)
	assert "Fire Safety" in why


def test_both_are_listed_side_by_side_and_each_is_found_by_its_kind(onboarding, hire, gate):
	gate("Warn")
	complete_by_sql(onboarding)
	confirm_by_sql(hire)
	look()
	assert sorted(row[0] for row in listed()) == sorted(OF_GATE)
	assert [row[0] for row in listed(kind=CONFIRMED)] == [CONFIRMED]
	actions = {row["kind"]: row["action"] for row in unmet.exceptions(frappe._dict())}
	assert (actions[COMPLETED], actions[CONFIRMED]) == ("open onboarding", "open employee")
	# What is printed or exported says it in words.
	said = {row["kind"]: row["solution"] for row in execute()[1]}
	assert (said[COMPLETED], said[CONFIRMED]) == ("Open Onboarding", "Open Employee")
	assert unmet.count() == len(unmet.exceptions(frappe._dict()))


def test_it_is_listed_once_since_the_first_day(onboarding, hire, gate, clock):
	gate("Block")
	complete_by_sql(onboarding)
	look()
	first = frappe.get_all(EXCEPTION, fields=["name", "since"], filters={"kind": COMPLETED})
	clock(1)
	look()
	assert frappe.get_all(EXCEPTION, fields=["name", "since"], filters={"kind": COMPLETED}) == first


def test_it_goes_once_the_training_is_done(onboarding, hire, safety, gate):
	gate("Block")
	complete_by_sql(onboarding)
	confirm_by_sql(hire)
	look()
	factory.complete_lessons(hire.user_id, safety)
	look()
	assert listed() == []


def test_it_goes_once_the_onboarding_is_open_again(onboarding, gate):
	gate("Block")
	complete_by_sql(onboarding)
	look()
	frappe.db.set_value("Employee Onboarding", onboarding.name, "boarding_status", "In Process")
	look()
	assert listed() == []


def test_it_goes_where_the_gate_is_switched_off(onboarding, gate):
	gate("Block")
	complete_by_sql(onboarding)
	look()
	gate("Off")
	look()
	assert listed() == []


def test_it_says_what_is_still_open(onboarding, hire, safety, course, gate):
	gate("Block")
	factory.rule("Drive", [course], gates=1)
	confirm_by_sql(hire)
	look()
	factory.complete_lessons(hire.user_id, safety)
	look()
	((_kind, _employee, _of, why),) = listed()
	assert "Forklift" in why
	assert "Fire Safety" not in why


def test_what_is_owed_only_since_then_is_nothing_that_went_past(hr, hire, course, gate, clock):
	gate("Block")
	doc = factory.onboarding(employee=hire.name)
	doc.submit()
	complete_by_sql(doc)
	confirm_by_sql(hire)
	clock(30)
	factory.rule("Drive", [course], gates=1)
	assert factory.owed(hire)
	look()
	assert listed() == []


def test_what_a_rule_alone_asks_for_is_found_too(hr, hire, course, gate):
	gate("Block")
	factory.rule("Drive", [course], gates=1)
	doc = factory.onboarding(employee=hire.name)
	doc.submit()
	complete_by_sql(doc)
	look()
	assert [row[:3] for row in listed()] == [(COMPLETED, hire.name, doc.name)]


def test_an_onboarding_that_frappe_hr_never_linked_is_found(hr, safety, gate):
	gate("Off")
	doc = factory.onboarding()
	doc.submit()
	factory.finish_tasks(doc)
	employee = factory.employee_from(doc, factory.user())
	assert not frappe.db.get_value("Employee Onboarding", doc.name, "employee")
	gate("Block")
	look()
	assert [row[:3] for row in listed()] == [(COMPLETED, employee.name, doc.name)]


def test_what_does_not_gate_is_not_listed(hr, hire, course, gate):
	gate("Block")
	api.assign_mandatory_training(employees=[hire.name], courses=[course])
	confirm_by_sql(hire)
	look()
	assert listed() == []


def test_who_may_read_no_onboarding_hears_of_none(onboarding, hire, gate, as_user):
	gate("Block")
	complete_by_sql(onboarding)
	confirm_by_sql(hire)
	look()
	as_user(factory.user("HR User"))
	assert [row[0] for row in listed()] == [CONFIRMED]
	assert listed(kind=COMPLETED) == []


def test_rules_leave_it_alone(onboarding, hire, course, gate):
	gate("Block")
	confirm_by_sql(hire)
	look()
	factory.rule("Drive", [course]).save()
	assert [row[0] for row in listed()] == [CONFIRMED]


def test_two_records_of_a_person_that_are_both_listed_can_be_merged(hr, safety, gate, as_user):
	gate("Block")
	merged, remains = (factory.employee(factory.user()) for _ in range(2))
	for employee in (merged, remains):
		factory.onboarding(employee=employee.name)
		confirm_by_sql(employee)
	look()
	assert len(listed()) == 2
	as_user("Administrator")
	frappe.db.set_value("Employee", merged.name, "user_id", None)
	frappe.rename_doc("Employee", merged.name, remains.name, merge=True)
	assert [row[1] for row in listed()] == [remains.name]


def test_looking_costs_the_same_for_one_and_for_many(hr, safety, gate):
	gate("Block")

	def hire_and_count(number: int) -> int:
		for _ in range(number):
			employee = factory.employee(factory.user())
			doc = factory.onboarding(employee=employee.name)
			doc.submit()
			complete_by_sql(doc)
			confirm_by_sql(employee)
		(names,) = chunks_of_open(1000)
		past_gate.look_at(names)
		with Queries() as queries:
			past_gate.look_at(names)
		return len(queries)

	assert hire_and_count(1) == hire_and_count(5)


def test_who_is_listed_is_gone_over_in_chunks(hr, safety, gate):
	gate("Block")
	people = [factory.employee(factory.user()) for _ in range(3)]
	for employee in people:
		factory.onboarding(employee=employee.name)
		confirm_by_sql(employee)
	look()
	assert list(past_gate.chunks_of_listed(2)) == [
		[person.name for person in people[:2]],
		[person.name for person in people[2:]],
	]
