"""What install and every migrate make sure of. Doing it again changes nothing."""

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields
from frappe.permissions import add_permission

from smooth_lms_hr.services.settings import SETTINGS
from smooth_lms_hr.setup.custom_fields import CUSTOM_FIELDS

# To assign a course by hand, or to filter by one, HR has to be able to pick it; Learning gives HR no right at all.
COURSE_PICKERS = ("HR Manager", "HR User")


def before_install():
	# On a bench that was running when the app was fetched, Frappe still remembers the list of modules without ours,
	# and would install no DocType at all.
	if not frappe.local.app_modules.get("smooth_lms_hr"):
		frappe.cache.delete_value("app_modules")
		frappe.setup_module_map()


def after_install():
	after_migrate()


def after_migrate():
	create_custom_fields(CUSTOM_FIELDS)
	_let_hr_pick_courses()
	_save_default_settings()


def _let_hr_pick_courses():
	for role in COURSE_PICKERS:
		if not frappe.db.exists("Custom DocPerm", {"parent": "LMS Course", "role": role, "permlevel": 0}):
			add_permission("LMS Course", role, 0, "select")


def _save_default_settings():
	if not frappe.db.get_singles_dict(SETTINGS):
		frappe.get_doc(SETTINGS).save()
