"""Scheduler entry points."""

from smooth_lms_hr.services import daily as daily_run


def daily():
	daily_run.run()
