"""Moves due dates by leaves (rule 12): what is assigned during one at once, and what a leave finds by ``following.leave``.

What each leave has added is read from the events, so that it can be taken back exactly.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from smooth_lms_hr.assigning import assignments
from smooth_lms_hr.record import events, reasons
from smooth_lms_hr.sources import absences, words
from smooth_lms_hr.sources.names import LEAVE
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.due_dates import Basis
from smooth_lms_hr.training.leave import Leave, Move, days_to_add, standing
from smooth_lms_hr.training.plan import AssignmentPlan
from smooth_lms_hr.training.status import OPEN, derive_status

# What of an assignment a leave changes.
CHANGED = ("due_date", "due_date_basis", "due_date_set_on", "status")


def extend_new(new: Collection[tuple[Document, AssignmentPlan]], today: date) -> None:
	"""Move the due dates of what was assigned just now to people who are on leave, by the days that are left of it.

	A date that somebody has chosen is the one that they meant. One query where nobody is on leave.

	:param new: assignments that are in the database, with their first events; the documents follow what is written
	:param today: in the site's time zone
	"""
	docs = {
		doc.name: doc
		for doc, planned in new
		if doc.employee and doc.status in OPEN and planned.due.basis is not Basis.GIVEN
	}
	for row in extend(docs.values(), today):
		docs[row.name].update({field: row[field] for field in CHANGED if field in row})


def extend(owed: Collection[Document | frappe._dict], today: date) -> list[frappe._dict]:
	"""Move the due dates of what is owed since today by people who are on leave; return the rows that may have moved.

	:param owed: open assignments with name and employee
	:param today: in the site's time zone
	"""
	employees = {one.employee for one in owed if one.employee}
	found = absences.on_leave(employees, today, get_settings().leave_extends_from_days)
	if not found:
		return []
	rows = list(assignments.lock([one.name for one in owed if one.employee in found]).values())
	added: dict[str, list[tuple[Leave, int]]] = defaultdict(list)
	# Hardly anybody is on two at once: the first of each, then the second.
	for place in range(max(len(ones) for ones in found.values())):
		days: dict[str, dict[str, int]] = defaultdict(dict)
		leaves = {}
		for row in rows:
			for leave in found[row.employee][place : place + 1]:
				number = days_to_add(leave, today, added[row.name])
				added[row.name].append((leave, number))
				days[leave.name][row.name], leaves[leave.name] = number, leave
		for name, leave in leaves.items():
			# To whoever has just saved it, nobody has changed it since.
			move(rows, leave, days[name], today, modified=False)
	return rows


def move(
	rows: Collection[frappe._dict], leave: Leave, days: Mapping[str, int], today: date, modified: bool = True
) -> None:
	"""Move due dates by the days that a leave adds, or back by those that it has added; the rows follow.

	:param rows: as ``assignments.lock`` returns them
	:param days: by the name of the assignment, negative for back; those without any are left alone
	:param today: in the site's time zone
	:param modified: as for ``assignments.change``
	"""
	moving = [row for row in rows if days.get(row.name)]
	values = {}
	for row in moving:
		due_date = getdate(row.due_date) + timedelta(days=days[row.name])
		values[row.name] = {
			"due_date": due_date,
			"due_date_basis": plain_text(words.moved_by_leave(leave, days[row.name])),
			"due_date_set_on": today,
			"status": derive_status(row.status, row.progress, due_date, today),
		}
	back = any(days[row.name] < 0 for row in moving)
	assignments.change(
		moving,
		values,
		modified=modified,
		reason=reasons.LEAVE_CANCELLED if back else reasons.ON_LEAVE,
		cause_doctype=LEAVE,
		cause=leave.name,
	)
	for row in moving:
		row.update(values[row.name])


def days_added(names: Collection[str]) -> dict[str, dict[str, int]]:
	"""Return how many days each leave has in the due date of each assignment, as the events tell it.

	:param names: of assignments
	:return: days by the leave's name, by the assignment's
	"""
	moves = defaultdict(list)
	for row in events.written_of(names):
		if row.event == events.REOPENED:
			moves[row.assignment].append(Move(None, 0))
		elif row.event == events.DUE_DATE_MOVED and row.cause_doctype == LEAVE:
			moves[row.assignment].append(Move(row.cause, (getdate(row.after) - getdate(row.before)).days))
		elif row.event == events.DUE_DATE_MOVED:
			moves[row.assignment].append(Move(None, 0))
	return {name: standing(moves[name]) for name in names}
