"""Training Status of Employee Onboardings gets an index: the daily run looks for those that are not done, among all that there ever were."""

import frappe

from smooth_lms_hr.assigning.onboarding import ONBOARDING


def execute():
	field = frappe.db.exists("Custom Field", {"dt": ONBOARDING, "fieldname": "training_status"})
	# Whoever has deleted the field does not get it back.
	if field and not frappe.db.get_value("Custom Field", field, "search_index"):
		doc = frappe.get_doc("Custom Field", field)
		doc.search_index = 1
		doc.save(ignore_permissions=True)
