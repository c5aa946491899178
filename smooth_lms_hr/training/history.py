"""What of a change of an assignment is an event (rule 13)."""

from dataclasses import dataclass
from datetime import date

from smooth_lms_hr.training.status import CANCELLED, COMPLETED, OPEN, OVERDUE, WAIVED

BEGUN = "Begun"
REOPENED = "Reopened"
DUE_DATE_MOVED = "Due Date Moved"
# A status that is an event of its own; the others follow from a due date that moved or from lessons.
OF_STATUS = {COMPLETED: "Completed", OVERDUE: "Overdue", WAIVED: "Waived", CANCELLED: "Cancelled"}


@dataclass(frozen=True)
class State:
	"""
	:param progress: percent, 0-100
	"""

	status: str | None
	progress: float
	due_date: date | None


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

	The first lesson begins it, also where that is the last one; what begins and is completed at once has both.
	"""
	found: list[Change] = []
	if before.due_date and after.due_date != before.due_date:
		found.append(Change(DUE_DATE_MOVED, str(before.due_date), str(after.due_date)))
	if before.status and before.status not in OPEN and after.status in OPEN:
		found.append(Change(REOPENED, before.status, after.status))
	if before.progress <= 0 < after.progress:
		found.append(Change(BEGUN, before.status, after.status))
	if after.status != before.status and after.status in OF_STATUS:
		found.append(Change(OF_STATUS[after.status], before.status, after.status))
	return found
