"""Everything that one person owes, did and holds, on a page: what a binder says of them, as far as the reader may read it."""

from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import format_datetime, formatdate, getdate, now_datetime

from smooth_lms_hr.showing import binder_pages, binder_people, binder_record, binder_seals
from smooth_lms_hr.showing.binder_people import EMPLOYEE, MEMBER, Who
from smooth_lms_hr.sources import visibility
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.people import full_names

# Of somebody in one's team; when they joined and left is for HR to tell.
OF_TEAM_MEMBER = ("name", "employee_name", "user_id", "company", "department", "designation")


def page(employee: str | None, member: str | None) -> dict | None:
	"""Return what templates/binder/person.html needs of a person.

	:param employee: name of an Employee; ``member``: a user without one. None for both: the session user
	:return: None where there is nobody of that name whose training the session user may see
	"""
	user = frappe.session.user
	mine = binder_people.own(user)
	if not (employee or member):
		who = mine[0] if mine else None
	else:
		who = (EMPLOYEE, employee) if employee else (MEMBER, member)
	known = who and (binder_people.still_seen([who]).get(who) or _seen_otherwise(who, user))
	if not known:
		return None
	(record,) = binder_record.read({who: known}, binder_record.Period(None, None))
	facts = {
		"made_on": format_datetime(now_datetime()),
		"made_by": full_names([user]).get(user, user),
		"period": _("up to {0}").format(formatdate(getdate())),
	}
	return binder_pages.on_site(who, record, binder_seals.read(), facts) | {
		"own": who in mine,
		"desk": f"/app/employee/{quote(known.name)}" if who[0] == EMPLOYEE else None,
	}


def _seen_otherwise(who: Who, user: str) -> frappe._dict | None:
	"""Return what is known of somebody whose training a user sees, and may not export: of a team, or without an Employee."""
	kind, name = who
	if kind == EMPLOYEE:
		if name not in visibility.employees_of([name], user):
			return None
		return frappe.db.get_value(EMPLOYEE.title(), name, OF_TEAM_MEMBER, as_dict=True)
	owed = {"member": name, "employee": ("is", "not set")}
	if not (
		visibility.contractors(user)(name)
		and frappe.has_permission(ASSIGNMENT, "read")
		and frappe.get_list(ASSIGNMENT, filters=owed, order_by="name", limit_page_length=1)
	):
		return None
	return frappe._dict(name=name, employee_name=full_names([name]).get(name), user_id=name)
