"""Everything that happened to the assignments: what, who did it, when and why."""

import frappe
from frappe import _
from frappe.utils import add_days, getdate

from smooth_lms_hr.record import events
from smooth_lms_hr.showing import audit, tables
from smooth_lms_hr.sources.filters import check
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.validation import Flag, one_of

DAYS = 90


def execute(filters: dict | None = None):
	"""Return columns, rows, message, chart and summary, as far as the session user may see the assignments."""
	filters = check(
		filters,
		*("company", "department", "course", "employee", "user", "from_date", "to_date"),
		change=one_of(*events.KINDS),
		decisions_only=Flag,
		**tables.PAGING,
	)
	end = getdate(filters.to_date)
	begin = getdate(filters.from_date or add_days(end, -DAYS))
	if begin > end:
		frappe.throw(_("The first day is after the last one."))
	page = tables.Page.of(filters)
	rows = audit.rows(
		begin, end, filters.change, filters.user, page, filters.decisions_only,
		company=filters.company, department=filters.department, course=filters.course, employee=filters.employee,
	)  # fmt: skip
	message = None
	if len(rows) > page.length:
		rows.pop()
		message = _(
			"This is not all: rows {0} to {1} are shown, and the chart and the sums count these alone. "
			"For the others set the filter Page to {2}, or choose fewer days."
		).format(page.start + 1, page.end, page.end // page.length + 1)
	return tables.answer(_columns(), rows, message, audit.chart(rows), audit.summary(rows))


def _columns() -> list[dict]:
	return [
		tables.column("changed_on", _("When"), "Datetime", 180),
		tables.column("changed_by", _("Who"), "Link", 170, "User"),
		tables.column("kind", _("What"), "Data", 140),
		tables.column("old", _("From"), "Data", 110),
		tables.column("new", _("To"), "Data", 110),
		tables.column("why", _("Why"), "Data", 320),
		tables.column("person", _("Person"), "Data", 150),
		tables.column("course_title", _("Course"), "Data", 200),
		tables.column("department", _("Department"), "Link", 150, "Department"),
		tables.column("employee", _("Employee"), "Link", 140, "Employee"),
		tables.column("assignment", _("Assignment"), "Link", 120, ASSIGNMENT),
	]
