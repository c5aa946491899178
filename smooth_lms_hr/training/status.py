"""What state a training assignment is in (rule 7)."""

from datetime import date

PENDING = "Pending"
IN_PROGRESS = "In Progress"
AWAITING_SIGNATURE = "Awaiting Signature"
COMPLETED = "Completed"
OVERDUE = "Overdue"
WAIVED = "Waived"
CANCELLED = "Cancelled"

# What the learner still has to do something for. What awaits a signature is learned whole, and late by its date alone: it
# is never Overdue.
OPEN = (PENDING, IN_PROGRESS, AWAITING_SIGNATURE, OVERDUE)
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


def derive_status(
	current: str | None, progress: float, due_date: date, today: date, to_sign: bool | None = None
) -> str:
	"""Return the status that the facts call for.

	:param current: the status so far, None for an assignment that does not exist yet
	:param progress: percent of the course that is done, 0-100
	:param due_date: the last day that is not late, in the site's time zone
	:param today: the day to judge by, in the site's time zone
	:param to_sign: whether the course has a statement that is to be signed once all is learned; None where that was not
	        looked up: what awaits a signature goes on awaiting it
	"""
	if current in FINAL:
		return current
	if progress >= DONE_PERCENT:
		awaits = current == AWAITING_SIGNATURE if to_sign is None else to_sign
		return AWAITING_SIGNATURE if awaits else COMPLETED
	if due_date < today:
		return OVERDUE
	return IN_PROGRESS if progress > 0 else PENDING


def is_late(status: str, due_date: date, today: date) -> bool:
	"""Return whether something is owed that was due before today, whatever its status calls it.

	:param due_date: the last day that is not late, in the site's time zone
	"""
	return status == OVERDUE or (status in OPEN and due_date < today)
