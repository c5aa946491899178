"""What a run has done to whom, for whoever has started it."""

from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import now_datetime

from smooth_lms_hr.sources.names import ASSIGNMENT, EVENT, NOTIFICATION

# Of a large company a run does more than anybody reads.
SHOWN = 50


@dataclass(frozen=True)
class Mark:
	"""A moment in the record.

	:param event: the last that was written, "" where there is none
	:param moment: in the site's time zone
	"""

	event: str
	moment: datetime


def mark() -> Mark:
	"""Return how far the record goes now."""
	# Names of events sort in the order in which they were written.
	last = frappe.get_all(EVENT, pluck="name", order_by="name desc", limit=1)
	return Mark(last[0] if last else "", now_datetime())


def since(begun: Mark) -> dict:
	"""Return what has happened to assignments since, and who was sent a mail, as far as the session user may see.

	:return: {"rows": the first SHOWN of assignment, who, course_title and what (in words), "more": whether there are others}
	"""
	events = _list(EVENT, {"name": (">", begun.event)}, ["name", "assignment", "event"])
	mails = _list(NOTIFICATION, {"sent_on": (">=", begun.moment)}, ["name", "assignment", "recipient"])
	rows = [(row.assignment, _(row.event)) for row in events]
	rows += [(row.assignment, _("Mail to {0}").format(row.recipient)) for row in mails]
	rows = [row for row in rows if row[0]]
	shown = rows[:SHOWN]
	about = _assignments({name for name, _what in shown})
	return {
		"rows": [
			{
				"assignment": name,
				"who": about[name].employee_name or about[name].member_name or about[name].member,
				"course_title": about[name].course_title,
				"what": what,
			}
			for name, what in shown
			if name in about
		],
		"more": len(rows) > SHOWN,
	}


def _list(doctype: str, filters: dict, fields: list[str]) -> list[frappe._dict]:
	if not frappe.has_permission(doctype, "read"):
		return []
	return frappe.get_list(
		doctype, filters=filters, fields=fields, order_by="name", limit_page_length=SHOWN + 1
	)


def _assignments(names: set[str]) -> dict[str, frappe._dict]:
	fields = ["name", "employee_name", "member_name", "member", "course_title"]
	rows = frappe.get_list(
		ASSIGNMENT,
		filters={"name": ("in", sorted(names) or [""])},
		fields=fields,
		order_by="name",
		limit_page_length=0,
	)
	return {row.name: row for row in rows}
