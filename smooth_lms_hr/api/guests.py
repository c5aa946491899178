"""Who is not logged in."""

import frappe
from frappe import _


def refuse_guests() -> None:
	"""Keep who is not logged in from asking anything.

	:raises frappe.PermissionError:
	"""
	if frappe.session.user == "Guest":
		frappe.throw(_("Log in to see your training."), frappe.PermissionError)
