"""What is on record of one person: under every Employee record and every user of theirs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import frappe

from smooth_lms_hr.sources.names import ASSIGNMENT

# Users that are nobody.
NOBODIES = frozenset({"", "Guest", "Administrator"})


@dataclass(frozen=True)
class Person:
	"""
	:param employees: names of all their Employee records: who comes back may have another one
	:param members: all users of theirs, and of nobody else
	"""

	employees: frozenset[str]
	members: frozenset[str]

	def is_about(self, table):
		"""Return the condition on a table with fields "employee" and "member" that leaves what is about the person."""
		return _either(
			[
				table[fieldname].isin(sorted(names))
				for fieldname, names in (("employee", self.employees), ("member", self.members))
				if names
			]
		)

	def is_of_employee(self, table):
		"""Return the same of a table that knows employees alone; None where the person has no Employee record."""
		return table.employee.isin(sorted(self.employees)) if self.employees else None


def find(employees: Iterable[str] = (), members: Iterable[str] = ()) -> Person:
	"""Return the person of some Employee records, or of some users.

	A user that somebody else's Employee record has now is somebody else's, whatever is on record of earlier days.
	"""
	employees, members = set(employees), set(members) - NOBODIES
	if employees:
		members |= _users("Employee", "user_id", {"name": ("in", sorted(employees))})
	if members:
		employees |= set(
			frappe.get_all("Employee", {"user_id": ("in", sorted(members))}, pluck="name", order_by="name")
		)
	if employees:
		earlier = _users(ASSIGNMENT, "member", {"employee": ("in", sorted(employees))}) - members
		members |= earlier - _of_others(earlier, employees)
	return Person(frozenset(employees), frozenset(members))


def _users(doctype: str, fieldname: str, filters: dict) -> set[str]:
	return {
		user for user in frappe.get_all(doctype, filters, pluck=fieldname, order_by=None) if user
	} - NOBODIES


def _of_others(users: Collection[str], employees: Collection[str]) -> set[str]:
	"""Return the users that Employee records other than these have."""
	if not users:
		return set()
	filters = {"user_id": ("in", sorted(users)), "name": ("not in", sorted(employees))}
	return _users("Employee", "user_id", filters)


def _either(conditions):
	first, *others = conditions
	for other in others:
		first |= other
	return first
