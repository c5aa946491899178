"""What state a training assignment is in (DESIGN rule 7)."""

from datetime import date

PENDING = "Pending"
IN_PROGRESS = "In Progress"
COMPLETED = "Completed"
OVERDUE = "Overdue"
WAIVED = "Waived"
CANCELLED = "Cancelled"

OPEN = (PENDING, IN_PROGRESS, OVERDUE)
# Once reached, no later fact changes these: a completed course stays completed when lessons are added to it, and a
# decision stays a decision.
FINAL = (COMPLETED, WAIVED, CANCELLED)

DONE_PERCENT = 100


def derive_status(current: str | None, progress: float, due_date: date, today: date) -> str:
	"""Return the status that the facts call for.

	:param current: the status so far, None for an assignment that does not exist yet
	:param progress: percent of the course that is done, 0-100
	:param due_date: the last day that is not late, in the site's time zone
	:param today: the day to judge by, in the site's time zone
	"""
	if current in FINAL:
		return current
	if progress >= DONE_PERCENT:
		return COMPLETED
	if due_date < today:
		return OVERDUE
	return IN_PROGRESS if progress > 0 else PENDING
