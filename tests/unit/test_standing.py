from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.standing import MergedAssignment, cycles, given_up, spent_on
from smooth_lms_hr.training.status import (
	CANCELLED,
	COMPLETED,
	IN_PROGRESS,
	OPEN,
	OVERDUE,
	PENDING,
	WAIVED,
)
from smooth_lms_hr.training.validity import is_valid

TODAY = date(2026, 11, 23)
YEAR = 365


def assignment(
	name, status, moved=False, *, cycle=1, progress=0, due=30, assigned=-20, settled=None, counts=YEAR
):
	"""Return an assignment; days are counted from today, but those that it counts for from the day it was settled on."""
	return MergedAssignment(
		name,
		moved,
		cycle,
		status,
		progress,
		TODAY + timedelta(days=due),
		datetime(2026, 11, 23, 12) + timedelta(days=assigned),
		None if settled is None else TODAY + timedelta(days=settled),
		None if settled is None or counts is None else TODAY + timedelta(days=settled + counts),
	)


def outcome(*assignments):
	"""Return what is given up, and for what, by name."""
	return {name: by.name for name, by in given_up(assignments, TODAY).items()}


@pytest.mark.parametrize("moved", [False, True])
def test_a_completion_that_counts_meets_the_others_open_debt(moved):
	done = assignment("done", COMPLETED, moved, settled=-10)
	for status in OPEN:
		assert outcome(done, assignment("open", status, not moved, progress=99)) == {"open": "done"}


def test_a_completion_that_no_longer_counts_meets_nothing():
	done = assignment("done", COMPLETED, settled=-YEAR - 1)
	assert outcome(done, assignment("open", PENDING, True)) == {}
	assert outcome(assignment("done", COMPLETED, settled=-YEAR), assignment("open", PENDING, True)) == {
		"open": "done"
	}


def test_a_waiver_that_stands_meets_it_too_but_a_completion_is_the_better_reason():
	waived = assignment("waived", WAIVED, settled=-1)
	assert outcome(waived, assignment("open", PENDING, True)) == {"open": "waived"}
	assert outcome(waived, assignment("done", COMPLETED, settled=-10), assignment("open", PENDING, True)) == {
		"open": "done"
	}
	assert outcome(assignment("waived", WAIVED, settled=-YEAR - 1), assignment("open", PENDING, True)) == {}


def test_what_was_cancelled_meets_nothing():
	assert outcome(assignment("gone", CANCELLED), assignment("open", PENDING, True)) == {}
	assert outcome(assignment("gone", CANCELLED), assignment("gone too", CANCELLED, True)) == {}


def test_of_two_open_ones_the_further_progress_stays_then_the_earlier_due_date():
	assert outcome(assignment("a", PENDING, due=1), assignment("b", IN_PROGRESS, True, progress=10)) == {
		"a": "b"
	}
	assert outcome(
		assignment("a", IN_PROGRESS, progress=10, due=9), assignment("b", PENDING, True, progress=10)
	) == {"b": "a"}
	assert outcome(assignment("a", PENDING, due=9), assignment("b", OVERDUE, True, due=-3)) == {"a": "b"}


def test_equal_ones_are_told_apart_the_same_way_every_time():
	assert outcome(assignment("b", PENDING, assigned=-9), assignment("a", PENDING, True, assigned=-8)) == {
		"a": "b"
	}
	assert outcome(assignment("b", PENDING), assignment("a", PENDING, True)) == {"b": "a"}
	assert outcome(assignment("a", PENDING, True), assignment("b", PENDING)) == {"b": "a"}


def test_a_renewal_asked_for_though_the_own_completion_counts_stays():
	own = assignment("own", COMPLETED, settled=-100, assigned=-130)
	renewal = assignment("renewal", PENDING, assigned=-20)
	assert outcome(own, renewal, assignment("others", COMPLETED, True, settled=-50)) == {}
	assert outcome(own, renewal, assignment("others", COMPLETED, True, settled=-20)) == {}
	# Learned after it was asked for: that is what was asked for.
	assert outcome(own, renewal, assignment("others", COMPLETED, True, settled=-19)) == {"renewal": "others"}
	assert outcome(own, renewal) == {}


def test_the_others_open_one_yields_to_it_all_the_same():
	own = assignment("own", COMPLETED, settled=-100, assigned=-130)
	assert outcome(
		own, assignment("renewal", PENDING), assignment("open", IN_PROGRESS, True, progress=50)
	) == {"open": "own"}


def test_cycles_follow_the_moment_of_assignment():
	assert cycles(
		[assignment("c", PENDING, assigned=-1), assignment("b", CANCELLED), assignment("a", CANCELLED, True)]
	) == {
		"a": 1,
		"b": 2,
		"c": 3,
	}


def test_who_had_all_the_debts_keeps_their_numbers():
	for moved in (False, True):
		assert cycles(
			[assignment("a", PENDING, moved, cycle=4), assignment("b", CANCELLED, moved, cycle=2)]
		) == {
			"a": 4,
			"b": 2,
		}


def test_lessons_of_a_completion_that_no_longer_counts_are_spent():
	old = assignment("old", COMPLETED, True, settled=-YEAR - 5)
	older = assignment("older", COMPLETED, True, settled=-2 * YEAR)
	assignments = [old, older, assignment("open", PENDING)]
	assert spent_on(assignments, {}) == (True, TODAY - timedelta(days=YEAR + 5))
	assert (
		spent_on([assignment("own", COMPLETED, settled=-YEAR - 5), assignment("open", PENDING)], {}) is None
	)
	assert (
		spent_on([assignment("waived", WAIVED, True, settled=-YEAR - 5), assignment("open", PENDING)], {})
		is None
	)
	assert spent_on([old], {}) is None
	assert spent_on(assignments, {"open": old}) is None


def debts_of_a_group():
	one = st.builds(
		assignment,
		name=st.just(""),
		status=st.sampled_from([*OPEN, COMPLETED, WAIVED, CANCELLED]),
		moved=st.booleans(),
		progress=st.sampled_from([0, 10, 50]),
		due=st.integers(-5, 5),
		assigned=st.integers(-800, 0),
		settled=st.integers(-800, 0),
		counts=st.sampled_from([None, 30, YEAR]),
	)
	return st.lists(one, max_size=8).map(
		lambda many: [
			MergedAssignment(**{**vars(each), "name": f"TA-{number}"}) for number, each in enumerate(many)
		]
	)


@given(debts_of_a_group())
def test_one_is_left_and_it_is_the_best(assignments):
	gone = given_up(assignments, TODAY)
	by_name = {each.name: each for each in assignments}
	# Nothing that is settled is touched, and nothing gives way to what gives way itself.
	assert all(by_name[name].status in OPEN for name in gone)
	assert not any(by.name in gone for by in gone.values())
	left = [each for each in assignments if each.status in OPEN and each.name not in gone]
	assert len(left) <= 1
	counting = [
		each
		for each in assignments
		if each.status in (COMPLETED, WAIVED) and is_valid(each.counts_until, TODAY)
	]
	# Nobody is left owing nothing without something that counts.
	assert left or counting or not any(each.status in OPEN for each in assignments)
	if not counting and left:
		best = max(
			(each for each in assignments if each.status in OPEN),
			key=lambda each: (each.progress, -each.due_date.toordinal()),
		)
		assert (left[0].progress, left[0].due_date) == (best.progress, best.due_date)
	numbers = cycles(assignments)
	if len({each.moved for each in assignments}) == 2:
		assert Counter(numbers.values()) == Counter(range(1, len(assignments) + 1))
	assert numbers.keys() == by_name.keys()


@given(debts_of_a_group())
def test_it_does_not_matter_which_of_the_two_is_merged_into_which(assignments):
	other_way = [MergedAssignment(**{**vars(each), "moved": not each.moved}) for each in assignments]
	assert given_up(assignments, TODAY).keys() == given_up(other_way, TODAY).keys()


@given(debts_of_a_group())
def test_merging_once_more_changes_nothing(assignments):
	gone = given_up(assignments, TODAY)
	after = [
		MergedAssignment(**{**vars(each), "status": CANCELLED}) if each.name in gone else each
		for each in assignments
	]
	assert given_up(after, TODAY) == {}
