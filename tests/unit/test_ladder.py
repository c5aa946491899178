from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.ladder import AUDIENCES, HR, MANAGER, MEMBER, Ladder, Owed, Rung, owed_today

DUE = date(2026, 12, 23)
LONG_AGO = date(2026, 11, 1)
DEFAULT = Ladder([Rung(-7), Rung(-1), Rung(1, manager=True), Rung(14, member=False, hr=True)], 7, 90)


def live(ladder, due=DUE, armed_on=LONG_AGO, days=range(-30, 120), running=lambda day: True):
	"""Return what is said on each day (from the due date) of an assignment that stays open."""
	sent, said = set(), {}
	for day in days:
		if not running(day):
			continue
		for owed in owed_today(ladder, due, armed_on, due + timedelta(days=day), sent):
			sent.add((owed.rung, owed.audience))
			said.setdefault(day, []).append(owed.audience)
	return said


def test_the_default_ladder_day_by_day():
	said = live(DEFAULT)
	assert {day: who for day, who in said.items() if day < 22} == {
		-7: [MEMBER],
		-1: [MEMBER],
		1: [MEMBER, MANAGER],
		8: [MEMBER],
		14: [HR],
		15: [MEMBER, HR],
	}
	assert {day for day, who in said.items() if MEMBER in who and day > 0} == set(range(1, 91, 7))
	assert max(said) == 85


def test_after_a_pause_one_message_says_what_is_true():
	said = live(DEFAULT, running=lambda day: not -8 < day < 3)
	assert [(day, who) for day, who in said.items() if day < 8] == [(3, [MEMBER, MANAGER])]
	# Nothing at all for who was forgotten for longer than the ladder is.
	assert live(DEFAULT, running=lambda day: day > 95) == {}


def test_a_rung_from_before_the_date_was_set_is_not_owed():
	said = live(DEFAULT, armed_on=DUE - timedelta(days=5), days=range(-5, 0))
	assert said == {-1: [MEMBER]}
	# Set on the very day of a rung: told just now.
	assert live(DEFAULT, armed_on=DUE - timedelta(days=7), days=range(-7, -1)) == {}


def test_nothing_is_repeated_before_the_due_date_nor_on_it():
	said = live(Ladder([Rung(-14)], 7, 30), days=range(-20, 10))
	assert said == {-14: [MEMBER], 7: [MEMBER]}


def test_hr_is_told_along_with_what_is_repeated_and_not_with_the_last_rung_itself():
	said = live(Ladder([Rung(1, member=False, hr=True), Rung(5)], 7, 20), days=range(0, 20))
	assert said == {1: [HR], 5: [MEMBER], 12: [MEMBER, HR], 19: [MEMBER, HR]}


def test_a_moved_due_date_starts_over():
	sent = {(1, MEMBER), (1, MANAGER), (8, MEMBER)}
	assert owed_today(DEFAULT, DUE, LONG_AGO, DUE + timedelta(days=9), sent) == []
	later = DUE + timedelta(days=30)
	assert owed_today(DEFAULT, later, DUE + timedelta(days=9), later - timedelta(days=7), set()) == [
		Owed(MEMBER, -7)
	]


def test_without_repetition_every_rung_is_said_once():
	said = live(Ladder([Rung(-7), Rung(3)], 0, 90))
	assert said == {-7: [MEMBER], 3: [MEMBER]}


def test_an_empty_ladder_says_nothing():
	assert live(Ladder([], 7, 90)) == {}


rungs = st.lists(
	st.builds(Rung, st.integers(-30, 60), st.booleans(), st.booleans(), st.booleans()), max_size=6
)
ladders = st.builds(Ladder, rungs, st.integers(0, 10), st.integers(0, 90))
events = st.lists(
	st.tuples(st.sampled_from(["run", "run", "run", "extend"]), st.integers(0, 20)), max_size=40
)


@given(ladders, events)
def test_nothing_is_said_twice_whatever_happens(ladder, events):
	today, due, armed_on = LONG_AGO, DUE, LONG_AGO
	ledger = set()
	for event, days in events:
		today += timedelta(days=days)
		if event == "extend":
			due, armed_on = max(due, today) + timedelta(days=days), today
			continue
		sent = {(rung, audience) for rung, audience, for_due in ledger if for_due == due}
		owed = owed_today(ladder, due, armed_on, today, sent)
		# At most one thing to each, about a day that has come and is not later than the ladder goes.
		assert len({each.audience for each in owed}) == len(owed)
		for each in owed:
			assert each.audience in AUDIENCES
			assert armed_on < due + timedelta(days=each.rung) <= today
			assert (each.rung, each.audience, due) not in ledger
			assert each.rung <= (today - due).days <= ladder.stop_after_days
			ledger.add((each.rung, each.audience, due))
		# The same day once more: nothing.
		sent = {(rung, audience) for rung, audience, for_due in ledger if for_due == due}
		assert owed_today(ladder, due, armed_on, today, sent) == []


@given(st.integers(-10, 100), st.integers(0, 12), st.sampled_from(AUDIENCES))
def test_nothing_is_owed_that_lies_before_what_was_said(day, back, audience):
	said = {
		(owed.rung, owed.audience)
		for owed in owed_today(DEFAULT, DUE, LONG_AGO, DUE + timedelta(days=day), ())
	}
	earlier = owed_today(DEFAULT, DUE, LONG_AGO, DUE + timedelta(days=day - back), said)
	told = {who for _rung, who in said}
	assert not {owed.audience for owed in earlier} & told & {audience}
