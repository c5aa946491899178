"""The dialog Export Evidence without a browser: what it asks for, and what it says of how it ended (see desk.py)."""

import json

import pytest

from tests.unit.desk import APP, RUNS, TRAINING, desk

EXPORT = APP / "public" / "js" / "export_evidence.js"
STATE = {"finished": True, "file_url": "/private/files/r.zip", "done": 60, "total": 60, "error": None,
	"counts": {"created": 60, "existing": 0, "failed": 0}}  # fmt: skip


@pytest.fixture
def say():
	with desk(TRAINING, RUNS, EXPORT) as js:

		def say(name, *arguments):
			given = ", ".join(json.dumps(each) for each in arguments)
			return json.loads(js.eval(f"JSON.stringify(smooth_lms_hr.training.{name}({given}))"))

		say.js = js
		yield say


@pytest.mark.parametrize(
	("values", "chosen", "asked"),
	[
		({}, [], {}),
		(
			{"employee": "E-1", "from_date": "2026-01-01"},
			[],
			{"employees": ["E-1"], "from_date": "2026-01-01"},
		),
		({"company": "Acme", "department": "", "to_date": None}, [], {"company": "Acme"}),
		({"employee": "E-1"}, ["E-2", "E-3"], {"employees": ["E-2", "E-3"]}),
	],
)
def test_only_what_somebody_has_filled_in_is_asked_for(say, values, chosen, asked):
	assert say("export_arguments", values, chosen) == asked


def test_a_refusal_is_said_in_the_servers_words(say):
	messages = json.dumps([json.dumps({"message": "There is no employee <b>E-9</b>."})])
	assert say("refusal_of", {"_server_messages": messages}) == "There is no employee <b>E-9</b>."
	assert say("refusal_of", {}) == "The record could not be exported."


def test_what_is_done_is_offered(say):
	said = say("export_ended", STATE)
	assert said["indicator"] == "green"
	assert 'href="/private/files/r.zip"' in said["message"]
	assert "People: 60." in said["message"]


def test_what_is_not_complete_says_so(say):
	said = say("export_ended", {**STATE, "counts": {"created": 58, "existing": 0, "failed": 2}})
	assert said["indicator"] == "orange"
	assert "of 2 people it holds nothing" in said["message"]


def test_what_broke_off_says_why_and_offers_nothing(say):
	broken = {"finished": False, "file_url": None, "done": 40, "error": "No space <left>"}
	said = say("export_ended", {**STATE, **broken})
	assert said["indicator"] == "red"
	assert "after 40 of 60 people" in said["message"]
	assert "No space &#60;left&#62;" in said["message"]
	assert "href" not in said["message"]


def test_the_file_is_called_as_the_server_calls_it(say):
	name = say.js.eval(
		"smooth_lms_hr.training.file_name_of({get: () => 'attachment; filename=\"training-record-1.zip\"'})"
	)
	assert name == "training-record-1.zip"
	assert say.js.eval("smooth_lms_hr.training.file_name_of({get: () => null})") == "training-record.zip"
