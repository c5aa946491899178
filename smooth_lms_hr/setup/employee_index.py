"""The index by which a user's Employee record is found: every list asks for it, and ERPNext has none for that."""

import frappe

KEY = "Index on Employee"
NAME = "user_id_status_index"


def add() -> bool:
	if frappe.db.has_index("tabEmployee", NAME):
		return False
	frappe.db.add_index("Employee", ["user_id", "status"], NAME)
	return True


def remove() -> None:
	if frappe.db.has_index("tabEmployee", NAME):
		frappe.db.sql_ddl(f"alter table `tabEmployee` drop index `{NAME}`")  # nosemgrep
