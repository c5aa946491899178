"""Who reports to whom, at any depth: ERPNext keeps the tree of reports_to as nested sets (lft, rgt)."""

from collections.abc import Collection, Mapping

import frappe
from pypika.terms import Criterion, ValueWrapper


def teams_of(user: str) -> list[frappe._dict]:
	"""Return the Employee records of a user that somebody reports to, with their place (lft, rgt) in the tree."""
	places = frappe.get_all(
		"Employee",
		filters={"user_id": user, "status": "Active"},
		fields=["name", "lft", "rgt"],
		order_by="name",
	)
	return [place for place in places if place.rgt - place.lft > 1]


def manages(user: str, employee: str) -> bool:
	"""Return whether an employee reports to the user."""
	place = frappe.db.get_value("Employee", employee, ["lft", "rgt"], as_dict=True)
	return bool(place) and is_below(place, teams_of(user))


def at_most_below(teams: Collection[Mapping]) -> int:
	"""Return how many Employees there are below those who lead the teams, by the places in the tree alone.

	Each has two numbers of its own; gaps, where somebody was deleted, count as people.
	"""
	return sum((team["rgt"] - team["lft"] - 1) // 2 for team in teams)


def names_below(teams: Collection[Mapping]) -> list[str]:
	"""Return the names of the Employees below those who lead the teams, in order."""
	report = frappe.qb.DocType("Employee")
	return sorted(
		name for (name,) in frappe.qb.from_(report).select(report.name).where(below(report, teams)).run()
	)


def is_below(place: Mapping, teams: Collection[Mapping]) -> bool:
	"""Return whether a place in the tree is below one of those who lead the teams."""
	return any(team["lft"] < place["lft"] and place["rgt"] < team["rgt"] for team in teams)


def below(employee, teams: Collection[Mapping]) -> Criterion:
	"""Return the same as a criterion on rows of a table.

	:param employee: the table Employee in a query, by whatever alias
	"""
	if not teams:
		# No condition at all would be everybody.
		return ValueWrapper(1) == 0
	# That the left one is below the end too follows from the tree; said, it leads an index to these people and no further.
	return Criterion.any(
		(employee.lft > team["lft"]) & (employee.lft < team["rgt"]) & (employee.rgt < team["rgt"])
		for team in teams
	)
