"""What install and migrates give a site. Nothing is given twice: what an administrator changed stays changed."""

import frappe

from smooth_lms_hr.assigning import numbers
from smooth_lms_hr.setup import given, learning_sidebar, taken_names
from smooth_lms_hr.setup.defaults import DEFAULTS
from smooth_lms_hr.setup.indexes import INDEXES
from smooth_lms_hr.setup.roles import AUDITOR
from smooth_lms_hr.sources.settings import SETTINGS

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
	taken_names.refuse()
	given.begin()
	given.once(AUDITOR.key, AUDITOR.add)


def before_migrate():
	taken_names.refuse()


def after_install():
	after_migrate()


def after_migrate():
	numbers.ensure_sequence()
	for index in INDEXES:
		given.once(index.key, index.add)
	for default in DEFAULTS:
		given.once(default.key, default.add)
	_save_default_settings()
	given.once("Reminder Ladder", _set_default_ladder)
	given.once("Side Bar Entry", learning_sidebar.add)


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


def _set_default_ladder() -> bool:
	settings = frappe.get_doc(SETTINGS)
	if settings.reminder_ladder:
		return False
	settings.set("reminder_ladder", [dict(row) for row in DEFAULT_LADDER])
	settings.save()
	return True
