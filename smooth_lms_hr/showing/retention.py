"""What of whom is kept no longer, what a hold keeps, and what is gone: as far as the session user may see it."""

from collections import Counter
from collections.abc import Collection
from datetime import date

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import getdate

from smooth_lms_hr.record import events, holds, reasons, retention
from smooth_lms_hr.record.erasing import counts_of
from smooth_lms_hr.record.holds import Hold
from smooth_lms_hr.record.retention import LEFT, Kept
from smooth_lms_hr.showing.tables import MAX_ROWS
from smooth_lms_hr.sources import visibility
from smooth_lms_hr.sources.departments import departments_from
from smooth_lms_hr.sources.names import ASSIGNMENT, COMPLIANCE, DOCUMENT, EVENT, EVIDENCE
from smooth_lms_hr.sources.people import full_names
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.retention import is_over

KEPT_NO_LONGER, ON_HOLD, KEPT, ERASED = "Kept No Longer", "On Hold", "Kept", "Erased"
STATES = (KEPT_NO_LONGER, ON_HOLD, KEPT, ERASED)
# What is counted of a person, by the column that says it.
COUNTED = {"assignments": ASSIGNMENT, "evidence": EVIDENCE, "documents": DOCUMENT, "compliance": COMPLIANCE}
PLACE = ("company", "department", "designation")


def rows(filters) -> list[dict]:
	"""Return one row of each person, what goes first before what is kept; or of each erasure, the latest first.

	:param filters: company, department (with those below it), employee, state (one of STATES; without one all that is
	        not simply kept), on_day (judged by that day; None for today)
	:return: rows of state, employee, employee_name, company, department, left_on, kept_until, why, held_by, held_on, and
	        the numbers of COUNTED
	"""
	if filters.state == ERASED:
		return _erased()
	people = _people(filters)
	kept = retention.of_left(people, get_settings().retain_years_after_exit)
	held = _held(people)
	there, users = retention.on_record(set(people), {row.user_id for row in people.values() if row.user_id})
	counts = _counts(people)
	today = filters.on_day or getdate()
	found = []
	for name, row in people.items():
		state = _state(kept.get(name), held.get(name), today)
		is_there = name in there or row.user_id in users or name in held
		if is_there and (state == filters.state if filters.state else state != KEPT):
			found.append(_row(state, row, kept.get(name), held.get(name), counts))
	order = {state: number for number, state in enumerate(STATES)}
	found.sort(key=lambda row: (order[row["state"]], str(row["kept_until"] or ""), row["employee"]))
	return found[:MAX_ROWS]


def _people(filters) -> dict[str, frappe._dict]:
	"""Return the Employee records of who has left, and of who is on hold, that the session user may see, by name."""
	fields = ["name", "employee_name", "user_id", *PLACE]
	conditions = {"company": filters.company, "name": filters.employee}
	conditions = {fieldname: value for fieldname, value in conditions.items() if value}
	if filters.department:
		conditions["department"] = ("in", departments_from(filters.department))
	left = frappe.get_all("Employee", {**conditions, "status": LEFT}, fields, order_by="name")
	on_hold = {hold.employee for hold in holds.all_open() if hold.employee}
	if filters.employee:
		on_hold &= {filters.employee}
	theirs = {key: value for key, value in conditions.items() if key != "name"}
	kept = (
		frappe.get_all("Employee", {**theirs, "name": ("in", sorted(on_hold))}, fields, order_by="name")
		if on_hold
		else []
	)
	found = {row.name: row for row in (*left, *kept)}
	seen = visibility.employees(found.values(), frappe.session.user)
	return {name: row for name, row in found.items() if name in seen}


def _held(people: dict[str, frappe._dict]) -> dict[str, Hold]:
	"""Return the oldest hold on each of some people, by employee."""
	by_user = {row.user_id: name for name, row in people.items() if row.user_id}
	found: dict[str, Hold] = {}
	for hold in holds.all_open():
		for name in (hold.employee, by_user.get(hold.member)):
			if name in people:
				found.setdefault(name, hold)
	return found


def _counts(employees: Collection[str]) -> dict[str, Counter[str]]:
	"""Return how many records of each kind there are of employees, in a query of each kind."""
	found = {}
	for what, doctype in COUNTED.items():
		table = frappe.qb.DocType(doctype)
		query = frappe.qb.from_(table).select(table.employee, Count("*")).groupby(table.employee)
		of_them = query.where(table.employee.isin(sorted(employees))).run() if employees else ()
		found[what] = Counter(dict(of_them))
	return found


def _state(kept: Kept | None, hold: Hold | None, today: date) -> str:
	if hold:
		return ON_HOLD
	return KEPT_NO_LONGER if kept and is_over(kept.until, today) else KEPT


def _row(state: str, row: frappe._dict, kept: Kept | None, hold: Hold | None, counts: dict) -> dict:
	return {
		"state": state,
		"employee": row.name,
		"employee_name": row.employee_name,
		"company": row.company,
		"department": row.department,
		"left_on": kept.exit_day if kept else None,
		"kept_until": kept.until if kept else None,
		"why": hold.reason if hold else _why(kept),
		"held_by": full_names([hold.held_by]).get(hold.held_by, hold.held_by) if hold else None,
		"held_on": hold.held_on if hold else None,
		**{what: of_each[row.name] for what, of_each in counts.items()},
	}


def _why(kept: Kept) -> str:
	if not kept.exit_day:
		return _("There is no last day of all Employee records of this person.")
	if kept.compliance_type:
		return _("{0} years after exit: {1}").format(kept.years, kept.compliance_type)
	return _("{0} years after exit, by the settings").format(kept.years)


def _erased() -> list[dict]:
	# Of nobody by name: who sees everybody sees what of anybody is gone.
	found = frappe.get_list(
		EVENT,
		filters={"event": events.ERASED},
		fields=["name", "happened_on", "reason", "done_by", "listed"],
		order_by="name desc",
		limit_page_length=MAX_ROWS,
	)
	names = full_names({row.done_by for row in found})
	return [
		{
			"state": ERASED,
			"erased_on": row.happened_on,
			"erased_by": names.get(row.done_by, row.done_by),
			"why": reasons.in_words(row.reason),
			"event": row.name,
			**{what: counts.get(doctype, 0) for what, doctype in COUNTED.items()},
		}
		for row in found
		for counts in (counts_of(row.listed),)
	]
