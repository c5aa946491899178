"""Leaves of people who owe training (rule 12): approved, they move due dates; cancelled, they take back what they added."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

import frappe
from frappe.utils import get_datetime, getdate

from smooth_lms_hr.assigning import assignments, leaves
from smooth_lms_hr.record import events
from smooth_lms_hr.sources import absences
from smooth_lms_hr.sources.names import ASSIGNMENT, LEAVE
from smooth_lms_hr.sources.pages import chunks_of_names
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.leave import days_to_add
from smooth_lms_hr.training.status import OPEN

# A daily run that was missed is made up for within so many days.
LOOKS_BACK = timedelta(days=7)
SUBMITTED, CANCELLED = 1, 2


def approve(doc, only: Collection[str] | None = None) -> int:
	"""Move what its employee owes and is due on its first day or later.

	:param doc: a Leave Application that is approved
	:param only: names of assignments, None for all
	:return: how many due dates moved
	"""
	leave, at_least = absences.leave_of(doc), get_settings().leave_extends_from_days
	if not at_least or leave.length < at_least:
		return 0
	rows = _lock_open({"employee": doc.employee, "due_date": (">=", leave.first)})
	rows = [
		row for row in rows if getdate(row.due_date) >= leave.first and (only is None or row.name in only)
	]
	added = leaves.days_added([row.name for row in rows])
	others = absences.approved({name for of_row in added.values() for name in of_row})
	days = {}
	for row in rows:
		known = [(others[name], number) for name, number in added[row.name].items() if name in others]
		days[row.name] = days_to_add(leave, getdate(row.reopened_on or row.assigned_on), known)
	leaves.move(rows, leave, days, getdate())
	return sum(bool(number) for number in days.values())


def take_back(doc) -> int:
	"""Take back what a leave has added to due dates, where nobody has set them since.

	:param doc: a Leave Application that is cancelled
	:return: how many due dates moved
	"""
	user = frappe.db.get_value("Employee", doc.employee, "user_id")
	rows = _lock_open({"employee": doc.employee})
	# Of a person who has another Employee record now, too.
	if user:
		rows += [row for row in _lock_open({"member": user}) if row.employee != doc.employee]
	added = leaves.days_added([row.name for row in rows])
	days = {row.name: -added[row.name].get(doc.name, 0) for row in rows}
	leaves.move(rows, absences.leave_of(doc), days, getdate())
	return sum(bool(number) for number in days.values())


def chunks_of_changed(today: date, size: int) -> Iterator[list[str]]:
	"""Yield the names of leaves that were approved or cancelled lately, in chunks.

	:param today: in the site's time zone
	:param size: how many at most in one
	"""
	filters = {"docstatus": ("in", (SUBMITTED, CANCELLED)), "modified": (">=", today - LOOKS_BACK)}
	return chunks_of_names(LEAVE, {**filters, "status": ("!=", "Rejected")}, size)


def catch_up(names: Collection[str], today: date) -> dict[str, int]:
	"""Follow leaves whose own event came to nothing: something failed in it, and HR's save went on.

	:param names: of leaves; see ``chunks_of_changed``
	:param today: for the daily run, which tells it to all that it does
	:return: {"moved_by_leave"}: how many due dates
	"""
	rows = frappe.get_all(
		LEAVE,
		{"name": ("in", list(names))},
		["name", "employee", "from_date", "to_date", "docstatus", "status", "modified"],
		order_by="name",
	)
	owed = defaultdict(list)
	for row in frappe.get_all(
		ASSIGNMENT,
		{"employee": ("in", sorted({row.employee for row in rows})), "status": ("in", OPEN)},
		["name", "employee", "assigned_on", "reopened_on"],
		order_by="name",
	):
		owed[row.employee].append(row)
	moves = defaultdict(list)
	for event in events.written_of([row.name for of_employee in owed.values() for row in of_employee]):
		if event.event in (events.DUE_DATE_MOVED, events.REOPENED):
			moves[event.assignment].append(event)
	moved = Counter()
	for row in rows:
		own = owed[row.employee]
		if row.docstatus == SUBMITTED:
			if row.status == "Approved" and (only := _untouched(row, own, moves)):
				moved["moved_by_leave"] += approve(row, only)
		elif any(event.cause == row.name for one in own for event in moves[one.name]):
			moved["moved_by_leave"] += take_back(row)
	return dict(+moved)


def _untouched(leave: frappe._dict, owed: Collection[frappe._dict], moves: Mapping) -> list[str]:
	"""Return what was owed when a leave was approved, and neither it nor anybody else has moved since.

	:param leave: with name and modified
	:param owed: the open assignments of its employee
	:param moves: the events by which due dates moved, by the name of the assignment
	"""
	approved = get_datetime(leave.modified)
	return [
		row.name
		for row in owed
		if get_datetime(row.reopened_on or row.assigned_on) <= approved
		and not any(get_datetime(event.happened_on) >= approved for event in moves[row.name])
	]


def _lock_open(filters: dict) -> list[frappe._dict]:
	names = frappe.get_all(ASSIGNMENT, {**filters, "status": ("in", OPEN)}, pluck="name", order_by="name")
	return [row for row in assignments.lock(names).values() if row.status in OPEN]
