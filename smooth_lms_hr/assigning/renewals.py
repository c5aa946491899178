"""Opens the next cycle of what somebody has completed for a time, before it runs out (rule 11). A part of the daily run."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta

import frappe
from frappe.utils import getdate

from smooth_lms_hr.assigning import assignments, standing_causes
from smooth_lms_hr.assigning.asking import Asking
from smooth_lms_hr.assigning.assigning import AssignmentTerms, Wish, assign, terms_now
from smooth_lms_hr.record import events
from smooth_lms_hr.sources import facts, people, rules
from smooth_lms_hr.sources.facts import Pair
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.pages import by_day, in_chunks, pages
from smooth_lms_hr.sources.people import Person, Problem
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.due_dates import Basis, Due, NoDueDate, due_date
from smooth_lms_hr.training.plan import Cause, Course, Demand
from smooth_lms_hr.training.status import CANCELLED
from smooth_lms_hr.training.validity import window

# Whoever is gone renews nothing; who comes back is asked anew.
GONE = (Problem.LEFT, Problem.NO_EMPLOYEE)


def chunks(today: date, size: int) -> Iterator[list[str]]:
	"""Yield the names of completions whose renewal may open, in chunks, those that run out first before the others.

	:param today: in the site's time zone
	:param size: how many at most in one
	"""
	table = frappe.qb.DocType(ASSIGNMENT)
	last = today + timedelta(days=get_settings().renew_before_days)

	def page(after: tuple | None) -> list[tuple]:
		query = frappe.qb.from_(table).where((table.to_renew == 1) & (table.valid_until <= last))
		return by_day(query, table.valid_until, table.name, after)

	return in_chunks(pages(page), size)


def open_due(names: Collection[str], today: date) -> dict[str, int]:
	"""Open the renewals of completions whose window has begun, for those who still owe the course.

	Who does not, is looked at again the next day; of what was renewed already, or whose person is gone, nothing is
	looked at any more.

	:param names: of assignments; see ``chunks``
	:param today: in the site's time zone
	:return: {"renewed": how many}
	"""
	rows = _in_their_window(names, today)
	if not rows:
		return {}
	last = _last_cycles(rows)
	found, problems = people.by_user({row.member for row in rows})
	over = [
		row for row in rows if last[row.member, row.course] > row.cycle or problems.get(row.member) in GONE
	]
	_give_up(over)
	rows = [row for row in rows if row not in over and row.member in found]
	terms = replace(terms_now(events.NOBODY), today=today)
	outcome = assign(_wishes(rows, found, terms), terms, renew=True)
	return {"renewed": len(outcome.created)} if outcome.created else {}


def _in_their_window(names: Collection[str], today: date) -> list[frappe._dict]:
	rows = frappe.get_all(
		ASSIGNMENT,
		{"name": ("in", list(names)), "to_renew": 1},
		["name", "member", "employee", "course", "cycle", "valid_until"],
		order_by="name",
	)
	validity, before = facts.validity({row.course for row in rows}), get_settings().renew_before_days
	for row in rows:
		row.valid_until = getdate(row.valid_until)
		days = validity.get(row.course, facts.FOR_EVER).days
		row.opens_on = row.valid_until - timedelta(days=window(days, before))
	return [row for row in rows if row.opens_on <= today]


def _last_cycles(rows: Collection[frappe._dict]) -> dict[Pair, int]:
	# A renewal that was cancelled when its person left is none; one that somebody cancelled is not looked for any more.
	held = facts.held_assignments({row.member for row in rows}, {row.course for row in rows})
	return {
		pair: max((one.cycle for one in ones if one.status != CANCELLED), default=0)
		for pair, ones in held.items()
	}


def _give_up(rows: Collection[frappe._dict]) -> None:
	locked = assignments.lock([row.name for row in rows]).values()
	assignments.change(locked, {row.name: {"to_renew": 0} for row in locked}, modified=False)


def _wishes(rows: Collection[frappe._dict], found: dict[str, Person], terms: AssignmentTerms) -> list[Wish]:
	"""Return what of completions is asked for still, each due on the last day on which it counts."""
	courses = {course.name: course for course in facts.published_courses({row.course for row in rows})}
	rows = [row for row in rows if row.course in courses]
	active = rules.asked([person.employee for person in found.values() if person.employee])
	# A contractor is active who can log in.
	rows = [row for row in rows if not found[row.member].employee or found[row.member].employee in active]
	asked_for = _of_rules(list(active), terms)
	for pair, ones in standing_causes.of(rows, found).items():
		asked_for[pair].update({(one.doctype, one.name): one for one in ones})
	wishes = []
	for row in rows:
		course = courses[row.course]
		if (asking := asked_for.get((row.member, row.course))) and (due := _due(row, course, terms)):
			demands = tuple(Demand(cause, due) for cause in asking.values())
			wishes.append(Wish(found[row.member], course, demands))
	return wishes


def _of_rules(employees: list[str], terms: AssignmentTerms) -> dict[Pair, dict[tuple, Cause]]:
	"""Return the causes of rules that fit employees now, by person and course."""
	found = defaultdict(dict)
	enabled = rules.read_rules(enabled=True) if employees else []
	if enabled:
		for wish in Asking(employees, enabled, terms).wishes:
			for demand in wish.demands:
				cause = demand.cause
				found[wish.person.member, wish.course.name][cause.doctype, cause.name] = cause
	return found


def _due(row: frappe._dict, course: Course, terms: AssignmentTerms) -> Due | None:
	"""Return when a renewal is due: on the last valid day or, opened too late for that, so many days from now as a new course."""
	if terms.today <= row.valid_until:
		return Due(row.valid_until, Basis.VALIDITY, terms.today)
	try:
		return due_date(terms.today, course.due_days, terms.default_due_days)
	except NoDueDate:
		# Days that make no date are refused where they are typed, and tried again tomorrow.
		return None
