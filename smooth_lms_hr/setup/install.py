"""What install and every migrate make sure of. Doing it again changes nothing."""

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields
from frappe.permissions import add_permission

from smooth_lms_hr.services.settings import SETTINGS
from smooth_lms_hr.setup import email_templates, learning_sidebar
from smooth_lms_hr.setup.custom_fields import CUSTOM_FIELDS

# To assign a course by hand, or to filter by one, HR has to be able to pick it; Learning gives HR no right at all.
COURSE_PICKERS = ("HR Manager", "HR User")

DEFAULT_LADDER = (
	{"offset_days": -7, "notify_member": 1},
	{"offset_days": -1, "notify_member": 1},
	{"offset_days": 1, "notify_member": 1, "notify_manager": 1},
	{"offset_days": 14, "notify_member": 0, "notify_hr": 1},
)


def before_install():
	# On a bench that was running when the app was fetched, Frappe still remembers the list of modules without ours,
	# and would install no DocType at all.
	if not frappe.local.app_modules.get("smooth_lms_hr"):
		frappe.cache.delete_value("app_modules")
		frappe.setup_module_map()


def after_install():
	after_migrate()
	_set_default_ladder()
	learning_sidebar.add()


def after_migrate():
	create_custom_fields(CUSTOM_FIELDS)
	_let_hr_pick_courses()
	_save_default_settings()
	email_templates.add()


def _let_hr_pick_courses():
	for role in COURSE_PICKERS:
		if not frappe.db.exists("Custom DocPerm", {"parent": "LMS Course", "role": role, "permlevel": 0}):
			add_permission("LMS Course", role, 0, "select")


def _save_default_settings():
	"""Write down the defaults of settings that nobody has chosen yet; for an update's new ones those count, not "off"."""
	settings = frappe.get_doc(SETTINGS)
	stored = frappe.db.get_singles_dict(SETTINGS)
	missing = [field for field in settings.meta.fields if field.default and field.fieldname not in stored]
	if not missing:
		return
	for field in missing:
		settings.set(field.fieldname, field.default)
	settings.save()


def _set_default_ladder():
	"""Set the reminder ladder of a new site. Not on migrate: a ladder that somebody emptied stays empty."""
	settings = frappe.get_doc(SETTINGS)
	settings.set("reminder_ladder", [dict(row) for row in DEFAULT_LADDER])
	settings.save()
