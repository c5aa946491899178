"""How long the record of somebody is kept who has left."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.retention import Employment, exit_of, is_over, kept_until, longest

DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))
YEARS = st.integers(0, 100)
EXITS = st.lists(DAYS, min_size=1, max_size=4)


def ended(*days: date | None) -> list[Employment]:
	return [Employment(f"E-{number}", True, day) for number, day in enumerate(days)]


def test_a_record_is_kept_up_to_and_including_its_last_day():
	until = kept_until(date(2026, 11, 23), 7)
	assert until == date(2033, 11, 23)
	assert not is_over(until, until)
	assert is_over(until, until + timedelta(days=1))


def test_who_left_on_a_leap_day_is_kept_to_the_last_of_february():
	assert kept_until(date(2028, 2, 29), 1) == date(2029, 2, 28)
	assert kept_until(date(2028, 2, 29), 4) == date(2032, 2, 29)


def test_what_nobody_can_count_to_is_kept_to_the_end_of_days():
	assert kept_until(date(2026, 1, 1), 100_000) == date(9999, 1, 1)


@given(EXITS)
def test_of_several_employments_the_last_one_counts(days):
	assert exit_of(ended(*days)) == max(days)


@given(EXITS, st.booleans())
def test_who_is_there_still_under_any_record_has_no_exit(days, on_leave):
	still = Employment("E-now", on_leave, None)
	assert exit_of([*ended(*days), still]) is None
	assert exit_of([]) is None


def test_without_an_exit_nothing_is_ever_over():
	assert not is_over(None, date.max)


@given(YEARS, st.lists(YEARS))
def test_the_longest_of_what_is_said_wins(of_settings, of_types):
	years = longest(of_settings, of_types)
	assert years in (of_settings, *of_types)
	assert all(years >= each for each in (of_settings, *of_types))


@given(DAYS, YEARS, YEARS)
def test_more_years_are_never_less_time(day, fewer, more):
	fewer, more = sorted((fewer, more))
	assert day <= kept_until(day, fewer) <= kept_until(day, more)
