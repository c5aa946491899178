"""Numbers of assignments: TA-0000001 and so on, in the order drawn, with gaps.

They come from a sequence of the database. Drawing from it locks nothing beyond its own statement, where a row of Frappe's
naming series stays locked until its transaction ends, and everybody who assigns waits behind it.
"""

import frappe
from frappe.database.sequence import create_sequence
from pypika import Schema

from smooth_lms_hr.sources.names import ASSIGNMENT

PREFIX, DIGITS = "TA-", 7
# Up to version 0.1 they came from a naming series of five digits.
SERIES_DIGITS = 5
SEQUENCE = f"{frappe.scrub(ASSIGNMENT)}_id_seq"


def draw(count: int) -> list[str]:
	"""Return the next names, in one query however many."""
	if _has_sequences():
		each = ", ".join([f"nextval(`{SEQUENCE}`)"] * count)
		numbers = frappe.db.sql(f"select {each}")[0]  # nosemgrep
	else:
		numbers = _draw_from_series(count)
	return [f"{PREFIX}{number:0{DIGITS}d}" for number in numbers]


def ensure_sequence() -> None:
	"""Make the sequence where there is none yet; it goes on where a naming series has stopped."""
	if not _has_sequences() or _is_there():
		return
	last = frappe.db.get_value("Series", PREFIX, "current", order_by=None) or 0
	create_sequence(ASSIGNMENT, start_value=first_after(last))


def first_after(last: int) -> int:
	"""Return the first number whose name sorts behind those that the naming series has given.

	:param last: the series' last number, 0 for none
	"""
	return last * 10 ** max(0, DIGITS - max(SERIES_DIGITS, len(str(last)))) + 1


def drop_sequence() -> None:
	if _has_sequences():
		frappe.db.sql_ddl(f"drop sequence if exists `{SEQUENCE}`")  # nosemgrep
	frappe.db.delete("Series", {"name": PREFIX})


def _is_there() -> bool:
	tables = Schema("information_schema").tables
	return bool(
		frappe.qb.from_(tables)
		.select(tables.table_name)
		.where((tables.table_schema == frappe.conf.db_name) & (tables.table_name == SEQUENCE))
		.run()
	)


def _has_sequences() -> bool:
	return frappe.db.db_type != "sqlite"


def _draw_from_series(count: int) -> range:
	"""Draw from Frappe's naming series; who uses SQLite writes alone anyway."""
	series = frappe.qb.DocType("Series")
	current = frappe.qb.from_(series).select(series.current).where(series.name == PREFIX).run()
	last = current[0][0] or 0 if current else 0
	if current:
		frappe.qb.update(series).set(series.current, last + count).where(series.name == PREFIX).run()
	else:
		frappe.qb.into(series).columns(series.name, series.current).insert(PREFIX, count).run()
	return range(last + 1, last + count + 1)
