"""What an assignment is owed for: one row for each record, or person, that asked (rule 10). This is their one writer.

An assignment stands as long as one of its causes does. A row is never deleted: what ended says when. Whoever writes to the
causes of an assignment that is there holds the lock on the assignment; so they can be read, decided on and written.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import date

import frappe
from frappe.model.document import bulk_insert
from frappe.utils import getdate, now_datetime

from smooth_lms_hr.assigning import assignments
from smooth_lms_hr.record import reasons
from smooth_lms_hr.sources import words
from smooth_lms_hr.sources.names import ASSIGNMENT, CAUSE
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.training.plan import Demand
from smooth_lms_hr.training.status import CANCELLED, OPEN, derive_status

# What somebody decided is owed for themselves, so to say.
BY_HAND = "User"
# The record of a cause.
Key = tuple[str, str]


def rows_of(demands: Collection[Demand]) -> list[dict]:
	"""Return the rows of the causes that make somebody owe a course, the one that decides the due date first."""
	return [
		{
			"cause_doctype": one.cause.doctype,
			"cause": one.cause.name,
			"due_date": one.due and one.due.date,
			"since": now_datetime(),
			"words": plain_text(one.cause.words),
		}
		for one in demands
	]


def of(assignments_: Collection[str], lock: bool = False) -> dict[str, dict[Key, frappe._dict]]:
	"""Return the causes of assignments, those that have ended as well, by the assignment's name and their record.

	:param lock: read what is committed by now, for whoever holds the assignments
	"""
	if not assignments_:
		return {}
	table = frappe.qb.DocType(CAUSE)
	query = (
		frappe.qb.from_(table)
		.select(
			table.name,
			table.parent,
			table.cause_doctype,
			table.cause,
			table.ended_on,
			table.due_date,
			table.since,
			table.words,
		)
		.where((table.parenttype == ASSIGNMENT) & table.parent.isin(sorted(assignments_)))
	)
	found = defaultdict(dict)
	for row in (query.for_update() if lock else query).run(as_dict=True):
		found[row.parent][row.cause_doctype, row.cause] = row
	return found


def add(demands: Mapping[str, Collection[Demand]], assigned_by: str, today: date) -> None:
	"""Let assignments that are open be owed for what else asks for them now, and bring due dates forward to what it asks.

	:param demands: by the name of the assignment; those that it is owed for already change nothing
	:param assigned_by: whom a new due date is credited to
	"""
	standing = of(demands)
	missing = [
		name for name, ones in demands.items() if any(not _stands(standing[name], one) for one in ones)
	]
	if not missing:
		return
	# What is decided in the same moment is decided before this or after it.
	rows = [row for row in assignments.lock(missing).values() if row.status in OPEN]
	standing = of([row.name for row in rows], lock=True)
	new, again, earlier = [], [], {}
	for row in rows:
		fresh = [one for one in demands[row.name] if not _stands(standing[row.name], one)]
		for one in fresh:
			known = standing[row.name].get((one.cause.doctype, one.cause.name))
			again.append(known.name) if known else new.append((row.name, one))
		first = min((one for one in fresh if one.due), key=lambda one: one.due.date, default=None)
		if first and first.due.date < getdate(row.due_date):
			earlier[row.name] = first
	_insert([(name, values) for name, one in new for values in rows_of([one])])
	if again:
		frappe.db.set_value(CAUSE, {"name": ("in", again)}, {"ended_on": None, "since": now_datetime()})
	assignments.change(
		[row for row in rows if row.name in earlier],
		{row.name: _moved(row, earlier[row.name], assigned_by, today) for row in rows if row.name in earlier},
		reason=reasons.ASKED_FOR_EARLIER,
		of_each=lambda row: {
			"cause_doctype": earlier[row.name].cause.doctype,
			"cause": earlier[row.name].cause.name,
		},
	)


def hand_on(instead: Mapping[str, str]) -> None:
	"""Let assignments be owed for what others, which are given up for them, were owed for.

	:param instead: the name of the assignment that remains, by that of the one that is given up; the caller holds all
	"""
	known = of({*instead, *instead.values()}, lock=True)
	new = {}
	for given_up, remains in instead.items():
		for key, row in known[given_up].items():
			if not row.ended_on and key not in known[remains]:
				new[remains, key] = row
	_insert(
		[
			(
				remains,
				{field: row[field] for field in ("cause_doctype", "cause", "due_date", "since", "words")},
			)
			for (remains, _key), row in new.items()
		]
	)


def end(
	ending: Mapping[str, Collection[frappe._dict]],
	reason: str,
	ends: Callable[[frappe._dict, frappe._dict], bool] = lambda cause, assignment: True,
	**of_all,
) -> list[str]:
	"""End causes of open assignments; one that nothing asks for any more is cancelled. Return the names of these.

	:param ending: rows of causes with name, cause_doctype and cause, by assignment; what has ended already stays so
	:param reason: one of ``record.reasons``
	:param ends: says of a cause and its assignment, once that is locked, whether it ends
	:param of_all: what else the events say; see ``assignments.change``
	"""
	if not ending:
		return []
	rows = [row for row in assignments.lock(ending).values() if row.status in OPEN]
	now = of([row.name for row in rows], lock=True)
	ended, cancelled = [], {}
	for row in rows:
		standing_now = {one.name for one in now[row.name].values() if not one.ended_on}
		gone = [one for one in ending[row.name] if one.name in standing_now and ends(one, row)]
		if gone and standing_now == {one.name for one in gone}:
			cancelled[row.name] = gone[0]
		ended += [one.name for one in gone]
	if ended:
		frappe.db.set_value(CAUSE, {"name": ("in", ended)}, "ended_on", now_datetime())
	assignments.change(
		[row for row in rows if row.name in cancelled],
		{name: {"status": CANCELLED} for name in cancelled},
		reason=reason,
		of_each=lambda row: {field: cancelled[row.name][field] for field in ("cause_doctype", "cause")},
		**of_all,
	)
	return list(cancelled)


def set_apart(old: str, new: str) -> list[frappe._dict]:
	"""Take what both of two users ask for from the one, before Frappe makes them one; return these causes.

	:param old: the user who is merged away
	"""
	table = frappe.qb.DocType(CAUSE)
	rows = (
		frappe.qb.from_(table)
		.select(table.name, table.parent, table.cause, table.ended_on)
		.where((table.cause_doctype == BY_HAND) & table.cause.isin([old, new]))
		.run(as_dict=True)
	)
	kept = {row.parent: row for row in rows if row.cause == new}
	doubled = [
		frappe._dict(row, kept=kept[row.parent]) for row in rows if row.cause == old and row.parent in kept
	]
	# Frappe moves what is a User's.
	_set({row.name for row in doubled}, cause_doctype=None)
	return doubled


def put_back(doubled: Collection[frappe._dict]) -> None:
	"""Undo ``set_apart``."""
	_set({row.name for row in doubled}, cause_doctype=BY_HAND)


def drop(doubled: Collection[frappe._dict]) -> None:
	"""Delete what ``set_apart`` has put aside, once the two users are one; what one of them asks for still stands."""
	_set({row.kept.name for row in doubled if row.kept.ended_on and not row.ended_on}, ended_on=None)
	if doubled:
		frappe.db.delete(CAUSE, {"name": ("in", [row.name for row in doubled])})


def _set(names: Collection[str], **values) -> None:
	if names:
		frappe.db.set_value(CAUSE, {"name": ("in", sorted(names))}, values, update_modified=False)


def _stands(standing: Mapping[Key, frappe._dict], demand: Demand) -> bool:
	row = standing.get((demand.cause.doctype, demand.cause.name))
	return bool(row and not row.ended_on)


def _moved(row: frappe._dict, demand: Demand, assigned_by: str, today: date) -> dict:
	return {
		"due_date": demand.due.date,
		"due_date_basis": plain_text(words.due_date_basis(demand.due, assigned_by)),
		"due_date_set_on": today,
		"status": derive_status(row.status, row.progress, demand.due.date, today),
	}


def _insert(new: list[tuple[str, dict]]) -> None:
	"""Write causes of assignments that are in the database.

	:param new: the name of the assignment, and the values
	"""
	docs = []
	for parent, values in new:
		doc = frappe.get_doc({"doctype": CAUSE, "parenttype": ASSIGNMENT, "parentfield": "causes", **values})
		# They follow those that are there; which came first is told by when it came.
		doc.name, doc.parent, doc.idx = frappe.generate_hash(length=10), parent, 100
		docs.append(doc)
	if docs:
		bulk_insert(CAUSE, docs)
