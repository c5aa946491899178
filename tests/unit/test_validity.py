from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.validity import PREVIOUS_EXPIRY, is_valid, valid_until, window

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
DONE = date(2026, 3, 1)


def test_a_completion_counts_up_to_and_including_its_last_day():
	until = valid_until(date(2025, 11, 23), 365)
	assert until == date(2026, 11, 23)
	assert is_valid(until, date(2026, 11, 23))
	assert not is_valid(until, date(2026, 11, 24))


def test_one_day_is_today_and_tomorrow():
	until = valid_until(DONE, 1)
	assert [is_valid(until, DONE + timedelta(days=n)) for n in (0, 1, 2)] == [True, True, False]


@given(DAYS, DAYS, st.integers(-5, 0))
def test_without_validity_days_it_counts_for_ever(completed, today, days):
	assert is_valid(valid_until(completed, days), today)


def test_the_window_is_never_more_than_half_of_the_time():
	assert [window(days, 30) for days in (1, 2, 59, 60, 365)] == [0, 1, 29, 30, 30]
	assert window(365, 0) == 0


def renewed(days_before, validity=365, before=30):
	"""Return how many days after the previous expiry a renewal ends that was done so many days before it."""
	previous = date(2026, 6, 30)
	until = valid_until(previous - timedelta(days=days_before), validity, PREVIOUS_EXPIRY, previous, before)
	return (until - previous).days


def test_who_renews_within_the_window_loses_no_days():
	assert [renewed(days) for days in (0, 1, 30)] == [365, 365, 365]


def test_who_renews_before_the_window_or_too_late_begins_on_that_day():
	assert renewed(31) == 365 - 31
	assert renewed(-1) == 366


def test_half_of_a_short_validity_is_the_window():
	assert renewed(5, validity=10) == 10
	assert renewed(6, validity=10) == 4


def test_without_a_completion_before_there_is_no_expiry_to_count_from():
	assert valid_until(DONE, 10, PREVIOUS_EXPIRY, None, 30) == DONE + timedelta(days=10)


@given(DAYS, st.integers(1, 3650), st.integers(-4000, 4000), st.integers(0, 3650))
def test_a_renewal_never_counts_for_less_than_one_from_its_day(previous, validity, later, before):
	completed = previous + timedelta(days=later)
	until = valid_until(completed, validity, PREVIOUS_EXPIRY, previous, before)
	assert until >= valid_until(completed, validity)
