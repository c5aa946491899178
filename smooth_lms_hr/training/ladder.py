"""Which reminder is owed to whom today (the reminder ladder of the settings)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

MEMBER = "Member"
MANAGER = "Manager"
HR = "HR"
AUDIENCES = (MEMBER, MANAGER, HR)


@dataclass(frozen=True)
class Rung:
	"""A row of the ladder.

	:param offset_days: days from the due date, negative before it
	"""

	offset_days: int
	member: bool = True
	manager: bool = False
	hr: bool = False


@dataclass(frozen=True)
class Ladder:
	"""
	:param rungs: in any order
	:param repeat_every_days: the last rung that tells the member comes again every so many days, 0 for never; HR is
	        told along once a rung that tells HR has been reached
	:param stop_after_days: nothing is sent later than so many days after the due date
	"""

	rungs: Sequence[Rung]
	repeat_every_days: int = 0
	stop_after_days: int = 0

	def reached(self, audience: str, day: int) -> int | None:
		"""Return the latest day of the ladder, up to a day, on which an audience is told; None before the first.

		:param day: days from the due date, negative before it
		"""
		told = [rung.offset_days for rung in self.rungs if _tells(rung, audience) and rung.offset_days <= day]
		repeated = self._last_repeat(day)
		if repeated is not None and (
			audience == MEMBER or (audience == HR and told and min(told) <= repeated)
		):
			told.append(repeated)
		return max(told, default=None)

	@property
	def first_day(self) -> int:
		"""The earliest day of the ladder, in days from the due date."""
		return min((rung.offset_days for rung in self.rungs), default=0)

	def _last_repeat(self, day: int) -> int | None:
		last = max((rung.offset_days for rung in self.rungs if rung.member), default=None)
		if last is None or self.repeat_every_days <= 0:
			return None
		times = (day - last) // self.repeat_every_days
		repeated = last + times * self.repeat_every_days
		# Before the due date nothing is repeated: the rungs there are chosen one by one.
		return repeated if times > 0 and repeated > 0 else None


@dataclass(frozen=True)
class Owed:
	audience: str
	rung: int


def owed_today(
	ladder: Ladder, due_date: date, armed_on: date, today: date, sent: Collection[tuple[int, str]]
) -> list[Owed]:
	"""Return what is to be said today of one open assignment.

	Only the latest rung counts: where the job did not run for some days, one message says what is true today, not one
	for every day. A rung from before the due date was set is not owed: who has just been told the date needs no
	reminder of it. Neither is one from before what was said already: the clock may have been set back since.

	:param due_date: as it stands
	:param armed_on: the day on which that due date was set
	:param today: in the site's time zone
	:param sent: what was already said for this due date, as (rung, audience)
	"""
	day = (today - due_date).days
	armed = (armed_on - due_date).days
	owed = []
	for audience in AUDIENCES:
		rung = ladder.reached(audience, day)
		if rung is None or rung <= armed:
			continue
		if any(said >= rung and told == audience for said, told in sent):
			continue
		# After a pause as long as the ladder there is nothing left to say.
		if day > ladder.stop_after_days:
			continue
		owed.append(Owed(audience, rung))
	return owed


def _tells(rung: Rung, audience: str) -> bool:
	return {MEMBER: rung.member, MANAGER: rung.manager, HR: rung.hr}[audience]
