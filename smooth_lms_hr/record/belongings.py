"""Which rows of events and evidence are about a person, and about nobody else."""

from collections.abc import Collection

import frappe
from frappe.query_builder import Criterion

from smooth_lms_hr.record import events
from smooth_lms_hr.record.people import Person
from smooth_lms_hr.sources.names import EVENT, EVIDENCE

RENAMINGS = (events.RENAMED, events.MERGED)


def rows_of(person: Person, assignments: Collection[str]) -> dict[str, list[str]]:
	"""Return the names of what is about a person, by DocType, as far as it is about nobody else.

	:param assignments: names of the person's own
	"""
	found = {}
	for doctype in (EVIDENCE, EVENT):
		table = frappe.qb.DocType(doctype)
		# What is about an assignment is found by it; the rest is little, or has an index of its own.
		about = person.is_about(table) & table.assignment.isnull()
		names = frappe.qb.from_(table).select(table.name).where(about).run(pluck=True)
		if assignments:
			of_them = table.assignment.isin(list(assignments))
			names += frappe.qb.from_(table).select(table.name).where(of_them).run(pluck=True)
		found[doctype] = sorted(set(names))
	return found


def earlier_names(person: Person) -> tuple[set[str], list[str]]:
	"""Return what else a person and their Employee records were called, and the events that say so, by their names."""
	names, renamings = set(), set()
	for doctype, now in (("User", person.members), ("Employee", person.employees)):
		asked, waiting = set(), set(now)
		while waiting:
			rows = _renamed_to(doctype, waiting)
			asked |= waiting
			renamings.update(row.name for row in rows)
			waiting = {row.before for row in rows} - asked
		names |= asked - set(now)
	return names, sorted(renamings)


def acts_for_others(names: Collection[str]) -> bool:
	"""Return whether rows about others name somebody: who wrote them, decided, or was their cause.

	What these rows were written with is known by the renamings of whoever they name. It reads all that is on record, so it is
	asked of those alone who have had another name.

	:param names: of users and Employee records, as they are today, whose own rows say nothing of them any more
	"""
	for doctype, columns in (
		(EVENT, ("owner", "done_by", "cause")),
		(EVIDENCE, ("owner", "revoked_by", "cause")),
	):
		table = frappe.qb.DocType(doctype)
		named = Criterion.any([table[column].isin(sorted(names)) for column in columns])
		# The renamings themselves name whom they are about.
		others = named if doctype == EVIDENCE else named & table.event.notin(RENAMINGS)
		if frappe.qb.from_(table).select(table.name).where(others).limit(1).run():
			return True
	return False


def _renamed_to(doctype: str, names: Collection[str]) -> list[frappe._dict]:
	table = frappe.qb.DocType(EVENT)
	query = frappe.qb.from_(table).select(table.name, table.before).where(table.assignment.isnull())
	return query.where(
		table.event.isin(RENAMINGS) & (table.cause_doctype == doctype) & table.after.isin(sorted(names))
	).run(as_dict=True)
