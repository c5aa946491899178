"""An update beside what an administrator made of the site: it undoes nothing. What is set back is asked for."""

import json

import frappe
import pytest
from frappe.permissions import add_permission

from smooth_lms_hr import desk
from smooth_lms_hr.setup import defaults, given, install, learning_sidebar
from smooth_lms_hr.setup.custom_fields import CUSTOM_FIELDS
from smooth_lms_hr.telling.email_templates import DOCTYPE as TEMPLATE
from smooth_lms_hr.telling.email_templates import Default
from tests.site import factory

COURSE, RULE = "LMS Course", "Custom DocPerm"
ASSIGNMENT, SETTINGS = "LMS Training Assignment", "LMS Training Settings"
NEW = Default("Training Report", "What is new", "training_assigned")


@pytest.fixture(autouse=True)
def _metas_forget(monkeypatch):
	# The columns are there, and a change of the schema cannot be rolled back.
	monkeypatch.setattr(frappe.db, "updatedb", lambda *args, **kwargs: None)
	yield
	frappe.db.rollback()
	for doctype in CUSTOM_FIELDS:
		frappe.clear_cache(doctype=doctype)


@pytest.fixture(params=["recorded", "from before there were records"])
def installed(request):
	if request.param == "recorded":
		given.once("Something", lambda: True)
	else:
		given.forget()


def field(name: str):
	return frappe.get_doc("Custom Field", name)


def rule(role: str):
	return frappe.db.get_value(RULE, {"parent": COURSE, "role": role, "permlevel": 0}, "*", as_dict=True)


def rule_of_the_site(role: str, **allowed):
	add_permission(COURSE, role, 0, "select")
	frappe.db.set_value(RULE, rule(role).name, allowed)
	frappe.clear_cache(doctype=COURSE)


# What an administrator can do to all that the app gave.


def rename_a_field():
	doc = field("LMS Course-is_mandatory")
	doc.label = "Pflicht"
	doc.save()


def move_a_field():
	doc = field("LMS Course-validity_days")
	doc.insert_after = "title"
	doc.save()


def rename_a_field_in_customize_form():
	frappe.make_property_setter(
		{"doctype": COURSE, "fieldname": "is_mandatory", "property": "label", "value": "Pflicht"},
		is_system_generated=False,
	)


def move_a_field_in_customize_form():
	order = [each.fieldname for each in frappe.get_meta(COURSE).fields if each.fieldname != "validity_days"]
	frappe.make_property_setter(
		{
			"doctype": COURSE,
			"doctype_or_field": "DocType",
			"property": "field_order",
			"property_type": "Data",
			"value": json.dumps(["validity_days", *order]),
		},
		is_system_generated=False,
	)


def hide_a_field():
	doc = field("Employee Onboarding-training_note")
	doc.hidden = 1
	doc.save()


def delete_a_field():
	frappe.delete_doc("Custom Field", "Employee Onboarding-training_overview")


def take_the_right_away():
	frappe.db.set_value(RULE, rule("HR User").name, "select", 0)


def delete_the_rule():
	frappe.delete_doc(RULE, rule("HR Manager").name)


def reset_the_rights():
	frappe.db.delete(RULE, {"parent": COURSE})


def delete_a_template():
	frappe.delete_doc(TEMPLATE, "Training Reminder")


def rewrite_a_template():
	doc = frappe.get_doc(TEMPLATE, "Training Assigned")
	doc.response_html = "<p>Hallo</p>"
	doc.save()


WAYS = {
	rename_a_field: {"The field Is Mandatory of LMS Course"},
	move_a_field: {"The field Validity Days of LMS Course"},
	rename_a_field_in_customize_form: {"The field Is Mandatory of LMS Course"},
	# What follows it follows something else now.
	move_a_field_in_customize_form: {
		"The field Validity Days of LMS Course",
		"The field Renew From of LMS Course",
	},
	hide_a_field: {"The field Training Note of Employee Onboarding"},
	delete_a_field: {"The field Training Overview of Employee Onboarding"},
	take_the_right_away: {"The right of HR User to pick an LMS Course"},
	delete_the_rule: {"The right of HR Manager to pick an LMS Course"},
	reset_the_rights: {
		"The right of HR Manager to pick an LMS Course",
		"The right of HR User to pick an LMS Course",
	},
	delete_a_template: {"The Email Template Training Reminder"},
	rewrite_a_template: {"The Email Template Training Assigned"},
}


def picture() -> dict:
	doctypes = {
		"Custom Field": {"dt": ("in", list(CUSTOM_FIELDS))},
		"Property Setter": {"doc_type": ("in", list(CUSTOM_FIELDS))},
		RULE: {"parent": COURSE},
		TEMPLATE: {},
		"LMS Sidebar Item": {},
		"LMS Training Reminder": {},
	}
	there = {doctype for doctype in doctypes if frappe.db.exists("DocType", doctype)}
	return {
		doctype: frappe.get_all(doctype, filters, ["*"], order_by="name")
		for doctype, filters in doctypes.items()
		if doctype in there
	} | {"settings": frappe.db.get_singles_dict(SETTINGS)}


def restorable(taken: dict) -> dict:
	"""Return of a picture what a restore is about, without stamps, and names that are drawn anew."""
	stamps = {"name", "creation", "modified", "modified_by", "owner", "idx"}
	return {
		doctype: sorted(
			json.dumps({k: v or 0 for k, v in row.items() if k not in stamps}, sort_keys=True, default=str)
			for row in taken[doctype]
		)
		for doctype in ("Custom Field", RULE, TEMPLATE)
	}


@pytest.mark.parametrize("change", WAYS, ids=lambda change: change.__name__)
def test_a_migrate_undoes_nothing(installed, change):
	change()
	before = picture()
	install.after_migrate()
	install.after_migrate()
	assert picture() == before


def test_a_migrate_leaves_an_emptied_ladder_and_a_removed_entry(installed):
	settings = frappe.get_doc(SETTINGS)
	settings.reminder_ladder = []
	settings.save()
	learning_sidebar.remove()
	before = picture()
	install.after_migrate()
	assert picture() == before


def test_a_migrate_brings_what_is_new_once(installed, monkeypatch):
	delete_a_template()
	monkeypatch.setattr(install, "DEFAULTS", (*defaults.DEFAULTS, NEW))
	before = picture()
	install.after_migrate()
	added = {row.name for row in picture()[TEMPLATE]} - {row.name for row in before[TEMPLATE]}
	assert added == {NEW.name}
	frappe.delete_doc(TEMPLATE, NEW.name)
	install.after_migrate()
	assert picture() == before


def test_an_installation_that_broke_off_is_made_good_by_the_next_migrate():
	given.forget()
	install.before_install()
	delete_a_template()
	reset_the_rights()
	install.after_migrate()
	assert defaults.changed() == []
	assert given.is_ours("Email Template/Training Reminder")
	assert not given.is_ours("Email Template/Training Assigned"), "it was there before"


def test_to_begin_again_keeps_the_record():
	given.once("Something", lambda: True)
	install.before_install()
	delete_a_template()
	install.after_install()
	assert not frappe.db.exists(TEMPLATE, "Training Reminder")


# Restoring.


def test_a_site_as_installed_has_nothing_to_restore():
	before = picture()
	assert desk.get_changed_defaults() == []
	assert desk.restore_defaults() == []
	assert picture() == before


@pytest.mark.parametrize("change", WAYS, ids=lambda change: change.__name__)
def test_restoring_says_what_it_sets_back_and_does(change):
	own = {"doctype": TEMPLATE, "name": "Of the site", "subject": "x", "response": "y"}
	frappe.get_doc(own).insert()
	rule_of_the_site("Employee", read=1)
	before = picture()
	order_before = [each.fieldname for each in frappe.get_meta(COURSE, cached=False).fields]
	change()
	changed = picture()
	assert changed != before
	assert set(desk.get_changed_defaults()) == WAYS[change]
	assert picture() == changed, "only looked"
	assert set(desk.restore_defaults()) == WAYS[change]
	if change is reset_the_rights:
		# What else was reset is for whoever did that to bring back.
		rule_of_the_site("Employee", read=1)
	assert restorable(picture()) == restorable(before)
	assert [each.fieldname for each in frappe.get_meta(COURSE, cached=False).fields] == order_before
	assert desk.get_changed_defaults() == []


@pytest.mark.parametrize("role", ["HR Manager", "Moderator", "Employee"])
def test_only_a_system_manager_restores(as_user, role):
	as_user(factory.user(role))
	for call in (desk.get_changed_defaults, desk.restore_defaults):
		with pytest.raises(frappe.PermissionError):
			call()
	as_user("Administrator")
	as_user(factory.user("System Manager"))
	assert desk.get_changed_defaults() == []
	frappe.set_user("Administrator")
	for change in (
		rename_a_field,
		rename_a_field_in_customize_form,
		delete_a_field,
		rewrite_a_template,
		delete_the_rule,
	):
		change()
	as_user(factory.user("System Manager"))
	assert len(desk.restore_defaults()) == 4
	assert desk.get_changed_defaults() == []
