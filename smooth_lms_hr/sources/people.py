"""Who can be assigned training: facts about employees and their users, read in sets."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import Enum

import frappe
from frappe.utils import getdate

from smooth_lms_hr.sources import visibility

# These two log in but are nobody who could learn.
NOT_PEOPLE = ("Guest", "Administrator")


@dataclass(frozen=True)
class Person:
	member: str
	member_name: str
	employee: str | None = None
	employee_name: str | None = None
	company: str | None = None
	department: str | None = None
	designation: str | None = None
	joined_on: date | None = None


class Problem(str, Enum):
	"""Why somebody cannot be assigned training now."""

	# Nobody of that name, as far as whoever asks may know.
	NO_EMPLOYEE = "no employee"
	NO_USER = "no user"
	USER_DISABLED = "user disabled"
	LEFT = "left"


EMPLOYEE_FIELDS = [
	"name", "employee_name", "user_id", "company", "department", "designation", "status", "date_of_joining",
]  # fmt: skip


def by_employee(
	employees: Collection[str], seen_by: str | None = None
) -> tuple[dict[str, Person], dict[str, Problem]]:
	"""Return the people behind Employee ids, and what is in the way for the others.

	:param employees: names of Employee records
	:param seen_by: the user who names them, for whom there is nobody that they may not see; None for everybody
	"""
	rows = {
		row.name: row
		for row in frappe.get_all(
			"Employee", filters={"name": ("in", list(employees))}, fields=EMPLOYEE_FIELDS, order_by="name"
		)
	}
	if seen_by:
		seen = visibility.employees(rows.values(), seen_by)
		rows = {name: row for name, row in rows.items() if name in seen}
	users = _users({row.user_id for row in rows.values() if row.user_id})
	people, problems = {}, {}
	for employee in employees:
		result = _judge(rows.get(employee), users)
		(people if isinstance(result, Person) else problems)[employee] = result
	return people, problems


def by_user(
	members: Collection[str], seen_by: str | None = None
) -> tuple[dict[str, Person], dict[str, Problem]]:
	"""Return the people behind User ids, with their employee where there is one.

	:param members: names of User records; a user without an Employee (a contractor) is fine
	:param seen_by: as for ``by_employee``
	"""
	users = _users(members)
	employees = {}
	# Active last, so that it wins over an older record of the same person that has left.
	for row in frappe.get_all(
		"Employee", filters={"user_id": ("in", list(members))}, fields=EMPLOYEE_FIELDS, order_by="name"
	):
		if row.user_id not in employees or row.status == "Active":
			employees[row.user_id] = row
	seen = visibility.employees(employees.values(), seen_by) if seen_by else None
	sees_contractor = visibility.contractors(seen_by) if seen_by else None
	people, problems = {}, {}
	for member in members:
		if row := employees.get(member):
			result = _judge(row if seen is None or row.name in seen else None, users)
		elif (user := users.get(member)) is None or not (sees_contractor is None or sees_contractor(member)):
			result = Problem.NO_EMPLOYEE
		elif not user.enabled:
			result = Problem.USER_DISABLED
		else:
			result = Person(member, user.full_name or member)
		(people if isinstance(result, Person) else problems)[member] = result
	return people, problems


def named_like(text: str, limit: int) -> tuple[list[str], list[str]]:
	"""Return the users and the employees whose name or id has a text in it, whoever may see them, in the order of their names.

	:param limit: how many of each at most
	"""
	like = ("like", f"%{text}%")
	users = frappe.get_all(
		"User",
		filters={"name": ("not in", NOT_PEOPLE)},
		or_filters={"name": like, "full_name": like},
		order_by="full_name, name",
		limit=limit,
		pluck="name",
	)
	employees = frappe.get_all(
		"Employee",
		or_filters={"name": like, "employee_name": like},
		fields=["name", "user_id"],
		order_by="employee_name, name",
		limit=limit,
	)
	members = dict.fromkeys([*users, *(row.user_id for row in employees if row.user_id)])
	return list(members), [row.name for row in employees]


def _users(names: Collection[str]) -> dict[str, frappe._dict]:
	names = [name for name in names if name not in NOT_PEOPLE]
	if not names:
		return {}
	rows = frappe.get_all(
		"User", filters={"name": ("in", names)}, fields=["name", "full_name", "enabled"], order_by="name"
	)
	return {row.name: row for row in rows}


def _judge(employee: frappe._dict | None, users: dict[str, frappe._dict]) -> Person | Problem:
	if not employee:
		return Problem.NO_EMPLOYEE
	if employee.status == "Left":
		return Problem.LEFT
	user = users.get(employee.user_id)
	if not user:
		return Problem.NO_USER
	if not user.enabled:
		return Problem.USER_DISABLED
	return Person(
		member=user.name,
		member_name=user.full_name or user.name,
		employee=employee.name,
		employee_name=employee.employee_name,
		company=employee.company,
		department=employee.department,
		designation=employee.designation,
		joined_on=getdate(employee.date_of_joining) if employee.date_of_joining else None,
	)


def full_names(users: Collection[str | None]) -> dict[str, str]:
	"""Return the names of users, by id; who is gone is left out."""
	wanted = sorted({user for user in users if user})
	if not wanted:
		return {}
	rows = frappe.get_all(
		"User", filters={"name": ("in", wanted)}, fields=["name", "full_name"], order_by="name"
	)
	return {row.name: row.full_name or row.name for row in rows}
