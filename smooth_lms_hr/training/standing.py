"""What is left of the debts of two people, or of two courses, once they are one (rule 14).

Whoever is merged is as if it had been one from the beginning: what settled the debt of the one would have kept the
other from being owed at all. A waiver that stands counts for that as a completion does, as it does in the plan; where
both are there, the completion is the better reason.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from smooth_lms_hr.training.due_dates import is_still_valid
from smooth_lms_hr.training.status import COMPLETED, OPEN, WAIVED


@dataclass(frozen=True)
class Debt:
	"""
	:param moved: it was owed by the person, or of the course, that is merged away
	:param cycle: its running number so far
	:param settled_on: the day of the completion or of the waiver
	"""

	name: str
	moved: bool
	cycle: int
	status: str
	progress: float
	due_date: date
	assigned_on: datetime
	settled_on: date | None = None


def given_up(debts: Collection[Debt], validity_days: int, today: date) -> dict[str, Debt]:
	"""Return the open debts that are not owed any more, by name, each with the debt that stands in its place.

	:param debts: all of one person and course, of both sides
	:param validity_days: of the course that remains
	:param today: in the site's time zone
	"""
	settled = [
		debt
		for debt in debts
		if debt.status in (COMPLETED, WAIVED)
		and is_still_valid(debt.settled_on or today, validity_days, today)
	]
	met = {}
	for debt in debts:
		if debt.status in OPEN and (by := [other for other in settled if _meets(other, debt, settled)]):
			met[debt.name] = max(by, key=_weight)
	left = [debt for debt in debts if debt.status in OPEN and debt.name not in met]
	if left:
		stays = min(left, key=lambda debt: (-debt.progress, debt.due_date, debt.assigned_on, debt.name))
		met |= {debt.name: stays for debt in left if debt is not stays}
	return met


def cycles(debts: Collection[Debt]) -> dict[str, int]:
	"""Return the running number of each debt of one person and course: by the moment it was assigned, where two are one."""
	if len({debt.moved for debt in debts}) < 2:
		return {debt.name: debt.cycle for debt in debts}
	ordered = sorted(debts, key=lambda debt: (debt.assigned_on, debt.name))
	return {debt.name: number for number, debt in enumerate(ordered, start=1)}


def spent_on(debts: Collection[Debt], without: Mapping[str, Debt]) -> tuple[bool, date] | None:
	"""Return whose earlier lessons must not count for the open debt that is left, and up to which day; None for nobody's.

	Lessons that made a completion which no longer counts are spent: the open debt is there to have them learned again.

	:param without: what is given up, from ``given_up``
	:return: the side, as ``Debt.moved``, and the last day
	"""
	stays = next((debt for debt in debts if debt.status in OPEN and debt.name not in without), None)
	days = [
		debt.settled_on
		for debt in debts
		if stays and debt.status == COMPLETED and debt.settled_on and debt.moved != stays.moved
	]
	return (not stays.moved, max(days)) if days else None


def _meets(settled: Debt, debt: Debt, all_settled: Collection[Debt]) -> bool:
	"""Return whether what was settled on one side meets an open debt of the other.

	Who owes a course though an own completion still counts was asked to learn it again; only a later one meets that.
	"""
	if settled.moved == debt.moved:
		return False
	asked_again = any(own.moved == debt.moved for own in all_settled)
	return not asked_again or (
		settled.settled_on is not None and settled.settled_on > debt.assigned_on.date()
	)


def _weight(settled: Debt) -> tuple[bool, date]:
	return settled.status == COMPLETED, settled.settled_on or date.max
