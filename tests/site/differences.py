"""What Frappe, ERPNext and Frappe HR 15 and 16 do differently, as far as the tests notice: a name for each, told apart here alone."""

import frappe


def set_test_mode(enabled: bool) -> None:
	"""Tell Frappe that it is tested: 15 looks at the flag alone, 16 at the module too."""
	frappe.in_test = frappe.flags.in_test = enabled


# What the stand-ins have as version 15 has it, and what it is since 16: by DocType, field and property.
SINCE_16 = {
	("Task", "exp_start_date", "fieldtype"): "Datetime",
	("Task", "exp_end_date", "fieldtype"): "Datetime",
	("Job Offer", "status", "options"): "Awaiting Response\nAccepted\nRejected\nCancelled",
}


def can_merge_companies() -> bool:
	"""ERPNext 15 deletes the old one from a table whose name it quotes twice, and fails."""
	return "erpnext" not in frappe.get_installed_apps() or int(frappe.__version__.split(".")[0]) >= 16
