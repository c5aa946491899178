"""How the desk shows documents on an employee's file, and verifies them."""

import json
from datetime import date

import pytest

from smooth_lms_hr.training import documents
from tests.unit.desk import APP, DOCTYPES, TRAINING, desk

SCRIPT = APP / "public" / "js" / "employee_documents.js"
TODAY = "2026-11-23"
FILED = {
	"name": "a",
	"employee": "HR-EMP-1",
	"employee_name": "Pat",
	"document_type": "Licence",
	"title": "Class C",
}


@pytest.fixture(scope="module")
def js():
	with desk(TRAINING, SCRIPT) as js:
		yield js


@pytest.mark.parametrize("verified_on", [None, "2026-11-01 10:00:00"])
@pytest.mark.parametrize("revoked_on", [None, "2026-11-02 10:00:00"])
@pytest.mark.parametrize("expires_on", [None, "2026-11-22", "2026-11-23", "2026-11-24"])
def test_it_stands_as_the_rules_say(js, verified_on, revoked_on, expires_on):
	doc = {"verified_on": verified_on, "revoked_on": revoked_on, "expires_on": expires_on}
	expected = documents.state(
		bool(verified_on),
		bool(revoked_on),
		date.fromisoformat(expires_on) if expires_on else None,
		date.fromisoformat(TODAY),
	)
	found = js.call("smooth_lms_hr.training.document_state", doc, TODAY)
	assert found == expected
	assert js.call("smooth_lms_hr.training.document_colour", found)


def test_what_waits_is_verified_and_nothing_else(js):
	docs = [
		FILED,
		FILED | {"name": "b", "verified_on": "2026-11-01"},
		FILED | {"name": "c", "revoked_on": "2026-11-01"},
	]
	found = js.call("smooth_lms_hr.training.unverified_documents", docs)
	assert [doc["name"] for doc in found] == ["a"]


def test_what_cannot_be_verified_says_why_as_text(js):
	docs = [FILED | {"employee_name": "<b>Pat</b>"}]
	js.eval("said.messages = []; asked = [];")
	js.eval(f"smooth_lms_hr.training.verify_documents({json.dumps(docs)}, () => {{}})")
	assert js.eval("asked[0].method") == "smooth_lms_hr.api.verify_documents"
	assert js.eval("asked[0].args.documents[0]") == "a"
	js.eval('asked[0].resolve({message: {done: [], failed: [{name: "a", message: "<i>No</i>"}]}})')
	(message,) = json.loads(js.eval("JSON.stringify(said.messages)"))
	assert "Class C" in message
	assert not [bad for bad in ("<b>", "<i>") if bad in message]


@pytest.mark.parametrize(
	("doc", "shown"),
	[
		({}, ["To Be Verified", "orange", "verified_on,is,not set"]),
		({"verified_on": "2026-11-01"}, ["Valid", "green", "verified_on,is,set"]),
		(
			{"verified_on": "2026-11-01", "expires_on": "2026-11-22"},
			["Expired", "red", "expires_on,<,2026-11-23"],
		),
		({"revoked_on": "2026-11-01"}, ["Revoked", "red", "revoked_on,is,set"]),
	],
)
def test_the_list_says_how_each_stands(doc, shown):
	script = DOCTYPES / "employee_document" / "employee_document_list.js"
	with desk(TRAINING, SCRIPT, script, today=TODAY) as js:
		found = js.eval(
			f'JSON.stringify(frappe.listview_settings["Employee Document"].get_indicator({json.dumps(doc)}))'
		)
	assert json.loads(found) == shown
