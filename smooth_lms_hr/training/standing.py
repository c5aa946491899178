"""What is left of the assignments of two people, or of two courses, once they are one (rule 14).

Whoever is merged is as if it had been one from the beginning: what settled the assignment of the one would have kept the
other from being owed at all. A waiver that stands counts for that as a completion does, as it does in the plan; where
both are there, the completion is the better reason.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from smooth_lms_hr.training.status import COMPLETED, OPEN, WAIVED
from smooth_lms_hr.training.validity import is_valid


@dataclass(frozen=True)
class MergedAssignment:
	"""
	:param moved: it was owed by the person, or of the course, that is merged away
	:param cycle: its running number so far
	:param settled_on: the day of the completion or of the waiver
	:param counts_until: the last day on which that counts, None for ever
	"""

	name: str
	moved: bool
	cycle: int
	status: str
	progress: float
	due_date: date
	assigned_on: datetime
	settled_on: date | None = None
	counts_until: date | None = None


def given_up(assignments: Collection[MergedAssignment], today: date) -> dict[str, MergedAssignment]:
	"""Return the open assignments that are not owed any more, by name, each with the one that stands in its place.

	:param assignments: all of one person and course, of both sides
	:param today: in the site's time zone
	"""
	settled = [
		one for one in assignments if one.status in (COMPLETED, WAIVED) and is_valid(one.counts_until, today)
	]
	met = {}
	for one in assignments:
		if one.status in OPEN and (by := [other for other in settled if _meets(other, one, settled)]):
			met[one.name] = max(by, key=_weight)
	left = [one for one in assignments if one.status in OPEN and one.name not in met]
	if left:
		stays = min(left, key=lambda one: (-one.progress, one.due_date, one.assigned_on, one.name))
		met |= {one.name: stays for one in left if one is not stays}
	return met


def cycles(assignments: Collection[MergedAssignment]) -> dict[str, int]:
	"""Return the running number of each assignment of one person and course: by the moment it was assigned, where two are one."""
	if len({one.moved for one in assignments}) < 2:
		return {one.name: one.cycle for one in assignments}
	ordered = sorted(assignments, key=lambda one: (one.assigned_on, one.name))
	return {one.name: number for number, one in enumerate(ordered, start=1)}


def spent_on(
	assignments: Collection[MergedAssignment], without: Mapping[str, MergedAssignment]
) -> tuple[bool, date] | None:
	"""Return whose earlier lessons must not count for the open assignment that is left, and up to which day; None for nobody's.

	Lessons that made a completion which no longer counts are spent: the open assignment is there to have them learned again.

	:param without: what is given up, from ``given_up``
	:return: the side, as ``MergedAssignment.moved``, and the last day
	"""
	stays = next((one for one in assignments if one.status in OPEN and one.name not in without), None)
	days = [
		one.settled_on
		for one in assignments
		if stays and one.status == COMPLETED and one.settled_on and one.moved != stays.moved
	]
	return (not stays.moved, max(days)) if days else None


def _meets(
	settled: MergedAssignment, owed: MergedAssignment, all_settled: Collection[MergedAssignment]
) -> bool:
	"""Return whether what was settled on one side meets an open assignment of the other.

	Who owes a course though an own completion still counts was asked to learn it again; only a later one meets that.
	"""
	if settled.moved == owed.moved:
		return False
	asked_again = any(own.moved == owed.moved for own in all_settled)
	return not asked_again or (
		settled.settled_on is not None and settled.settled_on > owed.assigned_on.date()
	)


def _weight(settled: MergedAssignment) -> tuple[bool, date]:
	return settled.status == COMPLETED, settled.settled_on or date.max
