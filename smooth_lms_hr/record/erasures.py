"""Whether rows that say almost nothing were emptied by an event Erased, which lists what remains of each."""

from collections.abc import Iterable, Mapping

import frappe

from smooth_lms_hr.record import events
from smooth_lms_hr.sources.names import EVENT

# Events that are read at once: each lists all that was on record of a person.
AT_ONCE = 100


def emptied(claims: Mapping[str, tuple[str, str]]) -> set[str]:
	"""Return which rows an event has emptied, and has left just as they are now.

	:param claims: by the name of the row: the event that it names, and the line by which that would list it
	"""
	lines: dict[str, set[str]] = {}
	for _name, (event, line) in claims.items():
		lines.setdefault(event, set()).add(line)
	named = sorted(lines)
	listed = set()
	for first in range(0, len(named), AT_ONCE):
		for event, text in _lists(named[first : first + AT_ONCE]):
			listed.update(lines[event].intersection((text or "").splitlines()))
	return {name for name, (_event, line) in claims.items() if line in listed}


def _lists(names: Iterable[str]) -> list[tuple[str, str]]:
	table = frappe.qb.DocType(EVENT)
	query = frappe.qb.from_(table).select(table.name, table.listed)
	return list(query.where(table.name.isin(list(names)) & (table.event == events.ERASED)).run())
