"""Who is away: on a leave, on a holiday of their own, or not at work for now. Read in sets, whatever the number of people."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import frappe
from frappe.utils import getdate

from smooth_lms_hr.sources.names import LEAVE
from smooth_lms_hr.sources.settings import Settings
from smooth_lms_hr.training.leave import Leave

# Still employed, and not at work.
NOT_AT_WORK = ("Inactive", "Suspended")
# Since Frappe HR 16 this says which Holiday List is whose; before it, and where there is none, the masters do.
HOLIDAYS_OF = "Holiday List Assignment"


class Absences(NamedTuple):
	"""
	:param away: the users whom, and about whom, nothing is said today: on a long leave, or not at work for now
	:param off: those whom nothing is said today, for it is their holiday or weekly off
	"""

	away: frozenset[str]
	off: frozenset[str]


def approved(names: Collection[str]) -> dict[str, Leave]:
	"""Return leaves by name, those that are approved."""
	return {row.name: leave_of(row) for row in _approved({"name": ("in", list(names))})} if names else {}


def on_leave(employees: Collection[str], day: date, at_least: int) -> dict[str, list[Leave]]:
	"""Return the approved leaves that a day lies in, by employee, in the order in which they begin.

	:param day: in the site's time zone
	:param at_least: shorter ones, in calendar days, are none; 0 where no leave counts
	"""
	if not (employees and at_least):
		return {}
	found = defaultdict(list)
	for row in _approved(
		{"employee": ("in", list(employees)), "from_date": ("<=", day), "to_date": (">=", day)}
	):
		leave = leave_of(row)
		if leave.length >= at_least:
			found[row.employee].append(leave)
	return found


def of_users(users: Collection[str], today: date, settings: Settings) -> Absences:
	"""Return who of some users is away today; one who is no employee never is. Five queries for however many.

	:param today: in the site's time zone
	"""
	employees = {}
	# Active last, so that it wins over another record of the same person.
	for row in frappe.get_all(
		"Employee",
		filters={"user_id": ("in", list(users))},
		fields=["name", "user_id", "status", "company", "holiday_list"],
		order_by="name",
	):
		if row.user_id not in employees or row.status == "Active":
			employees[row.user_id] = row
	leaves = on_leave({row.name for row in employees.values()}, today, settings.leave_extends_from_days)
	away = {user for user, row in employees.items() if row.status in NOT_AT_WORK or row.name in leaves}
	off = _off(employees, today) if settings.quiet_on_holidays else ()
	return Absences(frozenset(away), frozenset(off))


def _off(employees: dict[str, frappe._dict], today: date) -> set[str]:
	"""Return the users whose holiday or weekly off a day is.

	:param employees: by user
	"""
	if not employees:
		return set()
	companies = {row.company for row in employees.values()}
	lists = {("Employee", row.name): row.holiday_list for row in employees.values()}
	lists |= {
		("Company", row.name): row.default_holiday_list
		for row in frappe.get_all(
			"Company", {"name": ("in", companies)}, ["name", "default_holiday_list"], order_by="name"
		)
	}
	if frappe.db.table_exists(HOLIDAYS_OF):
		names = companies.union(row.name for row in employees.values())
		assigned = frappe.get_all(
			HOLIDAYS_OF,
			filters={"assigned_to": ("in", names), "docstatus": 1, "from_date": ("<=", today)},
			fields=["applicable_for", "assigned_to", "holiday_list"],
			order_by="from_date",
		)
		# The latest is the last.
		lists |= {(row.applicable_for, row.assigned_to): row.holiday_list for row in assigned}
	of_user = {
		user: lists["Employee", row.name] or lists.get(("Company", row.company))
		for user, row in employees.items()
	}
	days_off = set(
		frappe.get_all(
			"Holiday",
			filters={
				"parenttype": "Holiday List",
				"parent": ("in", {name for name in of_user.values() if name}),
				"holiday_date": today,
			},
			pluck="parent",
			order_by="parent",
		)
	)
	return {user for user, name in of_user.items() if name in days_off}


def _approved(filters: dict) -> list[frappe._dict]:
	return frappe.get_all(
		LEAVE,
		filters={**filters, "docstatus": 1, "status": "Approved"},
		fields=["name", "employee", "from_date", "to_date"],
		order_by="from_date, name",
	)


def leave_of(row) -> Leave:
	"""Return the leave that a row, or a document, of Leave Application stands for."""
	return Leave(row.name, getdate(row.from_date), getdate(row.to_date))
