"""Whose training record is kept no longer, whose is on hold, and what was erased: how much, when and by which rule."""

from collections import Counter

import frappe
from frappe import _

from smooth_lms_hr.showing import retention
from smooth_lms_hr.showing.tables import answer, column
from smooth_lms_hr.sources.filters import check
from smooth_lms_hr.sources.names import EVENT
from smooth_lms_hr.sources.settings import RETENTION_DRY_RUN, RETENTION_OFF, get_settings
from smooth_lms_hr.sources.validation import Day, one_of

# Why a record is kept may be somebody's lawsuit.
READERS = ("System Manager", "HR Manager", "Training Auditor")


def execute(filters: dict | None = None):
	"""Return columns and rows, as far as the session user may see the people."""
	if set(READERS).isdisjoint(frappe.get_roles()):
		frappe.throw(
			_("This is for {0}.").format(", ".join(_(role) for role in READERS)), frappe.PermissionError
		)
	filters = check(filters, "company", "department", "employee", state=one_of(*retention.STATES), on_day=Day)
	rows = retention.rows(filters)
	columns = _of_erasures() if filters.state == retention.ERASED else _of_people()
	return answer([*columns, *_counts()], rows, _message(), None, _summary(rows))


def _of_people() -> list[dict]:
	return [
		column("state", _("State"), width=130),
		column("employee", _("Employee"), "Link", 140, "Employee"),
		column("employee_name", _("Employee Name"), width=160),
		column("left_on", _("Left On"), "Date", 120),
		column("kept_until", _("Kept Until"), "Date", 120),
		column("why", _("Why"), width=260),
		column("held_by", _("Held By"), width=140),
		column("held_on", _("Held On"), "Datetime", 180),
		column("company", _("Company"), "Link", 140, "Company"),
		column("department", _("Department"), "Link", 140, "Department"),
	]


def _of_erasures() -> list[dict]:
	return [
		column("state", _("State"), width=100),
		column("erased_on", _("Erased On"), "Datetime", 180),
		column("why", _("Why"), width=360),
		column("erased_by", _("By"), width=140),
		column("event", _("Event"), "Link", 200, EVENT),
	]


def _counts() -> list[dict]:
	return [
		column("assignments", _("Assignments"), "Int", 110),
		column("evidence", _("Evidence"), "Int", 100),
		column("documents", _("Documents"), "Int", 110),
		column("compliance", _("Compliance"), "Int", 110),
	]


def _message() -> str | None:
	mode = get_settings().retention
	if mode == RETENTION_OFF:
		return _("Retention is off in the settings: nothing is erased.")
	if mode == RETENTION_DRY_RUN:
		return _("Retention is a dry run in the settings: this is what would be erased, and nothing is.")
	return None


def _summary(rows: list[dict]) -> list[dict]:
	states = Counter(row["state"] for row in rows)
	return [
		{"label": _(state), "value": number, "datatype": "Int", "indicator": colour}
		for state, colour in zip(retention.STATES, ("Red", "Orange", "Blue", "Grey"), strict=True)
		if (number := states[state])
	]
