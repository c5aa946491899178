"""The result of what many people were assigned, as a spreadsheet: a row for each person and course."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO

from smooth_lms_hr.sources.plain_text import spreadsheet_row

COLUMNS = ("result", "employee", "member", "course", "assignment", "message")
# The mark tells spreadsheets which encoding it is.
MARK = "\ufeff"


def as_csv(rows: Iterable[Mapping], head: bool = True) -> str:
	"""Return rows as CSV.

	:param rows: with any of COLUMNS
	:param head: whether the first line names the columns
	"""
	file = StringIO(newline="")
	writer = csv.DictWriter(file, COLUMNS)
	if head:
		writer.writeheader()
	writer.writerows(spreadsheet_row(row) for row in rows)
	return file.getvalue()


def as_file(_arguments: dict, lines: Iterator[str]) -> Iterator[str]:
	"""Yield the file of a run that several jobs have shared, of the rows that they have made."""
	yield MARK + as_csv([])
	yield from lines
