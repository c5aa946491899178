"""Turns the ledger's rungs ("-7", "7 boss@example.com", "asked 2026-11-23", "digest 2026-W48 boss@example.com") into columns."""

from datetime import date

import frappe

from smooth_lms_hr.record.ledger import ASKED, ASSIGNED, DIGEST, LADDER
from smooth_lms_hr.sources.names import NOTIFICATION

OLD_INDEX = "unique_assignment_rung_due_date_audience"


def execute():
	if "rung" not in frappe.db.get_table_columns(NOTIFICATION):
		return
	table = frappe.qb.DocType(NOTIFICATION)
	rungs = (
		frappe.qb.from_(table)
		.select(table.rung)
		.distinct()
		.where(table.rung.isnotnull() & (table.kind.isnull() | (table.kind == "")))
		.run(pluck=True)
	)
	for rung in rungs:
		kind, offset_days, occasion = columns_of(rung)
		(
			frappe.qb.update(table)
			.set(table.kind, kind)
			.set(table.offset_days, offset_days)
			.set(table.occasion, occasion or table.due_date)
			.where(table.rung == rung)
			.run()
		)
	# Frappe leaves the columns and indexes of fields that are gone; this one would refuse what is new.
	if frappe.db.has_index(f"tab{NOTIFICATION}", OLD_INDEX):
		frappe.db.sql_ddl(f"alter table `tab{NOTIFICATION}` drop index `{OLD_INDEX}`")  # nosemgrep
	frappe.db.sql_ddl(f"alter table `tab{NOTIFICATION}` drop column `rung`")  # nosemgrep


def columns_of(rung: str) -> tuple[str, int, date | None]:
	"""Return kind, days from the due date and occasion (None for the due date) that a rung stood for."""
	# A user's name may follow: the recipient has a column of its own.
	first, _space, rest = rung.partition(" ")
	if first == "assigned":
		return ASSIGNED, 0, None
	if first == "asked":
		return ASKED, 0, date.fromisoformat(rest)
	if first == "digest":
		return DIGEST, 0, _first_day(rest.partition(" ")[0])
	return LADDER, int(first), None


def _first_day(period: str) -> date:
	year, is_week, week = period.partition("-W")
	return date.fromisocalendar(int(year), int(week), 1) if is_week else date.fromisoformat(period)
