"""What the desk says of what people have to hold, in sentences and as text, and which decisions it offers."""

import pytest

from smooth_lms_hr.training.compliance import STATUSES
from tests.unit.desk import APP, TRAINING, desk

SCRIPT = APP / "public" / "js" / "compliance.js"
ROW = {
	"name": "a1",
	"status": "Complete",
	"is_current": 1,
	"next_renewal_date": None,
	"reason": "Why",
	"ended_on": None,
}


@pytest.fixture(scope="module")
def js():
	with desk(TRAINING, SCRIPT) as js:
		yield js


def words(js, **fields):
	return js.call("smooth_lms_hr.training.compliance_in_words", ROW | fields)


def test_how_somebody_stands(js):
	assert words(js) == "It counts for ever."
	ends = {"next_renewal_date": "2027-11-23"}
	assert words(js, **ends) == "It counts until the day before 23-11-2027."
	assert words(js, status="Due for Renewal", **ends) == "It is to be renewed before 23-11-2027."
	assert words(js, status="Expired", **ends) == "It does not count any more since 23-11-2027."
	assert words(js, status="Pending") == "Something is missing."
	assert words(js, status="Waived") == "Waived: Why"


def test_what_is_over_says_so_first(js):
	assert words(js, is_current=0).startswith("It is over")
	assert words(js, is_current=0, ended_on="2026-11-23").endswith("since 23-11-2026.")


def test_what_is_missing_is_text(js):
	html = js.call("smooth_lms_hr.training.missing_in_html", [{"kind": "Course", "words": "<img src=x>"}])
	assert "<img" not in html
	assert "Course" in html
	assert js.call("smooth_lms_hr.training.missing_in_html", []) == ""


@pytest.mark.parametrize(
	("decision", "of"),
	[
		("verify", ["Awaiting Verification"]),
		("revoke", ["Complete", "Due for Renewal"]),
		("reopen", ["Waived", "Revoked"]),
	],
)
def test_a_decision_is_offered_of_what_it_is_about(js, decision, of):
	docs = [{"status": status} for status in STATUSES]
	assert [doc["status"] for doc in js.call("smooth_lms_hr.training.decidable", decision, docs)] == of


def test_red_is_what_does_not_count_any_more_and_what_has_begun_is_calm(js):
	def of(colour):
		return [
			each for each in STATUSES if js.call("smooth_lms_hr.training.compliance_colour", each) == colour
		]

	assert of("red") == ["Expired", "Revoked"]
	assert of("orange") == ["Due for Renewal"]
	assert of("gray") == ["Pending", "Waived"]
	assert list(js.eval("smooth_lms_hr.training.COMPLIANCE_STATUSES")) == list(STATUSES)
