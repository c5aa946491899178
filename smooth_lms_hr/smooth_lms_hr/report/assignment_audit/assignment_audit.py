"""Every change of a due date, a status or a waiver: who made it, when and why.

Read from the version history and the timeline.
"""

import html
import json
from collections import defaultdict
from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import add_days, add_months, escape_html, formatdate, get_datetime, getdate, strip_html

from smooth_lms_hr.services import reporting
from smooth_lms_hr.services.facts import ASSIGNMENT
from smooth_lms_hr.training.status import COMPLETED, IN_PROGRESS, OVERDUE, WAIVED

FIELDS = ("due_date", "status", "waived_by", "waiver_reason")
DAYS = 90
# A decision writes its version and its remark in the same moment; clocks and slow saves have this much room.
SAME_MOMENT = timedelta(seconds=10)


def execute(filters: dict | None = None):
	"""Return columns, rows, message, chart and summary, as far as the session user may see the assignments."""
	filters = frappe._dict(filters or {})
	for fieldname, doctype in (
		("department", "Department"), ("course", "LMS Course"), ("employee", "Employee"), ("user", "User")
	):  # fmt: skip
		reporting.refuse_missing(doctype, filters.get(fieldname))
	end = getdate(filters.to_date)
	begin = getdate(filters.from_date or add_days(end, -DAYS))
	if begin > end:
		frappe.throw(_("The first day is after the last one."))
	remarks = _remarks(filters, begin, end)
	rows = _changes(filters, begin, end, remarks) + _other_remarks(remarks)
	if filters.change:
		rows = [row for row in rows if row["kind"] == filters.change]
	rows.sort(key=lambda row: (row["changed_on"], row["assignment"]), reverse=True)
	message = None
	if len(rows) >= reporting.MAX_ROWS:
		message = _("This is not all: choose fewer days.")
	return _columns(), rows, message, _chart(rows), _summary(rows)


def _entries(doctype: str, reference: tuple[str, str], filters, begin, end):
	"""Return the query of a log's entries on visible assignments, and its table."""
	table, log = frappe.qb.DocType(ASSIGNMENT), frappe.qb.DocType(doctype)
	query = (
		reporting.visible_assignments(
			company=filters.company,
			department=filters.department,
			course=filters.course,
			employee=filters.employee,
		)
		.inner_join(log)
		.on((log[reference[0]] == ASSIGNMENT) & (log[reference[1]] == table.name))
		.where(log.creation >= begin)
		.where(log.creation < add_days(end, 1))
		.select(
			table.name.as_("assignment"),
			table.employee,
			table.employee_name,
			table.member_name,
			table.course_title,
			table.department,
			log.owner,
			log.creation,
		)
		.orderby(log.creation)
		.limit(reporting.MAX_ROWS)
	)
	if filters.user:
		query = query.where(log.owner == filters.user)
	return query, log


def _remarks(filters, begin, end) -> dict[str, list[frappe._dict]]:
	"""Return what the timelines say, by assignment."""
	query, log = _entries("Comment", ("reference_doctype", "reference_name"), filters, begin, end)
	found = defaultdict(list)
	for row in query.where(log.comment_type == "Info").select(log.content).run(as_dict=True):
		row.creation = get_datetime(row.creation)
		row.said = html.unescape(strip_html(row.content or "")).strip()
		row.used = False
		found[row.assignment].append(row)
	return found


def _changes(filters, begin, end, remarks) -> list[dict]:
	query, log = _entries("Version", ("ref_doctype", "docname"), filters, begin, end)
	rows = []
	for entry in query.select(log.data).run(as_dict=True):
		changed = {
			fieldname: (old, new)
			for fieldname, old, new in (json.loads(entry.data or "{}").get("changed") or [])
			if fieldname in FIELDS
		}
		if not changed:
			continue
		entry.creation = get_datetime(entry.creation)
		why = _why(entry, remarks) or (changed.get("waiver_reason") or (None, None))[1]
		for fieldname in ("due_date", "status"):
			if fieldname not in changed:
				continue
			old, new = changed[fieldname]
			if fieldname == "due_date":
				old, new = (formatdate(value) if value else "" for value in (old, new))
			waiver = fieldname == "status" and new == WAIVED
			kind = "Due Date" if fieldname == "due_date" else "Waiver" if waiver else "Status"
			rows.append(_row(entry, kind, old, new, why or _what_happened(new)))
	return rows


def _why(entry, remarks) -> str | None:
	for remark in remarks.get(entry.assignment, ()):
		if remark.owner == entry.owner and abs(remark.creation - entry.creation) <= SAME_MOMENT:
			remark.used = True
			# What was done has columns of its own; the reason comes after it.
			return remark.said.partition(": ")[2] or remark.said
	return None


def _what_happened(status: str) -> str | None:
	"""Return why an assignment came to a status where nobody decided it."""
	return {
		IN_PROGRESS: _("The course was begun."),
		COMPLETED: _("The course was completed."),
		OVERDUE: _("The due date passed."),
	}.get(status)


def _other_remarks(remarks) -> list[dict]:
	"""Return what only the timeline knows, for example that an assignment was cancelled because somebody left."""
	return [
		_row(remark, "Remark", None, None, remark.said)
		for found in remarks.values()
		for remark in found
		if not remark.used
	]


def _row(entry, kind: str, old: str | None, new: str | None, why: str | None) -> dict:
	return {
		"changed_on": entry.creation,
		"changed_by": entry.owner,
		"kind": kind,
		"old": old,
		"new": new,
		# The browser shows these as HTML.
		"why": escape_html(why or ""),
		"person": entry.employee_name or entry.member_name,
		"course_title": entry.course_title,
		"department": entry.department,
		"employee": entry.employee,
		"assignment": entry.assignment,
	}


def _columns() -> list[dict]:
	return [
		reporting.column("changed_on", _("When"), "Datetime", 160),
		reporting.column("changed_by", _("Who"), "Link", 170, "User"),
		reporting.column("kind", _("What"), "Data", 90),
		reporting.column("old", _("From"), "Data", 110),
		reporting.column("new", _("To"), "Data", 110),
		reporting.column("why", _("Why"), "Data", 320),
		reporting.column("person", _("Person"), "Data", 150),
		reporting.column("course_title", _("Course"), "Data", 200),
		reporting.column("department", _("Department"), "Link", 150, "Department"),
		reporting.column("employee", _("Employee"), "Link", 140, "Employee"),
		reporting.column("assignment", _("Assignment"), "Link", 110, ASSIGNMENT),
	]


def _chart(rows: list[dict]) -> dict | None:
	if not rows:
		return None
	kinds = ("Due Date", "Status", "Waiver", "Remark")
	months = sorted({row["changed_on"].date().replace(day=1) for row in rows})
	first, last, spread = months[0], months[-1], []
	while first <= last:
		spread.append(first)
		first = getdate(add_months(first, 1))
	counts = defaultdict(int)
	for row in rows:
		counts[row["kind"], row["changed_on"].date().replace(day=1)] += 1
	return {
		"data": {
			"labels": [formatdate(month, "MMM yyyy") for month in spread],
			"datasets": [
				{"name": _(kind), "values": [counts[kind, month] for month in spread]} for kind in kinds
			],
		},
		"type": "bar",
		"barOptions": {"stacked": 1},
		"colors": ["#4b8fe3", "#9aa5b1", "#8a5cd6", "#d9a03f"],
	}


def _summary(rows: list[dict]) -> list[dict]:
	def number(kind):
		return sum(row["kind"] == kind for row in rows)

	return [
		{"label": _("Due Dates Moved"), "value": number("Due Date"), "datatype": "Int", "indicator": "Blue"},
		{"label": _("Waivers"), "value": number("Waiver"), "datatype": "Int", "indicator": "Purple"},
		{"label": _("Other Changes of Status"), "value": number("Status"), "datatype": "Int"},
		{
			"label": _("People Who Decided"),
			"value": len({row["changed_by"] for row in rows if row["kind"] in ("Due Date", "Waiver")}),
			"datatype": "Int",
		},
	]
