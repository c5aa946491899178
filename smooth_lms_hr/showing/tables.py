"""The shape of what reports answer with: columns, rows, charts."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import frappe
from frappe import _

from smooth_lms_hr.sources.plain_text import plain_text, plain_values
from smooth_lms_hr.sources.validation import between

# More does not fit a browser, and nobody reads it.
MAX_ROWS = 20_000
# On a page of a report, where nobody asks for more: the next page is as far as a longer way down.
ROWS = 2_000
# The filters that a report of pages has.
PAGING = {"page": between(1, 1_000_000), "rows": between(1, MAX_ROWS)}
# The kinds of columns whose cells belong to the right.
NUMBERS = ("Int", "Float", "Percent")
# Of charts.
RED, AMBER, GREEN, BLUE, PURPLE, GREY, BLACK = (
	"#d1393b", "#d9a03f", "#2f9d58", "#4b8fe3", "#8a5cd6", "#9aa5b1", "#3d4753",
)  # fmt: skip


class Page(NamedTuple):
	"""Which rows of a report are meant: its filters "page" and "rows", of PAGING."""

	start: int
	length: int

	@classmethod
	def of(cls, filters: Mapping) -> "Page":
		length = filters.get("rows") or ROWS
		return cls((filters.get("page", 1) - 1) * length, length)

	@property
	def end(self) -> int:
		return self.start + self.length

	def words_of_more(self) -> str:
		"""Return what is said above a page where there are more rows than are on it."""
		return _(
			"Rows {0} to {1} are shown; the chart and the sums count all of them. "
			"For the next ones set the filter Page to {2}."
		).format(self.start + 1, self.end, self.end // self.length + 1)


def percent_in_words(part: int, whole: int) -> str:
	"""Return for example "66.7%", a dash where there is nothing to take a share of; Frappe would show 66.700%."""
	return f"{round(100 * part / whole, 1):g}%" if whole else "–"


def column(
	fieldname: str, label: str, fieldtype: str = "Data", width: int = 110, options: str | None = None
) -> dict:
	"""Return a column of a report; a link to what the session user may not read is shown as text.

	Frappe would refuse them the whole report for it.
	"""
	if fieldtype == "Link" and not frappe.has_permission(options, "read"):
		fieldtype, options = "Data", None
	return {
		"fieldname": fieldname,
		"label": label,
		"fieldtype": fieldtype,
		"width": width,
		"options": options,
		"precision": "1",
		# Frappe's table takes a column for numbers, and puts it to the right, where its first cell is empty.
		"align": None if fieldtype in NUMBERS else "left",
	}


def answer(
	columns: list[dict],
	rows: Sequence[Mapping],
	message: str | None = None,
	chart: dict | None = None,
	summary: list[dict] | None = None,
) -> tuple:
	"""Return what a report answers with, in which no name or title is markup.

	The desk puts cells into its page as they are, and the prints, PDFs and mails made of a report do so too, while its
	exports show every character: only what is harmless itself is right for all of them.

	:param message: HTML
	:param chart: as Frappe's charts want it, with its labels in "data"
	"""
	if chart:
		chart = {**chart, "data": chart_data(**chart["data"])}
	return columns, [plain_values(row) for row in rows], message, chart, summary


def chart_data(labels: Sequence[str], datasets: list[dict]) -> dict:
	"""Return the data of a chart. Its axis shows a label as text, but its tooltip as HTML."""
	return {"labels": [plain_text(label) for label in labels], "datasets": datasets}
