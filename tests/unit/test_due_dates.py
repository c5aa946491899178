from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.due_dates import (
	MAX_DAYS,
	Anchor,
	Basis,
	DueProblem,
	DueTerms,
	NoDueDate,
	due_by_rule,
	due_date,
	fixed_day,
	fixed_day_before,
	next_fixed_day,
)

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
	with pytest.raises(NoDueDate, match="bad days"):
		due_date(TODAY, course_days=days, default_days=30)


@pytest.mark.parametrize("days", [0, -5, MAX_DAYS + 1])
def test_an_absurd_default_is_refused(days):
	with pytest.raises(NoDueDate, match="bad days"):
		due_date(TODAY, course_days=0, default_days=days)


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)), st.integers(1, MAX_DAYS))
def test_the_due_date_is_that_many_days_away(today, days):
	assert (due_date(today, days, 30).date - today).days == days


MADE_ON = date(2026, 6, 1)


def by_rule(anchors=None, assigned_on=TODAY, course_days=0, **terms):
	return due_by_rule(DueTerms(MADE_ON, **terms), anchors or {}, assigned_on, course_days, 30)


def test_a_rule_has_its_own_days_else_the_courses_else_the_default():
	assert [by_rule(days=7).days, by_rule(course_days=14).days, by_rule().days] == [7, 14, 30]
	assert by_rule(days=7).date == TODAY + timedelta(days=7)


def test_days_count_from_the_anchor_where_it_does_not_lie_before_the_rule():
	joined = TODAY + timedelta(days=10)
	due = by_rule({Anchor.JOINING: joined}, days=7, counted_from=Anchor.JOINING)
	assert (due.date, due.anchor, due.anchored_on, due.instead_of) == (
		joined + timedelta(days=7), Anchor.JOINING, joined, None,
	)  # fmt: skip
	due = by_rule({Anchor.JOINING: MADE_ON - timedelta(days=1)}, days=7, counted_from=Anchor.JOINING)
	assert (due.date, due.anchor, due.instead_of) == (
		TODAY + timedelta(days=7), Anchor.ASSIGNMENT, Anchor.JOINING,
	)  # fmt: skip


@pytest.mark.parametrize("anchor", [Anchor.ONBOARDING, Anchor.TRANSFER])
def test_who_never_moved_or_was_onboarded_counts_from_assignment(anchor):
	due = by_rule(days=7, counted_from=anchor)
	assert (due.date, due.instead_of, due.instead_of_day) == (TODAY + timedelta(days=7), anchor, None)


def test_a_date_that_would_be_past_is_none():
	with pytest.raises(NoDueDate) as error:
		by_rule({Anchor.TRANSFER: TODAY - timedelta(days=8)}, days=7, counted_from=Anchor.TRANSFER)
	assert (error.value.problem, error.value.day) == (DueProblem.IN_THE_PAST, TODAY - timedelta(days=1))
	assert (
		by_rule({Anchor.TRANSFER: TODAY - timedelta(days=7)}, days=7, counted_from=Anchor.TRANSFER).date
		== TODAY
	)


def test_who_has_no_joining_date_cannot_be_counted_from_it():
	with pytest.raises(NoDueDate) as error:
		by_rule(days=7, counted_from=Anchor.JOINING)
	assert error.value.problem is DueProblem.NO_JOINING_DATE


def test_a_yearly_campaign_is_due_on_the_next_such_day_that_is_far_enough_away():
	assert by_rule(fixed_day=(11, 23)).date == TODAY
	assert by_rule(fixed_day=(11, 23), days=1).date == date(2027, 11, 23)
	assert by_rule(fixed_day=(1, 15), days=30).date == date(2027, 1, 15)


def test_february_29th_is_the_28th_in_other_years():
	assert next_fixed_day((2, 29), date(2027, 1, 1)) == date(2027, 2, 28)
	assert next_fixed_day((2, 29), date(2028, 2, 29)) == date(2028, 2, 29)
	assert fixed_day_before((2, 29), date(2028, 2, 29)) == date(2027, 2, 28)


@given(st.dates(date(1999, 1, 1), date(2101, 1, 1)), st.dates(date(2024, 1, 1), date(2024, 12, 31)))
def test_there_is_one_such_day_in_a_year(day, of):
	month_and_day = (of.month, of.day)
	following = next_fixed_day(month_and_day, day)
	assert day <= following <= day + timedelta(days=366)
	assert fixed_day_before(month_and_day, following) < day


def test_a_day_of_the_year_is_month_and_day():
	assert [fixed_day(text) for text in ("02-29", "12-01")] == [(2, 29), (12, 1)]
	for text in ("02-30", "13-01", "2-9", "0229", "", "ab-cd", "12-1 "):
		with pytest.raises(ValueError, match=r"day|month|isoformat"):
			fixed_day(text)


def test_the_baseline_may_count_from_joining_where_that_is_later():
	joined = TODAY + timedelta(days=7)
	assert due_date(TODAY, 0, 30, joined_on=joined).date == joined + timedelta(days=30)
	assert due_date(TODAY, 0, 30, joined_on=TODAY - timedelta(days=7)).date == TODAY + timedelta(days=30)
