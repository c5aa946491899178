from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.status import (
	CANCELLED,
	COMPLETED,
	FINAL,
	IN_PROGRESS,
	OPEN,
	OVERDUE,
	PENDING,
	WAIVED,
	derive_status,
	percent_done,
)

TODAY = date(2026, 11, 23)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
percent = st.floats(0, 120, allow_nan=False)


@pytest.mark.parametrize(
	("current", "progress", "due_in", "expected"),
	[
		(None, 0, 30, PENDING),
		(None, 0.001, 30, IN_PROGRESS),
		(IN_PROGRESS, 99.999, 30, IN_PROGRESS),
		(PENDING, 100, 30, COMPLETED),
		(PENDING, 0, 0, PENDING),  # the due date itself is not late
		(PENDING, 0, -1, OVERDUE),
		(IN_PROGRESS, 50, -1, OVERDUE),
		(OVERDUE, 50, 5, IN_PROGRESS),  # the due date was moved
		(OVERDUE, 0, 5, PENDING),
		(OVERDUE, 100, -5, COMPLETED),  # late, but done
		(COMPLETED, 40, -5, COMPLETED),  # lessons were added later
		(WAIVED, 100, 5, WAIVED),
		(CANCELLED, 0, -5, CANCELLED),
	],
)
def test_status_follows_from_the_facts(current, progress, due_in, expected):
	assert derive_status(current, progress, TODAY + timedelta(days=due_in), TODAY) == expected


@given(st.sampled_from([None, *OPEN, *FINAL]), percent, days, days)
def test_deriving_again_changes_nothing(current, progress, due, today):
	once = derive_status(current, progress, due, today)
	assert derive_status(once, progress, due, today) == once


@given(st.sampled_from(OPEN), st.lists(st.tuples(percent, days), min_size=1))
def test_an_open_status_depends_on_the_last_facts_alone(start, events):
	status = start
	for progress, today in events:
		status = derive_status(status, progress, TODAY, today)
		if status in FINAL:
			break
	else:
		assert status == derive_status(None, *_last(events))


def _last(events):
	progress, today = events[-1]
	return progress, TODAY, today


@given(st.sampled_from(FINAL), percent, days, days)
def test_what_is_final_stays(current, progress, due, today):
	assert derive_status(current, progress, due, today) == current


@pytest.mark.parametrize(
	("done", "lessons", "percent"),
	[
		(0, 4, 0),
		(1, 3, 33.333),
		(2, 3, 66.667),
		(3, 3, 100),
		(0, 0, 0),  # a course without lessons is never done
		(999_999, 1_000_000, 99.999),  # rounding completes nothing
	],
)
def test_what_is_done_is_a_share_of_the_lessons(done, lessons, percent):
	assert percent_done(done, lessons) == percent
