"""Who may see which assignment (DESIGN rule 9): one rule, asked by lists and by single documents alike.

The roles' rights stand in the DocType; this narrows what a right applies to. Frappe's User Permissions come on top.
"""

import frappe

from smooth_lms_hr.services.managers import manages

# See everything that their User Permissions leave them.
OVERSEERS = frozenset({"System Manager", "HR Manager", "HR User", "Moderator"})


def permission_query_conditions(user: str | None = None, doctype: str | None = None) -> str:
	"""Return the SQL condition on `tabLMS Training Assignment` that a user's lists, searches and reports carry."""
	user = user or frappe.session.user
	if sees_all(user):
		return ""
	if user == "Guest":
		return "1=0"
	escaped = frappe.db.escape(user)
	# The tree of reports_to, kept by ERPNext as nested sets, answers "at any depth" in one query.
	return f"""(`tabLMS Training Assignment`.`member` = {escaped}
		or `tabLMS Training Assignment`.`employee` in (
			select report.name from `tabEmployee` report
			inner join `tabEmployee` manager on report.lft > manager.lft and report.rgt < manager.rgt
			where manager.user_id = {escaped} and manager.status = 'Active'))"""


def has_permission(doc, ptype: str | None = None, user: str | None = None, debug: bool = False) -> bool:
	"""Return whether a user may do what the role allows to this assignment too."""
	user = user or frappe.session.user
	if sees_all(user):
		return True
	if user == "Guest":
		return False
	return doc.member == user or bool(doc.employee and manages(user, doc.employee))


def sees_all(user: str) -> bool:
	return user == "Administrator" or not OVERSEERS.isdisjoint(frappe.get_roles(user))
