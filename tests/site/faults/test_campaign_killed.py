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


@pytest.mark.parametrize(
	("before", "part", "after"), [([], 0, "assign_courses"), ([0, 1], 2, "make_notification_logs")]
)
def test_whoever_does_a_part_that_another_worker_is_at_waits_and_finds_it_done(made, before, part, after):
	"""A step that is not counted yet; and the end, of which the result is not committed yet."""
	run, hr = do("share", **made)["run"], made["hr"]
	for each in before:
		do("do_parts", hr=hr, run=run, parts=[each], start_at=0)
	parts = range(part, 3) if after == "assign_courses" else [part]
	first = start("do_parts_and_think", hr=hr, run=run, parts=list(parts), after=after)
	second = start("do_part_while", hr=hr, run=run, part=part)
	finish(first)
	finish(second)
	left = do("look_at_campaign", **made)
	assert [row[0] for row in left["result"][0]] == ["created"] * PEOPLE * len(made["courses"])
	assert len([bell for bell in left["bells"] if bell[0] == made["hr"]]) == 1
	assert (len(left["files"]), left["on disk"], left["errors"]) == (1, 0, [])


def test_two_who_start_the_same_at_once_start_one_run(made):
	first, second = start("start_and_think", **made), start("share_while", **made)
	run = finish(first)
	# What the first one's workers have done by then is not begun anew.
	assert finish(second) == {"run": run, "written": 0}
	left = do("look_at_campaign", **made)
	assert (len(left["runs"]), left["steps"], left["errors"]) == (1, PEOPLE // 2, [])


@pytest.mark.parametrize(
	("what", "queued", "in_flight"), [("do", [], [2]), ("start", [0], [2, 0]), ("ask", [], [2])]
)
def test_a_part_that_another_worker_has_just_queued_is_not_overlooked(made, what, queued, in_flight):
	"""Of three parts two were in the queue, and are gone from it; the third is put in while somebody comes by."""
	run = do("share", **made)["run"]
	first = start("queue_part_and_think", run=run, part=2)
	second = start("come_by", what=what, run=run, ended=[0, 1], **made)
	finish(first)
	found = finish(second)
	assert (found["queued"], found["in_flight"]) == (queued, in_flight)
	if what == "ask":
		assert not found["answer"]["stopped"]
