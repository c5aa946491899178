"""A binder as one ZIP, made of what its steps have said of people, one person in memory at a time."""

import base64
import csv
import json
import re
import zlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import asdict
from functools import partial
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import IO

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate
from frappe.utils.xlsxutils import make_xlsx

from smooth_lms_hr.showing import binder_pages, binder_seals
from smooth_lms_hr.showing.archive import Archive, line_of_sum
from smooth_lms_hr.showing.binder_pages import Pages
from smooth_lms_hr.sources import private_files
from smooth_lms_hr.sources.plain_text import spreadsheet_row

README, SUMS, RECORDED, SEALS = "README.txt", "SHA256SUMS", "RECORDED.sha256", "seals.csv"
README_TEMPLATE = "smooth_lms_hr/templates/binder/readme.txt"
# The mark tells spreadsheets which encoding it is.
MARK = "\ufeff"
# A sheet has so many rows, the first of which are the heads.
ROWS_OF_A_SHEET = 1_048_576
# How wide its columns are, in characters.
WIDTH, WIDTHS = 16, {"title": 30, "why": 30, "results": 40, "decision": 30, "file": 40, "page": 28}
# Of its columns.
DAYS, DAY = ("due_date", "completed_on", "valid_until"), re.compile(r"\d{4}-\d\d-\d\d")
# Characters of the index that are read at once.
PIECE = 1 << 16
# So many of what is missing are named in the README; the index names all.
NAMED = 100


def line_of(pages: Pages) -> str:
	"""Return what is said of a person as one line, small enough for a table."""
	return _packed(asdict(pages))


def line_of_failed(name: str, error: str) -> str:
	"""Return the line that says of a person why nothing is said of them."""
	return _packed({"failed": name, "error": error})


def pieces(outcomes: Iterable[str], facts: dict) -> Iterator[bytes]:
	"""Yield a binder, piece by piece.

	:param outcomes: lines as above, some or many in each
	:param facts: "made_on" (YYYY-MM-DD HH:MM:SS in the site's time zone), "made_by", "period" and "url" (of the site), in
	        words
	:raises OSError: where the disk is full
	"""
	yield from _Binder(facts).pieces(outcomes)


class _Binder:
	def __init__(self, facts: dict):
		self._facts = facts
		self._archive = Archive(get_datetime(facts["made_on"]))
		self._columns = binder_pages.index_columns()
		self._recorded: list[str] = []
		self._missing: list[str] = []
		self._changed: list[str] = []
		self._failed: list[str] = []
		self._people = self._rows = 0
		self._has_record = False

	def pieces(self, outcomes: Iterable[str]) -> Iterator[bytes]:
		add = self._archive.add
		# On the disk: it is done when everybody is, and may be long.
		with TemporaryFile("w+", newline="", encoding="utf-8") as index:
			writer = csv.DictWriter(index, list(self._columns))
			writer.writerow(self._columns)
			for line in chain.from_iterable(outcome.splitlines() for outcome in outcomes):
				found = _unpacked(line)
				rows = [self._row_of_failed(found)] if "failed" in found else (yield from self._person(found))
				writer.writerows(spreadsheet_row(row) for row in rows)
				self._rows += len(rows)
			yield from add("index.csv", self._csv(index), index.tell())
			yield from add("index.xlsx", self._xlsx(index))
		seals = binder_seals.read()
		if seals:
			yield from add(SEALS, [seals.as_csv()])
		if self._recorded:
			yield from add(RECORDED, self._recorded)
		yield from add(README, [self._readme(bool(seals))])
		yield from self._archive.end(SUMS)

	def _person(self, found: dict) -> Generator[bytes, None, list[dict]]:
		self._people += 1
		name = found["name"]
		yield from self._archive.add(f"{binder_pages.PEOPLE}/{name}.html", [found["html"]])
		if found["record"]:
			self._has_record = True
			yield from self._archive.add(f"{binder_pages.RECORD}/{name}.tsv", [found["record"]])
		states = {}
		for file in found["files"]:
			states[file["path"]] = yield from self._file(**file)
		return [{**row, "file_state": states.get(row.get("file"), "")} for row in found["rows"]]

	def _file(self, path: str, url: str | None, sha256: str | None) -> Generator[bytes, None, str]:
		"""Put in a file as it lies on the disk, and return whether it is what is on record, in words."""
		if sha256:
			self._recorded.append(line_of_sum(sha256, path))
		try:
			if not url:
				raise FileNotFoundError(path)
			content = private_files.read(url)
			begins = next(content, b"")
		except OSError:
			self._missing.append(path)
			return _("missing")
		digest = yield from self._archive.add(path, chain([begins], content), private_files.size(url))
		if not sha256:
			return _("no SHA-256 on record")
		if digest == sha256:
			return _("as on record")
		self._changed.append(path)
		return _("not what is on record")

	def _row_of_failed(self, found: dict) -> dict:
		self._failed.append(f"{found['failed']}: {found['error']}")
		return {"kind": _("Not exported"), "employee": found["failed"], "status": found["error"]}

	def _csv(self, index: IO[str]) -> Iterator[str]:
		index.seek(0)
		yield MARK
		yield from iter(partial(index.read, PIECE), "")

	def _xlsx(self, index: IO[str]) -> Iterator[bytes]:
		index.seek(0)
		widths = [WIDTHS.get(column, WIDTH) for column in self._columns]
		rows = map(self._typed, islice(csv.reader(index), ROWS_OF_A_SHEET))
		# Frappe lets openpyxl write row by row, to a file of its own.
		yield make_xlsx(rows, _("Index"), column_widths=widths).getvalue()

	def _typed(self, row: list[str]) -> list:
		"""Return a row of the index with its days as days, so that a sheet sorts and filters by them."""
		return [
			getdate(value) if column in DAYS and DAY.fullmatch(value) else value
			for column, value in zip(self._columns, row, strict=True)
		]

	def _readme(self, has_seals: bool) -> str:
		return frappe.render_template(
			README_TEMPLATE,
			{
				**self._facts,
				"people": self._people,
				"rows": self._rows,
				"is_cut": self._rows >= ROWS_OF_A_SHEET,
				"has_seals": has_seals,
				"has_recorded": bool(self._recorded),
				"has_record": self._has_record,
				"lists": [
					(words, names[:NAMED], max(0, len(names) - NAMED))
					for words, names in (
						(_("NOT COMPLETE. Of these people nothing is in here:"), self._failed),
						(_("These files belong to the record, and are not there any more:"), self._missing),
						(_("These files are not what is on record:"), self._changed),
					)
					if names
				],
			},
		)


def _packed(said: dict) -> str:
	return f"{base64.b64encode(zlib.compress(json.dumps(said).encode())).decode()}\n"


def _unpacked(line: str) -> dict:
	return json.loads(zlib.decompress(base64.b64decode(line)))
