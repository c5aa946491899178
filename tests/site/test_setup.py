"""What install makes sure of, that doing it again changes nothing, and that every path in the hooks leads somewhere."""

import frappe
import pytest
from frappe.installer import init_singles

from smooth_lms_hr import hooks
from smooth_lms_hr.setup import given, install
from smooth_lms_hr.setup.custom_fields import CUSTOM_FIELDS
from smooth_lms_hr.setup.indexes import INDEXES


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


def test_the_indexes_are_there_and_stay_as_frappe_alters_the_table(bench_only):
	for index in INDEXES:
		assert frappe.db.has_index(f"tab{index.doctype}", index.name)
		# What Frappe would drop: see its MariaDBTable.alter. The field may have an index of its own.
		own = frappe.db.get_column_index(f"tab{index.doctype}", index.fields[0], unique=False)
		assert not own or own.Key_name != index.name


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


def test_a_new_site_has_settings_and_a_ladder():
	"""As Frappe leaves a new site: before an app's after_install it saves every Single, with defaults and no rows."""
	frappe.db.delete("Singles", {"doctype": "LMS Training Settings"})
	frappe.db.delete("LMS Training Reminder")
	given.forget()
	install.before_install()
	init_singles()
	install.after_install()
	settings = frappe.get_doc("LMS Training Settings")
	assert (settings.enabled, settings.default_due_days, settings.stop_after_days) == (1, 30, 90)
	columns = ("offset_days", "notify_member", "notify_manager", "notify_hr")
	assert [[row.get(column) for column in columns] for row in settings.reminder_ladder] == [
		[-7, 1, 0, 0], [-1, 1, 0, 0], [1, 1, 1, 0], [14, 0, 0, 1]
	]  # fmt: skip


def test_a_ladder_that_somebody_emptied_stays_empty():
	settings = frappe.get_doc("LMS Training Settings")
	settings.reminder_ladder = []
	settings.save()
	install.after_migrate()
	assert frappe.get_doc("LMS Training Settings").reminder_ladder == []


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
