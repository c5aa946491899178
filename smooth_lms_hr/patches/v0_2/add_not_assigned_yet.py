"""Training Status learns "Not Assigned Yet": an onboarding of which nothing was assigned was called partly assigned."""

import frappe

from smooth_lms_hr.assigning.onboarding import NOT_ASSIGNED_YET, ONBOARDING, PARTLY_ASSIGNED
from smooth_lms_hr.sources.names import ASSIGNMENT


def execute():
	_add_option()
	_rename_what_is_not_even_partly()


def _add_option():
	field = frappe.db.exists("Custom Field", {"dt": ONBOARDING, "fieldname": "training_status"})
	# Whoever has deleted the field does not get it back.
	if not field:
		return
	options = (frappe.db.get_value("Custom Field", field, "options") or "").split("\n")
	if NOT_ASSIGNED_YET not in options:
		frappe.db.set_value("Custom Field", field, "options", "\n".join([*options, NOT_ASSIGNED_YET]))
		frappe.clear_cache(doctype=ONBOARDING)


def _rename_what_is_not_even_partly():
	if not frappe.db.has_column(ONBOARDING, "training_status"):
		return
	partly = frappe.get_all(
		ONBOARDING, {"training_status": PARTLY_ASSIGNED}, ["name", "employee"], order_by="name"
	)
	for onboarding in partly:
		owes = {"onboarding": onboarding.name}, {"employee": onboarding.employee or ""}
		if not any(frappe.db.exists(ASSIGNMENT, each) for each in owes):
			frappe.db.set_value(
				ONBOARDING, onboarding.name, "training_status", NOT_ASSIGNED_YET, update_modified=False
			)
