"""The daily run: what no event announced is found, what became late is flagged, what is owed a word is said."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import TypeVar

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime
from frappe.utils.synchronization import LockTimeoutError, filelock

from smooth_lms_hr.assigning.onboarding import resume, unfinished_onboardings
from smooth_lms_hr.following.progress import flag_overdue, reconcile
from smooth_lms_hr.sources import jobs
from smooth_lms_hr.sources.attempts import run_and_commit
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import SETTINGS, Settings, get_settings
from smooth_lms_hr.telling import announcements, mails, reminders
from smooth_lms_hr.telling.send import Report
from smooth_lms_hr.training.status import OVERDUE

CHUNK = 1000
LOCK = "smooth_lms_hr_daily"
JOB = EVENT = "smooth_lms_hr_daily"
# Is told what is being done, in words, and how far the run is in percent (0-100).
Say = Callable[[str, int], None]
T = TypeVar("T")


class AlreadyRunning(frappe.ValidationError):
	pass


def run(today: date | None = None, say: Say = lambda step, percent: None) -> dict:
	"""Do the day's work; doing it twice changes nothing and says nothing again.

	Each step is a transaction of its own, so that a crash loses no more than one, and the next run goes on from there.
	One that loses against somebody else's transaction is done again; one that fails for good is logged, and the others
	go on.

	:param today: the day to judge by, in the site's time zone; None for now
	:param say: is told how it goes
	:return: what was done: "resumed" onboardings, changed assignments by new status, "mails", "bells", "unreachable"
	        (people) and "failed" (whom and why), and "not_done" (steps that failed, and why)
	:raises AlreadyRunning: where another run is under way
	"""
	today = today or getdate()
	settings = get_settings()
	steps = Steps()
	try:
		with filelock(LOCK, timeout=1):
			say(_("Looking for employees and users who are there now"), 0)
			summary = {"resumed": _resume_unfinished(steps)}
			say(_("Comparing progress and due dates"), 20)
			summary |= _reconcile_all(today, steps)
			say(_("Sending reminders"), 40)
			summary |= _tell(today, settings, steps, say)
			summary["not_done"] = steps.not_done
			steps.do(_("Keeping the summary"), partial(_remember, summary))
			say(_("Done"), 100)
			return summary
	except LockTimeoutError as error:
		raise AlreadyRunning(_("The daily run is under way already.")) from error


class Steps:
	"""Does the steps of a run one by one, each in a transaction of its own, and keeps what could not be done."""

	def __init__(self):
		self.not_done: list[str] = []

	def do(self, what: str, step: Callable[[], T], otherwise: T | None = None) -> T | None:
		"""Do a step and commit it; what fails is undone and logged.

		:param what: names the step in the Error Log and in the summary
		:param step: reads anew what it needs, for it may be done again
		:param otherwise: what to return where it failed
		"""
		result, error = run_and_commit(step, _("Daily run: {0} failed").format(what))
		if error is not None:
			self.not_done.append(f"{what}: {error}")
			return otherwise
		return result


def run_for(user: str) -> None:
	"""Run in the background because somebody asked for it, and show them how it goes and what came of it."""

	def tell(**state) -> None:
		frappe.publish_realtime(EVENT, state, user=user)

	try:
		summary = run(say=lambda step, percent: tell(step=step, percent=percent))
	except AlreadyRunning as error:
		tell(error=str(error))
	except Exception as error:
		tell(error=_("The daily run failed: {0}").format(error))
		raise
	else:
		tell(summary=summary)


def enqueue_for(user: str) -> None:
	"""Start a run in the background, unless one that was asked for waits already.

	:raises frappe.ValidationError: where the queue does not answer
	"""
	jobs.enqueue_now("smooth_lms_hr.daily.run_for", job_id=JOB, timeout=3600, user=user)


def status() -> dict:
	"""Return when the run comes next and how the last one went; see ``api.get_daily_status``."""
	job = frappe.db.exists("Scheduled Job Type", {"method": "smooth_lms_hr.tasks.daily"})
	stored = frappe.db.get_singles_dict(SETTINGS)
	return {
		"next_run": frappe.get_doc("Scheduled Job Type", job).get_next_execution() if job else None,
		"last_run": stored.get("last_run_on"),
		"summary": json.loads(stored.get("last_run_summary") or "null"),
		"outgoing_account": mails.can_send(),
	}


def _resume_unfinished(steps: Steps) -> int:
	if not get_settings().enabled:
		return 0
	# One onboarding is one step: nobody else's is lost with it.
	return sum(
		steps.do(_("Mandatory training of {0}").format(name), partial(resume, name), False)
		for name in unfinished_onboardings()
	)


def _reconcile_all(today: date, steps: Steps) -> dict[str, int]:
	totals: dict[str, int] = {}
	what = _("Comparing progress and due dates")
	after: str | None = ""
	while after is not None:
		# In chunks: that bounds the locks held and the memory used. Where one fails it is not known where to go on.
		counts, after = steps.do(what, partial(reconcile, after, today, CHUNK), ({}, None))
		for kind, count in counts.items():
			totals[kind] = totals.get(kind, 0) + count
	while flagged := steps.do(what, partial(flag_overdue, today, CHUNK), 0):
		totals[OVERDUE] = totals.get(OVERDUE, 0) + flagged
	return totals


def _tell(today: date, settings: Settings, steps: Steps, say: Say) -> dict:
	report = Report()

	def do(what: str, step: Callable[[], Report]) -> None:
		report.add(steps.do(what, step, Report()))
		say(_("Sending reminders: {0} mails").format(report.mails), 40)

	if settings.notify_on_assignment:
		announcements.announce_forgotten(today, settings, do)
	if settings.send_reminders:
		reminders.send_reminders(today, settings, do)
	return asdict(report)


def _remember(summary: dict) -> None:
	values = {"last_run_on": now_datetime(), "last_run_summary": plain_text(json.dumps(summary))}
	# Whoever has the settings open is not kept from saving them by this.
	for fieldname, value in values.items():
		frappe.db.set_single_value(SETTINGS, fieldname, value, update_modified=False)
