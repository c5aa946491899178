"""Who manages whom, and so is to know that somebody is late."""

from collections.abc import Collection

import frappe

from smooth_lms_hr.sources.people import NOT_PEOPLE


def managers_of(employees: Collection[str]) -> dict[str, str]:
	"""Return the user who manages each employee: who they report to, else their department's first approver.

	Employees with neither are left out. Five queries for however many.

	:param employees: names of Employee records
	"""
	if not employees:
		return {}
	rows = frappe.get_all(
		"Employee",
		filters={"name": ("in", list(employees))},
		fields=["name", "user_id", "reports_to", "department"],
		order_by="name",
	)
	bosses = {
		boss.name: boss.user_id
		for boss in frappe.get_all(
			"Employee",
			filters={"name": ("in", {row.reports_to for row in rows if row.reports_to}), "status": "Active"},
			fields=["name", "user_id"],
			order_by="name",
		)
	}
	approvers: dict[str, list[str]] = {}
	for row in frappe.get_all(
		"Department Approver",
		filters={
			"parenttype": "Department",
			"parentfield": "leave_approvers",
			"parent": ("in", {row.department for row in rows if row.department}),
		},
		fields=["parent", "approver"],
		order_by="parent, idx",
	):
		approvers.setdefault(row.parent, []).append(row.approver)
	candidates = {row.name: [bosses.get(row.reports_to), *approvers.get(row.department, [])] for row in rows}
	enabled = _enabled({user for users in candidates.values() for user in users if user})
	found = {}
	for row in rows:
		# Nobody is told of their own training as of a team's.
		others = [user for user in candidates[row.name] if user in enabled and user != row.user_id]
		if others:
			found[row.name] = others[0]
	return found


def leaders_of(employees: Collection[str]) -> dict[str, list[str]]:
	"""Return the users whom each employee reports to, directly and through others; whoever has none is left out.

	As many queries as there are levels between them and the top, however many they are.

	:param employees: names of Employee records
	"""
	known: dict[str, frappe._dict] = {}
	missing = set(employees)
	while missing:
		rows = frappe.get_all(
			"Employee",
			filters={"name": ("in", sorted(missing))},
			fields=["name", "user_id", "reports_to", "status"],
			order_by=None,
		)
		known.update((row.name, row) for row in rows)
		missing = {row.reports_to for row in rows if row.reports_to} - known.keys()
	enabled = _enabled({row.user_id for row in known.values() if row.user_id and row.status == "Active"})
	found = {}
	for employee in known.keys() & set(employees):
		above, boss = [], known[employee].reports_to
		while boss in known and boss not in above:
			above.append(boss)
			boss = known[boss].reports_to
		users = dict.fromkeys(known[each].user_id for each in above if known[each].status == "Active")
		found[employee] = [user for user in users if user in enabled and user != known[employee].user_id]
	return {employee: users for employee, users in found.items() if users}


def hr_managers() -> list[str]:
	"""Return the users who are HR Managers and can log in."""
	users = frappe.get_all(
		"Has Role", filters={"role": "HR Manager", "parenttype": "User"}, pluck="parent", order_by="parent"
	)
	return sorted(_enabled(set(users)))


def _enabled(users: Collection[str]) -> set[str]:
	users = [user for user in users if user not in NOT_PEOPLE]
	return (
		set(frappe.get_all("User", {"name": ("in", users), "enabled": 1}, pluck="name")) if users else set()
	)
