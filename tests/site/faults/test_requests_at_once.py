"""Two who ask the same at once, or answer it: one of them does it, the other is told."""

import time

import pytest

from tests.site.processes import do, finish, start

ROUNDS = 3


@pytest.fixture
def asker(several_processes):
	made = do("gather_asker")
	yield made
	do("clear_asker_away", **made)


def at_once(*calls: tuple[str, dict]) -> list:
	start_at = time.time() + 8
	return [finish(each) for each in [start(name, start_at=start_at, **given) for name, given in calls]]


def test_what_is_asked_twice_and_answered_twice_at_once_is_asked_and_answered_once(asker):
	for number in range(1, ROUNDS + 1):
		ask = {"member": asker["member"], "assignment": asker["assignment"], "days": 60 + number}
		told = at_once(("ask_at", ask), ("ask_at", ask))
		assert told.count(None) == 1
		(refused,) = filter(None, told)
		assert "asked for this already" in refused
		(request,) = (
			row["name"] for row in do("look_at_asker", **asker)["requests"] if row["status"] == "Open"
		)

		first, second = asker["hr"]
		told = at_once(
			("answer_at", {"hr": first, "request": request, "grant": True}),
			("answer_at", {"hr": second, "request": request, "grant": False}),
		)
		assert told.count(None) == 1
		left = do("look_at_asker", **asker)
		statuses = [row["status"] for row in left["requests"]]
		assert len(statuses) == left["answered"] == number
		assert left["moved"] == statuses.count("Granted")
		assert statuses.count("Granted") + statuses.count("Refused") == number
		assert left["errors"] == []
