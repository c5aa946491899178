"""How long somebody was trained in a classroom, and whether that is over."""

from datetime import date, datetime

SECONDS_PER_HOUR = 3600


def hours(begins: datetime, ends: datetime) -> float:
	"""Return how many hours an event takes, 0 where it ends before it begins.

	One of several days, which ends at a later time of day than it began, is one of so many hours each day: nobody is
	trained at night.
	"""
	if ends <= begins:
		return 0
	days, daily = 1, ends - begins
	if ends.time() > begins.time():
		days = (ends.date() - begins.date()).days + 1
		daily = datetime.combine(begins.date(), ends.time()) - begins
	return round(days * daily.total_seconds() / SECONDS_PER_HOUR, 2)


def is_over(ends: datetime, today: date) -> bool:
	"""Return whether an event that somebody calls completed can be: its last day has come.

	:param today: in the site's time zone
	"""
	return ends.date() <= today
