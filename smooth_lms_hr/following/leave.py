"""Leaves of people who owe training (rule 12): approved, they move due dates; cancelled, they take back what they added."""

import frappe
from frappe.utils import getdate

from smooth_lms_hr.assigning import assignments, leaves
from smooth_lms_hr.sources import absences
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.leave import days_to_add
from smooth_lms_hr.training.status import OPEN


def approve(doc) -> None:
	"""Move what its employee owes and is due on its first day or later.

	:param doc: a Leave Application that was approved just now
	"""
	leave, at_least = absences.leave_of(doc), get_settings().leave_extends_from_days
	if not at_least or leave.length < at_least:
		return
	rows = _lock_open({"employee": doc.employee, "due_date": (">=", leave.first)})
	rows = [row for row in rows if getdate(row.due_date) >= leave.first]
	added = leaves.days_added([row.name for row in rows])
	others = absences.approved({name for of_row in added.values() for name in of_row})
	days = {}
	for row in rows:
		known = [(others[name], number) for name, number in added[row.name].items() if name in others]
		days[row.name] = days_to_add(leave, getdate(row.reopened_on or row.assigned_on), known)
	leaves.move(rows, leave, days, getdate())


def take_back(doc) -> None:
	"""Take back what a leave has added to due dates, where nobody has set them since.

	:param doc: a Leave Application that was cancelled just now
	"""
	user = frappe.db.get_value("Employee", doc.employee, "user_id")
	rows = _lock_open({"employee": doc.employee})
	# Of a person who has another Employee record now, too.
	if user:
		rows += [row for row in _lock_open({"member": user}) if row.employee != doc.employee]
	added = leaves.days_added([row.name for row in rows])
	days = {row.name: -added[row.name].get(doc.name, 0) for row in rows}
	leaves.move(rows, absences.leave_of(doc), days, getdate())


def _lock_open(filters: dict) -> list[frappe._dict]:
	names = frappe.get_all(ASSIGNMENT, {**filters, "status": ("in", OPEN)}, pluck="name", order_by="name")
	return [row for row in assignments.lock(names).values() if row.status in OPEN]
