"""What the desk's scripts share: statuses, days, how it stands with an assignment. Run without a browser (see desk.py)."""

import json

import pytest
from py_mini_racer import MiniRacer

from smooth_lms_hr import hooks
from smooth_lms_hr.training import status
from tests.unit.desk import ASSIGN, DOCTYPES, REPORTS, RUNS, TRAINING, desk, options
from tests.unit.test_scripts import SCRIPTS

TODAY = "2026-03-10"


# ---- where it is


def test_whatever_uses_it_is_given_it_first():
	for doctype, files in (*hooks.doctype_js.items(), *hooks.doctype_list_js.items()):
		assert files[0] == f"public/js/{TRAINING.name}", doctype
	reports = [path for path in REPORTS.rglob("*.js") if "smooth_lms_hr.training" in path.read_text()]
	assert len(reports) == 4
	for path in reports:
		assert path.read_text().startswith('// {% include "smooth_lms_hr/public/js/training.js" %}\n'), path
	# Frappe looks for what an included file includes, too, and a comment is not enough to hide it.
	assert "{%" not in TRAINING.read_text()


def test_statuses_are_listed_once():
	assert [path.name for path in SCRIPTS if '"In Progress"' in path.read_text()] == [TRAINING.name]


def test_loaded_twice_it_is_the_same():
	with desk(TRAINING) as once, desk(TRAINING, TRAINING) as twice:
		for expression in ("Object.keys(smooth_lms_hr.training)", "Object.keys(globalThis)"):
			assert once.eval(f"{expression}.join()") == twice.eval(f"{expression}.join()")


def test_it_declares_nothing_else():
	with desk() as before, desk(TRAINING, RUNS, ASSIGN) as after:
		names = "Object.getOwnPropertyNames(globalThis).join()"
		assert set(after.eval(names).split(",")) - set(before.eval(names).split(",")) == {"smooth_lms_hr"}


# ---- statuses


def test_the_statuses_are_those_of_the_rules(say):
	with desk(TRAINING) as js:
		assert json.loads(js.eval("JSON.stringify(smooth_lms_hr.training.OPEN)")) == list(status.OPEN)
		known = json.loads(js.eval("JSON.stringify(smooth_lms_hr.training.STATUSES)"))
	assert sorted(known) == sorted(status.OPEN + status.FINAL)
	assert sorted(known) == sorted(options("lms_training_assignment", "status"))
	assert [each for each in known if say("is_open", each)] == [each for each in known if each in status.OPEN]


def test_what_asks_for_nothing_is_gray_and_every_other_status_has_a_colour_of_its_own(say):
	colours = {each: say("colour", each) for each in status.OPEN + status.FINAL}
	gray = {each for each, colour in colours.items() if colour == "gray"}
	assert gray == {status.PENDING, status.CANCELLED}
	assert len(set(colours.values())) == len(colours) - 1
	assert (colours[status.OVERDUE], colours[status.COMPLETED]) == ("red", "green")
	assert say("colour", "Of another app") == "gray"
	assert say("pill", "<b>", "red") == '<span class="indicator-pill red">&#60;b&#62;</span>'


@pytest.mark.parametrize("current", status.OPEN)
def test_only_what_is_late_is_red_and_what_is_due_soon_is_orange(say, current):
	def colour(due_date):
		return say("colour_of", {"status": current, "due_date": due_date}, TODAY)

	assert colour("2026-03-09") == "red"
	assert (colour(TODAY), colour("2026-03-17")) == ("orange", "orange")
	assert colour("2026-03-18") == say("colour", current)


@pytest.mark.parametrize("current", status.FINAL)
def test_what_is_settled_is_never_late(say, current):
	settled = {"status": current, "due_date": "2020-01-01"}
	assert say("colour_of", settled, TODAY) == say("colour", current) != "red"


def test_filters_are_the_same_in_any_order_and_however_frappe_writes_a_list(say):
	late = [["status", "in", ["Pending", "Overdue"]], ["due_date", "<", TODAY]]
	shown = [
		["LMS Training Assignment", "due_date", "<", TODAY, False],
		["LMS Training Assignment", "status", "in", ["Pending", " Overdue"], False],
	]
	assert say("same_filters", late, shown)
	assert not say("same_filters", late, shown[:1])
	assert not say("same_filters", [], shown)
	assert say("same_filters", [], [])


# ---- when


@pytest.mark.parametrize(
	("due_date", "words"),
	[
		("2026-03-12", "due in 2 days"),
		("2026-03-11", "due tomorrow"),
		(TODAY, "due today"),
		("2026-03-09", "1 day late"),
		("2026-03-08", "2 days late"),
	],
)
def test_when_it_is_due(say, due_date, words):
	assert say("due_in_words", due_date, TODAY) == words


def test_only_what_is_open_says_when(say):
	late = {"due_date": "2026-03-05"}
	assert say("status_in_words", {"status": "Overdue", **late}, TODAY) == "Overdue, 5 days late"
	assert say("status_in_words", {"status": "Waived", **late}, TODAY) == "Waived"


# ---- how it stands with an assignment


def situation(say, current, **values):
	doc = {"employee_name": "Ana Lima", "status": current, "due_date": TODAY, **values}
	said = say("situation", doc, TODAY)
	return said["html"], said["colour"]


def test_how_an_open_one_stands(say):
	assert situation(say, "Pending") == ("<b>Ana Lima</b>: due today, on 10-03-2026. 0% done.", "orange")
	assert situation(say, "Pending", due_date="2026-04-01")[1] == "gray"
	late = {"due_date": "2026-03-09", "progress": 66.667}
	html, colour = situation(say, "In Progress", **late)
	assert html == (
		"<b>Ana Lima</b> is 1 day late: it was due on 09-03-2026. 66% done. Nobody has reminded them yet."
	)
	assert colour == "red"  # although the status has not followed yet


def test_what_awaits_a_signature_is_learned_and_late_by_its_date(say):
	html, colour = situation(say, "Awaiting Signature", due_date="2026-03-12", progress=100)
	assert html == (
		"<b>Ana Lima</b>: due in 2 days, on 12-03-2026. 100% done. All is learned; the statement is not signed yet."
	)
	assert colour == "orange"
	_html, colour = situation(say, "Awaiting Signature", due_date="2026-03-09", progress=100)
	assert colour == "red"
	assert say("late", TODAY) == {"status": ["in", list(status.OPEN)], "due_date": ["<", TODAY]}


def test_how_often_somebody_was_reminded_and_when_it_was_due_at_first(say):
	reminded = {"due_date": "2026-03-05", "last_reminded_on": "2026-03-08 07:00:00", "reminders_sent": 1}
	html, _colour = situation(say, "Overdue", original_due_date="2026-02-01", **reminded)
	assert html.endswith("At first it was due on 01-02-2026. Reminded once, on 08-03-2026.")
	html, _colour = situation(
		say, "Overdue", **{**reminded, "reminders_sent": 3}, original_due_date="2026-03-05"
	)
	assert html.endswith("0% done. Reminded 3 times, last on 08-03-2026.")


@pytest.mark.parametrize(
	("completed_on", "words"),
	[
		("2026-03-09", "on time"),
		(TODAY, "on time"),
		("2026-03-11", "1 day after the due date"),
		("2026-03-12", "2 days after the due date"),
	],
)
def test_when_it_was_completed(say, completed_on, words):
	html, colour = situation(say, "Completed", completed_on=completed_on)
	day = "-".join(reversed(completed_on.split("-")))
	assert html == f"<b>Ana Lima</b> completed this on {day}, {words}."
	assert colour == "green"


@pytest.mark.parametrize(("valid_until", "words"), [(TODAY, "counts"), ("2026-03-09", "counted")])
def test_until_when_it_counts(say, valid_until, words):
	html, _colour = situation(say, "Completed", completed_on="2025-03-09", valid_until=valid_until)
	day = "-".join(reversed(valid_until.split("-")))
	assert html.endswith(f"It {words} until {day}.")


def test_what_is_settled_otherwise(say):
	waived = {"waived_by": "hr@example.com", "waived_on": TODAY, "waiver_reason": "Holds a licence"}
	html, colour = situation(say, "Waived", **waived)
	assert "waived by hr@example.com on 10-03-2026. Holds a licence" in html
	assert colour == "purple"
	html, _colour = situation(say, "Waived", **waived, waived_until="2026-06-30")
	assert "need not do this until 30-06-2026" in html
	html, colour = situation(say, "Cancelled")
	assert html.startswith("Cancelled, <b>Ana Lima</b> need not do this.")
	assert colour == "gray"


@pytest.mark.parametrize("current", status.OPEN + status.FINAL)
def test_what_others_typed_is_text(say, current):
	markup = "<img src=x onerror=alert(1)>"
	html, _colour = situation(
		say, current, employee_name=markup, waived_by=markup, waiver_reason=markup,
		waived_on=TODAY, completed_on=TODAY,
	)  # fmt: skip
	assert "<img" not in html
	assert "&#60;img" in html


def test_somebody_without_a_name_of_their_own(say):
	assert say("name_of", {"member_name": "Ana", "member": "ana@example.com"}) == "Ana"
	assert say("name_of", {"member": "ana@example.com", "name": "TA-1"}) == "ana@example.com"
	assert say("name_of", {"name": "TA-1"}) == "TA-1"


def test_dates_within_stored_words_are_the_readers(say):
	said = (
		"TA-2026-11-30 counts from 2026-02-28 (2026-03-01), not 2026-02-30, 12026-03-01 or HR-EMP-2026-00001"
	)
	read = said.replace("2026-02-28", "28-02-2026").replace("(2026-03-01)", "(01-03-2026)")
	assert say("words_as_read", said) == read
	assert say("words_as_read", None) == ""


# ---- lists and reports


def test_the_list_begins_with_what_is_open():
	"""Frappe loads it before what is shared."""
	folder = DOCTYPES / "lms_training_assignment"
	with desk(folder / "lms_training_assignment_list.js", TRAINING) as js:
		filters = js.eval('JSON.stringify(frappe.listview_settings["LMS Training Assignment"].filters)')
	assert json.loads(filters) == [["status", "in", list(status.OPEN)]]


def cell(js: MiniRacer, report: str, fieldname: str, data: dict) -> str:
	return js.eval(
		f'frappe.query_reports["{report}"].formatter({json.dumps(data.get(fieldname))}, {{}},'
		f' {{fieldname: "{fieldname}"}}, {json.dumps(data)}, (value) => value)'
	)


def test_the_reports_colour_what_they_show():
	with desk(REPORTS / "team_training_status" / "team_training_status.js", today=TODAY) as js:
		for current, colour in (("Overdue", "red"), ("Waived", "purple")):
			shown = cell(js, "Team Training Status", "status", {"status": current, "due_date": "2026-03-01"})
			assert shown == f'<span class="indicator-pill {colour}">{current}</span>'
		offered = js.eval(
			"frappe.query_reports[\"Team Training Status\"].filters.find(each => each.fieldname === 'status').options.join()"
		)
	assert set(offered.split(",")) == {"", "Open", *status.OPEN, status.COMPLETED, status.WAIVED}
	with desk(REPORTS / "onboarding_training_status" / "onboarding_training_status.js", today=TODAY) as js:
		for ready, overdue, colour in (
			("Ready", 0, "green"),
			("Training open", 2, "red"),
			("Tasks open", 0, "orange"),
		):
			shown = cell(js, "Onboarding Training Status", "ready", {"ready": ready, "overdue": overdue})
			assert shown == f'<span class="indicator-pill {colour}">{ready}</span>'


def test_a_preview_is_said_in_words_without_what_is_nothing():
	with desk(TRAINING, today=TODAY) as js:
		said = js.eval(
			"JSON.stringify(smooth_lms_hr.training.preview_in_words({fits: 3, new: 2, open: 0, valid: 0, exceptions: 1}))"
		)
	assert json.loads(said) == [
		["It fits 3 people", "blue"],
		["2 new assignments", "orange"],
		["1 cannot be assigned", "red"],
	]


def test_what_a_course_counts_like_is_a_link_for_each_and_text():
	rows = [
		{"parent": "safety", "title": "<img src=x>", "from_date": None},
		{"parent": "first-aid", "title": "First Aid", "from_date": "2026-01-31"},
	]
	with desk(TRAINING, today=TODAY) as js:
		html = js.eval(f"smooth_lms_hr.training.counts_like_in_words({json.dumps(rows)})")
		nothing = js.eval("smooth_lms_hr.training.counts_like_in_words([])")
	assert nothing == ""
	assert "<img" not in html
	assert "This course counts like <a href=" in html
	assert "First Aid</a> if it is completed from 31-01-2026." in html


def test_an_explanation_is_text_whatever_rules_are_called():
	evil = "<img src=x onerror=alert(1)>"
	courses = [
		{
			"course": "c", "course_title": evil, "owed": False, "assignment": None, "status": None,
			"why": [{"fits": False, "cause": evil, "words": f"Designation is {evil}"}],
		}
	]  # fmt: skip
	with desk(TRAINING, today=TODAY) as js:
		html = js.eval(f"smooth_lms_hr.training.explanation({json.dumps(courses)})")
		rows = js.eval(
			f"smooth_lms_hr.training.preview_rows({json.dumps([{'employee_name': evil, 'words': evil}])})"
		)
		button = js.eval(
			f"smooth_lms_hr.training.solve_button({json.dumps({'action': 'apply again', 'rule': evil})})"
		)
	for shown in (html, rows, button):
		assert "<img" not in shown
	assert "Not owed" in html
	assert "Does not ask for it:" in html
