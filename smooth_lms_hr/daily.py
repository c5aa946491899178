"""The daily run: what no event announced is found, what became late is flagged, what is owed a word is said."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate, now_datetime
from frappe.utils.synchronization import LockTimeoutError, filelock

from smooth_lms_hr.assigning import escalations, evidence_files, gating, renewals, rules
from smooth_lms_hr.assigning.onboarding import resume, unfinished_onboardings
from smooth_lms_hr.following import (
	classroom,
	compliance,
	equivalents,
	leave,
	onboardings_ended,
	past_gate,
	reopening,
	requests,
	retention,
)
from smooth_lms_hr.following.progress import chunks_of_late, chunks_of_open, flag_overdue, reconcile
from smooth_lms_hr.record import documents, events, seal
from smooth_lms_hr.showing import run_changes
from smooth_lms_hr.sources import jobs
from smooth_lms_hr.sources.attempts import LOST_RACE, commit_or_undo, in_words, log, run_and_commit
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import SETTINGS, Settings, get_settings
from smooth_lms_hr.telling import (
	announcements,
	expiring,
	mails,
	moved_dates,
	of_requests,
	reminders,
	renewing,
	seals,
)
from smooth_lms_hr.telling.send import Report

CHUNK = 1000
# What fails for so many records of a run, each alone, fails for a reason that is none of theirs.
ALONE = 20
# So many of what could not be done are kept in words; all of them are counted, and in the Error Log.
KEPT = 50
# A run that began late, took long or met the end of summer time is not missed.
LATE_AFTER = timedelta(hours=26)
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
	:return: what was done: "resumed" onboardings, "renewed" courses, changed assignments by new status, "sealed" (seals made), "mails", "bells", "unreachable"
	        (people), "not_told" (people whom nothing could be said to) and "failed" (the first of them, and why),
	        "evidence_written" and "evidence_revoked" (of classrooms), "documents_filed" and "documents_dated" (certificates on the
	        employees' files, and their last days), "files_made" of evidence and "files_missing", "steps_failed" and "not_done" (the first of them, and why),
	        and what ``following.retention.tasks`` returns
	:raises AlreadyRunning: where another run is under way
	"""
	today = today or getdate()
	settings = get_settings()
	steps = Steps()
	try:
		with filelock(LOCK, timeout=1):
			say(_("Looking for employees and users who are there now"), 0)
			summary = {"resumed": _resume_unfinished(steps)}
			say(_("Looking for what is owed again"), 5)
			totals = Counter(_owed_again(today, steps))
			say(_("Asking the training rules"), 10)
			rules.ask_everybody(steps.do)
			say(_("Comparing progress and due dates"), 20)
			totals.update(_reconcile_all(today, steps))
			summary |= totals
			say(_("Looking past the gate"), 35)
			_look_past_the_gate(steps)
			say(_("Sealing the record"), 38)
			summary["sealed"] = _seal(steps)
			say(_("Sending reminders"), 40)
			summary |= _tell(today, settings, steps, say)
			say(_("Making the files of evidence"), 90)
			summary |= steps.do(_("Making the files of evidence"), evidence_files.make_missing, {})
			say(_("Following the retention"), 95)
			summary |= _of_each_chunk(
				_("Following the retention"), retention.tasks(today, CHUNK), today, steps
			)
			summary |= {"steps_failed": steps.failed, "not_done": steps.not_done}
			steps.do(_("Keeping the summary"), partial(_remember, summary))
			say(_("Done"), 100)
			return summary
	except LockTimeoutError as error:
		raise AlreadyRunning(_("The daily run is under way already.")) from error


class Steps:
	"""Does the steps of a run one by one, each in a transaction of its own, and keeps what could not be done.

	``failed`` counts it, ``not_done`` says it of the first in words.
	"""

	def __init__(self):
		self.failed = 0
		self.not_done: list[str] = []
		self._alone_left = ALONE

	def do(self, what: str, step: Callable[[], T], otherwise: T | None = None) -> T | None:
		"""Do a step and commit it; what fails is undone and logged.

		:param what: names the step in the Error Log and in the summary
		:param step: reads anew what it needs, for it may be done again
		:param otherwise: what to return where it failed
		"""
		result, error = run_and_commit(step, _("Daily run: {0} failed").format(what))
		if error is not None:
			self._note(what, error)
			return otherwise
		return result

	def do_of_each(
		self, what: str, names: Sequence[str], step: Callable[[Collection[str]], dict[str, int]]
	) -> Counter[str]:
		"""Do a step of many records; where it fails, of one half and of the other, until who it fails for stands alone.

		So one record that something is wrong with keeps no other waiting. What is lost against somebody else's
		transaction is not the records' fault, and is left to the next run as a whole.

		:param names: of the records
		:param step: is called with some of them, may be called again, and returns how many of what it has done
		"""
		done, waiting = Counter(), [names]
		while waiting:
			part = waiting.pop()
			try:
				done.update(commit_or_undo(partial(step, part)))
			except Exception as error:
				if len(part) > 1 and self._alone_left and not isinstance(error, LOST_RACE):
					middle = len(part) // 2
					waiting += [part[middle:], part[:middle]]
					continue
				self._alone_left -= len(part) == 1 <= self._alone_left
				self._give_up(_of(what, part), error)
		return done

	@contextmanager
	def going_on(self, what: str) -> Iterator[None]:
		"""Let the run go on where it is not even found what there is to do."""
		try:
			yield
		except Exception as error:
			frappe.db.rollback()
			self._give_up(what, error)

	def _give_up(self, what: str, error: Exception) -> None:
		log(_("Daily run: {0} failed").format(what))
		# What went wrong stays on record, whatever becomes of the next step.
		frappe.db.commit()  # nosemgrep
		self._note(what, in_words(error))

	def _note(self, what: str, error: str) -> None:
		self.failed += 1
		if len(self.not_done) < KEPT:
			self.not_done.append(f"{what}: {error}")


def _of(what: str, names: Sequence[str]) -> str:
	if len(names) == 1:
		return f"{what} ({names[0]})"
	return f"{what} ({_('{0} to {1}').format(names[0], names[-1])})"


def run_for(user: str) -> None:
	"""Run in the background because somebody asked for it, and show them how it goes and what came of it."""

	def tell(**state) -> None:
		frappe.publish_realtime(EVENT, state, user=user)

	begun = run_changes.mark()
	try:
		summary = run(say=lambda step, percent: tell(step=step, percent=percent))
	except AlreadyRunning as error:
		tell(error=str(error))
	except Exception as error:
		tell(error=_("The daily run failed: {0}").format(error))
		raise
	else:
		tell(summary=summary, happened=run_changes.since(begun))


def enqueue_for(user: str) -> None:
	"""Start a run in the background, unless one that was asked for waits already.

	:raises frappe.ValidationError: where the queue does not answer
	"""
	jobs.enqueue_now("smooth_lms_hr.daily.run_for", job_id=JOB, timeout=3600, user=user)


def status() -> dict:
	"""Return when the run comes next and how the last one went; see ``api.get_daily_status``."""
	job = frappe.db.exists("Scheduled Job Type", {"method": "smooth_lms_hr.tasks.daily"})
	stored = frappe.db.get_singles_dict(SETTINGS)
	last_run = stored.get("last_run_on")
	# Where it has never run: since there is something to run it.
	since = last_run or (frappe.db.get_value("Scheduled Job Type", job, "creation") if job else None)
	return {
		"next_run": frappe.get_doc("Scheduled Job Type", job).get_next_execution() if job else None,
		"last_run": last_run,
		"late": bool(since) and _is_late(get_datetime(since)),
		"summary": json.loads(stored.get("last_run_summary") or "null"),
		"outgoing_account": mails.can_send(),
	}


def _is_late(last: datetime) -> bool:
	return now_datetime() - last > LATE_AFTER


def _resume_unfinished(steps: Steps) -> int:
	if not get_settings().enabled:
		return 0
	# One onboarding is one step: nobody else's is lost with it.
	return sum(
		steps.do(_("Mandatory training of {0}").format(name), partial(resume, name), False)
		for name in unfinished_onboardings()
	)


def _owed_again(today: date, steps: Steps) -> dict[str, int]:
	"""Open renewals and end waivers, before rules are asked: these would take either for a debt of their own."""
	if not get_settings().enabled:
		return {}
	return _of_each_chunk(
		_("Looking for what is owed again"),
		(
			(reopening.chunks_of_ended_waivers(today, CHUNK), reopening.end_waivers),
			(renewals.chunks(today, CHUNK), renewals.open_due),
		),
		today,
		steps,
	)


def _reconcile_all(today: date, steps: Steps) -> dict[str, int]:
	last_run = frappe.db.get_singles_dict(SETTINGS).get("last_run_on")
	return _of_each_chunk(
		_("Comparing progress and due dates"),
		(
			(onboardings_ended.chunks(CHUNK), lambda names, today: onboardings_ended.end(names)),
			(leave.chunks_of_changed(today, CHUNK), leave.catch_up),
			(chunks_of_open(CHUNK), reconcile),
			(equivalents.chunks(CHUNK), partial(equivalents.complete, done_by=events.NOBODY)),
			(chunks_of_late(today, CHUNK), flag_overdue),
			(requests.chunks_of_overtaken(CHUNK), requests.close_overtaken),
			(escalations.chunks_of_left_open(CHUNK), escalations.close_left_open),
			(
				classroom.chunks(last_run and getdate(last_run), today, CHUNK),
				partial(classroom.follow, done_by=events.NOBODY),
			),
			(documents.chunks_to_file(CHUNK), documents.file_missing),
			(documents.chunks_outdated(CHUNK), documents.follow_validity),
			(compliance.chunks(last_run and getdate(last_run), today, CHUNK), compliance.settle),
		),
		today,
		steps,
	)


def _of_each_chunk(what: str, tasks: Iterable[tuple], today: date, steps: Steps) -> dict[str, int]:
	"""Do tasks one after the other, in chunks: that bounds the locks held and the memory used. Return how much was done.

	:param what: names them in the Error Log and in the summary
	:param tasks: pairs of chunks of names, and the function that is called with each and ``today``
	"""
	totals: Counter[str] = Counter()
	for chunks, step in tasks:
		with steps.going_on(what):
			for names in chunks:
				totals += steps.do_of_each(what, names, partial(step, today=today))
	return dict(totals)


def _look_past_the_gate(steps: Steps) -> None:
	what = _("Looking past the gate")
	if not gating.is_on():
		steps.do(what, past_gate.forget)
		return
	# What is listed first: of whom nothing is open any more, nothing is found among what is open.
	for chunks, step in (
		(past_gate.chunks_of_listed(CHUNK), past_gate.look_at_employees),
		(chunks_of_open(CHUNK), past_gate.look_at),
	):
		with steps.going_on(what):
			for names in chunks:
				steps.do_of_each(what, names, step)


def _seal(steps: Steps) -> int:
	"""Seal what was written up to some hours ago, and return how many seals that took."""
	names = iter(partial(steps.do, _("Sealing the record"), seal.seal_next), None)
	return sum(1 for _name in names)


def _tell(today: date, settings: Settings, steps: Steps, say: Say) -> dict:
	report = Report()

	def do(what: str, step: Callable[[], Report]) -> None:
		report.add(steps.do(what, step, Report()))
		say(_("Sending reminders: {0} mails").format(report.mails), 40)

	for wanted, tell in (
		(settings.notify_on_assignment, announcements.announce_forgotten),
		(settings.attach_calendar, moved_dates.tell_forgotten),
		(settings.send_reminders, reminders.send_reminders),
		(settings.send_reminders, expiring.tell),
		(settings.send_reminders, renewing.tell),
		(True, of_requests.tell_forgotten),
		(settings.seal_recipient, seals.mail_forgotten),
	):
		if wanted:
			with steps.going_on(_("Sending reminders")):
				tell(today, settings, do)
	return asdict(report)


def _remember(summary: dict) -> None:
	values = {"last_run_on": now_datetime(), "last_run_summary": plain_text(json.dumps(summary))}
	# Whoever has the settings open is not kept from saving them by this.
	for fieldname, value in values.items():
		frappe.db.set_single_value(SETTINGS, fieldname, value, update_modified=False)
