"""How somebody stands with what they have to hold (rule 17): from proofs and days alone."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.compliance import (
	AWAITING_VERIFICATION,
	COMPLETE,
	COUNTS,
	COURSE,
	DAYS,
	DECIDED,
	DOCUMENT,
	DUE_FOR_RENEWAL,
	EXPIRED,
	MONTHS,
	PENDING,
	REVOKED,
	STATUSES,
	WAIVED,
	YEARS,
	Proof,
	Requirement,
	Standing,
	Terms,
	end_of_period,
	follow,
	missing,
	superseded,
	to_renew,
)

TODAY = date(2026, 11, 23)
DRIVING, LICENCE = Requirement(COURSE, "Driving"), Requirement(DOCUMENT, "Licence")


def day(number: int) -> date:
	return TODAY + timedelta(days=number)


def proof(requirement=DRIVING, on=0, until=None, name="E-1") -> Proof:
	return Proof(requirement, day(on), day(until) if until is not None else None, name)


def stand(terms, proofs, today=TODAY, was=None):
	return follow(terms, was or Standing(), proofs, today)[0]


def test_nothing_proved_is_pending():
	terms = Terms((DRIVING, LICENCE))
	assert stand(terms, []).status == PENDING
	now = stand(terms, [proof()])
	assert (now.status, len(now.proofs)) == (PENDING, 1)
	assert missing(terms, now.proofs) == (LICENCE,)


def test_a_type_that_asks_for_nothing_is_never_complete():
	assert stand(Terms(()), []).status == PENDING


def test_it_is_completed_on_the_day_of_its_latest_proof():
	now = stand(Terms((DRIVING, LICENCE), 1), [proof(on=-10), proof(LICENCE, -3)])
	assert (now.status, now.completed_on, now.next_renewal_date) == (COMPLETE, day(-3), date(2027, 11, 20))


def test_its_time_is_counted_from_the_latest_proof_though_an_older_one_counts_longer():
	terms = Terms((LICENCE,), 1, DAYS, 0)
	proofs = [proof(LICENCE, 0), proof(LICENCE, 1, until=1, name="E-2")]
	now, again = follow(terms, Standing(), proofs, day(1))
	assert (now.status, now.completed_on, now.next_renewal_date, again) == (COMPLETE, day(1), day(2), None)
	assert follow(terms, now, proofs, day(1)) == (now, None)


def test_what_is_proved_tomorrow_proves_nothing_today():
	assert stand(Terms((LICENCE,)), [proof(LICENCE, 1)]).status == PENDING


def test_it_ends_with_the_proof_that_ends_first_or_by_its_own_time():
	terms = Terms((DRIVING, LICENCE), 1, YEARS)
	now = stand(terms, [proof(), proof(LICENCE, 0, 100)])
	assert now.next_renewal_date == day(101)
	assert stand(Terms((DRIVING,)), [proof()]).next_renewal_date is None
	assert stand(terms, [proof(), proof(LICENCE, 0, 900)]).next_renewal_date == date(2027, 11, 23)


def test_days_before_the_end_its_renewal_is_due_and_on_the_day_it_is_expired():
	terms = Terms((LICENCE,), alert_days_before=30)
	proofs = [proof(LICENCE, -200, 100)]
	now = stand(terms, proofs)
	for on, status in ((70, COMPLETE), (71, DUE_FOR_RENEWAL), (100, DUE_FOR_RENEWAL), (101, EXPIRED)):
		assert stand(terms, proofs, day(on), now).status == status, on


def test_it_waits_for_who_verifies():
	terms = Terms((DRIVING,), needs_verification=True)
	now = stand(terms, [proof()])
	assert (now.status, now.completed_on) == (AWAITING_VERIFICATION, None)
	assert stand(terms, [proof()], was=replace(now, verified=True)).status == COMPLETE
	gone = stand(terms, [], was=replace(now, verified=True))
	assert (gone.status, gone.verified) == (PENDING, False)


def test_what_was_complete_stays_so_where_verifying_begins_later():
	now = stand(Terms((DRIVING,)), [proof()])
	assert stand(Terms((DRIVING,), needs_verification=True), [proof()], was=now).status == COMPLETE


def test_a_proof_that_is_taken_away_leaves_it_pending():
	now = stand(Terms((DRIVING, LICENCE)), [proof(), proof(LICENCE)])
	after = stand(Terms((DRIVING, LICENCE)), [proof()], was=now)
	assert (after.status, after.completed_on, after.next_renewal_date) == (PENDING, None, None)


def test_decisions_stand_whatever_is_proved():
	for status in DECIDED:
		was = Standing(status)
		assert follow(Terms((DRIVING,)), was, [proof()], TODAY) == (was, None)
	assert (WAIVED in COUNTS, REVOKED in COUNTS) == (True, False)


def test_a_licence_that_is_replaced_goes_on_in_the_same_cycle():
	terms = Terms((LICENCE,))
	now = stand(terms, [proof(LICENCE, -300, 5)])
	assert now.status == DUE_FOR_RENEWAL
	both = [proof(LICENCE, -300, 5), proof(LICENCE, 1, 400, "E-2")]
	after, again = follow(terms, now, both, day(1))
	assert (after.status, after.next_renewal_date, after.completed_on, again) == (
		COMPLETE,
		day(401),
		day(1),
		None,
	)


def test_a_new_licence_does_not_renew_the_training_beside_it():
	terms = Terms((DRIVING, LICENCE), 1, YEARS)
	proofs = [proof(on=0), proof(LICENCE, 0, 100)]
	now = stand(terms, proofs)
	after = stand(terms, [*proofs, proof(LICENCE, 90, 900, "E-2")], day(95), now)
	assert (after.status, after.completed_on, after.next_renewal_date) == (
		COMPLETE,
		TODAY,
		date(2027, 11, 23),
	)


def test_what_has_its_own_time_is_renewed_by_proving_all_of_it_again():
	terms = Terms((DRIVING, LICENCE), 365, DAYS)
	proofs = [proof(on=0), proof(LICENCE, 0, 900)]
	now = stand(terms, proofs, day(340), stand(terms, proofs))
	assert (now.status, now.next_renewal_date) == (DUE_FOR_RENEWAL, day(365))
	assert to_renew(terms, now, proofs, day(340)) == (DRIVING, LICENCE)
	half = [*proofs, proof(on=345, name="E-2")]
	now, again = follow(terms, now, half, day(346))
	assert (now.status, again) == (DUE_FOR_RENEWAL, None)
	assert to_renew(terms, now, half, day(346)) == (LICENCE,)
	old, new = follow(terms, now, [*half, proof(LICENCE, 350, 1300, "E-3")], day(350))
	assert (old.status, new.status) == (COMPLETE, COMPLETE)
	assert (new.completed_on, new.next_renewal_date) == (day(350), day(715))
	assert superseded(old, day(365)).status == EXPIRED


def test_what_was_proved_before_the_renewal_is_no_proof_of_the_next_cycle():
	terms = Terms((DRIVING,), 365, DAYS, needs_verification=True)
	was = replace(stand(Terms((DRIVING,), 365, DAYS), [proof()]), verified=True)
	_old, new = follow(terms, was, [proof(), proof(on=350, name="E-2")], day(350))
	assert (new.status, new.counts_from) == (AWAITING_VERIFICATION, day(335))
	assert follow(terms, new, [proof()], day(351))[0].status == PENDING


def test_a_requirement_that_is_added_is_missing_from_then_on_and_one_taken_away_is_not():
	now = stand(Terms((DRIVING,)), [proof()])
	more = stand(Terms((DRIVING, LICENCE)), [proof()], was=now)
	assert more.status == PENDING
	assert stand(Terms((DRIVING,)), [proof()], was=more).status == COMPLETE


def test_months_end_on_their_last_day():
	assert end_of_period(Terms((), 1, MONTHS), date(2027, 1, 31)) == date(2027, 2, 28)
	assert end_of_period(Terms((), 1, YEARS), date(2028, 2, 29)) == date(2029, 2, 28)
	assert end_of_period(Terms((), 14, MONTHS), date(2026, 11, 30)) == date(2028, 1, 30)
	assert end_of_period(Terms((), 0), TODAY) is None


TERMS = st.builds(
	Terms,
	st.lists(st.sampled_from([DRIVING, LICENCE]), unique=True).map(tuple),
	st.integers(0, 24),
	st.sampled_from([DAYS, MONTHS, YEARS]),
	st.integers(0, 400),
	st.booleans(),
)
PROOFS = st.lists(
	st.builds(
		lambda requirement, on, length, number: proof(
			requirement, on, None if length is None else on + length, f"E-{number}"
		),
		st.sampled_from([DRIVING, LICENCE]),
		st.integers(-800, 800),
		st.none() | st.integers(0, 800),
		st.integers(1, 9),
	),
	max_size=8,
)


@given(TERMS, PROOFS, st.lists(st.integers(-800, 800), max_size=6).map(sorted))
def test_following_day_by_day_never_says_of_a_person_what_their_proofs_do_not(terms, proofs, days):
	cycles = [Standing()]
	for number in days:
		today = day(number)
		before = len(cycles)
		now, again = follow(terms, cycles[-1], proofs, today)
		cycles[-1] = now
		if again:
			cycles.append(again)
			# A cycle of its own begins with proofs of its own: there is no end to it otherwise.
			assert not {one for one in again.proofs if one.proved_on < again.counts_from}
		for one in cycles[before - 1 :]:
			assert one.status in STATUSES
			assert (one.completed_on is None) == (one.status in (PENDING, AWAITING_VERIFICATION))
			if one.status in (COMPLETE, DUE_FOR_RENEWAL):
				assert terms.requirements
				assert not missing(terms, one.proofs)
				assert one.next_renewal_date is None or today < one.next_renewal_date
				assert all(each.proved_on <= today for each in one.proofs)
			if one.status == EXPIRED:
				assert today >= one.next_renewal_date
		# Asked again on the same day, nothing is different.
		assert follow(terms, cycles[-1], proofs, today) == (cycles[-1], None)
