"""What the desk says of a verification. Run without a browser (see desk.py)."""

import json
from pathlib import Path

import pytest

from tests.unit.desk import APP, TRAINING, desk

SEALS: Path = APP / "public" / "js" / "training_seals.js"
FOUND = {"ok": True, "seals": 3, "events": 1200, "evidence": 40, "broken": []}
BROKEN = {
	"doctype": "LMS Training Event",
	"name": "06-<b>",
	"column": "reason",
	"why": "It is <i>not</i> it.",
}


@pytest.fixture
def js():
	with desk(TRAINING, SEALS) as found:
		yield found


def said_of(js, result: dict) -> dict:
	return json.loads(js.eval(f"JSON.stringify(smooth_lms_hr.training.verification({json.dumps(result)}))"))


def test_what_was_looked_at_is_said_where_all_is_well(js):
	said = said_of(js, FOUND)
	assert said["indicator"] == "green"
	assert "seals 3, events 1200, records of evidence 40" in said["message"]
	assert "Nothing was changed" in said["message"]


def test_what_is_broken_is_named_as_text_and_leads_to_its_record(js):
	rest = {"doctype": None, "name": None, "column": None, "why": "7 more are broken, and not named here."}
	said = said_of(js, {**FOUND, "ok": False, "broken": [BROKEN, rest]})
	assert said["indicator"] == "red"
	for words in ("LMS Training Event", "reason", "7 more are broken", "/app/lms-training-event/06-"):
		assert words in said["message"]
	assert "<b>" not in said["message"]
	assert "<i>" not in said["message"]
	assert said["message"].count("<a ") == 1


def test_small_is_shown_at_once_and_large_when_it_comes(js):
	answer = "asked.at(-1).resolve({message: %s})"
	js.eval("smooth_lms_hr.training.verify_record('2026-11-29')")
	asked = json.loads(js.eval("JSON.stringify(asked.at(-1))"))
	assert asked["method"] == "smooth_lms_hr.desk.verify_audit_trail"
	assert asked["args"] == {"from_date": "2026-11-29"}
	js.eval(answer % json.dumps(FOUND))
	assert "events 1200" in js.eval("said.messages.at(-1)")


def test_how_far_it_is_and_what_went_wrong_is_shown(js):
	js.eval("smooth_lms_hr.training.show_verification({percent: 40})")
	assert json.loads(js.eval("JSON.stringify(said.progress)")) == [[40, 100, "Comparing the record"]]
	js.eval("smooth_lms_hr.training.show_verification({error: '<b>Down</b>'})")
	assert js.eval("said.hidden") == 1
	assert "<b>" not in js.eval("said.messages.at(-1)")
	js.eval(f"smooth_lms_hr.training.show_verification({{result: {json.dumps(FOUND)}}})")
	assert "events 1200" in js.eval("said.messages.at(-1)")
