"""The daily run: what no event announced is found, what became late is flagged, what is owed a word is said."""

import json
from collections.abc import Callable
from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime
from frappe.utils.synchronization import LockTimeoutError, filelock

from smooth_lms_hr.services import mails, reminders
from smooth_lms_hr.services.attempts import attempt
from smooth_lms_hr.services.onboarding import ONBOARDING, resume, waiting_onboardings
from smooth_lms_hr.services.progress import flag_overdue, reconcile
from smooth_lms_hr.services.settings import SETTINGS, get_settings
from smooth_lms_hr.training.status import OVERDUE

CHUNK = 1000
LOCK = "smooth_lms_hr_daily"
JOB = EVENT = "smooth_lms_hr_daily"
# Is told what is being done, in words, and how far the run is in percent (0-100).
Say = Callable[[str, int], None]


class AlreadyRunning(frappe.ValidationError):
	pass


def run(today: date | None = None, say: Say = lambda step, percent: None) -> dict:
	"""Do the day's work; doing it twice changes nothing and says nothing again.

	Commits after every step, so that a crash loses no more than one, and the next run goes on from there.

	:param today: the day to judge by, in the site's time zone; None for now
	:param say: is told how it goes
	:return: what was done: "resumed" onboardings, changed assignments by new status, and "mails", "bells",
	        "unreachable" (people) and "failed" (whom and why) where reminders are on
	:raises AlreadyRunning: where another run is under way
	"""
	today = today or getdate()
	settings = get_settings()
	try:
		with filelock(LOCK, timeout=1):
			say(_("Looking for employees and users who are there now"), 0)
			summary = {"resumed": _resume_waiting()}
			say(_("Comparing progress and due dates"), 20)
			summary |= _reconcile_all(today)
			if settings.send_reminders:
				say(_("Sending reminders"), 40)
				summary |= _remind(today, settings, say)
			_remember(summary)
			say(_("Done"), 100)
			return summary
	except LockTimeoutError as error:
		raise AlreadyRunning(_("The daily run is under way already.")) from error


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
	"""Start a run in the background, unless one that was asked for waits already."""
	frappe.enqueue(
		"smooth_lms_hr.services.daily.run_for",
		queue="long",
		job_id=JOB,
		deduplicate=True,
		timeout=3600,
		user=user,
	)


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


def _resume_waiting() -> int:
	settings = get_settings()
	if not (settings.enabled and settings.assign_when_linked_later):
		return 0
	resumed = 0
	for name in waiting_onboardings():
		with attempt(_("Mandatory training of {0} failed").format(name), ONBOARDING, name):
			resumed += resume(name)
		# One onboarding is one step: nobody else's is lost with it.
		frappe.db.commit()
	return resumed


def _reconcile_all(today: date) -> dict[str, int]:
	totals: dict[str, int] = {}
	after: str | None = ""
	while after is not None:
		counts, after = reconcile(after, today, CHUNK)
		for kind, count in counts.items():
			totals[kind] = totals.get(kind, 0) + count
		# Bounds the locks held and the memory used, and lets a restart go on from here.
		frappe.db.commit()
	while flagged := flag_overdue(today, CHUNK):
		totals[OVERDUE] = totals.get(OVERDUE, 0) + flagged
		frappe.db.commit()
	return totals


def _remind(today: date, settings, say: Say) -> dict:
	def after_step(report: reminders.Report) -> None:
		frappe.db.commit()
		say(_("Sending reminders: {0} mails").format(report.mails), 40)

	report = reminders.run(today, settings, after_step)
	return {
		"mails": report.mails,
		"bells": report.bells,
		"unreachable": report.unreachable,
		"failed": report.failed,
	}


def _remember(summary: dict) -> None:
	values = {"last_run_on": now_datetime(), "last_run_summary": json.dumps(summary)}
	# Whoever has the settings open is not kept from saving them by this.
	for fieldname, value in values.items():
		frappe.db.set_single_value(SETTINGS, fieldname, value, update_modified=False)
	frappe.db.commit()
