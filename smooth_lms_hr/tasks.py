"""Scheduler entry points."""

import sys

from frappe.utils import update_progress_bar

from smooth_lms_hr import daily as daily_run
from smooth_lms_hr.assigning import shared_work


def daily() -> dict:
	"""Do the day's work; ``bench execute`` prints what was done, on a terminal with a progress bar.

	:return: see ``daily.run``
	"""
	return daily_run.run(say=_show) if sys.stdout.isatty() else daily_run.run()


def clear_old_runs() -> None:
	"""Delete what campaigns that broke off have left, and what is known of those that ended days ago."""
	shared_work.clear_old()


def _show(step: str, percent: int) -> None:
	update_progress_bar(step, percent - 1, 100)
