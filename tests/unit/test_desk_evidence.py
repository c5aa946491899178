"""What forms say of evidence, in sentences and as text."""

import pytest

from tests.unit.desk import APP, DOCTYPES, TRAINING, desk, options

SCRIPT = APP / "public" / "js" / "training_evidence.js"
ROW = {
	"name": "0a1b-c2", "kind": "Learning", "status": "Valid", "completed_on": "2026-11-23", "lessons": 2,
	"training_hours": 1.5, "results": [], "certificate": None, "certificate_file": None, "file_missing": False,
	"taken_over": 0, "signed_on": None,
}  # fmt: skip
QUIZ = {"title": "Exits", "percent": 90, "passing_percent": 70, "attempts": 3}


@pytest.fixture(scope="module")
def js():
	with desk(TRAINING, SCRIPT) as js:
		yield js


def words(js, **fields):
	return js.call("smooth_lms_hr.training.evidence_in_words", ROW | fields)


def html(js, **fields):
	return js.call("smooth_lms_hr.training.evidence_in_html", [ROW | fields])


def test_what_was_learned(js):
	assert words(js) == ["2 lessons.", "1.5 hours."]
	assert words(js, lessons=1, training_hours=0) == ["1 lesson."]
	assert words(js, kind="External", lessons=0, training_hours=0) == [
		"Done elsewhere, as a granted request says."
	]


def test_how_well(js):
	assert words(js, results=[QUIZ])[2:] == ["Exits: 90%, 70% needed, the best of 3 attempts."]
	assert words(js, results=[QUIZ | {"attempts": 1}])[2:] == [
		"Exits: 90%, 70% needed, at the first attempt."
	]
	assert words(js, results=[{"title": "A drill", "attempts": 1, "status": "Pass"}])[2:] == [
		"A drill: Pass."
	]


def test_who_signed_it(js):
	said = words(js, signed_as="Pat Hire", signed_on="2026-11-23 10:00:00")
	assert said[2:] == ["Signed as Pat Hire on 23-11-2026."]


def test_what_is_missing_is_said(js):
	assert "not on record yet" in words(js, file_missing=True)[-1]
	assert "not known" in words(js, taken_over=1)[-1]


def test_what_was_revoked_says_why(js):
	said = words(js, status="Revoked", revoked_on="2026-11-24 09:00:00", revoked_reason="A mistake")
	assert said[-1] == "Revoked on 24-11-2026: A mistake"
	assert 'class="indicator-pill red"' in html(
		js, status="Revoked", revoked_on="2026-11-24", revoked_reason="A"
	)


def test_it_links_to_the_evidence_and_to_its_file(js):
	assert 'href="/app/lms-training-evidence/0a1b-c2"' in html(js)
	assert "target" not in html(js)
	shown = html(js, certificate_file="/private/files/certificate-0a1b-c2.pdf")
	assert 'href="/private/files/certificate-0a1b-c2.pdf"' in shown
	assert ">Certificate<" in shown
	assert ">What was handed in<" in html(js, kind="External", certificate_file="/private/files/proof.pdf")


def test_what_others_typed_is_text(js):
	shown = html(
		js,
		results=[QUIZ | {"title": "<img src=x onerror=alert(1)>"}],
		signed_as="<b>Pat</b>",
		signed_on="2026-11-23",
		certificate_file='/private/files/x"onclick="alert(1)',
	)
	assert not [bad for bad in ("<img", "<b>Pat", '"onclick') if bad in shown]


def test_every_status_has_a_colour(js):
	colours = [
		js.call("smooth_lms_hr.training.evidence_colour", status)
		for status in options("lms_training_evidence", "status")
	]
	assert colours == ["green", "red"]


def test_the_list_says_how_it_stands():
	with desk(TRAINING, SCRIPT, DOCTYPES / "lms_training_evidence" / "lms_training_evidence_list.js") as js:
		shown = js.eval(
			'JSON.stringify(frappe.listview_settings["LMS Training Evidence"].get_indicator({status: "Revoked"}))'
		)
	assert shown == '["Revoked","red","status,=,Revoked"]'
