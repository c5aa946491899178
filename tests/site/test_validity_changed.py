"""A course counts for a different number of days now: those on record follow where HR says so (rule 11)."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import daily, desk
from smooth_lms_hr.following import validity_changes
from smooth_lms_hr.record import reasons
from tests.site import factory
from tests.site.conftest import TODAY, harness
from tests.site.queries import Queries


def day(number):
	return TODAY + timedelta(days=number)


@pytest.fixture
def completed(hire, hr):
	"""Return a course that counts for a year, completed today, and its assignment as it stands."""
	course = factory.course(validity_days=365)
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	return course, lambda: factory.assignments(member=hire.user_id, course=course)


def change(course, **fields):
	frappe.db.set_value("LMS Course", course, fields)


def test_on_record_it_counts_as_long_as_the_course_said_then(completed):
	course, rows = completed
	change(course, validity_days=100)
	daily.run()
	assert rows()[0].valid_until == day(365)


@pytest.mark.parametrize(
	("days", "until", "to_renew"), [(100, day(100), 1), (730, day(730), 1), (0, None, 0), (1, day(1), 1)]
)
def test_it_follows_where_hr_says_so_with_an_event(completed, days, until, to_renew):
	course, rows = completed
	change(course, validity_days=days)
	validity_changes.apply(course)
	(row,) = rows()
	assert (row.valid_until, row.to_renew, row.status) == (until, to_renew, "Completed")
	said = (str(day(365)), str(until) if until else None, reasons.DAYS_CHANGED)
	assert factory.events(row.name)[-1][:4] == ("Validity Changed", *said)
	before = factory.events(row.name)
	validity_changes.apply(course)
	assert factory.events(row.name) == before


def test_what_counted_for_ever_may_end(hire, hr):
	course = factory.course()
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	change(course, validity_days=30)
	validity_changes.apply(course)
	row = factory.assignment(member=hire.user_id)
	assert (row.valid_until, row.to_renew) == (day(30), 1)


def test_what_was_renewed_already_stays_as_it_was(completed, clock, hire):
	course, rows = completed
	clock(340)
	daily.run()
	factory.complete_lessons(hire.user_id, course)
	change(course, validity_days=100)
	validity_changes.apply(course)
	assert [row.valid_until for row in rows()] == [day(365), day(440)]


def test_shortened_to_what_is_past_it_is_renewed_the_next_day(completed, clock):
	course, rows = completed
	clock(50)
	change(course, validity_days=10)
	validity_changes.apply(course)
	daily.run()
	assert [(row.status, row.due_date) for row in rows()] == [
		("Completed", day(30)),
		("Pending", day(80)),
	]


def test_hundreds_follow_in_as_many_queries_as_a_few(hr):
	course, counts = factory.course(validity_days=365, is_mandatory=0), []
	same = {
		"course": course,
		"cycle": 1,
		"status": "Completed",
		"completed_on": TODAY,
		"valid_until": day(365),
		"due_date": TODAY,
	}
	for number in (3, 300):
		rows = [
			{"name": f"TA-{number}-{each}", "member": f"{number}-{each}@example.com", **same}
			for each in range(number)
		]
		factory.insert("LMS Training Assignment", rows)
		change(course, validity_days=100 + number)
		with Queries() as queries:
			validity_changes.apply(course)
		counts.append(len(queries))
	assert counts[1] <= counts[0]


def test_the_desk_asks_for_it_in_the_background(completed):
	course, rows = completed
	change(course, validity_days=100)
	desk.apply_validity(course)
	assert rows()[0].valid_until == day(365)
	harness.run_jobs()
	assert rows()[0].valid_until == day(100)


def test_who_may_not_decide_may_not_change_it(completed, hire):
	course, rows = completed
	change(course, validity_days=100)
	frappe.set_user(hire.user_id)
	with pytest.raises(frappe.PermissionError):
		desk.apply_validity(course)
	frappe.set_user("Administrator")
	with pytest.raises(frappe.ValidationError, match="no course"):
		desk.apply_validity("<b>nothing</b>")
	assert rows()[0].valid_until == day(365)
