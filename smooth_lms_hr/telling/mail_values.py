"""What the text of a mail is made of: its values in the reader's language, and which of it is text in HTML."""

from collections.abc import Iterable, Sequence
from datetime import date

import frappe
from frappe import _
from frappe.utils import cint, escape_html, flt, formatdate, get_url
from frappe.utils.jinja_globals import is_rtl

from smooth_lms_hr.sources import learning
from smooth_lms_hr.sources.due_words import due_in_words
from smooth_lms_hr.sources.words import as_read
from smooth_lms_hr.training.status import AWAITING_SIGNATURE


class Listed(list):
	"""The first rows of many. It counts as all of them, since that is what HR's own text asks it for."""

	def __init__(self, rows: Iterable[dict], total: int):
		super().__init__(rows)
		self.total = total

	def __len__(self) -> int:
		return self.total


def values_of(
	reader: frappe._dict,
	rows: Sequence[dict],
	today: date,
	overview: str,
	more: int = 0,
	late: int | None = None,
	covers: str = "",
) -> dict:
	"""Return what a template may use, in the language that is set; see ``mails.queue`` for what is not said here.

	:param reader: the User's email and first_name
	:return: first_name, direction (rtl or ltr), rows, people (name and rows of each, the most urgent first), what (the
	        title of the course, or how many), late and soon (numbers), covers, more (in words, empty where these are
	        all), my_training_url, overview_url
	"""
	shown = [_row(row, today) for row in rows]
	total = len(rows) + more
	late = sum(row["late"] for row in shown) if late is None else late
	others = _("and {0} more").format(more) if more else ""
	people = _by_person(rows, shown)
	if more:
		# Whatever the text makes of a row.
		rest = dict.fromkeys(shown[0], "") | {"late": False, "url": get_url(overview)}
		shown = Listed([*shown, rest | {"employee_name": others}], total)
	return {
		"first_name": reader.first_name or reader.email,
		"direction": "rtl" if is_rtl() else "ltr",
		"rows": shown,
		"people": people,
		"what": shown[0]["course_title"] if total == 1 else _("{0} courses").format(total),
		"late": late,
		"soon": total - late,
		"covers": covers,
		"more": others,
		"my_training_url": get_url("/my-training"),
		"overview_url": get_url(overview),
	}


def escaped(value):
	"""Return the same with every text in it as text in HTML: a course's title is one, also where HR edits the mail."""
	if isinstance(value, dict):
		return {key: escaped(each) for key, each in value.items()}
	if isinstance(value, Listed):
		return Listed((escaped(each) for each in value), value.total)
	if isinstance(value, list):
		return [escaped(each) for each in value]
	return escape_html(value) if isinstance(value, str) else value


def _row(row: dict, today: date) -> dict:
	to_sign = row["status"] == AWAITING_SIGNATURE
	due_date, when = formatdate(row["due_date"]), due_in_words((row["due_date"] - today).days)
	percent = cint(flt(row["progress"], 0))
	how_far = _("Learned, to be signed") if to_sign else _("{0} % completed").format(percent)
	return {
		"course_title": row["course_title"] or row["course"],
		"employee_name": row["employee_name"] or row["member_name"] or "",
		"due_date": due_date,
		"when": when,
		"due": _("Due {0}, {1}").format(due_date, when),
		"late": row["due_date"] < today,
		"progress": _("to be signed") if to_sign else f"{percent} %",
		"how_far": how_far if to_sign or percent else "",
		"reason": as_read(row["reason"]) or "",
		# Where it is signed, once there is nothing left to learn.
		"url": get_url("/my-training" if to_sign else learning.course_url(row["course"])),
	}


def _by_person(rows: Sequence[dict], shown: Sequence[dict]) -> list[dict]:
	"""Return what is shown by person: the first is who has what is most urgent, as it stands in the rows."""
	people: dict[str, dict] = {}
	for row, said in zip(rows, shown, strict=True):
		one = people.setdefault(row["member"], {"name": said["employee_name"] or row["member"], "rows": []})
		one["rows"].append(said)
	return list(people.values())
