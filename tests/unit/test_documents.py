"""How a document on an employee's file stands, by its days alone."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.documents import (
	EXPIRED,
	REVOKED,
	TO_BE_VERIFIED,
	VALID,
	WrongDates,
	state,
	wrong_with,
)

TODAY = date(2026, 11, 23)
DAYS = st.dates(date(2000, 1, 1), date(2050, 1, 1))
NO_DAY = st.none() | DAYS


def test_the_last_day_counts():
	assert state(True, False, TODAY, TODAY) == VALID
	assert state(True, False, TODAY - timedelta(days=1), TODAY) == EXPIRED
	assert state(True, False, None, TODAY) == VALID


@given(st.booleans(), st.booleans(), NO_DAY, DAYS)
def test_what_was_taken_back_or_never_looked_at_counts_on_no_day(is_verified, is_revoked, expires_on, today):
	found = state(is_verified, is_revoked, expires_on, today)
	assert (found == REVOKED) == is_revoked
	assert (found == TO_BE_VERIFIED) == (not is_revoked and not is_verified)


@given(NO_DAY, DAYS, st.integers(0, 1000))
def test_what_has_expired_never_counts_again(expires_on, today, days):
	if state(True, False, expires_on, today) == EXPIRED:
		assert state(True, False, expires_on, today + timedelta(days=days)) == EXPIRED


def test_dates_that_make_no_sense():
	day = timedelta(days=1)
	assert wrong_with(TODAY + day, None, TODAY) == WrongDates.ISSUED_LATER
	assert wrong_with(TODAY, TODAY - day, TODAY) == WrongDates.ENDS_BEFORE
	for issued_on, expires_on in ((None, None), (TODAY, None), (None, TODAY - day), (TODAY, TODAY)):
		assert wrong_with(issued_on, expires_on, TODAY) is None
