"""Two of HR at once: one confirms it and the other is told, and nobody has to hold the same twice."""

import time

import pytest

from tests.site.processes import do, finish, start


@pytest.fixture
def two_of_hr(several_processes):
	made = do("gather_verifiers")
	yield made
	do("clear_verifiers_away", **made)


def at_once(*calls: tuple[str, dict]) -> list:
	start_at = time.time() + 8
	return [finish(each) for each in [start(name, start_at=start_at, **given) for name, given in calls]]


def test_what_two_verify_at_once_is_verified_once_and_what_two_make_at_once_is_made_once(two_of_hr):
	told = at_once(*(("verify_at", {"hr": hr, "row": two_of_hr["row"]}) for hr in two_of_hr["hr"]))
	assert told.count(None) == 1
	(refused,) = filter(None, told)
	assert "nothing to verify" in refused
	left = do("look_at_verifiers", **two_of_hr)
	assert left["row"] == ["Complete", two_of_hr["hr"][told.index(None)]]
	given = {"employee": two_of_hr["other"], "of_type": two_of_hr["of_type"]}
	told = at_once(*(("hold_at", {"hr": hr, **given}) for hr in two_of_hr["hr"]))
	assert told.count(None) == 1
	left = do("look_at_verifiers", **two_of_hr)
	assert (left["held"], left["errors"]) == (1, [])
