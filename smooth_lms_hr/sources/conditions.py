"""Rule 9 as conditions of SQL, each in the form that a database answers from an index.

A list is read in its order, twenty rows at a time. A condition must either lead to few rows, or be cheap to ask of each
row on the way: a sub-select that a database is free to turn round is neither, and which it chooses changes with its
statistics. What is few is therefore looked up first and named; of what is many, each row is asked by its primary key.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

import frappe
from frappe.permissions import get_role_permissions
from frappe.query_builder import Case
from pypika import Criterion

from smooth_lms_hr.sources import reporting_lines
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.visibility import (
	employees_of,
	limits,
	limits_of_employees,
	own_employees,
	sees_all,
)
from smooth_lms_hr.training.status import AWAITING_SIGNATURE, OVERDUE

# People of a team who are named one by one. MariaDB turns a list of more than 1,000 into a table, and reads that first.
FEW_PEOPLE = 900
# The same where the reader's own rows cannot be named along: two indexes are merged then.
VERY_FEW_PEOPLE = 100
# Assignments that what is about them is looked up by.
FEW_ASSIGNMENTS = 2_000
# What the place of each row's person is looked up as, and known again by.
PLACE = "place_of_person"
# Fields of an assignment that User Permissions may be about and that have an index.
INDEXED_LIMITS = ("employee", "company")


def of_own_and_team(user: str) -> str:
	"""Return the condition that leaves the assignments of a user and of everybody below them."""
	own = _equals("member", user)
	teams = reporting_lines.teams_of(user)
	if not teams:
		return own
	team = _names_of_few(teams)
	if team is None:
		return f"({own} or {_place_is_below(teams)})"
	if not team:
		return own
	if (mine := _own_employees(user, team)) is not None:
		return _is_one_of("employee", sorted({*team, *mine}))
	# Two indexes are merged for this, which is dear for many.
	is_of_team = _is_one_of("employee", team) if len(team) <= VERY_FEW_PEOPLE else _place_is_below(teams)
	return f"({own} or {is_of_team})"


class OfTeam(NamedTuple):
	"""A condition, and whether it names the people: such a one leads to their rows, any other is asked of each row."""

	text: str
	names_them: bool


def of_team(teams: Collection[Mapping]) -> OfTeam:
	"""Return the condition that leaves the assignments of everybody below those who lead the teams."""
	team = _names_of_few(teams)
	if team is None:
		return OfTeam(_place_is_below(teams), False)
	return OfTeam(_is_one_of("employee", team) if team else "1=0", True)


def of_limits(user: str) -> str:
	"""Return what Frappe says of a user's User Permissions in its own words again, so that an index can be used.

	Frappe wraps the field into a function, which hides it from every index: a company of few would be looked for among
	everybody's. This leaves no row out that Frappe leaves in.
	"""
	role = get_role_permissions(frappe.get_meta(ASSIGNMENT), user=user)
	if not role.get("read") or role.get("has_if_owner_enabled"):
		# Frappe itself leaves User Permissions out here.
		return ""
	found = limits(ASSIGNMENT, user)
	return " and ".join(
		f"({_field(fieldname)} is null or {_is_one_of(fieldname, sorted({'', *found[fieldname]}))})"
		for fieldname in INDEXED_LIMITS
		if fieldname in found and _can_be_named(found[fieldname])
	)


def is_late(table, today: date) -> Criterion:
	"""Return the condition that leaves what is owed and late: Overdue, or awaiting a signature since its due date.

	:param table: of assignments, in a query
	:param today: in the site's time zone
	"""
	return (table.status == OVERDUE) | ((table.status == AWAITING_SIGNATURE) & (table.due_date < today))


def of_what_is_about(doctype: str, allowed: str) -> str:
	"""Return the condition that leaves what is about the assignments that a reader sees.

	:param doctype: has a field "assignment"
	:param allowed: the condition on the assignments
	"""
	# What is asked of each row already would be asked of all rows, to find out how many they are.
	if PLACE not in allowed and _few_names(allowed, FEW_ASSIGNMENTS) is not None:
		return (
			f"`tab{doctype}`.`assignment` in (select {_field('name')} from `tab{ASSIGNMENT}` where {allowed})"
		)
	return _of_each_assignment(doctype, allowed)


def of_what_is_about_them_or_people(doctype: str, allowed: str, people: str) -> str:
	"""Return the same with what is about no assignment, but about an employee: both are ranges of one index.

	:param doctype: has fields "assignment" and "employee"
	:param allowed: the condition on the assignments, empty where they are all seen
	:param people: the condition on what is about none, as ``of_people`` returns it
	"""
	column = f"`tab{doctype}`.`assignment`"
	if not allowed:
		theirs = f"{column} is not null"
	elif PLACE not in allowed and (names := _few_names(allowed, FEW_PEOPLE)) is not None:
		theirs = _among(column, names)
	else:
		theirs = _of_each_assignment(doctype, allowed)
	return f"({theirs} or ({column} is null and {people or '1=1'}))"


def of_people(doctype: str, user: str, fieldname: str = "employee") -> str:
	"""Return the condition that leaves what is about the employees whom a user sees; empty where that is everybody.

	:param fieldname: in which the DocType names the Employee
	"""
	if sees_all(user):
		return of_everybody(doctype, user, fieldname)
	teams = reporting_lines.teams_of(user)
	if (team := _names_of_few(teams)) is not None:
		named = employees_of({*own_employees(user), *team}, user)
		return _among(f"`tab{doctype}`.`{fieldname}`", sorted(named))
	below = (f"(`{PLACE}`.lft > {team.lft} and `{PLACE}`.rgt < {team.rgt})" for team in teams)
	theirs = f"({' or '.join([f'`{PLACE}`.user_id = {frappe.db.escape(user)}', *below])})"
	return _of_each_person(f"`tab{doctype}`.`{fieldname}`", [*_limits_of_place(user), theirs])


def of_everybody(doctype: str, user: str, fieldname: str = "employee") -> str:
	"""Return the condition that leaves what is about whomever User Permissions leave a user; empty where that is everybody.

	:param fieldname: in which the DocType names the Employee
	"""
	asked = _limits_of_place(user)
	return _of_each_person(f"`tab{doctype}`.`{fieldname}`", asked) if asked else ""


def of_own(doctype: str, user: str) -> str:
	"""Return the condition that leaves what is about a user alone.

	:param doctype: has a field "employee"
	"""
	return _among(f"`tab{doctype}`.`employee`", own_employees(user))


def of_file(allowed: Mapping[str, str | None]) -> str:
	"""Return the condition on `tabFile` that leaves the files of records to who sees these; empty where that is everybody.

	:param allowed: the condition on the records, by DocType: empty where they are all seen, None where none is
	"""
	return " and ".join(
		_of_each_file(doctype, condition) for doctype, condition in allowed.items() if condition != ""
	)


def _of_each_file(doctype: str, condition: str | None) -> str:
	about = "`tabFile`.`attached_to_doctype`"
	others = f"{about} is null or {about} != {frappe.db.escape(doctype)}"
	if condition is None:
		return f"({others})"
	return (
		f"({others} or (select case when {condition} then 1 else 0 end from `tab{doctype}` "
		f"where `tab{doctype}`.`name` = `tabFile`.`attached_to_name`) = 1)"
	)


def _limits_of_place(user: str) -> list[str]:
	return [_within(fieldname, allowed) for fieldname, allowed in limits_of_employees(user).items()]


def _of_each_person(column: str, asked: Iterable[str]) -> str:
	return (
		f"(select case when {' and '.join(asked)} then 1 else 0 end from `tabEmployee` as `{PLACE}` "
		f"where `{PLACE}`.name = {column}) = 1"
	)


def _within(fieldname: str, allowed: Iterable[str]) -> str:
	"""Return the condition on the place of a row's person that Frappe makes of a User Permission."""
	column = f"`{PLACE}`.`{fieldname}`"
	# As Frappe writes them, percent signs and all.
	among = f"{column} in ({', '.join(frappe.db.escape(value) for value in sorted(allowed))})"
	strict = frappe.get_system_settings("apply_strict_user_permissions")
	return among if strict else f"({column} is null or {column} = '' or {among})"


def _of_each_assignment(doctype: str, allowed: str) -> str:
	return (
		f"(select case when {allowed} then 1 else 0 end from `tab{ASSIGNMENT}` "
		f"where {_field('name')} = `tab{doctype}`.`assignment`) = 1"
	)


def _names_of_few(teams: Collection[Mapping]) -> list[str] | None:
	"""Return the names of the Employees below those who lead the teams; None where they are too many to be named."""
	if reporting_lines.at_most_below(teams) > FEW_PEOPLE:
		return None
	names = reporting_lines.names_below(teams)
	return names if _can_be_named(names) else None


def _can_be_named(names: Iterable[str]) -> bool:
	"""Return whether names can stand in a condition: of what hooks return, some ways of Frappe's format percent signs, some not."""
	return not any("%" in name for name in names)


def _few_names(allowed: str, few: int) -> list[str] | None:
	"""Return the names of the assignments that a condition leaves, None where they are more than few."""
	# The condition is text that Frappe has put together; whatever came from outside is escaped in it.
	rows = frappe.db.sql(  # nosemgrep
		f"select `name` from `tab{ASSIGNMENT}` where {allowed} limit {few + 1}"
	)
	return sorted(name for (name,) in rows) if len(rows) <= few else None


def _own_employees(user: str, team: Collection[str]) -> set[str] | None:
	"""Return the employees that are named in a user's own assignments; None where these names say too little or too much.

	That is where an assignment of the user names nobody, or where one of such an employee is another user's.
	"""
	rows = frappe.get_all(ASSIGNMENT, filters={"member": user}, pluck="employee", order_by=None)
	mine = set(rows)
	if not all(rows) or not _can_be_named(mine):
		return None
	if others := mine.difference(team):
		strangers = {"employee": ("in", list(others)), "member": ("!=", user)}
		if frappe.get_all(ASSIGNMENT, filters=strangers, limit=1, order_by=None):
			return None
	return mine


def _place_is_below(teams) -> str:
	report, table = frappe.qb.DocType("Employee").as_(PLACE), frappe.qb.DocType(ASSIGNMENT)
	below = Case().when(reporting_lines.below(report, teams), 1).else_(0)
	# Not among the conditions of the sub-select: the only way to the row is the primary key.
	query = frappe.qb.from_(report).select(below).where(report.name == table.employee)
	return f"({query.get_sql()}) = 1"


def _field(fieldname: str) -> str:
	return f"`tab{ASSIGNMENT}`.`{fieldname}`"


def _equals(fieldname: str, value: str) -> str:
	return f"{_field(fieldname)} = {frappe.db.escape(value)}"


def _is_one_of(fieldname: str, values: Iterable[str]) -> str:
	return _among(_field(fieldname), values)


def _among(column: str, values: Iterable[str]) -> str:
	escaped = ", ".join(frappe.db.escape(value, percent=False) for value in values)
	return f"{column} in ({escaped})" if escaped else "1=0"
