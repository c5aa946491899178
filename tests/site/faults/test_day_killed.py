"""A worker that is killed at any step of the daily run, and two that do it at once: the day ends as an undisturbed one."""

import pytest

from tests.site.faults import day
from tests.site.processes import do

TOGETHER = 4


@pytest.fixture(scope="module")
def lives(request):
	from tests.site.conftest import ENGINE

	if ENGINE != "bench":
		pytest.skip("needs MariaDB: processes that are killed")
	return do("live_undisturbed_and_killed", timeout=1200, **do("begin_the_day", timeout=600))


def test_an_undisturbed_day_has_something_of_everything(lives, several_processes):
	kinds = {(row[0], *row[2:3]) for row in lives["undisturbed"] if row[0] in ("said", "event")}
	assert {("said", "Assigned"), ("said", "Ladder"), ("event", "Overdue"), ("event", "Completed")} <= kinds
	assert {row[5] for row in lives["undisturbed"] if row[0] == "said"} == {"Member", "Manager", "HR"}
	kinds = {row[0] for row in lives["undisturbed"]}
	assert {"cause", "exception", "rule"} <= kinds
	assert "logged" not in {row[0] for row in lives["undisturbed"]}


@pytest.mark.parametrize("step", day.STEPS)
def test_who_is_killed_is_made_up_for(lives, several_processes, step):
	assert lives[step], "nobody was killed: this says nothing"
	assert lives[step] == lives["undisturbed"]


def test_two_machines_that_share_no_lock_say_everything_once(several_processes):
	"""The lock on a file keeps two runs of one machine apart; what keeps a mail from being sent twice is the ledger's index."""
	lived = do("live_by_two_at_once", timeout=1200, times=TOGETHER, **do("begin_the_day", timeout=600))
	assert lived["together"] == [lived["undisturbed"]] * TOGETHER
	assert lived["met"] == 1
	assert lived["with a lock"] == lived["undisturbed"]
