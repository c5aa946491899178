"""Due dates as an iCalendar file (RFC 5545): one all-day event for each open course.

Frappe brings no library that writes these on all of its versions; the few lines that are needed are here.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType

import frappe
from frappe import _
from frappe.utils import get_url, getdate

from smooth_lms_hr import __version__

# Octets in a line, the line break not counted.
LINE_LENGTH = 75


def due_dates(
	rows: Iterable[Mapping], moves: Mapping[str, int] = MappingProxyType({}), stamp: datetime | None = None
) -> str:
	"""Return an iCalendar file of what is open.

	:param rows: assignments with name, course_title, course_url, due_date, reason and due_date_basis
	:param moves: how often the due date of each has moved, by name: of two files a calendar believes the later one
	:param stamp: when the file is made, in any time zone; None for now
	"""
	stamp = (stamp or datetime.now(timezone.utc)).astimezone(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
	lines = [
		"BEGIN:VCALENDAR",
		"VERSION:2.0",
		f"PRODID:-//Smooth LMS HR//{__version__}//EN",
		"CALSCALE:GREGORIAN",
		"METHOD:PUBLISH",
		f"X-WR-CALNAME:{_text(_('My training'))}",
	]
	for row in rows:
		lines += _event(frappe._dict(row), moves.get(row["name"], 0), stamp)
	lines.append("END:VCALENDAR")
	return "".join(f"{_fold(line)}\r\n" for line in lines)


def _event(row: frappe._dict, sequence: int, stamp: str) -> list[str]:
	due, url = getdate(row.due_date), get_url(row.course_url)
	about = [text for text in (row.reason, row.due_date_basis, url) if text]
	return [
		"BEGIN:VEVENT",
		# The same for ever, so that a calendar moves the event instead of adding a second one.
		f"UID:{_text(row.name)}@{frappe.local.site}",
		f"SEQUENCE:{sequence}",
		f"DTSTAMP:{stamp}",
		f"DTSTART;VALUE=DATE:{_day(due)}",
		*_end(due),
		f"SUMMARY:{_text(_('Training due: {0}').format(row.course_title))}",
		"DESCRIPTION:" + _text("\n".join(about)),
		f"URL:{url}",
		# Nobody is busy all day because a course is due.
		"TRANSP:TRANSPARENT",
		"END:VEVENT",
	]


def _end(due: date) -> list[str]:
	# The end of an all-day event is the first day that is no longer part of it. Without one it ends with its day too.
	return [f"DTEND;VALUE=DATE:{_day(due + timedelta(days=1))}"] if due < date.max else []


def _day(day: date) -> str:
	return day.strftime("%Y%m%d")


def _text(text: str) -> str:
	escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
	escaped = escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
	# The format has no way to write other control characters.
	return "".join(character for character in escaped if character >= " " and character != "\x7f")


def _fold(line: str) -> str:
	"""Break a line that is too long, never inside a character."""
	parts, length = [[]], 0
	for character in line:
		size = len(character.encode())
		if length + size > LINE_LENGTH:
			# The blank that marks a continued line counts too.
			parts.append([" "])
			length = 1
		parts[-1].append(character)
		length += size
	return "\r\n".join("".join(part) for part in parts)
