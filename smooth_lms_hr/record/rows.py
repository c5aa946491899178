"""How a row of the record is written: once, under a name that says when, with a hash of what it says.

Rows go in by one statement however many they are, in the caller's transaction.
"""

import hashlib
import json
import time
from collections.abc import Collection

import frappe
from frappe.utils import now_datetime


def insert(doctype: str, written: Collection[dict]) -> list[str]:
	"""Write rows in this order, in one statement, and return their names.

	What is written is kept once more as text, which no rename of a user or course moves.

	:param doctype: one with the fields as_written and row_hash
	:param written: the values of each, all with the same keys
	"""
	moment, user = str(now_datetime()), frappe.session.user
	names = _next_names(len(written))
	rows = [_row(name, values, moment, user) for name, values in zip(names, written, strict=True)]
	if not rows:
		return names
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


def _row(name: str, values: dict, moment: str, user: str) -> dict:
	as_written = as_json(values)
	return {
		"name": name,
		"creation": moment,
		"modified": moment,
		"owner": user,
		"modified_by": user,
		"docstatus": 0,
		**values,
		"as_written": as_written,
		"row_hash": hash_of(name, as_written),
	}


_last = 0


def _next_names(count: int) -> list[str]:
	"""Return names that sort in the order written: microseconds since 1970, and what sets two writers apart.

	No counter of the database is asked, so no writer waits for another.
	"""
	global _last
	first = max(time.time_ns() // 1000, _last + 1)
	_last = first + count - 1
	writer = frappe.generate_hash(length=6)
	return [f"{moment:014x}-{writer}" for moment in range(first, first + count)]
