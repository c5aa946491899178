"""Text that no browser takes for markup and no spreadsheet for a formula, wherever it is shown as it is.

Names and titles are other people's words. Frappe cleans them when they are saved, but not what is valid JSON: a title in
double quotes keeps its markup. And what escaping would be right differs from place to place: Frappe's lists escape, its
forms, charts, prints and mails of reports do not, Learning's bell decodes. So what we store or hand to such a place is
made harmless itself, and reads the same everywhere. Imports no Frappe.
"""

import re
from collections.abc import Mapping

# What begins a tag, a comment or a processing instruction, also where it is written as an entity and something on the
# way decodes that. At the end of a text, what it begins may follow in the next one. "a < b" and "R&D" begin nothing.
_OPENS_A_TAG = re.compile(r"(?:<|&(?:amp;)*(?:lt|#0*60|#x0*3c);)(?=[a-z/!?]|$)", re.IGNORECASE)
# Looks like it, and is an ordinary letter to every browser.
_LOOK_ALIKE = "‹"

# What a spreadsheet takes for the beginning of a formula, in the width of East Asian keyboards too.
_FORMULA = tuple("=+-@＝＋－＠")
_CONTROLS = ("\t", "\r", "\n")


def plain_text(text: str | None) -> str | None:
	"""Return a text whose every "<" that could open a tag has become its look-alike; nothing else is changed."""
	return _OPENS_A_TAG.sub(_LOOK_ALIKE, text) if text else text


def plain_values(row: Mapping) -> dict:
	"""Return a row with every text in it made plain, and all that is not text as it was."""
	return {key: plain_text(value) if isinstance(value, str) else value for key, value in row.items()}


def spreadsheet_row(row: Mapping) -> dict:
	"""Return a row for a CSV file, whose texts no spreadsheet takes for formulas."""
	return {key: _spreadsheet_cell(value) for key, value in row.items()}


def _spreadsheet_cell(value):
	# A blank before it changes nothing to some of them.
	if isinstance(value, str) and (value.startswith(_CONTROLS) or value.lstrip().startswith(_FORMULA)):
		return f"'{value}"
	return value
