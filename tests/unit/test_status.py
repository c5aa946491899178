from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.status import (
	AWAITING_SIGNATURE,
	CANCELLED,
	COMPLETED,
	FINAL,
	IN_PROGRESS,
	OPEN,
	OVERDUE,
	PENDING,
	WAIVED,
	derive_status,
	is_late,
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


@pytest.mark.parametrize(
	("current", "progress", "due_in", "to_sign", "expected"),
	[
		(PENDING, 100, 30, True, AWAITING_SIGNATURE),
		(OVERDUE, 100, -5, True, AWAITING_SIGNATURE),  # it goes before Overdue
		(AWAITING_SIGNATURE, 100, -5, True, AWAITING_SIGNATURE),
		(AWAITING_SIGNATURE, 100, -5, None, AWAITING_SIGNATURE),  # nobody has looked: it awaits it still
		(AWAITING_SIGNATURE, 100, 5, False, COMPLETED),  # there is nothing to sign any more
		(AWAITING_SIGNATURE, 80, 5, True, IN_PROGRESS),  # lessons were added
		(AWAITING_SIGNATURE, 80, -5, True, OVERDUE),
		(IN_PROGRESS, 99.999, 5, True, IN_PROGRESS),
		(COMPLETED, 100, 5, True, COMPLETED),  # the statement came later
		(WAIVED, 100, 5, True, WAIVED),
	],
)
def test_what_is_learned_whole_awaits_its_signature(current, progress, due_in, to_sign, expected):
	assert derive_status(current, progress, TODAY + timedelta(days=due_in), TODAY, to_sign) == expected


to_sign = st.sampled_from([True, False])


@given(st.sampled_from([None, *OPEN, *FINAL]), percent, days, days, to_sign)
def test_deriving_again_changes_nothing(current, progress, due, today, to_sign):
	once = derive_status(current, progress, due, today, to_sign)
	assert derive_status(once, progress, due, today, to_sign) == once
	assert derive_status(once, progress, due, today) == once


@given(st.sampled_from(OPEN), st.lists(st.tuples(percent, days, to_sign), min_size=1))
def test_an_open_status_depends_on_the_last_facts_alone(start, events):
	status = start
	for progress, today, to_sign in events:
		status = derive_status(status, progress, TODAY, today, to_sign)
		if status in FINAL:
			break
	else:
		assert status == derive_status(None, *_last(events))


def _last(events):
	progress, today, to_sign = events[-1]
	return progress, TODAY, today, to_sign


@pytest.mark.parametrize(
	("status", "due_in", "late"),
	[
		(PENDING, 0, False),
		(PENDING, -1, True),  # not flagged yet
		(OVERDUE, -1, True),
		(AWAITING_SIGNATURE, 0, False),
		(AWAITING_SIGNATURE, -1, True),
		(COMPLETED, -1, False),
		(WAIVED, -1, False),
		(CANCELLED, -1, False),
	],
)
def test_what_is_owed_is_late_by_its_date(status, due_in, late):
	assert is_late(status, TODAY + timedelta(days=due_in), TODAY) is late


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
