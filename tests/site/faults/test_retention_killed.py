"""A daily run that is killed while it erases people, at every step: in the end they are erased once, and the seals verify."""

import pytest

from tests.site.killed_retention import ERASED, OURS, STEPS
from tests.site.processes import do


@pytest.fixture
def made(several_processes):
	made = do("gather_for_retention")
	yield made
	do("clear_retention_away", **made)


def test_a_retention_that_is_killed_ends_as_one_that_nobody_disturbed(made):
	lived = do("kill_retention_at", timeout=900, steps=list(STEPS), **made)
	left, killed = lived["found"], lived["killed"]
	undisturbed = left.pop("")
	rows = [row for doctype in OURS for row in undisturbed[doctype]]
	for words in made["erased"]:
		assert not [row for row in rows if any(f'"{word}"' in row for word in words)], words
	for words in made["kept"]:
		assert [row for row in rows if any(f'"{word}"' in row for word in words)], words
	assert len(undisturbed["on record"]) == ERASED
	for counts in undisturbed["on record"]:
		assert (counts["LMS Training Evidence"], counts["LMS Training Assignment"], counts["File"]) == (
			1,
			2,
			2,
		)
	emptied, once = undisturbed["emptied"]
	assert emptied == once > 0
	assert len(undisturbed["files"]) == 2 * len(made["kept"])
	assert undisturbed["the day after"] == [None, None, 1, []]
	assert undisturbed["sealed"] == [True, []]
	assert undisturbed["unsealed"] == [0, 0]
	assert undisturbed["errors"] == []
	assert killed == {step: erased for step, (_where, erased) in STEPS.items()}
	for step, found in left.items():
		for what, rows in undisturbed.items():
			assert found[what] == rows, f"{step}: {what}"
