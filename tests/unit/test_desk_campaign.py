"""The dialog Assign Training without a browser: what it asks the server for."""

import pytest

PICKED, PART, USERS = (
	"Employees I pick",
	"A part of the company",
	"Users, also without an Employee record",
)


# ---- the dialog Assign Training


def arguments(say, values, chosen=None):
	return say("campaign_arguments", values, chosen or {})


@pytest.mark.parametrize(
	("values", "word"),
	[
		({"who": PICKED, "employees": [], "all_mandatory": 1}, "whom"),
		({"who": PICKED, "members": ["ana"], "all_mandatory": 1}, "whom"),
		({"who": PART, "all_mandatory": 1}, "whom"),
		({"who": USERS, "members": ["ana"], "courses": []}, "course"),
		({"who": PART, "branch": "Lisbon", "all_mandatory": 1, "due": "On a day"}, "due date"),
		({"who": PART, "branch": "Lisbon", "all_mandatory": 1, "due": "In a number of days"}, "days"),
		(
			{
				"who": PART,
				"branch": "Lisbon",
				"all_mandatory": 1,
				"due": "In a number of days",
				"due_days": 0,
			},
			"days",
		),
	],
)
def test_what_is_missing_is_named(say, values, word):
	said = arguments(say, values)
	assert "args" not in said
	assert word in said["missing"]


def test_what_is_asked_for_is_what_is_shown(say):
	"""What was chosen before another choice hid it counts for nothing."""
	hidden = {
		"due_date": "2026-05-01",
		"due_days": 14,
		"courses": ["a"],
		"employees": ["E1"],
		"members": ["m"],
	}
	part = {"company": "C", "department": "D", "designation": "G", "branch": "B"}
	values = {**hidden, **part, "all_mandatory": 1, "due": "As each course says"}
	nothing = {"courses": None, "due_date": None, "due_days": None}
	for who, people in (
		(PICKED, {"employees": ["E1"]}),
		(USERS, {"members": ["m"]}),
		(PART, part),
	):
		assert arguments(say, {**values, "who": who}) == {"args": {"people": people, **nothing}}
	on_day = arguments(say, {**values, "who": PICKED, "all_mandatory": 0, "due": "On a day"})["args"]
	assert (on_day["courses"], on_day["due_date"], on_day["due_days"]) == (["a"], "2026-05-01", None)
	in_days = arguments(say, {**values, "who": PICKED, "due": "In a number of days"})["args"]
	assert (in_days["due_date"], in_days["due_days"]) == (None, 14)


def test_who_was_selected_in_the_list_needs_no_choosing(say):
	said = arguments(say, {"all_mandatory": 1}, {"employees": ["E7"]})
	assert said["args"]["people"] == {"employees": ["E7"]}
