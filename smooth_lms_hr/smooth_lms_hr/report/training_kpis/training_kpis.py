"""How well training goes, by month and department, with what each figure means."""

from statistics import mean

import frappe
from frappe import _
from frappe.utils import add_months, escape_html, formatdate, get_first_day, getdate

from smooth_lms_hr.showing import kpis, tables
from smooth_lms_hr.showing.kpis import Figures
from smooth_lms_hr.sources.filters import check

MONTHS = 6


def execute(filters: dict | None = None):
	"""Return columns, rows, message (the definitions), chart and summary, as far as the session user may see them."""
	filters = check(filters, "company", "department", "course", "from_date", "to_date")
	today = getdate()
	begin = getdate(filters.from_date or get_first_day(add_months(today, 1 - MONTHS)))
	end = getdate(filters.to_date or today)
	if begin > end:
		frappe.throw(_("The first day is after the last one."))
	figures = kpis.by_month(
		begin, end, today, company=filters.company, department=filters.department, course=filters.course
	)
	columns = _columns()
	rows = [
		{"month": formatdate(month, "MMM yyyy"), "department": department, **_row(figures[month, department])}
		for month, department in sorted(figures, key=lambda key: (-key[0].toordinal(), key[1]))
	]
	return tables.answer(columns, rows, _definitions(), _chart(figures), _summary(figures))


def _row(figure: Figures) -> dict:
	return {
		"assigned": figure.assigned,
		"completed": figure.completed,
		"average": _mean_of(figure.progress, figure.assigned),
		"within": _percent(figure.within, figure.judged),
		"people": figure.people,
		"compliant": figure.compliant,
		"compliant_percent": _percent(figure.compliant, figure.people),
		"overdue": figure.overdue,
		"login_days": round(mean(figure.login_days), 1) if figure.login_days else None,
		"not_logged_in": figure.not_logged_in,
		"tickets": figure.tickets,
		"tickets_open": figure.tickets_open,
		"tasks": _percent(figure.tasks_done, figure.tasks),
	}


def _percent(part: int, whole: int) -> float | None:
	return _mean_of(100 * part, whole)


def _mean_of(total: float, number: int) -> float | None:
	"""Return None, an empty cell, where there is nothing to say: 0 would be a reproach."""
	return round(total / number, 1) if number else None


def _described() -> list[tuple[str, str, str, str]]:
	"""Return fieldname, label, type and definition of every figure."""
	return [
		(
			"assigned",
			_("Assigned"),
			"Int",
			_("Assignments made in the month, by hand, by onboarding or as renewals, but those waived or cancelled."),
		),
		("completed", _("Completed"), "Int", _("How many of the assigned are completed today.")),
		(
			"average",
			_("Average Completion"),
			"Percent",
			_("Mean progress of the assigned today; a completed one counts as 100%."),
		),
		(
			"within",
			_("Completed Within 30 Days"),
			"Percent",
			_("Of the assigned that are at least 30 days old: completed no later than 30 days after assignment."),
		),
		("people", _("People"), "Int", _("People who were assigned something in the month.")),
		(
			"compliant",
			_("Fully Compliant"),
			"Int",
			_("People all of whose assignments of the month are completed or waived."),
		),
		("compliant_percent", _("Fully Compliant (%)"), "Percent", _("Their share of the people.")),
		("overdue", _("Overdue"), "Int", _("How many of the assigned are past their due date today.")),
		(
			"login_days",
			_("Days to First Login"),
			"Float",
			_(
				"Mean days from the first training assigned by an onboarding to the person's first successful login "
				"after it, as Frappe's Activity Log knows it. Hires from before the oldest login in that log are left "
				"out: it is cleared as Log Settings say."
			),
		),
		("not_logged_in", _("Not Logged In Yet"), "Int", _("Such hires without any login since.")),
		(
			"tickets",
			_("Escalation Tickets"),
			"Int",
			_(
				"Tasks of managers or HR that escalations of the assigned became, where the settings make tasks of "
				"escalations."
			),
		),
		("tickets_open", _("Open Tickets"), "Int", _("Such tasks whose training is still owed.")),
		(
			"tasks",
			_("Onboarding Tasks"),
			"Percent",
			_(
				"Tasks completed or cancelled, of all tasks of the submitted onboardings that begin in the month. "
				"Empty for who may not read Employee Onboarding."
			),
		),
	]  # fmt: skip


def _columns() -> list[dict]:
	columns = [
		tables.column("month", _("Month"), width=100),
		tables.column("department", _("Department"), "Link", 160, "Department"),
	]
	for fieldname, label, fieldtype, _definition in _described():
		columns.append(tables.column(fieldname, label, fieldtype, 140))
	return columns


def _definitions() -> str:
	items = "".join(
		f"<li style='break-inside: avoid'><b>{escape_html(label)}</b>: {escape_html(definition)}</li>"
		for _fieldname, label, _fieldtype, definition in _described()
	)
	by = _("All figures are of the month of assignment, and of the department at that time.")
	return (
		f"<details open><summary>{_('What the figures mean')}</summary>"
		f"<p>{by}</p><ul class='small' style='columns: 3 20rem; column-gap: 2.5rem; padding-left: 1.2em'>{items}</ul></details>"
	)


def _chart(figures: dict) -> dict | None:
	months: dict = {}
	for (month, _department), figure in sorted(figures.items(), key=lambda item: item[0][0]):
		months.setdefault(month, Figures()).add(figure)
	if not months:
		return None
	# Shorter than in the table: the legend of a chart cuts what is longer.
	lines = (
		(_("In 30 Days"), "within"),
		(_("Average"), "average"),
		(_("Compliant"), "compliant_percent"),
	)
	rows = [_row(figure) for figure in months.values()]
	return {
		"data": {
			"labels": [formatdate(month, "MMM yyyy") for month in months],
			"datasets": [{"name": name, "values": [row[key] or 0 for row in rows]} for name, key in lines],
		},
		"type": "bar",
		"fieldtype": "Percent",
		"colors": [tables.BLUE, tables.GREY, tables.GREEN],
	}


def _summary(figures: dict) -> list[dict]:
	total = Figures()
	for figure in figures.values():
		total.add(figure)
	row = _row(total)

	def said(key, label, unit="", indicator=None):
		value = "–" if row[key] is None else f"{row[key]:g}{unit}"
		return {"label": label, "value": value, "datatype": "Data", "indicator": indicator}

	return [
		said("within", _("Completed Within 30 Days"), "%", "Blue"),
		said("average", _("Average Completion"), "%"),
		said("compliant", _("Fully Compliant, Month by Month"), indicator="Green"),
		said("overdue", _("Overdue"), indicator="Red"),
		said("login_days", _("Days to First Login")),
	]
