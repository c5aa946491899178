"""Says that a document on somebody's file is about to expire, and that it has: to the employee, the manager and HR, once each.

Certificates are left to the reminders of what they are about. What is on the file anew, for longer, is no news of the old one.
Nothing of a file goes out by mail, and managers, who do not read it, are told the kind and the day alone.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import formatdate, get_url, get_url_to_list, getdate

from smooth_lms_hr.sources.names import DOCUMENT
from smooth_lms_hr.sources.settings import Settings
from smooth_lms_hr.telling import running_out
from smooth_lms_hr.telling.reminders import Do
from smooth_lms_hr.telling.running_out import FORGOTTEN_DAYS, About
from smooth_lms_hr.training.ladder import HR, MANAGER, MEMBER

PAGE = "/my-training#documents"
FIELDS = ("name", "employee", "employee_name", "document_type", "title", "expires_on as ends_on")


def tell(today: date, settings: Settings, do: Do) -> None:
	"""Tell everybody whom it concerns of documents that expire.

	:param today: in the site's time zone
	:param do: does each step in a transaction of its own
	"""
	running_out.tell(DOCUMENTS, today, settings, do)


def _in_time(today: date, settings: Settings) -> dict:
	"""Return the filters that leave the documents which there may be something to say of."""
	first, last = today - timedelta(days=FORGOTTEN_DAYS), today + timedelta(days=settings.renew_before_days)
	return {
		"expires_on": ("between", [first, last]),
		"verified_on": ("is", "set"),
		"evidence": ("is", "not set"),
	}


def _employees(today: date, settings: Settings, after: str, limit: int) -> list[str]:
	"""Return whose documents expire, in order, so many at most who come after somebody."""
	table = frappe.qb.DocType(DOCUMENT)
	first, last = _in_time(today, settings)["expires_on"][1]
	return (
		frappe.qb.from_(table)
		.select(table.employee)
		.distinct()
		.where(table.expires_on[str(first) : str(last)] & (table.employee > after))
		.where(table.verified_on.isnotnull() & table.evidence.isnull())
		.orderby(table.employee)
		.limit(limit)
		.run(pluck=True)
	)


def _rows(employees: Sequence[str], today: date, settings: Settings) -> list[frappe._dict]:
	"""Return the documents after which no other of their kind is on the same file that counts for longer."""
	filters = {**_in_time(today, settings), "employee": ("in", employees)}
	rows = frappe.get_all(DOCUMENT, filters, list(FIELDS), order_by="expires_on, name")
	for row in rows:
		row.ends_on = getdate(row.ends_on)
	if not rows:
		return []
	filters = {
		"employee": ("in", sorted({row.employee for row in rows})),
		"document_type": ("in", sorted({row.document_type for row in rows})),
		"verified_on": ("is", "set"),
		"revoked_on": ("is", "not set"),
	}
	last: dict[tuple[str, str], date] = {}
	for one in frappe.get_all(
		DOCUMENT, filters, ["employee", "document_type", "expires_on"], order_by="name"
	):
		key = (one.employee, one.document_type)
		last[key] = max(last.get(key, date.min), getdate(one.expires_on) if one.expires_on else date.max)
	return [row for row in rows if last[row.employee, row.document_type] <= row.ends_on]


def _subject(rows: Sequence[frappe._dict]) -> str:
	if len(rows) > 1:
		return _("{0} documents expire or have expired").format(len(rows))
	return _("{0} of {1}: last day {2}").format(
		rows[0].document_type, rows[0].employee_name, formatdate(rows[0].ends_on)
	)


def _line(row: frappe._dict, audience: str) -> str:
	if audience not in (MEMBER, MANAGER, HR):
		return row.title or row.document_type
	said = [row.employee_name or row.employee, row.document_type]
	if audience != MANAGER and row.title != row.document_type:
		said.append(row.title)
	return ", ".join(said)


def _link(audience: str) -> str | None:
	return {MEMBER: get_url(PAGE), HR: get_url_to_list(DOCUMENT)}.get(audience)


# Its words are translated when they are asked for.
DOCUMENTS = About(  # nosemgrep
	DOCUMENT,
	_employees,
	_rows,
	days_before=lambda row, settings: settings.renew_before_days,
	subject=_subject,
	intro=lambda: _("A new one has to be on file before these end, or has to be now:"),
	line=_line,
	link=_link,
	bell=PAGE,
)
