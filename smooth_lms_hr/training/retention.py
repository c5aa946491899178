"""How long the record of a person is kept who has left, and whether that is over."""

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Employment:
	"""One Employee record of a person: who comes back may have another one.

	:param ended: the status says that they have left
	:param ended_on: the last day, None where nobody has entered it
	"""

	employee: str
	ended: bool
	ended_on: date | None


def longest(of_settings: int, of_types: Iterable[int]) -> int:
	"""Return for how many years the record of a person is kept: the longest of what is said.

	:param of_settings: years after exit, as the settings have them
	:param of_types: years of each Compliance Type that the person held, 0 where it says nothing
	"""
	return max(of_settings, *of_types, 0)


def exit_of(employments: Collection[Employment]) -> date | None:
	"""Return the last day of a person, None for whoever is there still or of whom nobody knows the day."""
	if not employments or not all(one.ended and one.ended_on for one in employments):
		return None
	return max(one.ended_on for one in employments)


def kept_until(exit_day: date, years: int) -> date:
	"""Return the last day on which a record is kept: that of the exit, so many years later.

	:param exit_day: 29 February is 28 February in other years
	"""
	year = min(exit_day.year + years, date.max.year)
	return exit_day.replace(year=year, day=min(exit_day.day, monthrange(year, exit_day.month)[1]))


def is_over(until: date | None, today: date) -> bool:
	"""Return whether a record is kept no longer.

	:param until: the last day on which it is, None for ever
	"""
	return until is not None and until < today
