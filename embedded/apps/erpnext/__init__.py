"""Stand-in for ERPNext: the few masters that the app links to."""

import frappe

__version__ = "15.0.0"


def get_default_company(user=None):
	return frappe.defaults.get_user_default("Company", user) or frappe.db.get_value(
		"Company", {}, order_by="creation"
	)
