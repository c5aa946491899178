"""When a course is due (rules 6, 10 and 11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

MIN_DUE_DAYS = 1
# Ten years. More is a slip of the keyboard, and far beyond it the calendar itself ends.
MAX_DAYS = 3650
FEBRUARY_29 = (2, 29)


class Basis(str, Enum):
	"""Where a due date comes from."""

	COURSE = "course"
	DEFAULT = "default"
	GIVEN = "given"
	RULE = "rule"
	FIXED_DAY = "fixed day"
	BATCH = "batch"
	VALIDITY = "validity"


class Anchor(str, Enum):
	"""What the days of a due date are counted from."""

	ASSIGNMENT = "Assignment"
	JOINING = "Date of Joining"
	ONBOARDING = "Onboarding Begins"
	TRANSFER = "Transfer"


class DueProblem(str, Enum):
	"""Why there is no due date."""

	BAD_DAYS = "bad days"
	NO_JOINING_DATE = "no joining date"
	IN_THE_PAST = "in the past"


class NoDueDate(ValueError):
	"""
	:param day: the date that it would have been, where there is one
	"""

	def __init__(self, problem: DueProblem, day: date | None = None):
		super().__init__(problem.value)
		self.problem, self.day = problem, day


@dataclass(frozen=True)
class Due:
	"""
	:param days: counted from the anchor; None for a date that was chosen, and for a fixed day
	:param anchored_on: the day of the anchor
	:param instead_of: what the rule counts from, where that could not be: then the days count from assignment
	:param instead_of_day: its day, None where there is none
	"""

	date: date
	basis: Basis
	assigned_on: date
	days: int | None = None
	anchor: Anchor = Anchor.ASSIGNMENT
	anchored_on: date | None = None
	instead_of: Anchor | None = None
	instead_of_day: date | None = None


@dataclass(frozen=True)
class DueTerms:
	"""When what a rule asks for is due.

	:param days: 0 for the course's own, or the default; of a fixed day, the days that there must be until it
	:param fixed_day: month and day of a yearly campaign, which then goes before ``counted_from``
	:param made_on: the day on which the rule was made: an anchor before it is none
	"""

	made_on: date
	days: int = 0
	counted_from: Anchor = Anchor.ASSIGNMENT
	fixed_day: tuple[int, int] | None = None


def due_date(
	assigned_on: date,
	course_days: int,
	default_days: int,
	given: date | None = None,
	joined_on: date | None = None,
) -> Due:
	"""Return the due date of a course assigned on a day.

	:param assigned_on: the day of the assignment, in the site's time zone
	:param course_days: the course's own "Due Within (Days)", 0 for the default
	:param default_days: "Default Due Days" of the settings
	:param given: a date that somebody chose; it goes before both
	:param joined_on: the date of joining, where days count from the later of it and assignment
	:raises NoDueDate: where the number of days is not one that a due date can be made of
	"""
	if given:
		return Due(given, Basis.GIVEN, assigned_on)
	days, basis = (course_days, Basis.COURSE) if course_days else (default_days, Basis.DEFAULT)
	if joined_on and joined_on > assigned_on:
		return _count(days, basis, assigned_on, Anchor.JOINING, joined_on)
	return _count(days, basis, assigned_on, Anchor.ASSIGNMENT, assigned_on)


def due_by_rule(
	terms: DueTerms,
	anchors: Mapping[Anchor, date | None],
	assigned_on: date,
	course_days: int,
	default_days: int,
) -> Due:
	"""Return the due date of a course that a rule asks for.

	:param anchors: the days of the person's joining, onboarding and transfer, None for what there is not
	:param assigned_on: the day of the assignment, in the site's time zone
	:param course_days: the course's own days, 0 for the default
	:param default_days: "Default Due Days" of the settings
	:raises NoDueDate: where the date would be in the past, the number of days makes none, or the anchor is missing
	"""
	if terms.fixed_day:
		day = next_fixed_day(terms.fixed_day, assigned_on + timedelta(days=terms.days))
		return Due(day, Basis.FIXED_DAY, assigned_on)
	if terms.days:
		days, basis = terms.days, Basis.RULE
	else:
		days, basis = (course_days, Basis.COURSE) if course_days else (default_days, Basis.DEFAULT)
	anchor = terms.counted_from
	if anchor is Anchor.ASSIGNMENT:
		return _count(days, basis, assigned_on, anchor, assigned_on)
	day = anchors.get(anchor)
	# Everybody has joined once; where the record does not say when, somebody has to enter it.
	if anchor is Anchor.JOINING and not day:
		raise NoDueDate(DueProblem.NO_JOINING_DATE)
	if day and day >= terms.made_on:
		return _count(days, basis, assigned_on, anchor, day)
	due = _count(days, basis, assigned_on, Anchor.ASSIGNMENT, assigned_on)
	return Due(due.date, basis, assigned_on, days, due.anchor, due.anchored_on, anchor, day)


def _count(days: int, basis: Basis, assigned_on: date, anchor: Anchor, anchored_on: date) -> Due:
	if not MIN_DUE_DAYS <= days <= MAX_DAYS:
		raise NoDueDate(DueProblem.BAD_DAYS)
	day = anchored_on + timedelta(days=days)
	if day < assigned_on:
		raise NoDueDate(DueProblem.IN_THE_PAST, day)
	if (day - assigned_on).days > MAX_DAYS:
		raise NoDueDate(DueProblem.BAD_DAYS, day)
	return Due(day, basis, assigned_on, days, anchor, anchored_on)


def fixed_day(text: str) -> tuple[int, int]:
	"""Return month and day of a yearly campaign.

	:param text: MM-DD
	:raises ValueError: for what is no day of any year
	"""
	if len(text) != 5 or text[2] != "-":
		raise ValueError("no day of the year")
	# A leap year: February has its 29th.
	day = date.fromisoformat(f"2024-{text}")
	return day.month, day.day


def next_fixed_day(month_and_day: tuple[int, int], earliest: date) -> date:
	"""Return the first such day that is not before another one; February 29th is the 28th in other years."""
	this_year = _in_year(month_and_day, earliest.year)
	return this_year if this_year >= earliest else _in_year(month_and_day, earliest.year + 1)


def fixed_day_before(month_and_day: tuple[int, int], day: date) -> date:
	"""Return the last such day before another one."""
	this_year = _in_year(month_and_day, day.year)
	return this_year if this_year < day else _in_year(month_and_day, day.year - 1)


def _in_year(month_and_day: tuple[int, int], year: int) -> date:
	month, day = month_and_day
	if month_and_day == FEBRUARY_29 and not (year % 4 == 0 and (year % 100 or year % 400 == 0)):
		day = 28
	return date(year, month, day)
