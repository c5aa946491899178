"""Years in the lives of many: a site and an oracle, which knows the rules alone, make the same of them (rules 3 to 12)."""

import os

import pytest

from tests.site.lives import players, story
from tests.site.lives.oracle import Oracle

# The whole of it takes a while: LIVES=1 asks for it.
ALL = bool(os.environ.get("LIVES"))
# Between them they tell of every deed.
SHORT = [(seed, 8, 120) for seed in (1, 2, 26)]
LONG = [(15, 40, 3 * 365)]


def expected(oracle: Oracle) -> dict[tuple[str, str, int], tuple]:
	return {
		(row.person, row.course.name, row.cycle): (
			row.status, row.due, row.source, row.completed_on, row.valid_until,
			tuple(sorted((*cause.key, cause.ended and row.is_open) for cause in row.causes)), tuple(row.events),
		)
		for row in oracle.all_rows()
	}  # fmt: skip


def play(told: list[story.Day]) -> Oracle:
	oracle = Oracle()
	for each in told:
		live(oracle, each)
	return oracle


def live(oracle: Oracle, each: story.Day) -> None:
	oracle.today = story.day(each.number)
	if each.runs:
		oracle.run()
	for name, *arguments in each.deeds:
		getattr(oracle, name)(*arguments)


FIELDS = ("status", "due_date", "source", "completed_on", "valid_until", "causes", "events")


def differences(site: dict, oracle: dict) -> list[tuple]:
	"""Return what is not the same, by person, course and cycle: the field, and what each of the two says."""
	missing = (None,) * len(FIELDS)
	return [
		(key, name, ours, theirs)
		for key in sorted(set(site) | set(oracle))
		for name, ours, theirs in zip(FIELDS, oracle.get(key, missing), site.get(key, missing), strict=True)
		if ours != theirs
	]


def in_words(value) -> str:
	if isinstance(value, tuple):
		return "; ".join(" ".join(map(str, each)) for each in value)
	return str(value)


@pytest.mark.parametrize(("seed", "people", "days"), [*SHORT, *(LONG if ALL else [])])
def test_a_site_makes_of_a_story_what_the_rules_say(clock, seed, people, days):
	compare(clock, story.tell(seed, people, days))


def compare(clock, told: list[story.Day]) -> None:
	"""Play a story twice, and fail with as much of it as leads to the first difference: of those people alone, up to that day."""
	player, oracle = players.Player(clock), Oracle()
	for each in told:
		live(oracle, each)
		try:
			player.live(each)
		except Exception as error:
			raise AssertionError(story.about(told[: each.number + 1], who_is_in([each]))) from error
		if different := differences(player.rows(), expected(oracle)):
			so_far = story.about(told[: each.number + 1], {key[0] for key, *_rest in different})
			pytest.fail("\n".join([so_far, *map(as_text, different)]), pytrace=False)


def who_is_in(days: list[story.Day]) -> set[str]:
	return {value for day in days for deed in day.deeds for value in deed if str(value).startswith("person")}


def as_text(difference: tuple) -> str:
	key, name, ours, theirs = difference
	return f"{' '.join(map(str, key))}: {name}\n\toracle {in_words(ours)}\n\tsite   {in_words(theirs)}"


def test_a_story_is_the_same_for_the_same_seed_and_so_is_what_the_oracle_says():
	told = story.tell(7, 8, 200)
	assert told == story.tell(7, 8, 200)
	assert told != story.tell(8, 8, 200)
	assert expected(play(told)) == expected(play(told))


def test_the_stories_of_every_run_tell_of_every_deed_and_lead_to_every_event():
	stories = [story.tell(*size) for size in SHORT]
	deeds = {deed[0] for told in stories for each in told for deed in each.deeds}
	assert deeds == {
		"answer", "back", "by_hand", "cancel", "exit", "extend", "hire", "learn", "leave", "leave_amended",
		"leave_cancelled", "onboarding_deleted", "request", "request_withdrawn", "revoke", "rule", "sign", "transfer", "waive",
		"withdraw",
	}  # fmt: skip
	events = {event[1] for told in stories for row in play(told).all_rows() for event in row.events}
	assert events == {
		"Answered", "Assigned", "Begun", "Cancelled", "Completed", "Due Date Moved", "Handed Over", "Learned", "Overdue",
		"Renewed", "Reopened", "Requested", "Revoked", "Signed", "Waived", "Waiver Withdrawn",
	}  # fmt: skip
