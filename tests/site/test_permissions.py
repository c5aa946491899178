"""Who may see and do what (rule 9), asked in every way that Frappe offers."""

import contextlib

import frappe
import pytest
from frappe.desk.reportview import get as get_report_view
from frappe.desk.search import search_link

from tests.site import factory

ASSIGNMENT = "LMS Training Assignment"


@pytest.fixture
def company_tree():
	"""A boss, her manager, his two people, and somebody of another team; everybody owes one course."""
	factory.course("The course")
	people = {}
	for name, reports_to in (
		("boss", None),
		("manager", "boss"),
		("learner", "manager"),
		("colleague", "manager"),
		("stranger", "boss"),
	):
		people[name] = factory.employee(
			factory.user(), reports_to=people[reports_to].name if reports_to else None
		)
		factory.onboarding(employee=people[name].name)
	return {name: employee.user_id for name, employee in people.items()}


def seen_in_list():
	return {row.member for row in frappe.get_list(ASSIGNMENT, fields=["member"], limit_page_length=0)}


def seen_in_report():
	frappe.local.form_dict = frappe._dict(
		doctype=ASSIGNMENT, fields='["`tabLMS Training Assignment`.`member`"]', page_length="100", start="0"
	)
	found = get_report_view()
	return {row[0] for row in found["values"]} if found else set()


def seen_in_link_search():
	names = [row["value"] for row in search_link(ASSIGNMENT, "", page_length=100)]
	return {frappe.db.get_value(ASSIGNMENT, name, "member") for name in names}


def seen_by_reading():
	return {
		row.member for row in factory.assignments() if frappe.has_permission(ASSIGNMENT, "read", doc=row.name)
	}


WAYS = [seen_in_list, seen_in_report, seen_in_link_search, seen_by_reading]


def test_everybody_sees_their_own_and_managers_their_teams(company_tree):
	teams = {
		"learner": {"learner"},
		"colleague": {"colleague"},
		"stranger": {"stranger"},
		"manager": {"manager", "learner", "colleague"},
		"boss": set(company_tree),
	}
	for name, team in teams.items():
		frappe.set_user(company_tree[name])
		for way in WAYS:
			assert way() == {company_tree[each] for each in team}, (name, way.__name__)


def test_hr_and_moderators_see_all(company_tree):
	for user in [factory.user(role) for role in ("System Manager", "HR Manager", "HR User", "Moderator")]:
		frappe.set_user(user)
		for way in WAYS:
			assert way() == set(company_tree.values()), (user, way.__name__)


def test_nobody_else_sees_anything(company_tree):
	for roles in ([], ["Employee"], ["Course Creator"], ["Projects User"]):
		frappe.set_user(factory.user(*roles))
		for way in WAYS:
			# An answer of nothing and a refusal are both fine.
			with contextlib.suppress(frappe.PermissionError):
				assert way() == set(), (roles, way.__name__)
		frappe.set_user("Administrator")
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		frappe.get_list(ASSIGNMENT)
	assert seen_by_reading() == set()


def test_user_permissions_narrow_what_hr_sees(company_tree):
	elsewhere = factory.company("Elsewhere Ltd")
	other = factory.employee(factory.user(), company=elsewhere)
	factory.onboarding(employee=other.name)
	hr = factory.user("HR User")
	frappe.get_doc(
		{"doctype": "User Permission", "user": hr, "allow": "Company", "for_value": elsewhere}
	).insert()
	frappe.set_user(hr)
	for way in WAYS:
		assert way() == {other.user_id}, way.__name__


def test_who_may_do_what(company_tree):
	name = factory.assignment(member=company_tree["learner"]).name
	expected = {
		"System Manager": {"read", "write", "create"},
		"HR Manager": {"read", "write", "create"},
		"Moderator": {"read", "write", "create"},
		"HR User": {"read"},
	}
	for role, rights in expected.items():
		frappe.set_user(factory.user(role))
		assert rights_on(name) == rights, role
		frappe.set_user("Administrator")
	for who, rights in (("learner", {"read"}), ("manager", {"read"}), ("colleague", set())):
		frappe.set_user(company_tree[who])
		assert rights_on(name) == rights - {"create"}, who


def rights_on(name):
	return {
		right
		for right in ("read", "write", "create", "delete")
		if frappe.has_permission(ASSIGNMENT, right, doc=name)
	}


def test_a_manager_who_has_left_sees_the_team_no_more(company_tree):
	manager = frappe.db.get_value("Employee", {"user_id": company_tree["manager"]})
	frappe.db.set_value("Employee", manager, "status", "Left")
	frappe.set_user(company_tree["manager"])
	assert seen_in_list() == seen_by_reading() == {company_tree["manager"]}


def test_hr_can_pick_a_course(company_tree):
	for role in ("HR Manager", "HR User"):
		frappe.set_user(factory.user(role))
		assert search_link("LMS Course", "The course")
		frappe.set_user("Administrator")


def test_a_quote_in_a_users_name_is_no_sql(company_tree):
	frappe.set_user(factory.user("Employee", name="o'brien@example.com"))
	assert seen_in_list() == set()
