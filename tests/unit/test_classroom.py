"""How long a training event takes (rule 16: who was present has evidence of it)."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.classroom import hours, is_over

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))


def at(text: str) -> datetime:
	return datetime.fromisoformat(text)


@pytest.mark.parametrize(
	("begins", "ends", "expected"),
	[
		("2026-11-02 09:00", "2026-11-02 17:00", 8),
		("2026-11-02 09:00", "2026-11-02 09:20", 0.33),
		# Three days from nine to five.
		("2026-11-02 09:00", "2026-11-04 17:00", 24),
		# One night.
		("2026-11-02 22:00", "2026-11-03 06:00", 8),
		# A whole day and a whole night.
		("2026-11-02 09:00", "2026-11-03 09:00", 24),
		("2026-11-02 17:00", "2026-11-02 09:00", 0),
		("2026-11-02 09:00", "2026-11-02 09:00", 0),
	],
)
def test_hours_of_an_event(begins, ends, expected):
	assert hours(at(begins), at(ends)) == expected


@given(begins=MOMENTS, ends=MOMENTS)
def test_hours_are_never_more_than_the_time_between(begins, ends):
	assert 0 <= hours(begins, ends) <= max((ends - begins) / timedelta(hours=1), 0) + 0.01


def test_an_event_is_over_on_its_last_day():
	ends = at("2026-11-04 17:00")
	assert [is_over(ends, date(2026, 11, day)) for day in (3, 4, 5)] == [False, True, True]
