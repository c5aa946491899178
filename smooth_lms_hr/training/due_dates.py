"""When a course is due, and how long a completion counts (rules 5 and 6)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

MIN_DUE_DAYS = 1
# Ten years. More is a slip of the keyboard, and far beyond it the calendar itself ends.
MAX_DAYS = 3650


class Basis(str, Enum):
	"""Where a due date comes from."""

	COURSE = "course"
	DEFAULT = "default"
	GIVEN = "given"


@dataclass(frozen=True)
class Due:
	date: date
	basis: Basis
	assigned_on: date
	days: int | None = None


def due_date(assigned_on: date, course_days: int, default_days: int, given: date | None = None) -> Due:
	"""Return the due date of a course assigned on a day.

	:param assigned_on: the day of the assignment, in the site's time zone
	:param course_days: the course's own "Due Within (Days)", 0 for the default
	:param default_days: "Default Due Days" of the settings
	:param given: a date that somebody chose; it goes before both
	:raises ValueError: where the number of days is not one that a due date can be made of
	"""
	if given:
		return Due(given, Basis.GIVEN, assigned_on)
	days, basis = (course_days, Basis.COURSE) if course_days else (default_days, Basis.DEFAULT)
	if not MIN_DUE_DAYS <= days <= MAX_DAYS:
		raise ValueError(days)
	return Due(assigned_on + timedelta(days=days), basis, assigned_on, days)


def is_still_valid(completed_on: date, validity_days: int, today: date) -> bool:
	"""Return whether a completion still counts today.

	:param completed_on: the day of the completion, in the site's time zone
	:param validity_days: days that it counts, the last one included; 0 or less is for ever
	"""
	if validity_days <= 0:
		return True
	return (today - completed_on).days <= validity_days
