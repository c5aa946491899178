"""How a row of the record is written: once, under a name that says when, with a hash of what it says.

Rows go in by one statement however many they are, in the caller's transaction. None goes in behind the last seal.
"""

import hashlib
import json
import time
from collections.abc import Collection, Sequence

import frappe
from frappe.utils import now_datetime
from pypika import Order

from smooth_lms_hr.sources.names import EVENT, EVIDENCE, SEAL


def insert(
	doctype: str, written: Collection[dict], after_all: bool = False, names: Sequence[str] = ()
) -> list[str]:
	"""Write rows in this order, in one statement, and return their names.

	What is written is kept once more as text, which no rename of a user or course moves.

	:param doctype: one with the fields as_written and row_hash
	:param written: the values of each, all with the same keys
	:param after_all: they come after all that is on record, whatever the clock says
	:param names: of ``next_names``, where somebody had to know them before; else they are given here
	"""
	if not written:
		return []
	now, user = str(now_datetime()), frappe.session.user
	names = names or next_names(len(written), after_all)
	rows = [_row(name, values, now, user) for name, values in zip(names, written, strict=True)]
	# Frappe's bulk_insert makes an object of every value, which takes longer than all the rest of a daily run's flip.
	# The text is made of names of columns alone; values are handed over beside it.
	place = f"({', '.join(['%s'] * len(rows[0]))})"
	frappe.db.sql(  # nosemgrep
		f"insert into `tab{doctype}` ({', '.join(f'`{column}`' for column in rows[0])}) "
		f"values {', '.join([place] * len(rows))}",
		tuple(value for row in rows for value in row.values()),
	)
	return names


def as_json(value) -> str:
	"""Return a value as the text that is hashed: the same for equal values."""
	return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(name: str, as_written: str) -> str:
	"""Return the SHA-256 that a row carries of its name and of what was written, in hexadecimal."""
	return hashlib.sha256(f"{name}\n{as_written}".encode()).hexdigest()


def moment() -> int:
	"""Return the time as names say it: microseconds since 1970, whatever the time zone."""
	return time.time_ns() // 1000


def first_name_at(moment: int) -> str:
	"""Return what sorts before the names of all rows that are written at a moment or later, and after all others.

	:param moment: in microseconds since 1970
	"""
	return f"{moment:014x}"


def _row(name: str, values: dict, now: str, user: str) -> dict:
	as_written = as_json({**values, "creation": now, "owner": user})
	return {
		"name": name,
		"creation": now,
		"modified": now,
		"owner": user,
		"modified_by": user,
		"docstatus": 0,
		**values,
		"as_written": as_written,
		"row_hash": hash_of(name, as_written),
	}


# The moment of the last name that this process has given.
_last = 0


def next_names(count: int, after_all: bool = False) -> list[str]:
	"""Return names that sort in the order written: microseconds since 1970, and what sets two writers apart.

	No counter of the database is asked, so no writer waits for another.
	"""
	global _last
	first = max(moment(), _last + 1, _end_of_last_seal() + 1)
	_last = first + count - 1
	if after_all:
		# These alone: a row from a clock that was wrong takes no others along.
		names = (name for doctype in (EVENT, EVIDENCE) for name in _last_of(doctype, "name"))
		first = max(first, 1 + max((_moment_of(name) for name in names), default=0))
	writer = frappe.generate_hash(length=6)
	return [f"{each:014x}-{writer}" for each in range(first, first + count)]


def _end_of_last_seal() -> int:
	"""Return the moment up to which the record is sealed: nothing is written before it, though the clock was set back.

	It is asked for once in a request or job: what is sealed meanwhile is hours old.
	"""
	if frappe.flags.training_sealed_up_to is None:
		up_to = _last_of(SEAL, "up_to_event", "up_to_evidence")
		frappe.flags.training_sealed_up_to = max((_moment_of(name) for name in up_to), default=0)
	return frappe.flags.training_sealed_up_to


def _moment_of(name: str | None) -> int:
	"""Return the moment that a name says, 0 where it says none: by SQL a row can have any."""
	try:
		return int((name or "")[:14], 16)
	except ValueError:
		return 0


def _last_of(doctype: str, *fieldnames: str) -> tuple:
	"""Return fields of the row with the last name, nothing where there is none."""
	table = frappe.qb.DocType(doctype)
	query = frappe.qb.from_(table).select(*(table[fieldname] for fieldname in fieldnames))
	rows = query.orderby(table.name, order=Order.desc).limit(1).run()
	return rows[0] if rows else ()
