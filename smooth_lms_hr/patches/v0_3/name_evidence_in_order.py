"""Evidence gets names that sort in the order written, as events have them, and a hash of what it says: it can be sealed."""

from datetime import datetime
from zoneinfo import ZoneInfo

import frappe
from frappe.model import no_value_fields
from frappe.utils import get_datetime, get_system_timezone

from smooth_lms_hr.record import rows
from smooth_lms_hr.record.evidence import LEARNING, VALID
from smooth_lms_hr.sources.names import EVIDENCE

ROWS_PER_STEP = 500
# "06617216c8878a-8bd4ee"; what was written before has ten characters of no order.
IN_ORDER = "______________-______"


def execute():
	columns = [
		field.fieldname
		for field in frappe.get_meta(EVIDENCE).fields
		if field.fieldtype not in no_value_fields and field.fieldname not in ("as_written", "row_hash")
	]
	while found := _without_order(columns):
		for number, row in enumerate(found):
			_write_anew(row, columns, number)
		# What is done is done, and another run goes on from there.
		frappe.db.commit()  # nosemgrep


def _without_order(columns: list[str]) -> list[frappe._dict]:
	return frappe.get_all(
		EVIDENCE,
		{"name": ("not like", IN_ORDER)},
		["name", "creation", "owner", *columns],
		order_by="creation, name",
		limit_page_length=ROWS_PER_STEP,
	)


def _write_anew(row: frappe._dict, columns: list[str], number: int) -> None:
	row.kind, row.status = row.kind or LEARNING, row.status or VALID
	# Those of one statement have one stamp; their number keeps them apart.
	name = f"{rows.first_name_at(_moment(row.creation) + number)}-{frappe.generate_hash(length=6)}"
	said = {column: _as_json(row[column]) for column in (*columns, "creation", "owner")}
	as_written = rows.as_json(said)
	table = frappe.qb.DocType(EVIDENCE)
	(
		frappe.qb.update(table)
		.set(table.name, name)
		.set(table.kind, row.kind)
		.set(table.status, row.status)
		.set(table.modified, table.creation)
		.set(table.modified_by, table.owner)
		.set(table.as_written, as_written)
		.set(table.row_hash, rows.hash_of(name, as_written))
		.where(table.name == row.name)
		.run()
	)


def _moment(creation: datetime) -> int:
	"""Return the time as names say it, of a stamp in the site's time zone."""
	there = get_datetime(creation).replace(tzinfo=ZoneInfo(get_system_timezone()))
	return round(there.timestamp() * 1_000_000)


def _as_json(value):
	return value if value is None or isinstance(value, int | float | str) else str(value)
