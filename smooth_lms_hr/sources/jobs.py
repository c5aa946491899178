"""The one place that puts jobs of ours into Frappe's queue, and asks after them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import frappe
from frappe import _
from frappe.utils.background_jobs import get_queue, is_job_enqueued
from redis.exceptions import RedisError
from rq import Worker
from rq.registry import StartedJobRegistry
from rq.timeouts import TimerDeathPenalty

from smooth_lms_hr.sources.attempts import log_failure

LONG = "long"


class QueueDown(frappe.ValidationError):
	"""The queue does not answer."""


def enqueue_after_commit(method: str, job_id: str, **arguments) -> None:
	"""Queue a job once what it is about is committed. Where that fails it is logged, and nobody else hears of it.

	Frappe's own ``enqueue_after_commit`` fails in the middle of the save, or after the commit with an error for whoever
	saved. So this is for what the daily run makes up for, and only that.

	:param method: dotted path
	:param job_id: the same for the same job: it is queued once
	:param arguments: of the method
	"""
	frappe.db.after_commit.add(
		partial(
			log_failure,
			_("The background queue does not answer: {0}").format(job_id),
			partial(frappe.enqueue, method, queue="short", job_id=job_id, deduplicate=True, **arguments),
		)
	)


def enqueue_now(method: str, job_id: str, timeout: int, **arguments) -> None:
	"""Queue a long job for somebody who asks for it, unless it is queued already.

	:param method: dotted path
	:param job_id: the same for the same job
	:param timeout: in seconds
	:param arguments: of the method
	:raises QueueDown: where the queue does not answer
	"""
	with _in_words():
		frappe.enqueue(method, queue=LONG, timeout=timeout, job_id=job_id, deduplicate=True, **arguments)


def is_scheduled() -> bool:
	"""Return whether it is Frappe's scheduler that does what is being done, and nobody is there to be told anything."""
	job = getattr(frappe.local, "job", None)
	return bool(job) and job.method.endswith("run_scheduled_job")


def is_queued(job_id: str) -> bool:
	"""Return whether a long job waits or runs.

	:raises QueueDown: where the queue does not answer
	"""
	with _in_words():
		if not is_job_enqueued(job_id):
			return False
		# A worker that is gone with all of its processes has told nobody. Workers look for such jobs every ten minutes,
		# and till then nobody could start them again. A timer in place of signals: a web server's threads have none.
		queue = get_queue(LONG)
		StartedJobRegistry(queue=queue, death_penalty_class=TimerDeathPenalty).cleanup()
		return is_job_enqueued(job_id)


def count_long_workers() -> int:
	"""Return how many workers take long jobs just now.

	:raises QueueDown: where the queue does not answer
	"""
	with _in_words():
		return Worker.count(queue=get_queue(LONG))


@contextmanager
def _in_words() -> Iterator[None]:
	try:
		yield
	except RedisError as error:
		# The request is rolled back: an entry in the Error Log would be too.
		frappe.logger().exception("The background queue does not answer")
		raise QueueDown(
			_(
				"The background queue does not answer, so nothing was started. Try again, or tell your administrator."
			)
		) from error
