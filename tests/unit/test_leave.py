"""What a leave adds to a due date, and what of it stands (rule 12)."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.leave import Leave, Move, days_to_add, standing

START = date(2026, 11, 23)


def leave(first: int, last: int, name: str = "L") -> Leave:
	return Leave(name, START + timedelta(days=first), START + timedelta(days=last))


def test_its_first_and_last_day_are_its_days():
	assert leave(5, 5).length == 1
	assert leave(5, 18).length == 14


def test_of_what_is_assigned_during_it_the_days_that_are_left_count():
	assert days_to_add(leave(5, 18), START, ()) == 14
	assert days_to_add(leave(5, 18), START + timedelta(days=10), ()) == 9
	assert days_to_add(leave(5, 18), START + timedelta(days=18), ()) == 1
	assert days_to_add(leave(5, 18), START + timedelta(days=19), ()) == 0


def test_a_day_that_another_leave_has_added_counts_once():
	assert days_to_add(leave(10, 29), START, [(leave(20, 39), 20)]) == 10
	assert days_to_add(leave(22, 25), START, [(leave(20, 39), 20)]) == 0


def test_a_day_that_another_leave_has_left_to_one_that_is_gone_counts():
	# The second of two that met has added ten days; the first was cancelled, and comes again.
	assert days_to_add(leave(10, 29), START, [(leave(20, 39), 10)]) == 20


def test_what_stands_is_what_leaves_have_added_since_somebody_else_set_the_date():
	assert standing([]) == {}
	assert standing([Move("A", 20), Move("B", 5)]) == {"A": 20, "B": 5}
	assert standing([Move("A", 20), Move("A", -20), Move("B", 5)]) == {"B": 5}
	assert standing([Move("A", 20), Move(None, 3), Move("B", 5)]) == {"B": 5}


spans = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda ends: leave(min(ends), max(ends)))


@given(st.lists(spans, max_size=5), st.integers(0, 60))
def test_together_leaves_add_the_days_that_lie_in_any_of_them(leaves, assigned):
	since, added = START + timedelta(days=assigned), []
	for one in leaves:
		added.append((one, days_to_add(one, since, added)))
	assert sum(days for _one, days in added) == len(set().union(*(one.days_since(since) for one in leaves)))


@given(st.lists(st.tuples(spans, st.integers(0, 60)), max_size=5), spans)
def test_a_leave_adds_no_more_than_its_own_days(others, one):
	assert 0 <= days_to_add(one, START, others) <= one.length
