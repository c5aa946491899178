"""The courses that people owe for what they have to hold: for what HR asked for by hand, and as a renewal is due (rule 11).

A due renewal is a cause of its own: its courses are owed again, though the completion that they rest on has no end.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import cint, getdate

from smooth_lms_hr.assigning import causes, compliance
from smooth_lms_hr.assigning.assigning import AssignmentTerms, Wish, assign, terms_now
from smooth_lms_hr.assigning.demands import together
from smooth_lms_hr.record import events, reasons
from smooth_lms_hr.sources import compliance as sources
from smooth_lms_hr.sources import facts, people
from smooth_lms_hr.sources.names import ASSIGNMENT, CAUSE, COMPLIANCE
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.compliance import (
	COURSE,
	DECIDED,
	DUE_FOR_RENEWAL,
	EXPIRED,
	PENDING,
	Terms,
	best,
	missing,
	own_renewal,
	still_counting,
	to_renew,
)
from smooth_lms_hr.training.due_dates import Basis, Due, NoDueDate, due_date
from smooth_lms_hr.training.plan import Cause, Course, Demand
from smooth_lms_hr.training.status import OPEN

TO_RENEW = (DUE_FOR_RENEWAL, EXPIRED)


class Owed(NamedTuple):
	"""A course that a row asks for.

	:param since: completed earlier it does not count, None for whatever is still valid
	"""

	row: frappe._dict
	course: str
	since: date | None


def settle(names: Collection[str], today: date, assigned_by: str = events.NOBODY) -> dict[str, int]:
	"""Let people owe the courses that rows of theirs ask for, and let go of what these ask for no longer.

	:param names: of Employee Compliance
	:param today: in the site's time zone
	:param assigned_by: the user to credit
	:return: {"renewed": how many courses are owed anew}
	"""
	if not names or not get_settings().enabled:
		return {}
	rows = _rows(names)
	owed = list(_owed(rows, today))
	_let_go(rows, owed)
	terms = replace(terms_now(assigned_by), today=today)
	wishes = _wishes(owed, terms) if owed else []
	outcome = assign(together(wishes), terms) if wishes else None
	return {"renewed": len(outcome.created)} if outcome and outcome.created else {}


def asks_still(names: Collection[str]) -> set[str]:
	"""Return those of some rows whose people have to hold it still, whatever they have proved of it."""
	filters = {"name": ("in", sorted(names)), "is_current": 1, "status": ("not in", DECIDED)}
	return set(frappe.get_all(COMPLIANCE, filters, pluck="name", order_by="name")) if names else set()


def _rows(names: Collection[str]) -> list[frappe._dict]:
	return frappe.get_all(
		COMPLIANCE, {"name": ("in", sorted(names))}, list(compliance.OF_ROW), order_by="name"
	)


def _owed(rows: Collection[frappe._dict], today: date) -> Iterator[Owed]:
	"""Yield what rows ask for: of what HR has asked for, what is not proved yet; of any, what is to be renewed."""
	# What a rule asks for the first time, the rule asks for itself, by its own days.
	rows = [row for row in rows if cint(row.is_current) and (row.status in TO_RENEW or _is_by_hand(row))]
	if not rows:
		return
	asked = sources.types({row.compliance_type for row in rows})
	proofs = sources.proofs(
		{row.employee for row in rows}, {one for terms in asked.values() for one in terms.requirements}
	)
	held = compliance.held_by([row.name for row in rows])
	for row in rows:
		terms, available = asked.get(row.compliance_type), proofs.get(row.employee, ())
		if not terms:
			continue
		now = compliance.standing(row, held)
		if row.status in TO_RENEW:
			for one in to_renew(terms, now, available, today):
				if one.kind == COURSE:
					yield Owed(row, one.name, _since(terms, now.completed_on, one, available, today))
		else:
			for one in missing(terms, still_counting(now, available, today)):
				if one.kind == COURSE:
					yield Owed(row, one.name, now.counts_from)


def _is_by_hand(row: frappe._dict) -> bool:
	return row.status == PENDING and (not row.rule or bool(row.counts_from))


def _since(terms: Terms, completed_on: date, requirement, available, today: date) -> date | None:
	"""Return the day from which on a course has to be completed to count for a renewal."""
	opened = own_renewal(terms, completed_on)
	if opened and today >= opened:
		return opened
	last = best([requirement], available)
	return last[0].proved_on + timedelta(days=1) if last else None


def _wishes(owed: Collection[Owed], terms: AssignmentTerms) -> list[Wish]:
	courses = {course.name: course for course in facts.published_courses({one.course for one in owed})}
	found, _problems = people.by_employee({one.row.employee for one in owed})
	wishes = []
	for row, name, since in owed:
		person, course = found.get(row.employee), courses.get(name)
		if person and course:
			wishes.append(Wish(person, course, (_demand(row, course, since, terms),)))
	return _of_active(wishes)


def _of_active(wishes: list[Wish]) -> list[Wish]:
	filters = {"name": ("in", sorted({wish.person.employee for wish in wishes})), "status": "Active"}
	active = set(frappe.get_all("Employee", filters, pluck="name", order_by="name")) if wishes else set()
	return [wish for wish in wishes if wish.person.employee in active]


def _demand(row: frappe._dict, course: Course, since: date | None, terms: AssignmentTerms) -> Demand:
	renews = row.status in TO_RENEW
	said = _("Renewal of {0}") if renews else _("{0} has to be held")
	cause = Cause(COMPLIANCE, row.name, "Renewal" if renews else "Manual", said.format(row.compliance_type))
	last = getdate(row.next_renewal_date) - timedelta(days=1) if row.next_renewal_date else None
	if last and last >= terms.today:
		return Demand(cause, Due(last, Basis.VALIDITY, terms.today), counts_since=since)
	try:
		due = due_date(terms.today, course.due_days, terms.default_due_days)
	except NoDueDate as error:
		return Demand(cause, None, error.problem, error.day, since)
	return Demand(cause, due, counts_since=since)


def _let_go(rows: Collection[frappe._dict], owed: Collection[Owed]) -> None:
	"""End the rows as causes of what is open and they do not ask for any more."""
	asks = {(one.row.name, one.course) for one in owed}
	ending: dict[str, list[frappe._dict]] = {}
	for stands in _standing([row.name for row in rows]):
		if (stands.cause, stands.course) not in asks:
			ending.setdefault(stands.assignment, []).append(stands)
	causes.end(ending, reasons.NOT_HELD_ANY_MORE)


def _standing(names: Collection[str]) -> list[frappe._dict]:
	"""Return the causes by which open assignments are owed for rows: name, cause_doctype, cause, assignment and course."""
	cause, assignment = frappe.qb.DocType(CAUSE), frappe.qb.DocType(ASSIGNMENT)
	return (
		frappe.qb.from_(cause)
		.join(assignment)
		.on(assignment.name == cause.parent)
		.select(
			cause.name,
			cause.cause_doctype,
			cause.cause,
			assignment.name.as_("assignment"),
			assignment.course,
		)
		.where(
			(cause.cause_doctype == COMPLIANCE) & cause.cause.isin(sorted(names)) & cause.ended_on.isnull()
		)
		.where(assignment.status.isin(OPEN))
		.orderby(assignment.name)
		.run(as_dict=True)
	)
