"""What of a change is an event (rule 13)."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.history import NOTHING, State, changes
from smooth_lms_hr.training.status import (
	AWAITING_SIGNATURE,
	CANCELLED,
	COMPLETED,
	FINAL,
	IN_PROGRESS,
	OVERDUE,
	PENDING,
	WAIVED,
)

DUE, LATER = date(2026, 12, 23), date(2027, 1, 31)
NOON = datetime(2026, 11, 23, 12)
STATUSES = (PENDING, IN_PROGRESS, AWAITING_SIGNATURE, OVERDUE, COMPLETED, WAIVED, CANCELLED)
states = st.builds(
	State,
	st.sampled_from(STATUSES),
	st.floats(0, 100),
	st.sampled_from([DUE, LATER]),
	st.sampled_from([None, NOON]),
)


def said(before: State, after: State) -> list[tuple]:
	return [(change.event, change.before, change.after) for change in changes(before, after)]


@pytest.mark.parametrize(
	("before", "after", "expected"),
	[
		(State(PENDING, 0, DUE), State(PENDING, 0, DUE), []),
		(State(PENDING, 0, DUE), State(IN_PROGRESS, 50, DUE), [("Begun", PENDING, IN_PROGRESS)]),
		(State(IN_PROGRESS, 50, DUE), State(IN_PROGRESS, 60, DUE), []),
		(
			State(OVERDUE, 0, DUE),
			State(COMPLETED, 100, DUE),
			[("Begun", OVERDUE, COMPLETED), ("Completed", OVERDUE, COMPLETED)],
		),
		(State(PENDING, 0, DUE), State(OVERDUE, 0, DUE), [("Overdue", PENDING, OVERDUE)]),
		(State(OVERDUE, 0, DUE), State(PENDING, 0, LATER), [("Due Date Moved", "2026-12-23", "2027-01-31")]),
		(State(PENDING, 0, DUE), State(WAIVED, 0, DUE), [("Waived", PENDING, WAIVED)]),
		(State(IN_PROGRESS, 50, DUE), State(CANCELLED, 50, DUE), [("Cancelled", IN_PROGRESS, CANCELLED)]),
		(
			State(IN_PROGRESS, 50, DUE),
			State(AWAITING_SIGNATURE, 100, DUE),
			[("Learned", IN_PROGRESS, AWAITING_SIGNATURE)],
		),
		(
			State(AWAITING_SIGNATURE, 100, DUE),
			State(COMPLETED, 100, DUE, NOON),
			[("Signed", AWAITING_SIGNATURE, COMPLETED), ("Completed", AWAITING_SIGNATURE, COMPLETED)],
		),
		# There was nothing to sign any more.
		(
			State(AWAITING_SIGNATURE, 100, DUE),
			State(COMPLETED, 100, DUE),
			[("Completed", AWAITING_SIGNATURE, COMPLETED)],
		),
		# What was learned stays learned.
		(
			State(WAIVED, 100, DUE),
			State(AWAITING_SIGNATURE, 100, DUE),
			[("Reopened", WAIVED, AWAITING_SIGNATURE)],
		),
		(State(AWAITING_SIGNATURE, 100, DUE), State(IN_PROGRESS, 80, DUE), []),
		(
			NOTHING,
			State(AWAITING_SIGNATURE, 100, DUE),
			[("Begun", None, AWAITING_SIGNATURE), ("Learned", None, AWAITING_SIGNATURE)],
		),
		(NOTHING, State(PENDING, 0, DUE), []),
		(NOTHING, State(IN_PROGRESS, 50, DUE), [("Begun", None, IN_PROGRESS)]),
		(NOTHING, State(COMPLETED, 100, DUE), [("Begun", None, COMPLETED), ("Completed", None, COMPLETED)]),
	],
)
def test_what_is_an_event(before, after, expected):
	assert said(before, after) == expected


@given(states, states)
def test_no_decision_and_no_due_date_changes_without_an_event(before, after):
	events = {change.event for change in changes(before, after)}
	assert ("Due Date Moved" in events) == (before.due_date != after.due_date)
	if after.status != before.status and after.status in (*FINAL, OVERDUE):
		assert after.status in events
	assert bool(events) <= (before != after)
