"""How many hours of training everybody had in a year, against what they are to have."""

from frappe import _
from frappe.utils import flt, getdate

from smooth_lms_hr.showing import hours, tables
from smooth_lms_hr.sources.filters import check
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.sources.validation import EARLIEST, LATEST, between


def execute(filters: dict | None = None):
	"""Return columns, rows, message, chart and summary, as far as the session user may see them."""
	filters = check(
		filters,
		"company",
		"department",
		"employee",
		year=between(EARLIEST.year, LATEST.year),
		**tables.PAGING,
	)
	target, page = get_settings().training_hours_target, tables.Page.of(filters)
	asked = hours.Asked(filters.year or getdate().year, filters)
	rows = asked.rows(page.start, page.length + 1)
	message = None
	if len(rows) > page.length:
		rows.pop()
		message = page.words_of_more()
	if target:
		for row in rows:
			row.target, row.missing = target, flt(max(target - row.hours, 0), 2)
	return tables.answer(_columns(bool(target)), rows, message, None, _summary(asked, target))


def _columns(with_target: bool) -> list[dict]:
	of_target = [
		tables.column("target", _("Target"), "Float", 100),
		tables.column("missing", _("Missing Hours"), "Float", 140),
	]
	return [
		tables.column("employee_name", _("Person"), "Data", 180),
		tables.column("hours", _("Hours"), "Float", 100),
		*(of_target if with_target else ()),
		tables.column("completed", _("Trainings Completed"), "Int", 190),
		tables.column("department", _("Department"), "Link", 160, "Department"),
		tables.column("company", _("Company"), "Link", 160, "Company"),
		tables.column("employee", _("Employee"), "Link", 140, "Employee"),
	]


def _summary(asked: hours.Asked, target: float) -> list[dict]:
	people, total, reached = asked.sums(target)
	found = [
		{"label": _("People"), "value": people, "datatype": "Int"},
		{"label": _("Hours"), "value": total, "datatype": "Float"},
		{
			"label": _("Hours per Person"),
			"value": flt(total / people, 1) if people else 0,
			"datatype": "Float",
		},
	]
	if target:
		found.append(
			{
				"label": _("Reached the Target"),
				"value": tables.percent_in_words(reached, people),
				"datatype": "Data",
				"indicator": "Green",
			}
		)
	return found
