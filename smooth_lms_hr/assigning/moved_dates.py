"""Due dates that moved: where the first mail has put them into people's calendars, another one moves them there."""

from collections.abc import Iterable

from smooth_lms_hr.record import events
from smooth_lms_hr.sources import jobs
from smooth_lms_hr.sources.settings import get_settings


def tell_later(written: Iterable[events.Event]) -> None:
	"""Tell people of due dates that moved, once that is committed. Where the queue does not answer, the daily run does.

	:param written: the events of a change
	"""
	names = sorted({event.assignment for event in written if event.event == events.DUE_DATE_MOVED})
	if names and get_settings().attach_calendar:
		jobs.enqueue_after_commit(
			"smooth_lms_hr.telling.moved_dates.tell",
			job_id=f"smooth_lms_hr_moved_{names[0]}",
			names=names,
		)
