"""What install makes sure of, that doing it again changes nothing, and that every path in the hooks leads somewhere."""

import frappe
import pytest

from smooth_lms_hr import hooks
from smooth_lms_hr.setup import install
from smooth_lms_hr.setup.custom_fields import CUSTOM_FIELDS


def dotted_paths(value):
	if isinstance(value, dict):
		for each in value.values():
			yield from dotted_paths(each)
	elif isinstance(value, list | tuple):
		for each in value:
			yield from dotted_paths(each)
	elif isinstance(value, str) and value.startswith("smooth_lms_hr."):
		yield value


PATHS = sorted(
	{path for name, value in vars(hooks).items() if name[0] != "_" for path in dotted_paths(value)}
)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_in_the_hooks_leads_somewhere(path):
	assert callable(frappe.get_attr(path))


@pytest.mark.parametrize("event", ["Employee Onboarding", "Employee", "User", "LMS Course", "LMS Enrollment"])
def test_what_is_hooked_is_heard(event):
	ours = {path for path in PATHS if path in str(hooks.doc_events[event])}
	assert ours
	assert ours <= set(dotted_paths(frappe.get_hooks("doc_events")[event]))


def test_the_custom_fields_are_there():
	for doctype, fields in CUSTOM_FIELDS.items():
		meta = frappe.get_meta(doctype)
		for field in fields:
			assert meta.get_field(field["fieldname"]).fieldtype == field["fieldtype"]


def test_installing_again_changes_nothing():
	def picture():
		return {
			doctype: frappe.get_all(doctype, filters, ["name", "modified"], order_by="name")
			for doctype, filters in (
				("Custom Field", {"dt": ("in", list(CUSTOM_FIELDS))}),
				("Custom DocPerm", {"parent": "LMS Course"}),
				("Workspace", {"module": "Smooth LMS HR"}),
			)
		} | {"settings": frappe.db.get_singles_dict("LMS Training Settings")}

	frappe.db.set_single_value("LMS Training Settings", "default_due_days", 14)
	before = picture()
	install.after_migrate()
	assert picture() == before
	assert before["settings"]["default_due_days"] in (14, "14")


def test_the_database_itself_refuses_a_second_one():
	row = {"doctype": "LMS Training Assignment", "member": "a@example.com", "course": "c", "cycle": 1}
	for name, error in (("TA-one", None), ("TA-two", frappe.UniqueValidationError)):
		doc = frappe.get_doc({**row, "due_date": "2026-11-23", "status": "Pending"})
		doc.set_new_name(set_name=name)
		if error:
			with pytest.raises(error):
				doc.db_insert()
		else:
			doc.db_insert()
