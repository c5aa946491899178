"""Work on many people that the workers of Frappe's queue share, whatever the work is.

A run is written down whole before anybody begins: what one transaction does is a step, and so many steps are a part, which
is one job. The outcome of a step is committed together with what the step did, so that a worker may be killed at any
moment, and Redis forget everything: what is done is known, and starting the run again does the rest. In tables rather
than in files, since only a table is committed with the work, and workers on other machines see it; the outcome leaves them
when the last part makes a file of it.

Not all parts wait in the queue at once. Whoever else has a long job would wait behind all of them, and Frappe refuses jobs
where too many wait. So there are as many as workers could take, and each part that ends puts the next one in.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder.functions import Sum
from frappe.utils import cint, now_datetime

from smooth_lms_hr.sources import jobs, private_files
from smooth_lms_hr.sources.attempts import retry_request, run_and_commit
from smooth_lms_hr.sources.names import RUN, RUN_STEP
from smooth_lms_hr.sources.plain_text import plain_text

# Some twenty seconds of work: so long somebody else's job waits, and what a job costs (half a second) is little beside it.
STEPS_PER_PART = 10
# A worker that ends a part is to find another one waiting, where more workers come as well as where none is up yet.
MIN_IN_FLIGHT = 2
PART_TIMEOUT = 60 * 60
KEPT_FOR = timedelta(days=2)
# Steps that are written or read at once, each with a few hundred lines.
AT_ONCE = 100
COUNTS = ("created", "existing", "failed")
OF_RUN = [
	"name", "owner", "arguments", "file_name", "file_url", "total", "done", *COUNTS, "parts", "last_queued", "in_flight",
	"finished", "error",
]  # fmt: skip


@dataclass(frozen=True)
class Outcome:
	"""What a step did: how many of each kind, and its lines of the result."""

	counts: dict[str, int]
	lines: str


@dataclass(frozen=True)
class SharedWork:
	"""A kind of work that can be shared.

	:param job: dotted path of a function (run, part) that calls ``do_part``: what is put in the queue
	:param job_prefix: begins the ids of the jobs
	:param refuse: raises where the session user may do this work no longer
	:param do: does a step in the transaction around it: (people, arguments) -> Outcome
	:param give_up: says of a step what went wrong: (people, error) -> Outcome
	:param pieces: makes the file of the result: (arguments, lines of all steps in their order) -> its pieces
	:param tell: tells whoever started the run how far it is: (run, state)
	:param tell_end: says, in the transaction of the result, that it is there: (run, File)
	:param tell_failed: says that the result could not be made: (run, error in words); None where whoever started it looks
	:param is_attached: the file of the result is attached to its run: it is read by whoever started that, and goes some day
	"""

	job: str
	job_prefix: str
	refuse: Callable[[], None]
	do: Callable[[list, dict], Outcome]
	give_up: Callable[[list, str], Outcome]
	pieces: Callable[[dict, Iterator[str]], Iterable[str | bytes]]
	tell: Callable[[str, dict], None]
	tell_end: Callable[[str, Document], None]
	tell_failed: Callable[[str, str], None] | None = None
	is_attached: bool = False

	def start(self, run: str, people: Sequence, per_step: int, arguments: dict, file_name: str) -> None:
		"""Start a run for the session user; one that broke off goes on with what is left, a finished one begins anew.

		What the request has written before is committed with it.

		:param run: the same for the same wish
		:param people: each as something that can be written as JSON, and that ``do`` understands
		:param per_step: how many of them one transaction does
		:param arguments: the same for all steps, to be written as JSON
		:param file_name: of the result
		:raises jobs.QueueDown: then nothing is left of a new run
		"""
		new = retry_request(lambda: _write_down(run, people, per_step, arguments, file_name))
		try:
			retry_request(lambda: self._queue_anew(run))
		except jobs.QueueDown:
			frappe.db.rollback()
			if new:
				_forget([run])
				# The request ends with an error, which takes back all that is not committed.
				frappe.db.commit()  # nosemgrep
			raise

	def status(self, run: str) -> dict | None:
		"""Return how far a run is, None where the session user has no such run.

		:return: {"total", "done" (people), "finished", "stopped" (nobody is at work on it), "counts", "file_url", "error"
		        (why it has stopped, where that is known)}
		:raises jobs.QueueDown: where that is not known
		"""
		found = _read(run)
		if not found or found.owner != frappe.session.user:
			return None
		stopped = not found.finished and not self._flying(found)
		if stopped:
			# A part may have ended since, and put the next one in the queue; none does while its row is locked.
			found = _read(run, lock=True)
			stopped = not found.finished and not self._flying(found)
		return {**_state(found), "stopped": stopped}

	def do_part(self, run: str, part: int) -> None:
		"""Do what is left of a part, then see to it that the run goes on, or ends.

		:raises frappe.PermissionError: where whoever started the run may do so no longer
		"""
		found = _read(run)
		if not found or found.finished:
			return
		if not frappe.db.get_value("User", frappe.session.user, "enabled"):
			raise frappe.PermissionError(_("{0} is disabled.").format(frappe.session.user))
		self.refuse()
		arguments = json.loads(found.arguments)
		for step in frappe.get_all(
			RUN_STEP, {"parent": run, "part": part, "done": 0}, pluck="name", order_by="idx"
		):
			self._do_step(step, arguments)
			self.tell(run, _state(_read(run)))
		title = _("Going on with {0} after part {1} failed").format(run, part)
		ended, error = run_and_commit(lambda: self._go_on(run, part), title)
		if error is not None:
			run_and_commit(lambda: self._note_failure(run, error), title)
		if ended:
			self.tell(run, _state(_read(run)))

	def _note_failure(self, run: str, error: str) -> None:
		"""Keep why a run has stopped, until it is started again."""
		frappe.db.set_value(RUN, run, "error", plain_text(error))
		if self.tell_failed:
			self.tell_failed(run, error)

	def _do_step(self, step: str, arguments: dict) -> None:
		def do() -> list:
			# Should the part be in the queue twice, one of the two waits here, and finds it done.
			row = frappe.db.get_value(RUN_STEP, step, ["whom", "done"], as_dict=True, for_update=True)
			if row and not row.done:
				_write_outcome(step, self.do(json.loads(row.whom), arguments))

		title = _("A step of {0} failed").format(step.rpartition("-")[0])
		_done, error = run_and_commit(do, title)
		if error is not None:
			people = json.loads(frappe.db.get_value(RUN_STEP, step, "whom"))
			# Where even this cannot be written the step is not done, and the run will be said to have stopped.
			run_and_commit(lambda: _write_outcome(step, self.give_up(people, error)), title)

	def _go_on(self, run: str, part: int) -> bool:
		"""Queue what comes after a part, or make the result; return whether the run has ended by that.

		Of parts that end at once one after the other comes here, and each sees what those before it have committed.
		"""
		found = _read(run, lock=True)
		if not found or found.finished:
			return False
		if left := _parts_left(run):
			flying = self._flying(found, besides=part)
			waiting = [each for each in left if each > found.last_queued and each not in flying]
			self._queue(found, waiting, flying)
			return False
		self._end(found)
		return True

	def _queue_anew(self, run: str) -> None:
		found = _read(run, lock=True)
		flying = self._flying(found)
		waiting = [each for each in _parts_left(run) if each not in flying]
		if not waiting and not flying:
			# Everything is done but the result, which comes with the end of a part.
			waiting = [found.parts - 1]
		self._queue(found, waiting, flying)
		frappe.db.set_value(RUN, run, "error", None)
		# The request goes on to ask how far it is, and nobody is to wait for the lock meanwhile.
		frappe.db.commit()  # nosemgrep

	def _queue(self, found, waiting: list[int], flying: list[int]) -> None:
		"""Put in the queue as many parts as there is room for.

		Before the commit: were it after it, a part could be taken for queued that is not.
		"""
		room = max(jobs.count_long_workers(), MIN_IN_FLIGHT) - len(flying)
		chosen = waiting[: max(room, 0)]
		for part in chosen:
			jobs.enqueue_now(
				self.job, self._job_id(found.name, part), PART_TIMEOUT, run=found.name, part=part
			)
		# What waits with a lower number was given up, unless somebody starts the run again.
		last = chosen[-1] if chosen else waiting[0] - 1 if waiting else found.last_queued
		changed = {"in_flight": json.dumps([*flying, *chosen]), "last_queued": last}
		frappe.db.set_value(RUN, found.name, changed)

	def _end(self, found) -> None:
		sums = _sums(found.name)
		pieces = self.pieces(json.loads(found.arguments), _lines(found.name))
		attached = {"attached_to_doctype": RUN, "attached_to_name": found.name} if self.is_attached else {}
		file = private_files.write(found.file_name, pieces, **attached)
		self.tell_end(found.name, file)
		frappe.db.set_value(
			RUN, found.name, {**sums, "file_url": file.file_url, "in_flight": "[]", "finished": 1}
		)
		frappe.db.delete(RUN_STEP, {"parent": found.name})

	def _flying(self, found, besides: int | None = None) -> list[int]:
		"""Return the parts that wait or run; of one whose worker was killed the queue knows nothing any more."""
		return [
			part
			for part in json.loads(found.in_flight or "[]")
			if part != besides and jobs.is_queued(self._job_id(found.name, part))
		]

	def _job_id(self, run: str, part: int) -> str:
		return f"{self.job_prefix}_{run}_{part}"


def clear_old() -> None:
	"""Delete what is known of runs that nobody asks for any more, and what those that broke off have left."""
	long_ago = now_datetime() - KEPT_FOR
	for run in frappe.get_all(RUN, {"modified": ("<", long_ago)}, ["name", "file_name", "finished"]):
		if not run.finished:
			private_files.discard(run.file_name)
		_forget([run.name])


def _write_down(run: str, people: Sequence, per_step: int, arguments: dict, file_name: str) -> bool:
	"""Write all steps of a run, unless they are there; return whether it is a new run. Commits."""
	clear_old()
	# Of two who start the same at once one waits here.
	found = _read(run, lock=True)
	new = not found or bool(found.finished)
	if new:
		_forget([run])
		steps = [people[begin : begin + per_step] for begin in range(0, len(people), per_step)]
		frappe.get_doc(
			{
				"doctype": RUN,
				"arguments": json.dumps(arguments),
				"file_name": file_name,
				"total": len(people),
				"parts": -(-len(steps) // STEPS_PER_PART),
			}
		).insert(ignore_permissions=True, set_name=run)
		_write_steps(run, steps)
	# Workers are to find it.
	frappe.db.commit()  # nosemgrep
	return new


def _write_steps(run: str, steps: list[Sequence]) -> None:
	now, user = now_datetime(), frappe.session.user
	same = {"creation": now, "modified": now, "owner": user, "modified_by": user}
	same |= {"parent": run, "parenttype": RUN, "parentfield": "steps"}
	own = ("name", "idx", "part", "whom", "number")
	frappe.db.bulk_insert(
		RUN_STEP,
		[*same, *own],
		(
			(
				*same.values(),
				f"{run}-{place}",
				place + 1,
				place // STEPS_PER_PART,
				json.dumps(people),
				len(people),
			)
			for place, people in enumerate(steps)
		),
		chunk_size=AT_ONCE,
	)


def _write_outcome(step: str, outcome: Outcome) -> None:
	frappe.db.set_value(RUN_STEP, step, {**outcome.counts, "outcome": outcome.lines, "done": 1})


def _read(run: str, lock: bool = False):
	return frappe.db.get_value(RUN, run, OF_RUN, as_dict=True, for_update=lock)


def _state(found) -> dict:
	"""Return what whoever started a run is told of it."""
	counted = found if found.finished else _sums(found.name)
	return {
		"total": found.total,
		"done": counted["done"],
		"finished": bool(found.finished),
		"counts": {kind: counted[kind] for kind in COUNTS},
		"file_url": found.file_url or None,
		"error": found.error or None,
	}


def _sums(run: str) -> dict[str, int]:
	step = frappe.qb.DocType(RUN_STEP)
	sums = [Sum(step.number).as_("done"), *(Sum(step[kind]).as_(kind) for kind in COUNTS)]
	query = frappe.qb.from_(step).select(*sums).where((step.parent == run) & (step.done == 1))
	return {key: cint(value) for key, value in query.run(as_dict=True)[0].items()}


def _parts_left(run: str) -> list[int]:
	return sorted(
		frappe.get_all(RUN_STEP, {"parent": run, "done": 0}, pluck="part", distinct=True, order_by="part")
	)


def _lines(run: str) -> Iterator[str]:
	"""Yield the lines of all steps in their order, some steps' at a time."""
	last = 0
	while rows := frappe.get_all(
		RUN_STEP,
		{"parent": run, "idx": (">", last)},
		["idx", "outcome"],
		order_by="idx",
		limit_page_length=AT_ONCE,
	):
		yield from (row.outcome or "" for row in rows)
		last = rows[-1].idx


def _forget(runs: list[str]) -> None:
	frappe.db.delete(RUN_STEP, {"parent": ("in", runs)})
	frappe.db.delete(RUN, {"name": ("in", runs)})
