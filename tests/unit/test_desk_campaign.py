"""The dialog Assign Training without a browser: what it asks the server for, and how it follows a run."""

import json

import pytest
from py_mini_racer import MiniRacer

from tests.unit.desk import ASSIGN, RUNS, TRAINING, desk

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


# ---- a run in the background

STATE = {
	"run": "r1", "done": 40, "total": 100, "finished": False,
	"counts": {"created": 0, "existing": 0, "failed": 0}, "file_url": None,
}  # fmt: skip


class Campaign:
	"""A run that a browser follows."""

	def __init__(self, js: MiniRacer):
		self.js = js
		js.eval('smooth_lms_hr.training.follow({run: "r1", total: 100}, () => (said.done = true))')

	def hear(self, **state) -> None:
		state = json.dumps({**STATE, **state})
		self.js.eval(f"[...frappe.realtime.heard_by].forEach((hear) => hear({state}))")

	def quarter_minute(self) -> bool:
		"""Return whether the server is asked after that time."""
		return self.js.eval(
			"asked.length = 0; timers[15000]?.(); asked[0]?.method === 'smooth_lms_hr.api.get_campaign'"
			" && asked[0].args.run === 'r1'"
		)

	def answer(self, **state) -> None:
		message = {key: value for key, value in {**STATE, **state}.items() if key != "run"}
		self.js.eval(f"asked[0].resolve({json.dumps({'message': message})})")

	def refuse(self, code: int) -> None:
		self.js.eval(f"asked[0].reject({{status: {code}}})")

	def said(self) -> dict:
		return json.loads(self.js.eval("JSON.stringify(said)"))

	def is_over(self) -> bool:
		return self.js.eval("!frappe.realtime.heard_by.size && !timers[15000] && said.hidden === 1")


@pytest.fixture
def campaign():
	with desk(TRAINING, RUNS, ASSIGN) as js:
		yield Campaign(js)


def test_a_run_tells_how_far_it_is(campaign):
	campaign.hear()
	campaign.hear(run="r2", done=90)
	assert campaign.said()["progress"][1:] == [[40, 100, "40 of 100 people"]]
	assert not campaign.is_over()


def test_a_run_that_has_ended_is_listened_to_no_more(campaign):
	campaign.hear(
		done=100, finished=True, counts={"created": 7, "existing": 2, "failed": 0}, file_url="/private/r.csv"
	)
	said = campaign.said()
	[(title, outcome)] = said["dialogs"]
	assert title == "Training Assigned"
	assert "7 assigned" in outcome
	assert said["done"]
	assert campaign.is_over()


def test_without_a_live_connection_it_is_asked(campaign):
	assert campaign.quarter_minute()
	campaign.answer(done=60, stopped=False)
	assert campaign.said()["progress"][1:] == [[60, 100, "60 of 100 people"]]
	assert campaign.quarter_minute()
	campaign.answer(done=100, finished=True)
	assert campaign.said()["dialogs"][0][0] == "Training Assigned"
	assert campaign.is_over()


def test_a_run_that_broke_off_is_noticed(campaign):
	assert campaign.quarter_minute()
	campaign.answer(done=60, stopped=True)
	assert "broke off after 60 of 100 people" in campaign.said()["messages"][0]
	assert campaign.said()["dialogs"] == []
	assert campaign.is_over()


def test_an_old_answer_sets_nothing_back(campaign):
	assert campaign.quarter_minute()
	campaign.hear(done=80)
	campaign.answer(done=60)
	assert [done for done, *_rest in campaign.said()["progress"]] == [0, 80]


def test_what_ended_while_it_was_asked_ends_once(campaign):
	assert campaign.quarter_minute()
	campaign.hear(done=100, finished=True)
	campaign.answer(done=100, finished=True)
	assert len(campaign.said()["dialogs"]) == 1


def test_it_is_asked_again_but_not_for_a_run_that_nobody_knows(campaign):
	assert campaign.quarter_minute()
	campaign.refuse(502)
	assert campaign.quarter_minute()
	campaign.refuse(404)
	assert campaign.is_over()
	assert campaign.said()["dialogs"] == campaign.said()["messages"] == []
