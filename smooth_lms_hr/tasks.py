"""Scheduler entry points."""

import sys

from frappe.utils import update_progress_bar

from smooth_lms_hr import daily as daily_run


def daily() -> dict:
	"""Do the day's work; ``bench execute`` prints what was done, on a terminal with a progress bar.

	:return: see ``daily.run``
	"""
	return daily_run.run(say=_show) if sys.stdout.isatty() else daily_run.run()


def _show(step: str, percent: int) -> None:
	update_progress_bar(step, percent - 1, 100)
