"""What the desk says of onboardings, courses, the settings and the daily run. Without a browser (see desk.py)."""

import re

import pytest

from tests.unit.desk import options

LEARNER = {"offset_days": -3, "notify_member": 1}


# ---- onboardings and courses


def test_an_onboarding_is_summed_up(say):
	def row(current, action="assigned", **values):
		return {"status": current, "action": action, "assignment": "TA-1", **values}

	assert say("onboarding_in_words", []) == "No published course is marked as mandatory."
	rows = [
		*(row("Completed"), row("Completed", "not needed", assignment=None)),
		*(row("Overdue"), row("Awaiting Signature"), row("Pending"), row("In Progress"), row("Waived")),
		*(row("Pending", "to assign", assignment=None), row(None, "failed", assignment=None)),
	]
	assert say("onboarding_in_words", rows) == (
		"9 mandatory courses: 1 completed, 1 overdue, 1 to be signed, 2 under way, 1 waived, 2 not assigned"
	)
	assert say("onboarding_in_words", rows[1:2]) == "1 mandatory course"


@pytest.mark.parametrize(
	("action", "current", "planned", "label", "colour"),
	[
		("failed", "Pending", False, "Not possible", "red"),
		("to assign", "Pending", True, "Planned", "gray"),
		("to assign", "Pending", False, "Not assigned", "orange"),
		("assigned", "Overdue", False, "Overdue", "red"),
		("not needed", None, False, "Not needed", "gray"),
	],
)
def test_the_state_of_a_course_of_an_onboarding(say, action, current, planned, label, colour):
	said = say("state_of_course", {"action": action, "status": current}, planned)
	assert said == {"label": label, "colour": colour}


def test_what_is_asked_before_a_course_is_taken_back(say):
	said = say("taking_back_in_words", {"open": 1, "overdue": 1}, "<b>Published</b>")
	assert said.startswith("1 person still owes this course. You are taking back <b>Published</b>.")
	said = say("taking_back_in_words", {"open": 4, "overdue": 2}, "<b>Published</b>")
	assert said.startswith("4 people still owe this course, 2 of them are late.")


# ---- what the settings will do


def settings(say, **values):
	doc = {"enabled": 1, "default_due_days": 30, "send_reminders": 1, "reminder_ladder": [LEARNER], **values}
	return say("settings_in_words", doc)


def test_whether_anything_is_assigned_and_when(say):
	assert settings(say, enabled=0) == "Nothing is assigned."
	assert "due after 30 days" in settings(say)
	assert "only where the onboarding has an employee" in settings(say)
	assert "or as soon as the onboarding has an employee" in settings(say, assign_when_linked_later=1)


@pytest.mark.parametrize(
	"values",
	[
		{"send_reminders": 0},
		{"reminder_ladder": []},
		{"reminder_ladder": None},
		{"reminder_ladder": [{"offset_days": 3}]},
	],
)
def test_nobody_is_reminded(say, values):
	said = settings(say, repeat_every_days=7, manager_digest="Weekly", **values)
	assert said.endswith("unless the course says otherwise. Nobody is reminded.")


def test_before_on_and_after_the_due_date(say):
	everybody = {"notify_member": 1, "notify_manager": 1, "notify_hr": 1}
	rows = [{"offset_days": days, "notify_member": 1} for days in (-7, -1, 0, 1)]
	said = settings(say, reminder_ladder=[*rows, {"offset_days": 14, **everybody}, {"offset_days": 20}])
	assert said.endswith(
		"Reminders go out 7 days before the due date (the learner); 1 day before the due date (the learner); "
		"on the due date (the learner); 1 day after the due date (the learner); "
		"14 days after the due date (the learner, the manager, HR)."
	)


def test_the_ladder_is_said_rung_by_rung_in_the_order_of_the_days(say):
	rows = [{"offset_days": days, "notify_member": 1} for days in (7, -3)]
	assert say("ladder_in_words", {"reminder_ladder": [*rows, {"offset_days": 0}]}) == [
		"3 days before the due date (the learner)",
		"7 days after the due date (the learner)",
	]
	assert say("ladder_in_words", {}) == []


def test_repeating_and_stopping(say):
	assert settings(say, repeat_every_days=7).endswith("After the last of them every 7 days.")
	assert settings(say, repeat_every_days=7, stop_after_days=90).endswith(
		"every 7 days, until 90 days after the due date."
	)
	assert "90" not in settings(say, stop_after_days=90)


def test_the_digest_of_managers(say):
	said = {
		often: re.findall(r"Managers get a summary of their team every (\w+)\.$", settings(say, manager_digest=often))
		for often in options("lms_training_settings", "manager_digest")
	}  # fmt: skip
	assert said == {"Never": [], "Daily": ["day"], "Weekly": ["week"]}


# ---- the daily run


def test_a_daily_run_is_summed_up(say):
	summary = {"Overdue": 3, "mails": 5, "bells": 0, "failed": ["ana: refused"]}
	assert say("daily_run_in_words", summary) == "3 assignments became overdue, 5 mails were sent"
	assert say("daily_run_in_words", {"mails": 1, "sealed": 1}) == "1 mail was sent, 1 seal was made"
	assert say("daily_run_in_words", {"documents_filed": 2}) == "Documents filed 2"
	assert say("daily_run_in_words", {"mails": 0, "failed": []}) == "There was nothing to do."
	assert say("daily_run_in_words", None) == "There was nothing to do."


def test_whom_a_run_has_done_something_to_is_named_as_text(say):
	row = {"assignment": "TA-1", "who": "<b>Ana", "course_title": "<i>Fire", "what": "Overdue"}
	html = say("run_changes_in_html", {"rows": [row], "more": True})
	assert "&#60;b&#62;Ana</a>" in html
	assert re.findall(r"<[bi]>", html) == []
	assert "Assignment Audit" in html
	assert "Assignment Audit" not in say("run_changes_in_html", {"rows": [row], "more": False})
	assert say("run_changes_in_html", {"rows": [], "more": False}) == ""


def test_how_the_daily_run_stands(say):
	good = {
		"next_run": "2026-03-11 00:00:00",
		"last_run": "2026-03-10 00:00:07",
		"summary": {"mails": 5},
		"outgoing_account": True,
	}
	fine = [["Next run: 11-03-2026", "blue"], ["Last run: 10-03-2026. 5 mails were sent", "green"]]
	assert say("daily_status", good) == fine
	failures = {"failed": ["a", "b", "c", "d"], "not_done": ["reminders: x"]}
	assert say("daily_status", {**good, "summary": {"mails": 5, **failures}, "outgoing_account": False}) == [
		*fine,
		["4 could not be told: a; b; c", "red"],
		["1 steps could not be done: reminders: x", "red"],
		["No outgoing email account: no mail can be sent", "red"],
	]
	many = {"mails": 5, **failures, "not_told": 400, "steps_failed": 70}
	assert say("daily_status", {**good, "summary": many}) == [
		*fine,
		["400 could not be told: a; b; c", "red"],
		["70 steps could not be done: reminders: x", "red"],
	]
	missed = ["The daily run is late: look at the scheduler, and at the workers of the long queue", "red"]
	assert say("daily_status", {**good, "late": True}) == [*fine, missed]
	assert say("daily_status", {"next_run": None, "last_run": None, "summary": None, "outgoing_account": True}) == [
		["No run is scheduled", "red"],
		["It has not run yet", "gray"],
	]  # fmt: skip
