"""Makes companies, users and employees."""

from itertools import count

import frappe
from frappe.utils import now

_number = count(1)


def unique(prefix: str) -> str:
	"""Return a name that no record of this or an earlier run has."""
	return f"{prefix}-{next(_number)}-{frappe.generate_hash(length=6)}"


def next_number() -> int:
	return next(_number)


def company(name: str | None = None) -> str:
	"""Return a company: the named one, made where missing, or any."""
	# The site's own: those that a test has made are of the day at which its clock stands.
	if name is None and (existing := frappe.db.get_value("Company", {}, "name", order_by="creation desc")):
		return existing
	name = name or "_Test Company"
	if not frappe.db.exists("Company", name):
		frappe.get_doc(
			{
				"doctype": "Company",
				"company_name": name,
				"abbr": unique("C"),
				"default_currency": "INR",
				"country": "India",
			}
		).insert(ignore_permissions=True)
	return name


def named(doctype: str, fieldname: str, value: str, **fields) -> str:
	"""Return a record of a DocType that is named by one of its fields, made where missing."""
	if existing := frappe.db.get_value(doctype, {fieldname: value}):
		return existing
	return (
		frappe.get_doc({"doctype": doctype, fieldname: value, **fields}).insert(ignore_permissions=True).name
	)


def user(*roles: str, name: str | None = None, enabled: bool = True, learner: bool = True) -> str:
	"""Return a new user.

	:param learner: False for a user from before Learning was installed, without its role
	"""
	email = name or f"{unique('user')}@example.com".lower()
	doc = frappe.get_doc(
		{
			"doctype": "User",
			"email": email,
			"first_name": email.split("@")[0],
			"send_welcome_email": 0,
			"enabled": int(enabled),
			"roles": [{"role": role} for role in roles],
		}
	)
	doc.insert(ignore_permissions=True)
	if not learner:
		doc.remove_roles("LMS Student")
	return doc.name


def hr_manager(*also: str) -> str:
	"""Return somebody who may do HR's work: Frappe HR gives Job Applicants to the role HR User alone.

	:param also: other roles
	"""
	return user("HR Manager", "HR User", *also)


def employee(user_id: str | None = None, **fields) -> "frappe.model.document.Document":
	return frappe.get_doc(
		{
			"doctype": "Employee",
			"naming_series": "HR-EMP-",
			"first_name": fields.pop("first_name", unique("Employee")),
			"company": company(),
			"gender": named("Gender", "gender", "Female"),
			"date_of_birth": "1990-05-08",
			"date_of_joining": "2026-11-01",
			"status": "Active",
			"user_id": user_id,
			"create_user_permission": may_limit_users(),
			**fields,
		}
	).insert(ignore_permissions=True)


def may_limit_users() -> int:
	# Without the right to, ERPNext 15 makes an Employee without a User Permission, and 16 none at all.
	return int(bool(frappe.has_permission("User Permission", "write")))


def designation(name: str) -> str:
	return named("Designation", "designation_name", name)


def insert(doctype: str, rows: list[dict]) -> None:
	"""Write rows as they are, all at once: nobody hears of them."""
	stamps = {"creation": now(), "modified": now(), "owner": "Administrator", "modified_by": "Administrator"}
	rows = [{**stamps, **row} for row in rows]
	frappe.db.bulk_insert(doctype, list(rows[0]), [tuple(row.values()) for row in rows])
