"""Says that what somebody has to hold is due for renewal, and that it counts no longer: to the employee, the manager and HR,
once each."""

from collections.abc import Sequence
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import cint, formatdate, get_url, get_url_to_list, getdate

from smooth_lms_hr.sources.names import COMPLIANCE, COMPLIANCE_TYPE
from smooth_lms_hr.sources.settings import Settings
from smooth_lms_hr.telling import running_out
from smooth_lms_hr.telling.reminders import Do
from smooth_lms_hr.telling.running_out import FORGOTTEN_DAYS, About
from smooth_lms_hr.training.compliance import DUE_FOR_RENEWAL, EXPIRED
from smooth_lms_hr.training.ladder import HR, MANAGER, MEMBER

PAGE = "/my-training"
SPOKEN_OF = (DUE_FOR_RENEWAL, EXPIRED)


def tell(today: date, settings: Settings, do: Do) -> None:
	"""Tell everybody whom it concerns of what is due for renewal, or has run out.

	:param today: in the site's time zone
	:param do: does each step in a transaction of its own
	"""
	running_out.tell(COMPLIANCES, today, settings, do)


def _employees(today: date, settings: Settings, after: str, limit: int) -> list[str]:
	"""Return whose compliance is due for renewal, or has run out lately, in order, so many at most who come after somebody."""
	table = frappe.qb.DocType(COMPLIANCE)
	return (
		frappe.qb.from_(table)
		.select(table.employee)
		.distinct()
		.where(table.status.isin(SPOKEN_OF) & (table.is_current == 1) & (table.employee > after))
		.where(table.next_renewal_date >= str(today - timedelta(days=FORGOTTEN_DAYS)))
		.orderby(table.employee)
		.limit(limit)
		.run(pluck=True)
	)


def _rows(employees: Sequence[str], today: date, settings: Settings) -> list[frappe._dict]:
	rows = frappe.get_all(
		COMPLIANCE,
		{
			"employee": ("in", employees),
			"status": ("in", SPOKEN_OF),
			"is_current": 1,
			"next_renewal_date": (">=", today - timedelta(days=FORGOTTEN_DAYS)),
		},
		["name", "employee", "employee_name", "compliance_type", "next_renewal_date"],
		order_by="next_renewal_date, name",
	)
	filters = {"name": ("in", sorted({row.compliance_type for row in rows}))}
	before = dict(
		frappe.get_all(COMPLIANCE_TYPE, filters, ["name", "alert_days_before"], order_by="name", as_list=True)
		if rows
		else ()
	)
	for row in rows:
		row.ends_on = getdate(row.next_renewal_date) - timedelta(days=1)
		row.days_before = cint(before.get(row.compliance_type))
	return rows


def _subject(rows: Sequence[frappe._dict]) -> str:
	if len(rows) > 1:
		return _("{0} to be renewed").format(len(rows))
	return _("{0} of {1}: last day {2}").format(
		rows[0].compliance_type, rows[0].employee_name, formatdate(rows[0].ends_on)
	)


def _line(row: frappe._dict, audience: str) -> str:
	if audience not in (MANAGER, HR):
		return row.compliance_type
	return f"{row.employee_name or row.employee}, {row.compliance_type}"


def _link(audience: str) -> str:
	return get_url(PAGE) if audience == MEMBER else get_url_to_list(COMPLIANCE)


# Its words are translated when they are asked for.
COMPLIANCES = About(  # nosemgrep
	COMPLIANCE,
	_employees,
	_rows,
	days_before=lambda row, settings: row.days_before,
	subject=_subject,
	intro=lambda: _(
		"These have to be renewed before they end, or have ended. What is missing, their forms say:"
	),
	line=_line,
	link=_link,
	bell=PAGE,
)
