"""Work that the workers of the queue share, killed at a step of it, with real commits, in the processes of worker.py.

What a killed worker had in the queue is forgotten with it, as where Redis goes down at the same moment. Then the work is
started again, the queue is worked off, and the daily run passes; what is left is compared, row by row, with what the work
leaves where nobody disturbs it. What the work is stands in ``killed_campaign``, ``killed_rule`` and ``killed_binder``.
"""

import csv
import os
import signal
import sys
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass
from email import message_from_string
from importlib import import_module
from itertools import count

import frappe

from smooth_lms_hr import daily
from smooth_lms_hr.assigning import shared_work
from tests.site import bench_harness

# Where a worker is killed: a function as module:name, before or after it, at which call of it.
Step = tuple[str, str, int]
SHARED = "smooth_lms_hr.assigning.shared_work:"
TRYING = "smooth_lms_hr.sources.attempts:"
# So that there are three parts of steps, the last one shorter.
STEPS_PER_PART = 2
# What differs though it is the same: names, stamps, and what is made of them.
APART = {
	"name", "parent", "creation", "modified", "assignment", "enrollment", "email_queue", "happened_on", "assigned_on",
	"sent_on", "since", "ended_on", "last_applied_on", "as_written", "row_hash", "idx",
}  # fmt: skip
RUN, RUN_STEP, FILE, ERRORS = "LMS Training Run", "LMS Training Run Step", "File", "Error Log"
LEDGER, BELLS = "LMS Training Notification", "Notification Log"
MAILS, RECIPIENTS = "Email Queue", "Email Queue Recipient"
# What any such work adds to.
ADDED_TO = (RUN, RUN_STEP, FILE, ERRORS, LEDGER, BELLS, MAILS, RECIPIENTS)


def steps_of_shared_work(do: str) -> dict[str, Step]:
	"""Return where work of five steps in three parts is killed, whatever it is.

	:param do: what does a step
	"""
	return {
		"the run is written, not committed": (SHARED + "_write_steps", "after", 1),
		"the run is committed, nothing queued": (SHARED + "SharedWork._queue_anew", "before", 1),
		"the first parts are queued, not committed": (SHARED + "SharedWork._queue", "after", 1),
		"before anything is assigned": (do, "before", 1),
		"a step is assigned, not counted": (do, "after", 1),
		"a step is counted, not committed": (SHARED + "_write_outcome", "after", 1),
		"a step is committed, not announced": (TRYING + "log_failure", "before", 1),
		"a step is committed, nobody told how far it is": (SHARED + "run_and_commit", "after", 1),
		"between two steps": (do, "before", 2),
		"a part is done, the next not queued": (SHARED + "SharedWork._go_on", "before", 1),
		"the next part is queued, not committed": (SHARED + "SharedWork._queue", "after", 2),
		"in the last part": (do, "after", 5),
		"all is assigned, the result not begun": (SHARED + "SharedWork._end", "before", 1),
		"while the result is written": ("os:fsync", "before", 1),
		"the end is written, not committed": (SHARED + "SharedWork._end", "after", 1),
		"the end is committed, nobody told": (SHARED + "run_and_commit", "after", 8),
		"everything is told": (SHARED + "SharedWork.do_part", "after", 3),
	}


def rows_of_csv(path: str, columns: Collection[str]) -> list[list[str]]:
	"""Return the rows of a result, without what each assignment is called."""
	with open(path, encoding="utf-8-sig", newline="") as file:
		return [[row[column] for column in columns] for row in csv.DictReader(file)]


@dataclass(frozen=True)
class Work:
	"""What is started, and what it leaves.

	:param start: begins it in the process that is to be killed, as HR
	:param status: how far it is, None where it has not begun
	:param of_people: DocTypes whose rows are compared, by the field that names a user or an employee
	:param people: the values of that field
	:param hr: who starts it, and whose the result is
	:param result: beginning of the name of its file
	:param columns: of the result that are compared
	:param read: reads the result: (path, columns) -> what is compared of it
	"""

	start: Callable[[], None]
	status: Callable[[], dict | None]
	of_people: dict[str, str]
	people: dict[str, Collection[str]]
	hr: str
	result: str
	columns: tuple[str, ...]
	read: Callable[[str, Collection[str]], list] = rows_of_csv


def live(work: Work, steps: dict[str, Step], morning: dict) -> dict:
	"""Carry work out undisturbed, then once for each step, killed there, and started again.

	:param morning: see ``look_around``
	:return: what is left by step, "" for the undisturbed one; see ``what_is_left``
	"""
	found = {}
	for name, step in {"": None, **steps}.items():
		_begin_anew(work, morning)
		if step:
			ended = run_in_child(work.start, step)
			assert ended is None, f"nobody came by, it ended with {ended}: {name}"
		status = work.status() if step else None
		assert not status or status["stopped"] or status["finished"], (name, status)
		# There may be nothing to start again: then the next daily run says what the killed worker did not.
		again = _let_a_day_pass if status and status["finished"] else work.start
		assert run_in_child(again) == 0, "it failed, see above"
		assert run_in_child(_let_a_day_pass) == 0, "the day failed, see above"
		found[name] = what_is_left(work)
	_begin_anew(work, morning)
	return found


def run_in_child(do: Callable[[], None], step: Step | None = None) -> int | None:
	"""Do something and work off the queue in a child process, up to the end or to the step where it is killed.

	:return: the child's code, None where it was killed
	"""
	frappe.db.commit()
	# A child must not share this process's connection.
	frappe.destroy()
	if not (child := os.fork()):
		code = 1
		try:
			connect()
			if step:
				be_killed_at(*step)
			do()
			while bench_harness.run_jobs():
				pass
			code = 0
		except BaseException:
			traceback.print_exc()
		finally:
			os._exit(code)
	_pid, ended = os.waitpid(child, 0)
	connect()
	return None if os.WIFSIGNALED(ended) else os.waitstatus_to_exitcode(ended)


def _let_a_day_pass() -> None:
	daily.run()
	frappe.db.commit()


def be_killed_at(path: str, when: str, call: int) -> None:
	"""Let this process be killed before or after so many calls of a function; nothing is flushed or rolled back by anybody."""
	module, _colon, name = path.partition(":")
	owner = import_module(module)
	*outer, name = name.split(".")
	for each in outer:
		owner = getattr(owner, each)
	function, calls = getattr(owner, name), count(1)

	def kill(*args, **kwargs):
		last = next(calls) == call
		if last and when == "before":
			os.kill(os.getpid(), signal.SIGKILL)
		answer = function(*args, **kwargs)
		if last:
			os.kill(os.getpid(), signal.SIGKILL)
		return answer

	# Those who have imported it by its name use it, too.
	for key, module in list(sys.modules.items()):
		if key.startswith("smooth_lms_hr."):
			for each, value in list(vars(module).items()):
				if value is function:
					setattr(module, each, kill)
	setattr(owner, name, kill)


def make_small() -> None:
	shared_work.STEPS_PER_PART = STEPS_PER_PART


def look_around(changed: Collection[str], added_to: Collection[str]) -> dict:
	"""Return what ``go_back_to`` brings back.

	:param changed: DocTypes whose rows are changed
	:param added_to: those that only have rows added
	"""
	return {
		"changed": {name: frappe.db.sql(f"select * from `tab{name}`", as_dict=True) for name in changed},
		"added_to": {name: frappe.get_all(name, pluck="name") for name in added_to},
	}


def go_back_to(morning: dict) -> None:
	"""Commit what was there before."""
	frappe.db.rollback()
	for doctype, rows in morning["changed"].items():
		frappe.db.delete(doctype)
		if rows:
			frappe.db.bulk_insert(doctype, list(rows[0]), [tuple(row.values()) for row in rows])
	for doctype, names in morning["added_to"].items():
		frappe.db.delete(doctype, {"name": ("not in", names or [""])})
	frappe.db.commit()


def _begin_anew(work: Work, morning: dict) -> None:
	go_back_to(morning)
	# Those of tests that were rolled back, too.
	for name in _on_disk(work):
		os.remove(frappe.get_site_path("private", "files", name))


def what_is_left(work: Work) -> dict:
	"""Return every row that work is to leave, without what differs each time, and what is not to be there."""
	members = [*work.people["member"]]
	left = {
		doctype: rows_of(doctype, {field: ("in", work.people[field])})
		for doctype, field in work.of_people.items()
	}
	# What a killed worker has not said is said by the daily run.
	left[LEDGER] = rows_of(LEDGER, {"recipient": ("in", members)}, {"owner", "modified_by"})
	left["mails"] = sorted(_mail(*row) for row in _mails(members))
	bells = frappe.get_all(
		BELLS, {"for_user": ("in", [*members, work.hr])}, ["for_user", "type", "document_type", "subject"]
	)
	# The name of the result has letters of its own.
	left["bells"] = sorted(
		[row.for_user, row.type, row.document_type, row.subject.rpartition("-")[0]] for row in bells
	)
	files = frappe.get_all(FILE, {"owner": work.hr}, ["file_name", "is_private", "file_size"])
	left["files"] = [[row.is_private, row.file_size > 0] for row in files]
	left["result"] = [
		work.read(frappe.get_site_path("private", "files", row.file_name), work.columns) for row in files
	]
	left["on disk"] = len(_on_disk(work)) - len(files)
	left["runs"] = rows_of(RUN, {"owner": work.hr}, {"file_name", "file_url", "last_queued"})
	left["steps"] = frappe.db.count(RUN_STEP)
	left["errors"] = frappe.get_all(ERRORS, {"method": ("not like", "%Filelock%")}, pluck="error")
	return left


def rows_of(doctype: str, filters: dict, apart: Collection[str] = frozenset()) -> list[str]:
	"""Return rows as JSON, without what differs though it is the same."""
	rows = frappe.get_all(doctype, filters, ["*"])
	return sorted(
		frappe.as_json({key: value for key, value in row.items() if key not in {*APART, *apart}}, indent=None)
		for row in rows
	)


def _mails(members: list[str]) -> list[tuple[str, str]]:
	queue, recipient = frappe.qb.DocType(MAILS), frappe.qb.DocType(RECIPIENTS)
	return (
		frappe.qb.from_(queue)
		.join(recipient)
		.on(recipient.parent == queue.name)
		.select(recipient.recipient, queue.message)
		.where(recipient.recipient.isin(members))
		.run()
	)


def _mail(to: str, message: str) -> list[str]:
	return [to, str(message_from_string(message)["Subject"])]


def _on_disk(work: Work) -> list[str]:
	return [
		name for name in os.listdir(frappe.get_site_path("private", "files")) if name.startswith(work.result)
	]


def connect() -> None:
	frappe.init(bench_harness.SITE)
	frappe.connect()
	frappe.set_user("Administrator")
