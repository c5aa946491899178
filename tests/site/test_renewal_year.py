"""A year with a course that is renewed every few months, and a month without a scheduler (rule 11)."""

from datetime import date, timedelta

import frappe
import pytest

from smooth_lms_hr import tasks
from tests.site import factory
from tests.site.conftest import TODAY

DAYS = 365
VALIDITY, WINDOW = 120, 30
OUTAGE = 30


def live(clock, learns, outage: range) -> list[frappe._dict]:
	"""Let a year pass for somebody who owes a course by a rule; return its cycles.

	:param learns: says of an open assignment and a day whether it is learned whole on that day
	:param outage: days without a run
	"""
	course = factory.course(is_mandatory=0, validity_days=VALIDITY, training_due_days=20)
	employee = factory.employee(factory.user())
	factory.rule(courses=[course], audience=[("Employee", employee.name)])
	for number in range(DAYS):
		today = clock(number)
		if number not in outage:
			assert not tasks.daily()["not_done"]
		rows = factory.assignments(member=employee.user_id)
		(owed,) = [row for row in rows if row.status not in ("Completed", "Cancelled")] or [None]
		if owed and learns(owed, today):
			factory.complete_lessons(employee.user_id, course)
		assert [row.cycle for row in rows] == list(range(1, len(rows) + 1))
	return factory.assignments(member=employee.user_id)


def ahead(days: int) -> date:
	return TODAY + timedelta(days=days)


def renewals(rows) -> list[list[str]]:
	"""Return of each row the cycles that it is said to have been renewed by."""
	cycles = {row.name: row.cycle for row in rows}
	return [[cycles[event[2]] for event in factory.events(row.name) if event[0] == "Renewed"] for row in rows]


def on_the_due_date(row, today: date) -> bool:
	return today == row.due_date


def test_three_cycles_in_a_year_none_is_missed_and_none_comes_twice(clock):
	rows = live(clock, on_the_due_date, range(0))
	first = ahead(20)
	days = [first + timedelta(days=VALIDITY * number) for number in range(3)]
	assert [(row.due_date, row.completed_on, row.valid_until) for row in rows[:3]] == [
		(day, day, day + timedelta(days=VALIDITY)) for day in days
	]
	# The window of the fourth opens on day 350.
	assert (rows[3].status, rows[3].due_date) == ("Pending", days[2] + timedelta(days=VALIDITY))
	assert [row.source for row in rows] == ["Rule", "Renewal", "Renewal", "Renewal"]
	assert renewals(rows) == [[2], [3], [4], []]


@pytest.mark.parametrize(
	("begins", "days", "due"),
	[
		# The window of the first renewal is days 110 to 140: it begins without a run, and ends with the first one,
		(100, OUTAGE, 140),
		(110, OUTAGE, 140),
		# or passes without any.
		(105, 40, 145 + 20),
	],
)
def test_a_month_without_a_scheduler_in_the_middle_loses_no_renewal(clock, begins, days, due):
	rows = live(clock, on_the_due_date, range(begins, begins + days))
	assert [(row.status, row.due_date) for row in rows[:3]] == [
		("Completed", ahead(20)),
		("Completed", ahead(due)),
		("Completed", ahead(due + VALIDITY)),
	]
	assert renewals(rows)[:2] == [[2], [3]]
	assert all(len(each) <= 1 for each in renewals(rows))
