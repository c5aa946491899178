"""A rule may ask for a course that is not mandatory: its days are shown, too."""

import frappe


def execute():
	for fieldname in ("training_due_days", "validity_days"):
		# What somebody has chosen instead stays.
		ours = {"dt": "LMS Course", "fieldname": fieldname, "depends_on": "is_mandatory"}
		frappe.db.set_value("Custom Field", ours, "depends_on", None)
	frappe.clear_cache(doctype="LMS Course")
