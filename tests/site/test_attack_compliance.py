"""Who sees, and who changes, what people have to hold: lists, forms, links and REST answer by one rule."""

import frappe
import pytest
from frappe.desk.form.load import getdoc
from frappe.desk.search import search_link

from smooth_lms_hr.sources.names import COMPLIANCE, COMPLIANCE_TYPE
from tests.site import factory
from tests.site.two_companies import HERE, ROLES, WRITERS

# These have no right on it by their role.
NO_RIGHT = ("Guest", "Course Creator")


@pytest.fixture
def held(world):
	"""What everybody of two companies has to hold, by where they are."""
	of_type = factory.compliance_type(documents=["Passport"])
	rows = {
		where: factory.compliance(record.employee, of_type)
		for where, record in world.people.items()
		if where != "none"
	}
	rows |= {
		role: factory.compliance(record.employee, of_type)
		for role, record in world.own.items()
		if role in ("Employee", "manager of the team", "manager of another team")
	}
	return frappe._dict(rows=rows, of_type=of_type)


def may_see(role: str, where: str, world) -> bool:
	if role in NO_RIGHT or role == "LMS Student":
		return False
	oversees = "there" in ROLES[role] or "company-limited" in role
	if where in ROLES:
		# Staff and the bosses are of the first company.
		return where == role or oversees
	return where in ROLES[role]


def test_lists_and_forms_answer_by_one_rule(world, held):
	wrong = []
	for role, user in world.users.items():
		frappe.set_user(user)
		try:
			listed = set(frappe.get_list(COMPLIANCE, pluck="name", limit_page_length=0))
		except frappe.PermissionError:
			listed = set()
		for where, row in held.rows.items():
			by_form = frappe.has_permission(COMPLIANCE, "read", doc=row.name, user=user)
			expected = may_see(role, where, world)
			if not (row.name in listed) == bool(by_form) == expected:
				wrong.append((role, where, row.name in listed, bool(by_form), expected))
	assert wrong == []


def test_link_searches_find_what_lists_do(world, held):
	for role, user in world.users.items():
		if role in NO_RIGHT:
			continue
		frappe.set_user(user)
		found = {row["value"] for row in search_link(COMPLIANCE, "") or ()}
		assert (
			not {held.rows[where].name for where in held.rows if not may_see(role, where, world)} & found
		), role


def test_nobody_makes_a_row_of_who_is_not_theirs(world, held):
	new = {where: factory.compliance_type(documents=[where]) for where in ("team", "there")}
	for role, user in world.users.items():
		for where, of_type in new.items():
			frappe.set_user(user)
			frappe.db.savepoint("made")
			made = True
			try:
				frappe.get_doc(
					{
						"doctype": COMPLIANCE,
						"employee": world.people[where].employee,
						"compliance_type": of_type,
					}
				).insert()
			except (frappe.PermissionError, frappe.ValidationError):
				made = False
			frappe.db.rollback(save_point="made")
			# Moderators look after courses: they read.
			assert made == (where in WRITERS.get(role, ()) and role != "Moderator"), (role, where)


def test_nobody_deletes_one(world, held):
	for user in world.users.values():
		frappe.set_user(user)
		for row in held.rows.values():
			with pytest.raises((frappe.PermissionError, frappe.DoesNotExistError)):
				frappe.delete_doc(COMPLIANCE, row.name)
	assert frappe.db.count(COMPLIANCE) >= len(held.rows)


def test_nobody_but_hr_changes_a_type(world, held):
	for role, user in world.users.items():
		frappe.set_user(user)
		writes = bool(frappe.has_permission(COMPLIANCE_TYPE, "write", doc=held.of_type))
		assert writes == (role in ("HR Manager", "company-limited HR Manager", "System Manager")), role


def test_who_has_a_company_of_their_own_sees_that_one(world, held):
	frappe.set_user(world.users["company-limited HR Manager"])
	assert set(frappe.get_list(COMPLIANCE, pluck="company", limit_page_length=0)) == {HERE}


def test_its_versions_and_comments_are_not_a_way_round(world, held):
	row = held.rows["there"]
	frappe.set_user(world.users["Employee"])
	with pytest.raises(frappe.PermissionError):
		getdoc(COMPLIANCE, row.name)
