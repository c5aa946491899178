"""What of a change of an assignment is an event (rule 13)."""

from dataclasses import dataclass
from datetime import date, datetime

from smooth_lms_hr.training.status import (
	AWAITING_SIGNATURE,
	CANCELLED,
	COMPLETED,
	DONE_PERCENT,
	OPEN,
	OVERDUE,
	WAIVED,
)

BEGUN = "Begun"
LEARNED = "Learned"
SIGNED = "Signed"
REOPENED = "Reopened"
DUE_DATE_MOVED = "Due Date Moved"
# A status that is an event of its own; the others follow from a due date that moved or from lessons.
OF_STATUS = {COMPLETED: "Completed", OVERDUE: "Overdue", WAIVED: "Waived", CANCELLED: "Cancelled"}


@dataclass(frozen=True)
class State:
	"""
	:param progress: percent, 0-100
	:param signed_on: the moment at which the statement was signed, None without one
	"""

	status: str | None
	progress: float
	due_date: date | None
	signed_on: datetime | None = None


# Where an assignment comes from that did not exist before.
NOTHING = State(None, 0, None)


@dataclass(frozen=True)
class Change:
	"""
	:param before: a date (YYYY-MM-DD) of a due date, else a status; None where there was none
	"""

	event: str
	before: str | None
	after: str


def changes(before: State, after: State) -> list[Change]:
	"""Return the events of a change, in the order in which they happened.

	The first lesson begins it, also where that is the last one; what begins and is completed at once has both. That it was
	learned is said where a statement remains to be signed; without one it is completed.
	"""
	found: list[Change] = []
	if before.due_date and after.due_date != before.due_date:
		found.append(Change(DUE_DATE_MOVED, str(before.due_date), str(after.due_date)))
	if before.status and before.status not in OPEN and after.status in OPEN:
		found.append(Change(REOPENED, before.status, after.status))
	if before.progress <= 0 < after.progress:
		found.append(Change(BEGUN, before.status, after.status))
	if after.status == AWAITING_SIGNATURE and before.progress < DONE_PERCENT <= after.progress:
		found.append(Change(LEARNED, before.status, after.status))
	if after.signed_on and not before.signed_on:
		found.append(Change(SIGNED, before.status, after.status))
	if after.status != before.status and after.status in OF_STATUS:
		found.append(Change(OF_STATUS[after.status], before.status, after.status))
	return found
