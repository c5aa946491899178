"""What records that the history names are called since: a rename or merge moves Link columns by SQL, and is an event.

Each is written once by itself, whether or not an assignment is concerned, so that it is known what a column may say today of
what it was written with.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import frappe

from smooth_lms_hr.record import events
from smooth_lms_hr.record.events import Event
from smooth_lms_hr.sources.names import EVENT


def write(doctype: str, old: str, new: str, merged: bool) -> None:
	"""Write down that a record has another name now, or has become one with another.

	:param doctype: of which records are named in events or evidence
	:param old: the name that is no more
	:param new: the name that Frappe has put in its place
	"""
	kind = events.MERGED if merged else events.RENAMED
	event = Event(None, None, None, None, kind, before=old, after=new, cause_doctype=doctype, cause=new)
	# Whatever was moved was written before.
	events.write([event], after_all=True)


class Renamings:
	"""
	:param found: rows of (name of the event, DocType, old name, new name), in the order of events
	"""

	def __init__(self, found: Sequence[tuple[str, str, str, str]]):
		self._of: Mapping[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
		for event, doctype, old, new in found:
			self._of[doctype, old].append((event, new))

	def may_be(self, doctype: str, written: str, row: str, now: str) -> bool:
		"""Return whether what a row was written with is called otherwise now.

		Any name that it has had since will do: a row that was being written during a rename was not moved.

		:param doctype: of what is named
		:param written: the name that was written
		:param row: the name of the row
		:param now: what the row says today
		"""
		waiting, seen = [(row, written)], set()
		while waiting:
			since, name = waiting.pop()
			for event, new in self._of.get((doctype, name), ()):
				if event > since and (event, new) not in seen:
					if new == now:
						return True
					seen.add((event, new))
					waiting.append((event, new))
		return False


def all_renamings() -> Renamings:
	"""Return all that were written by themselves, by the index on what is about no assignment."""
	table = frappe.qb.DocType(EVENT)
	return Renamings(
		frappe.qb.from_(table)
		.select(table.name, table.cause_doctype, table.before, table.after)
		.where(table.assignment.isnull() & table.event.isin((events.RENAMED, events.MERGED)))
		.orderby(table.name)
		.run()
	)
