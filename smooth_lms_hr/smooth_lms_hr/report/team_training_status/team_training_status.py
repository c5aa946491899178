"""Who owes what, by manager, department or course, the overdue first."""

from collections import Counter

import frappe
from frappe import _
from frappe.utils import cint, date_diff, getdate

from smooth_lms_hr.showing import tables, team
from smooth_lms_hr.sources.filters import check
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.validation import Name, one_of
from smooth_lms_hr.sources.visibility import sees_all
from smooth_lms_hr.training.status import (
	COMPLETED,
	OPEN,
	OVERDUE,
	WAIVED,
)

# What the filter "status" offers beside the statuses themselves.
ALL_OPEN = "Open"
DEPARTMENTS_IN_CHART = 12


def execute(filters: dict | None = None):
	"""Return columns, rows, message, chart and summary, as far as the session user may see them."""
	filters = check(
		filters, "company", "department", "course", manager=Name, status=one_of(ALL_OPEN, *team.STATUSES),
		**tables.PAGING,
	)  # fmt: skip
	asked = team.Asked(_teams(filters.manager), filters)
	counts = asked.counts_by_department()
	totals, in_time = team.totals_of(counts)
	page = tables.Page.of(filters)
	rows = _rows(asked, filters.status, page, totals)
	message = None
	if len(rows) > page.length:
		rows.pop()
		message = page.words_of_more()
	return tables.answer(_columns(), rows, message, _chart(counts), _summary(totals, in_time))


def _teams(manager: str | None):
	"""Return whose reports are meant; None for everybody that the user may see."""
	user = frappe.session.user
	oversees = sees_all(user)
	return team.places(user, oversees, manager) if manager or not oversees else None


def _rows(asked: team.Asked, status: str | None, page: tables.Page, totals: Counter) -> list[frappe._dict]:
	statuses = {ALL_OPEN: OPEN, None: None}.get(status, (status,))
	today = getdate()
	rows = asked.rows(statuses, page.start, page.length + 1, totals)
	for row in rows:
		row.assignment = row.name
		row.person = row.employee_name or row.member_name
		row.days_late = max(date_diff(today, row.due_date), 0) if row.status in OPEN else 0
	return rows


def _columns() -> list[dict]:
	return [
		tables.column("person", _("Person"), "Data", 160),
		tables.column("course_title", _("Course"), "Data", 220),
		tables.column("status", _("Status"), "Data", 110),
		tables.column("due_date", _("Due Date"), "Date", 120),
		tables.column("days_late", _("Days Late"), "Int", 110),
		tables.column("progress", _("Progress"), "Percent", 100),
		tables.column("completed_on", _("Completed On"), "Date", 130),
		tables.column("manager_name", _("Manager"), "Data", 150),
		tables.column("department", _("Department"), "Link", 150, "Department"),
		tables.column("employee", _("Employee"), "Link", 140, "Employee"),
		tables.column("assignment", _("Assignment"), "Link", 120, ASSIGNMENT),
	]


def _chart(counts: list[frappe._dict]) -> dict | None:
	"""Stack, for the departments with the most overdue, what is done, under way and late."""
	if not counts:
		return None
	departments: dict[str, dict[str, int]] = {}
	for row in counts:
		of_department = departments.setdefault(row.department or _("No department"), {})
		of_department[row.status] = of_department.get(row.status, 0) + cint(row.number)
	worst = sorted(departments, key=lambda name: (-team.late_of(departments[name]), name))
	worst = worst[:DEPARTMENTS_IN_CHART]
	bars = (
		(_("Overdue"), team.COUNTED[OVERDUE], tables.RED),
		(_("Under way"), team.UNDER_WAY, tables.BLUE),
		(_("Completed"), (COMPLETED,), tables.GREEN),
	)
	return {
		"data": {
			"labels": worst,
			"datasets": [
				{"name": name, "values": [sum(departments[each].get(s, 0) for s in group) for each in worst]}
				for name, group, _colour in bars
			],
		},
		"type": "bar",
		"barOptions": {"stacked": 1},
		"colors": [colour for _name, _group, colour in bars],
	}


def _summary(totals: Counter, in_time: int) -> list[dict]:
	done = totals[COMPLETED]
	return [
		{
			"label": _("Open"),
			"value": sum(totals[each] for each in team.COUNTED_AS_OPEN),
			"datatype": "Int",
			"indicator": "Blue",
		},
		{"label": _("Overdue"), "value": team.late_of(totals), "datatype": "Int", "indicator": "Red"},
		{"label": _("Completed"), "value": done, "datatype": "Int", "indicator": "Green"},
		{"label": _("Waived"), "value": totals[WAIVED], "datatype": "Int"},
		{
			"label": _("Completed on Time"),
			"value": tables.percent_in_words(in_time, done),
			"datatype": "Data",
		},
	]
