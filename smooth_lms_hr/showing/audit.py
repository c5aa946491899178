"""What the report Assignment Audit shows: the events of the assignments that the reader may see."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.utils import add_days, add_months, formatdate, get_datetime, get_first_day, getdate

from smooth_lms_hr.record import events
from smooth_lms_hr.showing import history, tables
from smooth_lms_hr.sources.names import EVENT
from smooth_lms_hr.sources.visibility import visible_assignments

# Of the chart, from the bottom up: what people decided, and what the days brought.
IN_CHART = (
	(events.ASSIGNED, tables.BLUE),
	(events.COMPLETED, tables.GREEN),
	(events.OVERDUE, tables.RED),
	(events.DUE_DATE_MOVED, tables.AMBER),
	(events.WAIVED, tables.PURPLE),
	(events.CANCELLED, tables.GREY),
	(events.REVOKED, tables.BLACK),
)

# What learners and the days bring, and nobody has decided.
BROUGHT = (
	events.BEGUN, events.LEARNED, events.COMPLETED, events.OVERDUE, events.CERTIFIED, events.RENEWED,
)  # fmt: skip


def rows(
	begin: date,
	end: date,
	change: str | None,
	user: str | None,
	page: tables.Page,
	decisions_only: bool = False,
	**filters,
) -> list[dict]:
	"""Return what happened from one day to another, both included, the latest first: a page, and a row more if there is one.

	:param change: one event, None for all
	:param user: who did it
	:param page: which of the rows
	:param decisions_only: leave BROUGHT out, unless ``change`` is one of them
	:param filters: company, department, course, employee, as for ``visible_assignments``
	"""
	table, event = frappe.qb.DocType("LMS Training Assignment"), frappe.qb.DocType(EVENT)
	query = (
		visible_assignments(**filters)
		.inner_join(event)
		.on(event.assignment == table.name)
		.where(event.happened_on >= str(begin))
		.where(event.happened_on < str(add_days(end, 1)))
		.select(
			event.assignment,
			event.event,
			event.happened_on,
			event.done_by,
			event.before,
			event.after,
			event.reason,
			event.cause_doctype,
			event.cause,
			event.taken_over,
			table.employee,
			table.employee_name,
			table.member_name,
			table.course_title,
			table.department,
		)
		.orderby(event.happened_on, order=Order.desc)
		.orderby(event.name, order=Order.desc)
		.limit(page.length + 1)
		.offset(page.start)
	)
	if change:
		query = query.where(event.event == change)
	elif decisions_only:
		query = query.where(event.event.notin(BROUGHT))
	if user:
		query = query.where(event.done_by == user)
	# Few values differ, and writing a date in somebody's way takes long.
	in_words = cache(history.value_in_words)
	return [_shown(row, in_words) for row in query.run(as_dict=True)]


def chart(found: list[dict]) -> dict | None:
	"""Return how many of each kind there were in each month."""
	if not found:
		return None
	months = [getdate(get_first_day(row["changed_on"])) for row in found]
	counts = Counter(zip((row["kind"] for row in found), months, strict=True))
	spread, last = [min(months)], max(months)
	while spread[-1] < last:
		spread.append(getdate(add_months(spread[-1], 1)))
	return {
		"data": {
			"labels": [formatdate(month, "MMM yyyy") for month in spread],
			"datasets": [
				{"name": _(kind), "values": [counts[kind, month] for month in spread]}
				for kind, _colour in IN_CHART
			],
		},
		"type": "bar",
		"barOptions": {"stacked": 1},
		"colors": [colour for _kind, colour in IN_CHART],
	}


def summary(found: list[dict]) -> list[dict]:
	"""Return the figures above the report."""
	counts = Counter(row["kind"] for row in found)
	decided = {
		row["changed_by"]
		for row in found
		if row["kind"] in (events.DUE_DATE_MOVED, events.WAIVED, events.REVOKED)
	}
	return [
		{
			"label": _("Due Dates Moved"),
			"value": counts[events.DUE_DATE_MOVED],
			"datatype": "Int",
			"indicator": "Blue",
		},
		{"label": _("Waivers"), "value": counts[events.WAIVED], "datatype": "Int", "indicator": "Purple"},
		{
			"label": _("Revocations"),
			"value": counts[events.REVOKED],
			"datatype": "Int",
			"indicator": "Red",
		},
		{
			"label": _("Became Overdue"),
			"value": counts[events.OVERDUE],
			"datatype": "Int",
			"indicator": "Red",
		},
		{"label": _("People Who Decided"), "value": len(decided), "datatype": "Int"},
	]


def _shown(row, in_words: Callable) -> dict:
	return {
		"changed_on": get_datetime(row.happened_on),
		"changed_by": row.done_by,
		"kind": row.event,
		"old": in_words(row.event, row.before),
		"new": in_words(row.event, row.after),
		"why": history.why_of(row),
		"person": row.employee_name or row.member_name,
		"course_title": row.course_title,
		"department": row.department,
		"employee": row.employee,
		"assignment": row.assignment,
	}
