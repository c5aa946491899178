"""What is wrong with the dates of a request."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.requests import (
	DONE_ELSEWHERE,
	EXEMPTION,
	EXTENSION,
	KINDS,
	Asked,
	Wrong,
	wrong_with,
)

TODAY = date(2026, 11, 23)
DUE = TODAY + timedelta(days=30)
dates = st.none() | st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=400))


def day(days):
	return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
	("asked", "wrong"),
	[
		(Asked(EXTENSION), Wrong.NO_WANTED_DATE),
		(Asked(EXTENSION, DUE), Wrong.NOT_LATER),
		(Asked(EXTENSION, day(31)), None),
		(Asked(EXTENSION, day(31), completed_on=TODAY), Wrong.NOT_DONE),
		(Asked(EXEMPTION), None),
		(Asked(EXEMPTION, TODAY), None),
		(Asked(EXEMPTION, valid_until=day(9)), Wrong.NOT_DONE),
		(Asked(DONE_ELSEWHERE), Wrong.NO_DAY),
		(Asked(DONE_ELSEWHERE, completed_on=TODAY), None),
		(Asked(DONE_ELSEWHERE, completed_on=day(1)), Wrong.NOT_DONE_YET),
		(Asked(DONE_ELSEWHERE, completed_on=day(-9), valid_until=day(-9)), None),
		(Asked(DONE_ELSEWHERE, completed_on=day(-9), valid_until=day(-10)), Wrong.ENDS_BEFORE),
		(Asked(DONE_ELSEWHERE, day(40), TODAY), Wrong.NOT_WANTED),
	],
)
def test_each_kind_has_its_dates_and_no_others(asked, wrong):
	assert wrong_with(asked, DUE, TODAY) is wrong


@pytest.mark.parametrize(
	("last", "wrong"), [(-10, None), (-9, Wrong.COUNTED_ALREADY), (-8, Wrong.COUNTED_ALREADY)]
)
def test_what_counted_already_is_no_renewal(last, wrong):
	asked = Asked(DONE_ELSEWHERE, completed_on=day(-9))
	assert wrong_with(asked, DUE, TODAY, day(last)) is wrong


@given(st.sampled_from(KINDS), dates, dates, dates, st.dates(day(-60), day(60)))
def test_what_passes_can_be_granted(kind, wanted, completed, valid, due):
	asked = Asked(kind, wanted, completed, valid)
	if wrong_with(asked, due, TODAY):
		return
	if kind == EXTENSION:
		assert wanted > due
	elif kind == DONE_ELSEWHERE:
		assert completed <= TODAY
		assert valid is None or completed <= valid
	# What the kind does not know is empty.
	assert not (completed and kind != DONE_ELSEWHERE)
	assert not (wanted and kind == DONE_ELSEWHERE)
