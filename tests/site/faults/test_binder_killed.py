"""A worker that is killed while a binder is made, at every step: in the end it is there once, and the same."""

import pytest

from tests.site.killed_binder import PEOPLE, STEPS
from tests.site.processes import do


@pytest.fixture
def made(several_processes):
	made = do("gather_for_binder")
	yield made
	do("clear_binder_away", **made)


def test_a_binder_whose_worker_is_killed_ends_as_one_that_nobody_disturbed(made):
	left = do("kill_binder_at", timeout=900, steps=list(STEPS), **made)
	undisturbed = left.pop("")
	((names, sums),) = undisturbed["result"]
	assert len([name for name in names if name.startswith("people/")]) == PEOPLE
	assert len([name for name in names if name.startswith("certificates/")]) == 2
	assert sums
	assert (len(undisturbed["files"]), undisturbed["steps"], undisturbed["on disk"]) == (1, 0, 0)
	assert [bell[0] for bell in undisturbed["bells"] if bell[2] == "File"] == [made["hr"]]
	assert undisturbed["errors"] == []
	for step, found in left.items():
		for what, rows in undisturbed.items():
			assert found[what] == rows, f"{step}: {what}"
