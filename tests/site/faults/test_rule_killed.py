"""A worker that is killed while a rule is asked of many, at every step: what is owed in the end is as undisturbed (rule 10)."""

import pytest

from tests.site import killed_rule
from tests.site.killed_rule import MANY, STEPS
from tests.site.processes import do


@pytest.fixture
def made(several_processes):
	made = do("gather_for_rule")
	yield made
	do("clear_rule_away", **made)


@pytest.fixture
def made_many(several_processes):
	made = do("gather_many_for_rule")
	yield made
	do("clear_rule_away", **made)


def test_a_rule_whose_worker_is_killed_ends_as_one_that_nobody_disturbed(made):
	left = do("kill_rule_at", timeout=900, steps=list(STEPS), **made)
	undisturbed = left.pop("")
	# Of everything there is something, or the steps would say nothing.
	for doctype in killed_rule.CHANGED:
		assert undisturbed[doctype], doctype
	counts = {what: len(rows) for what, rows in undisturbed.items() if isinstance(rows, list)}
	# Eight with a user whom it fits, three courses each; one has learned one of them; one whom it no longer fits.
	assert counts["LMS Training Assignment"] == 8 * 3 + 1
	assert (counts["LMS Training Exception"], counts["LMS Program Member"]) == (1, 8)
	assert (counts["files"], undisturbed["steps"], undisturbed["on disk"]) == (1, 0, 0)
	assert undisturbed["errors"] == []
	for step, found in left.items():
		for what, rows in undisturbed.items():
			assert found[what] == rows, f"{step}: {what}"


def test_a_rule_of_very_many_that_is_killed_in_the_middle_goes_on(made_many):
	left = do("kill_rule_of_many", timeout=600, **made_many)
	undisturbed, killed = left[""], left["in the middle"]
	assert len(undisturbed["LMS Training Assignment"]) == len(undisturbed["LMS Enrollment"]) == MANY
	assert undisturbed["errors"] == []
	for what, rows in undisturbed.items():
		assert killed[what] == rows, what
