import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from hrms.custom_fields import CUSTOM_FIELDS


def after_install():
	create_custom_fields(CUSTOM_FIELDS, ignore_validate=True)
	for role in ("Leave Approver", "Expense Approver"):
		if not frappe.db.exists("Role", role):
			frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": 1}).insert()
	frappe.db.set_single_value("HR Settings", "emp_created_by", "Naming Series")
