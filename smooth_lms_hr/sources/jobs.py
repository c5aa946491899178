"""The one place that puts jobs of ours into Frappe's queue, and asks after them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import frappe
from frappe import _
from frappe.utils.background_jobs import is_job_enqueued
from redis.exceptions import RedisError

from smooth_lms_hr.sources.attempts import log_failure


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
		frappe.enqueue(method, queue="long", timeout=timeout, job_id=job_id, deduplicate=True, **arguments)


def is_queued(job_id: str) -> bool:
	"""Return whether a job waits or runs.

	:raises QueueDown: where the queue does not answer
	"""
	with _in_words():
		return is_job_enqueued(job_id)


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
