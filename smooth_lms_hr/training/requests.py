"""What a learner may ask about training that is owed, and what is wrong with how it is asked."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

# What is asked for: another due date, to be excused, or that something learned elsewhere counts.
EXTENSION, EXEMPTION, DONE_ELSEWHERE = "Extension", "Exemption", "Done Elsewhere"
KINDS = (EXTENSION, EXEMPTION, DONE_ELSEWHERE)

OPEN, GRANTED, REFUSED, WITHDRAWN = "Open", "Granted", "Refused", "Withdrawn"


@dataclass(frozen=True)
class Asked:
	"""
	:param kind: one of KINDS
	:param wanted_date: of an extension the new due date; of an exemption its last day, None for ever
	:param completed_on: the day on which it was done elsewhere
	:param valid_until: the last day on which that counts, None where its proof says nothing
	"""

	kind: str
	wanted_date: date | None = None
	completed_on: date | None = None
	valid_until: date | None = None


class Wrong(Enum):
	NO_WANTED_DATE = "no wanted date"
	NOT_LATER = "not later than the due date"
	NOT_WANTED = "a wanted date of what is done"
	NO_DAY = "no day of completion"
	NOT_DONE_YET = "completed in the future"
	NOT_DONE = "completed, of what is not done"
	ENDS_BEFORE = "valid until before it was completed"
	COUNTED_ALREADY = "completed not later than the last time"


def wrong_with(asked: Asked, due_date: date, today: date, last_completed: date | None = None) -> Wrong | None:
	"""Return what is wrong with the dates of a request, None for nothing.

	Whether a wanted date is past, or too far ahead, is for the rules of due dates and waivers to say.

	:param due_date: of the assignment
	:param today: in the site's time zone
	:param last_completed: the day on which the course was completed before, where this is a renewal
	"""
	if asked.kind == DONE_ELSEWHERE:
		if asked.wanted_date:
			return Wrong.NOT_WANTED
		if not asked.completed_on:
			return Wrong.NO_DAY
		if asked.completed_on > today:
			return Wrong.NOT_DONE_YET
		if last_completed and asked.completed_on <= last_completed:
			return Wrong.COUNTED_ALREADY
		if asked.valid_until and asked.valid_until < asked.completed_on:
			return Wrong.ENDS_BEFORE
		return None
	if asked.completed_on or asked.valid_until:
		return Wrong.NOT_DONE
	if asked.kind == EXTENSION:
		if not asked.wanted_date:
			return Wrong.NO_WANTED_DATE
		if asked.wanted_date <= due_date:
			return Wrong.NOT_LATER
	return None
