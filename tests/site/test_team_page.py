"""/my-team-training person by person, its search, and who would be reminded of all that is overdue."""

import frappe
import pytest

from smooth_lms_hr import api, desk
from smooth_lms_hr.showing import overview, team_page
from smooth_lms_hr.www import my_team_training
from tests.site import factory
from tests.site.queries import number_of
from tests.site.test_team_status import debts, owes, team

__all__ = ["debts", "team"]  # fixtures

ASSIGNMENT = "LMS Training Assignment"


def page(**arguments):
	frappe.local.form_dict = frappe._dict(arguments)
	context = frappe._dict()
	my_team_training.get_context(context)
	return context


def people_on(context):
	return [
		(group["name"], group["open"], group["late"], [row.name for row in group["rows"]])
		for group in context.groups
	]


def test_who_has_the_worst_comes_first_and_theirs_stand_together(team, debts, as_user):
	as_user(team.boss.user_id)
	assert people_on(page()) == [
		("Worker", 1, 1, [debts.late]),
		("Clerk", 2, 1, [debts.later, debts.open]),
		("Lead", 1, 0, [debts.soon]),
	]
	# Of what is done, what they still owe is said all the same.
	assert people_on(page(status="Completed")) == [
		("Lead", 1, 0, [debts.done_late]),
		("Worker", 1, 1, [debts.done]),
	]


def test_each_name_leads_to_all_that_is_on_record_of_them(team, debts, as_user):
	as_user(team.boss.user_id)
	employees = {row.name: row.employee for row in factory.assignments()}
	for group in page().groups:
		employee = employees[group["rows"][0].name]
		assert group["record_url"] == f"/training-record?employee={employee}"


def test_what_does_not_fit_on_the_page_is_one_click_away(team, debts, as_user, monkeypatch):
	monkeypatch.setattr(my_team_training, "PAGE_LENGTH", 2)
	as_user(team.boss.user_id)
	first, second = page().groups
	assert (first.get("all_url"), second["listed"]) == (None, 2)
	assert second["all_url"] == "/my-team-training?person=Clerk&status=open"
	# Whom one has looked for is there already.
	assert "all_url" not in page(person="Clerk").groups[0]


@pytest.mark.parametrize(
	("text", "found"), [("work", ["late"]), ("CLERK", ["later", "open"]), (" lead ", ["soon"]), ("%", None)]
)
def test_somebody_is_found_by_a_part_of_their_name_or_user(team, debts, as_user, text, found):
	as_user(team.boss.user_id)
	names = [row.name for row in page(person=text).rows]
	if found:
		assert names == [debts[each] for each in found]
	assert debts.foreign not in names
	assert [row.name for row in page(person=team.clerk.user_id).rows] == [debts.later, debts.open]
	assert page(person="Stranger").rows == []


def test_of_a_team_nobody_is_missed_however_many_have_such_a_name(team, debts, as_user, monkeypatch):
	for module in (team_page, overview):
		monkeypatch.setattr(module, "MAX_PEOPLE", 1)
	as_user(team.boss.user_id)
	context = page(person="@")
	assert (len(context.rows), context.too_many) == (4, False)
	as_user(factory.hr_manager())
	assert page(person="@").too_many


@pytest.mark.parametrize("nasty", [None, "", "  ", "\0", "x" * 10_000, "' or 1=1 --", ["a"], {"a": 1}])
def test_a_search_that_makes_no_sense_breaks_nothing(team, debts, as_user, nasty):
	as_user(team.boss.user_id)
	assert page(person=nasty).total in (0, 4)


def test_many_people_cost_as_many_queries_as_one(team, as_user):
	course = factory.course(lessons=0)
	whose = [team.worker, team.clerk, team.lead]
	owes(whose[0], course, "Overdue", -1)
	as_user(team.boss.user_id)
	page()
	one = number_of(page)
	as_user("Administrator")
	for someone in whose[1:]:
		owes(someone, course, "Overdue", -1)
	as_user(team.boss.user_id)
	assert len(page().groups) == 3
	assert number_of(page) == one


# ---- who would be reminded


@pytest.fixture
def mail_account():
	factory.mail_account()


def whom(preview):
	return [(row["name"], row["courses"]) for row in preview["people"]]


def named(preview):
	return [name for row in preview["people"] for name in row["assignments"]]


def test_who_would_be_reminded_of_what_is_shown_before_it_is_done(team, debts, as_user, mail_account):
	as_user(team.boss.user_id)
	preview = desk.preview_reminders()
	assert whom(preview) == [("Worker", ["Safety"]), ("Clerk", ["Safety"])]
	assert (named(preview), preview["left_out"]) == ([debts.late, debts.later], [])
	assert not preview["more"]
	# Nothing was done by looking.
	assert frappe.db.get_value(ASSIGNMENT, debts.late, "reminders_sent") == 0
	answer = api.send_reminder(named(preview))
	assert [row["message"] for row in answer["done"]] == ["Worker was reminded.", "Clerk was reminded."]
	again = desk.preview_reminders()
	assert again["people"] == []
	assert [row["message"] for row in again["left_out"]] == [
		"Worker was reminded today already.",
		"Clerk was reminded today already.",
	]


def test_it_is_narrowed_as_the_page_is(team, debts, as_user):
	as_user(team.boss.user_id)
	assert whom(desk.preview_reminders(person="cler")) == [("Clerk", ["Safety"])]
	assert whom(desk.preview_reminders(department=team.worker.department)) == [("Worker", ["Safety"])]
	# The own team alone, whatever is asked for.
	assert len(desk.preview_reminders(team="all")["people"]) == 2


def test_hr_reminds_everybody_and_who_only_looks_nobody(team, debts, as_user):
	as_user(factory.hr_manager())
	assert {"Boss", "Stranger"} <= {name for name, _courses in whom(desk.preview_reminders())}
	reader = factory.user("HR User")
	as_user(reader)
	assert desk.preview_reminders()["people"] == []
	assert page().may_remind_all is False


def test_who_leads_nobody_is_shown_nobody(team, debts, as_user):
	for user in (team.worker.user_id, "Guest"):
		as_user(user)
		with pytest.raises(frappe.PermissionError):
			desk.preview_reminders()


def test_what_nobody_can_be_told_is_left_out_by_name(team, debts, as_user):
	frappe.db.set_value("User", team.clerk.user_id, "enabled", 0)
	as_user(team.boss.user_id)
	preview = desk.preview_reminders()
	assert whom(preview) == [("Worker", ["Safety"])]
	(left_out,) = preview["left_out"]
	assert "Clerk" in left_out["message"]
	assert team.clerk.user_id not in left_out["message"]


def test_so_many_as_a_request_reminds_are_shown_and_that_there_are_more(team, debts, as_user, monkeypatch):
	monkeypatch.setattr(desk, "MAX_PAGE_LENGTH", 1)
	as_user(team.boss.user_id)
	preview = desk.preview_reminders()
	assert (named(preview), preview["more"]) == ([debts.late], True)
