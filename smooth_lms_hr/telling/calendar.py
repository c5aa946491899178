"""Due dates for the reader's own calendar, beside a mail: the entry that the first one makes is moved by those after it."""

from collections.abc import Sequence

from smooth_lms_hr.record import events
from smooth_lms_hr.sources import calendar_files, learning
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.status import OPEN


def attachments(rows: Sequence[dict]) -> list[dict]:
	"""Return what Frappe is to attach to a mail about assignments: nothing where the settings say so.

	:param rows: as ``collect.assignments`` returns them
	"""
	owed = [
		{**row, "course_url": learning.course_url(row["course"])} for row in rows if row["status"] in OPEN
	]
	if not (owed and get_settings().attach_calendar):
		return []
	moves = events.count_moves([row["name"] for row in owed])
	# The method is in the type too: by that a mail program knows an entry from a file.
	kind = "text/calendar; method=PUBLISH"
	content = calendar_files.due_dates(owed, moves)
	return [{"fname": "training.ics", "fcontent": content, "content_type": kind}]
