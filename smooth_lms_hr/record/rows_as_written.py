"""Whether rows of the record are what was written: their hash, and every column."""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import frappe
from frappe.model import no_value_fields
from frappe.query_builder import Case
from frappe.utils import flt, get_datetime
from pypika.functions import Cast

from smooth_lms_hr.record import rows
from smooth_lms_hr.record.erasing import ERASED_BY, listed
from smooth_lms_hr.record.erasures import emptied
from smooth_lms_hr.record.renamings import Renamings

# What is not a value of its own: the others are compared with it.
PROOF = ("as_written", "row_hash")
TIMES = ("Date", "Datetime")
NUMBERS = ("Check", "Int", "Float", "Percent")
# Frappe's own columns that say who wrote a row, and when. Nothing changes a row by the way that writes the others of them.
WRITTEN = {"creation": "Datetime", "owner": "Link"}


class Row(NamedTuple):
	"""
	:param differing: the columns that are not as they were written; "row_hash" where that itself does not fit
	:param written: what was written, by column
	:param now: what the columns say today, texts but for numbers, by column
	:param erased: what was personal was taken out of it, by an event that says so, and ``written`` is what remains
	"""

	name: str
	row_hash: str
	differing: tuple[str, ...]
	written: dict
	now: dict
	erased: bool = False


class Reader:
	"""Reads the rows of a DocType page by page, in the order of their names."""

	def __init__(self, doctype: str, renamings: Renamings, page: int):
		"""
		:param page: rows that are held in memory at a time
		"""
		self._doctype, self._page, self._renamings = doctype, page, renamings
		fields = [
			field
			for field in frappe.get_meta(doctype).fields
			if field.fieldtype not in no_value_fields
			and field.fieldname not in PROOF
			# What a site has added is no part of the record.
			and not field.get("is_custom_field")
		]
		self._types = {field.fieldname: field.fieldtype for field in fields} | WRITTEN
		# What a link names, and the column that says so of a dynamic one.
		self._links = {field.fieldname: field.options for field in fields if field.fieldtype == "Link"}
		self._links["owner"] = "User"
		self._dynamic = {
			field.fieldname: field.options for field in fields if field.fieldtype == "Dynamic Link"
		}
		self._columns = list(self._types)

	def pages(self, after: str, up_to: str | None) -> Iterator[list[Row]]:
		"""Yield the rows after a name, and up to another one where it is given."""
		table = frappe.qb.DocType(self._doctype)
		columns = (
			# As text they are what was written, and no object is made of each.
			Cast(table[name], "char") if kind in TIMES else table[name]
			for name, kind in self._types.items()
		)
		untouched = (
			(table.docstatus == 0)
			& (table.idx == 0)
			& (table.modified == table.creation)
			& (table.modified_by == table.owner)
		)
		query = (
			frappe.qb.from_(table)
			.select(
				table.name, table.row_hash, table.as_written, Case().when(untouched, 1).else_(0), *columns
			)
			.orderby(table.name)
			.limit(self._page)
		)
		if up_to is not None:
			query = query.where(table.name <= up_to)
		while found := query.where(table.name > after).run():
			yield _with_erased([self._row(*row) for row in found], dict(row[:3:2] for row in found))
			after = found[-1][0]

	def _row(self, name: str, row_hash: str | None, as_written: str | None, untouched: int, *now) -> Row:
		differing = []
		if row_hash != rows.hash_of(name, as_written or ""):
			differing.append("row_hash")
		try:
			written = json.loads(as_written or "")
		except ValueError:
			written = {}
		for column, value in zip(self._columns, now, strict=True):
			# Earlier releases did not write down who wrote a row, and when.
			if column in WRITTEN and column not in written:
				continue
			was = written.get(column)
			if was != value and not self._is_same(name, column, was, value, written):
				differing.append(column)
		if not untouched:
			differing.append("modified")
		return Row(
			name, row_hash or "", tuple(differing), written, dict(zip(self._columns, now, strict=True))
		)

	def _is_same(self, row: str, column: str, was, now, written: dict) -> bool:
		"""Return whether two values that are not equal say the same."""
		was, now = (None if value == "" else value for value in (was, now))
		kind = self._types[column]
		if kind in NUMBERS:
			return flt(was) == flt(now)
		if was is None or now is None:
			return was is now
		if kind in TIMES:
			return get_datetime(was) == get_datetime(now)
		linked = self._links.get(column) or written.get(self._dynamic.get(column))
		return bool(linked) and self._renamings.may_be(linked, was, row, now)


def _with_erased(page: list[Row], texts: Mapping[str, str]) -> list[Row]:
	"""Return rows with those told from the others that an event has emptied: their hash is of what they said before.

	:param texts: what is written of each, by name
	"""
	claims = {
		row.name: (row.written[ERASED_BY], listed(row.name, texts[row.name]))
		for row in page
		if "row_hash" in row.differing and isinstance(row.written.get(ERASED_BY), str)
	}
	if not (found := emptied(claims) if claims else ()):
		return page
	return [
		row._replace(differing=tuple(each for each in row.differing if each != "row_hash"), erased=True)
		if row.name in found
		else row
		for row in page
	]
