"""Scheduler entry points."""

import sys

from frappe.utils import update_progress_bar

from smooth_lms_hr import daily as daily_run
from smooth_lms_hr.assigning import shared_work
from smooth_lms_hr.showing import binder_runs


def daily() -> dict:
	"""Do the day's work; ``bench execute`` prints what was done, on a terminal with a progress bar.

	:return: see ``daily.run``
	"""
	return daily_run.run(say=_show) if sys.stdout.isatty() else daily_run.run()


def clear_old_runs() -> None:
	"""Delete what runs that broke off have left, what is known of those that ended days ago, and binders kept long enough."""
	shared_work.clear_old()
	binder_runs.clear_old()


def _show(step: str, percent: int) -> None:
	update_progress_bar(step, percent - 1, 100)
