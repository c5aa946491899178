"""Sites from before it was fixed with a completion until when it counts: the upgrade fills it (rule 5)."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import daily
from smooth_lms_hr.patches.v0_3 import fill_valid_until
from tests.site import factory
from tests.site.conftest import TODAY

ASSIGNMENT = "LMS Training Assignment"


@pytest.fixture
def old(hire, hr):
	"""Return a completion of a course that counts for a year, as the release before has written it."""
	course = factory.course(validity_days=365)
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	name = factory.assignment(member=hire.user_id).name
	frappe.db.set_value(ASSIGNMENT, name, {"valid_until": None, "to_renew": 0})
	return lambda: factory.assignment(name=name)


def test_it_counts_as_long_as_its_course_says_today(old):
	fill_valid_until.execute()
	assert (old().valid_until, old().to_renew) == (TODAY + timedelta(days=365), 1)


def test_what_is_filled_already_stays_and_a_second_run_changes_nothing(old):
	fill_valid_until.execute()
	frappe.db.set_value("LMS Course", old().course, "validity_days", 10)
	fill_valid_until.execute()
	assert old().valid_until == TODAY + timedelta(days=365)


def test_what_counts_for_ever_is_left_alone(old):
	frappe.db.set_value("LMS Course", old().course, "validity_days", 0)
	fill_valid_until.execute()
	assert (old().valid_until, old().to_renew) == (None, 0)


def test_what_ran_out_before_the_upgrade_is_renewed_by_the_first_daily_run(old, clock, hire):
	today = clock(400)
	fill_valid_until.execute()
	daily.run()
	_old, new = factory.assignments(member=hire.user_id)
	assert (new.cycle, new.status, new.due_date) == (2, "Pending", today + timedelta(days=30))
	daily.run()
	assert len(factory.assignments(member=hire.user_id)) == 2
