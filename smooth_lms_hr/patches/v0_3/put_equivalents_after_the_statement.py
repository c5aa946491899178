"""Hours and a statement to sign came between a course's days and its equivalents."""

import frappe


def execute():
	# Where somebody has put it elsewhere it stays.
	ours = {"dt": "LMS Course", "fieldname": "training_equivalents_section", "insert_after": "renew_from"}
	frappe.db.set_value("Custom Field", ours, "insert_after", "attestation")
	frappe.clear_cache(doctype="LMS Course")
