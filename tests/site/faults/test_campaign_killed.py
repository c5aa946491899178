"""A worker that is killed in the middle of a campaign, at every step, and two workers at once: real processes, real commits."""

import time

import pytest

from tests.site.killed_campaign import PEOPLE, STEPS
from tests.site.processes import do, finish, start


@pytest.fixture
def made(several_processes):
	made = do("gather_for_campaign")
	yield made
	do("clear_campaign_away", **made)


def test_a_campaign_whose_worker_is_killed_ends_as_one_that_nobody_disturbed(made):
	left = do("kill_at", timeout=600, steps=list(STEPS), **made)
	undisturbed = left.pop("")
	for doctype in ("LMS Training Assignment", "LMS Enrollment", "LMS Training Event", "result"):
		assert undisturbed[doctype], doctype
	assert len(undisturbed["mails"]) == PEOPLE
	assert (len(undisturbed["files"]), undisturbed["steps"], undisturbed["on disk"]) == (1, 0, 0)
	assert undisturbed["errors"] == []
	for step, found in left.items():
		for what, rows in undisturbed.items():
			assert found[what] == rows, f"{step}: {what}"


def test_two_workers_at_once_lose_no_count_and_make_one_result(made):
	shared = do("share", **made)
	at = {"hr": made["hr"], "run": shared["run"], "start_at": time.time() + 8}
	parts = list(range(shared["parts"]))
	# Each has parts of its own, and one that the other one does at the same time.
	for worker in [
		start("do_parts", parts=[0, *parts[1::2]], **at),
		start("do_parts", parts=[0, *parts[2::2]], **at),
	]:
		finish(worker)
	left = do("look_at_campaign", **made)
	assert [row[0] for row in left["result"][0]] == ["created"] * PEOPLE * len(made["courses"])
	assert [row[1] for row in left["result"][0]] == [
		member for member in made["members"] for _course in made["courses"]
	]
	assert len(left["files"]) == 1
	assert len([bell for bell in left["bells"] if bell[0] == made["hr"]]) == 1
	assert (left["steps"], left["errors"]) == (0, [])
	assert '"finished": 1' in left["runs"][0]
