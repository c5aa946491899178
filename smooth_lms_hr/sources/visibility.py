"""Whom and what somebody may see, for any number of records at once (rule 9).

Frappe answers for one document at a time; here the limits are read once and then compared in memory. Nobody reads who
is in the way of somebody they may not see: for them there is no such person.
"""

from collections.abc import Callable, Collection, Mapping

import frappe
from frappe.core.doctype.user_permission.user_permission import get_user_permissions
from frappe.desk.reportview import build_match_conditions
from frappe.permissions import get_allowed_docs_for_doctype
from pypika.terms import Criterion, LiteralValue

from smooth_lms_hr.sources import reporting_lines
from smooth_lms_hr.sources.departments import departments_from
from smooth_lms_hr.sources.names import ASSIGNMENT

# See everything that their User Permissions leave them.
OVERSEERS = frozenset({"System Manager", "HR Manager", "HR User", "Moderator", "Training Auditor"})
# Read the employees' files, as far as their User Permissions reach.
READ_DOCUMENTS = frozenset({"System Manager", "HR Manager", "HR User", "Training Auditor"})
# What an assignment takes over from the person that it is about.
OF_THE_PERSON = ("company", "department", "designation")

# The names that a field may have, by fieldname; no entry where any may.
Limits = dict[str, frozenset[str]]


def sees_all(user: str) -> bool:
	"""Return whether a user's role is to look after everybody."""
	return user == "Administrator" or not OVERSEERS.isdisjoint(frappe.get_roles(user))


def reads_documents(user: str) -> bool:
	"""Return whether a user's role is to read the files of employees. Who manages a team, or courses, has no such role."""
	return user == "Administrator" or not READ_DOCUMENTS.isdisjoint(frappe.get_roles(user))


def own_employees(user: str) -> list[str]:
	"""Return the names of the Employee records that are a user's own."""
	return frappe.get_all("Employee", filters={"user_id": user}, pluck="name", order_by="name")


def limits(doctype: str, user: str) -> Limits:
	"""Return what a user's User Permissions leave of a DocType, by its own name and the records that it links to."""
	permissions = get_user_permissions(user)
	if not permissions:
		return {}
	links = [(field.fieldname, field.options) for field in frappe.get_meta(doctype).get_link_fields()
		if not field.ignore_user_permissions]  # fmt: skip
	found = {}
	for fieldname, linked in (("name", doctype), *links):
		if allowed := get_allowed_docs_for_doctype(permissions.get(linked, []), doctype):
			found[fieldname] = frozenset(allowed)
	return found


def within(row: Mapping, limits: Limits) -> bool:
	"""Return whether a record is among those that limits leave.

	:param row: with every field that the limits are about
	"""
	if not limits:
		return True
	strict = frappe.get_system_settings("apply_strict_user_permissions")
	return all(
		str(row[fieldname]) in allowed if row.get(fieldname) else not strict
		for fieldname, allowed in limits.items()
	)


def is_there(doctype: str, name: str, user: str) -> bool:
	"""Return whether there is a record of that name among those that User Permissions leave somebody."""
	limited = limits(doctype, user)
	rows = frappe.get_all(doctype, filters={"name": name}, fields=list({"name", *limited}), limit=1)
	return bool(rows) and within(rows[0], limited)


def employees(rows: Collection[Mapping], user: str) -> set[str]:
	"""Return which employees a user may see and assign training to, by name.

	The assignment's rule (their own, their team's, or everybody's for who looks after everybody; User Permissions on
	top), and User Permissions on the Employee record itself. Two queries for however many.

	:param rows: with name, user_id and OF_THE_PERSON
	"""
	records, assignments = limits("Employee", user), _limits_of_assignments(user)
	found = {row["name"] for row in rows if within({**row, "employee": row["name"]}, assignments)}
	needs = set(records) - {"name"}
	teams = None if sees_all(user) else reporting_lines.teams_of(user)
	if not found or not (records or teams is not None):
		return found
	details = frappe.get_all(
		"Employee",
		filters={"name": ("in", list(found))},
		fields=["name", "user_id", "lft", "rgt", *sorted(needs - {"user_id"})],
		order_by=None,
	)
	return {
		row.name
		for row in details
		if within(row, records)
		and (teams is None or row.user_id == user or reporting_lines.is_below(row, teams))
	}


def employees_of(names: Collection[str], user: str) -> set[str]:
	"""Return which of some employees there are whom a user may see, as ``employees``."""
	if not names:
		return set()
	filters = {"name": ("in", sorted(names))}
	rows = frappe.get_all("Employee", filters, ["name", "user_id", *OF_THE_PERSON], order_by="name")
	return employees(rows, user)


def limits_of_employees(user: str) -> Limits:
	"""Return what User Permissions leave of Employee records, by their own fields: of themselves, and of their assignments."""
	found = limits("Employee", user)
	for fieldname, allowed in _limits_of_assignments(user).items():
		own = "name" if fieldname == "employee" else fieldname
		found[own] = found.get(own, allowed) & allowed
	return found


def sees_a_part(user: str) -> bool:
	"""Return whether User Permissions leave somebody a part of all employees; not so where they leave all that there is."""
	meta = frappe.get_meta("Employee")
	for fieldname, allowed in limits_of_employees(user).items():
		doctype = "Employee" if fieldname == "name" else meta.get_options(fieldname)
		if frappe.get_all(doctype, filters={"name": ("not in", sorted(allowed))}, order_by="name", limit=1):
			return True
	return False


def all_there(doctype: str, user: str, *fieldnames: str, **filters) -> list[frappe._dict]:
	"""Return name and further fields of the records that User Permissions leave somebody, by name."""
	limited = limits(doctype, user)
	fields = list(dict.fromkeys(["name", *fieldnames, *limited]))
	rows = frappe.get_all(doctype, filters=filters, fields=fields, order_by="name")
	return [row for row in rows if within(row, limited)]


def contractors(user: str) -> Callable[[str], bool]:
	"""Return a function that says of a user without an Employee whether somebody may see and assign training to them."""
	oversees, left = sees_all(user), within({}, _limits_of_assignments(user))
	return lambda member: left and (oversees or member == user)


def _limits_of_assignments(user: str) -> Limits:
	found = limits(ASSIGNMENT, user)
	return {
		fieldname: allowed
		for fieldname, allowed in found.items()
		if fieldname in ("employee", *OF_THE_PERSON)
	}


def visible_assignments(**filters):
	"""Return the query, without columns, of the assignments that the session user may see; see ``visible``."""
	return visible(ASSIGNMENT, **filters)


def visible(doctype: str, **filters):
	"""Return the query, without columns, of the records of ours that the session user may see.

	Frappe's own match conditions (role, our rule, User Permissions, shares) are part of it.

	:param filters: fieldname and value; empty values do not filter, a list is any of them, a department is meant with
	        those below it
	:raises frappe.PermissionError: for somebody who may read none of them at all
	"""
	frappe.has_permission(doctype, "read", throw=True)
	table = frappe.qb.DocType(doctype)
	query = frappe.qb.from_(table)
	if allowed := build_match_conditions(doctype):
		query = query.where(of_text(allowed, doctype))
	for fieldname, value in filters.items():
		if not value:
			continue
		if fieldname == "department":
			value = departments_from(value)
		field = table[fieldname]
		query = query.where(field.isin(value) if isinstance(value, list | tuple) else field == value)
	return query


def of_text(condition: str, doctype: str = ASSIGNMENT) -> Criterion:
	"""Return a condition of SQL, in which every % is doubled, as a criterion: text alone is none that others can be added to."""
	return frappe.qb.DocType(doctype).name.isnotnull() & LiteralValue(f"({condition})")
