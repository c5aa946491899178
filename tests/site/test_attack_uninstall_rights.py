"""Uninstalling takes our rights and fields, and leaves what the site had of its own."""

import frappe
import pytest
from frappe.permissions import add_permission, rights

from smooth_lms_hr.setup import course_rights, defaults, given, install
from smooth_lms_hr.setup.custom_fields import CUSTOM_FIELDS, FIELDS
from tests.site.test_attack_setup import (
	COURSE,
	RULE,
	_metas_forget,  # noqa: F401, for every test here too
	picture,
	rename_a_field_in_customize_form,
	rule,
	rule_of_the_site,
)


def take_back_rights():
	roles_on_courses()  # cached from here on
	for right in course_rights.RIGHTS:
		if given.is_ours(right.key):
			right.remove()
	course_rights.leave_to_learning()


def roles_on_courses() -> set[tuple]:
	meta = frappe.get_meta(COURSE)
	return {(row.role, *(right for right in rights if row.get(right))) for row in meta.permissions}


def standard_roles() -> set[tuple]:
	rows = frappe.get_all("DocPerm", {"parent": COURSE}, ["*"])
	return {(row.role, *(right for right in rights if row.get(right))) for row in rows}


def test_learnings_own_rights_count_again():
	assert {"HR User", "HR Manager"} <= {role for role, *_rights in roles_on_courses()}
	elsewhere = frappe.db.count(RULE, {"parent": ("!=", COURSE)})
	add_permission("Task", "HR User", 0, "select")
	copied = frappe.db.count(RULE, {"parent": ("!=", COURSE)})
	assert copied > elsewhere
	take_back_rights()
	assert not frappe.db.exists(RULE, {"parent": COURSE})
	assert roles_on_courses() == standard_roles()
	assert frappe.db.count(RULE, {"parent": ("!=", COURSE)}) == copied


@pytest.mark.parametrize(
	("role", "allowed"),
	[
		("Employee", {"read": 1, "select": 1}),
		("Employee", {}),
		("HR User", {"print": 1}),
		("HR Manager", {"write": 1, "read": 1}),
	],
)
def test_a_sites_own_rights_survive(role, allowed):
	rule_of_the_site(role, **allowed)
	before = rule(role)
	take_back_rights()
	assert rule(role) == before
	ours = {row.role for row in course_rights.RIGHTS} - {role}
	assert {given_role for given_role, *_rights in roles_on_courses()} & ours == set()
	assert (role, *(right for right in rights if before.get(right))) in roles_on_courses()
	assert standard_roles() <= roles_on_courses()


def test_a_right_that_a_site_took_from_learnings_roles_stays_taken():
	taken = rule("Moderator").name
	frappe.db.set_value(RULE, taken, "delete", 0)
	frappe.clear_cache(doctype=COURSE)
	take_back_rights()
	assert frappe.db.get_value(RULE, taken, "delete") == 0
	assert roles_on_courses() != standard_roles()


def test_what_the_site_had_before_is_not_taken_back():
	"""Rights and templates of our names, from before the app was installed."""
	given.forget()
	install.before_install()
	install.after_install()
	before = picture()
	take_back_rights()
	for default in (*defaults.TEMPLATES, *FIELDS):
		assert not given.is_ours(default.key)
	assert picture() == before


# Fields.


def test_fields_and_their_columns_go(monkeypatch):
	own = {"dt": COURSE, "fieldname": "of_the_site", "label": "Of the Site", "fieldtype": "HTML"}
	frappe.get_doc({"doctype": "Custom Field", **own}).insert()
	rename_a_field_in_customize_form()
	statements = []
	monkeypatch.setattr(frappe.db, "sql_ddl", statements.append)
	for each in FIELDS:
		each.remove()
	left = frappe.get_all("Custom Field", {"dt": ("in", list(CUSTOM_FIELDS))}, pluck="fieldname")
	assert "of_the_site" in left
	assert not set(left) & {each.fieldname for each in FIELDS}
	assert not frappe.db.exists("Property Setter", {"doc_type": COURSE, "field_name": "is_mandatory"})
	assert sorted(statements) == sorted(
		f"alter table `tab{each.doctype}` drop column `{each.fieldname}`"
		for each in FIELDS
		if each.definition["fieldtype"] in ("Check", "Date", "Float", "Int", "Select", "Small Text")
	)
