from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.due_dates import MAX_DAYS, Basis, due_date, is_still_valid

TODAY = date(2026, 11, 23)


def test_thirty_days_cross_the_end_of_a_year():
	due = due_date(TODAY, course_days=0, default_days=30)
	assert (due.date, due.basis, due.days) == (date(2026, 12, 23), Basis.DEFAULT, 30)
	assert due_date(date(2027, 12, 15), 0, 30).date == date(2028, 1, 14)
	assert due_date(date(2028, 2, 1), 0, 30).date == date(2028, 3, 2)  # a leap year


def test_the_courses_own_days_go_before_the_default():
	due = due_date(TODAY, course_days=7, default_days=30)
	assert (due.date, due.basis, due.days) == (date(2026, 11, 30), Basis.COURSE, 7)


def test_a_chosen_date_goes_before_both():
	chosen = date(2027, 1, 31)
	due = due_date(TODAY, course_days=7, default_days=30, given=chosen)
	assert (due.date, due.basis, due.days) == (chosen, Basis.GIVEN, None)


@pytest.mark.parametrize("days", [-1, -(10**9), MAX_DAYS + 1, 10**12])
def test_absurd_days_are_refused(days):
	with pytest.raises(ValueError, match=str(days)):
		due_date(TODAY, course_days=days, default_days=30)


@pytest.mark.parametrize("days", [0, -5, MAX_DAYS + 1])
def test_an_absurd_default_is_refused(days):
	with pytest.raises(ValueError, match=str(days)):
		due_date(TODAY, course_days=0, default_days=days)


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)), st.integers(1, MAX_DAYS))
def test_the_due_date_is_that_many_days_away(today, days):
	assert (due_date(today, days, 30).date - today).days == days


def test_a_completion_counts_up_to_and_including_its_last_day():
	completed = date(2025, 11, 23)
	assert is_still_valid(completed, 365, date(2026, 11, 23))
	assert not is_still_valid(completed, 365, date(2026, 11, 24))


@given(st.dates(), st.dates(), st.integers(-5, 0))
def test_without_validity_days_it_never_expires(completed, today, days):
	assert is_still_valid(completed, days, today)


@given(
	st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, MAX_DAYS), st.integers(-10, MAX_DAYS + 10)
)
def test_validity_ends_once_and_for_all(completed, validity, later):
	today = completed + timedelta(days=later)
	assert is_still_valid(completed, validity, today) == (later <= validity)
