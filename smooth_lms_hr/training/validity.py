"""How long a completion counts, and when it is to be renewed (rules 5 and 11)."""

from datetime import date, timedelta

# What the days of a renewal are counted from, as courses call it.
COMPLETION, PREVIOUS_EXPIRY = "Completion", "Previous Expiry"
RENEW_FROM = (COMPLETION, PREVIOUS_EXPIRY)


def is_valid(until: date | None, today: date) -> bool:
	"""Return whether something still counts today.

	:param until: the last day on which it counts, in the site's time zone; None for ever
	"""
	return until is None or today <= until


def window(validity_days: int, renew_before_days: int) -> int:
	"""Return how many days before the last valid day a renewal opens: never more than half of the time that it counts.

	:param validity_days: of the course
	:param renew_before_days: of the settings
	"""
	return max(0, min(renew_before_days, validity_days // 2))


def valid_until(
	completed_on: date,
	validity_days: int,
	renew_from: str = COMPLETION,
	previous_until: date | None = None,
	renew_before_days: int = 0,
) -> date | None:
	"""Return the last day on which a completion counts, None where it counts for ever.

	:param completed_on: the day of the completion, in the site's time zone
	:param validity_days: of the course; 0 or less is for ever
	:param renew_from: one of RENEW_FROM
	:param previous_until: the last valid day of the completion before this one, None without one
	:param renew_before_days: of the settings
	"""
	if validity_days <= 0:
		return None
	begins = completed_on
	if renew_from == PREVIOUS_EXPIRY and previous_until:
		opens = previous_until - timedelta(days=window(validity_days, renew_before_days))
		# Nobody loses days by being early, within the window that the renewal is open for.
		if opens <= completed_on <= previous_until:
			begins = previous_until
	return begins + timedelta(days=validity_days)
