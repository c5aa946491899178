"""What state a training assignment is in (rule 7)."""

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


def percent_done(done: int, lessons: int) -> float:
	"""Return how much of a course is done, as a percentage with three decimals: Learning shows as many.

	:param done: how many of the course's lessons are completed
	:param lessons: how many there are; a course without lessons cannot be completed
	"""
	if not lessons:
		return 0
	# Rounding completes nothing: of very many lessons the last one counts too.
	return DONE_PERCENT if done >= lessons else min(round(done / lessons * DONE_PERCENT, 3), 99.999)


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
