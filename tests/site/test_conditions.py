"""Rule 9 in lists, in each of its forms: what is named, what is looked up, and what neither may let through."""

import frappe
import pytest

from smooth_lms_hr.sources import conditions, reporting_lines
from tests.site import factory

ASSIGNMENT = "LMS Training Assignment"


def assigned(member, course, **fields):
	return frappe.get_doc({"doctype": ASSIGNMENT, "member": member, "course": course, **fields}).insert().name


@pytest.fixture
def manager():
	"""A manager with one report, who owes something, as they do, and a stranger."""
	boss = factory.employee(factory.user("Employee"))
	report = factory.employee(factory.user(), reports_to=boss.name)
	stranger = factory.employee(factory.user())
	course = factory.course("The course")
	names = {
		each.name: assigned(each.user_id, course, employee=each.name) for each in (boss, report, stranger)
	}
	# ERPNext limits people to their own and their team's records; the rule is to stand without that.
	frappe.db.delete("User Permission", {"user": boss.user_id})
	frappe.cache.hdel("user_permissions", boss.user_id)
	return frappe._dict(
		name=boss.name, user_id=boss.user_id, report=report.name, stranger=stranger.name, names=names
	)


@pytest.fixture(params=["named", "merged", "looked up"])
def form(request, monkeypatch):
	"""The form that the size of a team would bring."""
	if request.param != "named":
		monkeypatch.setattr(conditions, "_own_employees", lambda user, team: None)
	if request.param == "looked up":
		monkeypatch.setattr(conditions, "FEW_PEOPLE", -1)


def seen(user):
	frappe.set_user(user)
	try:
		return set(frappe.get_list(ASSIGNMENT, pluck="name", limit_page_length=0))
	finally:
		frappe.set_user("Administrator")


def test_every_form_shows_own_and_team_alone(manager, form):
	assert seen(manager.user_id) == {manager.names[manager.name], manager.names[manager.report]}


def test_who_leads_nobody_has_nobody_below(manager):
	assert reporting_lines.names_below([]) == []
	assert conditions.of_team([]).text == "1=0"
	report = frappe.qb.DocType("Employee")
	assert not frappe.qb.from_(report).select(report.name).where(reporting_lines.below(report, [])).run()
	teams = reporting_lines.teams_of(manager.user_id)
	assert reporting_lines.names_below(teams) == [manager.report]


def test_what_an_employee_owed_under_another_user_is_not_the_managers_own(manager, form):
	"""The manager's Employee record belonged to somebody else once, whose training it still names."""
	other = assigned(factory.user(), factory.course())
	frappe.db.set_value(ASSIGNMENT, other, "employee", manager.name)
	assert seen(manager.user_id) == {manager.names[manager.name], manager.names[manager.report]}


def test_own_training_that_names_no_employee_is_seen(manager, form):
	frappe.db.set_value(ASSIGNMENT, manager.names[manager.name], "employee", None)
	assert seen(manager.user_id) == {manager.names[manager.name], manager.names[manager.report]}


def test_own_training_that_names_a_stranger_shows_nothing_of_the_strangers(manager, form):
	frappe.db.set_value(ASSIGNMENT, manager.names[manager.name], "employee", manager.stranger)
	assert seen(manager.user_id) == {manager.names[manager.name], manager.names[manager.report]}


@pytest.mark.parametrize("odd", ["O'Brien", "back\\slash", "100% Ltd"])
def test_names_are_no_sql(manager, form, odd):
	name = f"{odd}-{frappe.generate_hash(length=6)}"
	for doctype, fieldname in (("Employee", "name"), (ASSIGNMENT, "employee")):
		table = frappe.qb.DocType(doctype)
		query = frappe.qb.update(table).set(table[fieldname], name)
		query.where(table[fieldname] == manager.report).run()
	assert seen(manager.user_id) == {manager.names[manager.name], manager.names[manager.report]}


@pytest.mark.parametrize("few", [0, 2_000])
def test_what_is_about_assignments_is_seen_in_both_forms(manager, monkeypatch, few):
	monkeypatch.setattr(conditions, "FEW_ASSIGNMENTS", few)
	frappe.set_user(manager.user_id)
	found = set(frappe.get_list("LMS Training Event", pluck="assignment", limit_page_length=0))
	assert found == {manager.names[manager.name], manager.names[manager.report]}
