"""Whose record is on hold: kept, whatever the retention says, until somebody lifts it (events Held and Released).

The event Held that names a person is the hold, also of one of whom nothing else is on record; what lifts it names it. So two
people who are merged keep both. On top, each evidence of theirs says that it is on hold, with an event of its own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import frappe

from smooth_lms_hr.record import events
from smooth_lms_hr.record.events import Event
from smooth_lms_hr.record.evidence import OF_ROW
from smooth_lms_hr.record.people import Person
from smooth_lms_hr.sources.names import EVENT, EVIDENCE

# What a hold names as its cause: whom it is about.
OF_PEOPLE = ("Employee", "User")


@dataclass(frozen=True)
class Hold:
	"""
	:param name: of the event
	:param employee: None for a user without one
	:param held_on: in the site's time zone
	"""

	name: str
	employee: str | None
	member: str | None
	reason: str
	held_by: str
	held_on: datetime

	def is_about(self, person: Person) -> bool:
		return self.employee in person.employees or self.member in person.members


def all_open(locked: bool = False) -> list[Hold]:
	"""Return all holds that nobody has lifted, the oldest first.

	:param locked: as they are now, whatever this transaction has read before, and until it ends nobody puts or lifts one
	"""
	table = frappe.qb.DocType(EVENT)
	query = (
		frappe.qb.from_(table)
		.select(
			table.name, table.event, table.employee, table.member, table.reason, table.before, table.done_by,
			table.happened_on,
		)
		.where(table.assignment.isnull() & table.cause_doctype.isin(OF_PEOPLE))
		.where(table.event.isin((events.HELD, events.RELEASED)))
		.orderby(table.name)
	)  # fmt: skip
	rows = (query.for_update() if locked else query).run(as_dict=True)
	lifted = {row.before for row in rows if row.event == events.RELEASED}
	return [
		Hold(row.name, row.employee, row.member, row.reason, row.done_by, row.happened_on)
		for row in rows
		if row.event == events.HELD and row.name not in lifted
	]


def of_person(person: Person, locked: bool = False) -> list[Hold]:
	"""Return the holds on a person, the oldest first; see ``all_open``."""
	return [hold for hold in all_open(locked) if hold.is_about(person)]


def put(employee: str | None, member: str | None, reason: str) -> None:
	"""Put a person on hold.

	:param employee: and ``member`` name them, one of the two at least
	:param reason: plain text
	"""
	events.write([_of_person(events.HELD, employee, member, reason)])


def lift(found: Collection[Hold], reason: str) -> None:
	"""Lift holds.

	:param reason: plain text
	"""
	events.write(
		_of_person(events.RELEASED, hold.employee, hold.member, reason, before=hold.name) for hold in found
	)


def mark_evidence(person: Person, held: bool, reason: str, done_by: str | None = None) -> int:
	"""Say on all evidence of a person whether it is on hold, with an event of each that changes; return how many did.

	:param done_by: the user, None for whoever is at work
	"""
	table = frappe.qb.DocType(EVIDENCE)
	found = (
		frappe.qb.from_(table)
		.select(*(table[fieldname] for fieldname in OF_ROW))
		.where(person.is_about(table) & (table.on_hold == (0 if held else 1)))
		.orderby(table.name)
		.for_update()
		.run(as_dict=True)
	)
	if not found:
		return 0
	names = [row.name for row in found]
	frappe.db.set_value(EVIDENCE, {"name": ("in", names)}, "on_hold", int(held), update_modified=False)
	kind = events.HELD if held else events.RELEASED
	events.write(
		Event(
			row.assignment, row.member, row.employee, row.course, kind,
			reason=reason, cause_doctype=EVIDENCE, cause=row.name, done_by=done_by,
		)
		for row in found
	)  # fmt: skip
	return len(found)


def _of_person(kind: str, employee: str | None, member: str | None, reason: str, **values) -> Event:
	about = (
		{"cause_doctype": "Employee", "cause": employee}
		if employee
		else {"cause_doctype": "User", "cause": member}
	)
	return Event(None, member, employee, None, kind, reason=reason, **about, **values)
