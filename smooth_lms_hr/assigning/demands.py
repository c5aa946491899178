"""Who asks whom for what: the baseline of every new hire, and what a person chooses. Rules have a room of their own."""

from collections.abc import Collection, Iterable
from datetime import date

import frappe
from frappe import _

from smooth_lms_hr.assigning import targeting
from smooth_lms_hr.assigning.assigning import AssignmentTerms, Wish
from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources.names import ONBOARDING
from smooth_lms_hr.sources.people import Person
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.due_dates import NoDueDate, due_date
from smooth_lms_hr.training.plan import Cause, Course, Demand


def of_baseline(person: Person, onboarding, terms: AssignmentTerms) -> list[Wish]:
	"""Return what is asked of a new hire: every published mandatory course that is meant for them.

	:param onboarding: the Employee Onboarding
	"""
	cause = Cause(
		ONBOARDING,
		onboarding.name,
		"Onboarding",
		_("Mandatory course, {0} of {1}").format(onboarding.name, onboarding.employee_name),
	)
	courses = facts.mandatory_courses()
	meant = targeting.meant_for(person, courses)
	joined_on = person.joined_on if get_settings().due_days_from_joining else None
	return [
		Wish(person, course, (demand(cause, course, terms, joined_on=joined_on),) if course in meant else ())
		for course in courses
	]


def by_hand(
	people: Collection[Person], courses: Collection[Course], terms: AssignmentTerms, due_date: date | None
) -> list[Wish]:
	"""Return what a person asks of people by choosing courses for them.

	:param due_date: what they chose, None for each course's own days
	"""
	chosen = of_choice(courses, terms, due_date)
	return [Wish(person, course, (one,)) for person in people for course, one in chosen.items()]


def of_choice(
	courses: Iterable[Course], terms: AssignmentTerms, due_date: date | None
) -> dict[Course, Demand]:
	"""Return what is asked by choosing courses, by course."""
	cause = Cause(
		"User",
		terms.assigned_by,
		"Manual",
		_("Assigned by {0}").format(frappe.utils.get_fullname(terms.assigned_by)),
	)
	return {course: demand(cause, course, terms, due_date) for course in courses}


def demand(
	cause: Cause,
	course: Course,
	terms: AssignmentTerms,
	given: date | None = None,
	joined_on: date | None = None,
) -> Demand:
	"""Return what a cause that is no rule wants of a course; see ``training.due_dates.due_date``."""
	try:
		due = due_date(terms.today, course.due_days, terms.default_due_days, given, joined_on)
	except NoDueDate as error:
		return Demand(cause, None, error.problem, error.day)
	return Demand(cause, due)


def together(wishes: Iterable[Wish]) -> list[Wish]:
	"""Return wishes with those of one person and course as one."""
	found: dict[tuple[str, str], Wish] = {}
	for wish in wishes:
		pair = (wish.person.member, wish.course.name)
		known = found.get(pair)
		found[pair] = wish._replace(demands=known.demands + wish.demands) if known else wish
	return list(found.values())
