"""A campaign whose worker is killed at a step of its work, with real commits, in the processes of worker.py.

What a killed worker had in the queue is forgotten with it, as where Redis goes down at the same moment. Then the campaign is
started again, the queue is worked off, and the daily run passes; what is left is compared, row by row, with what a campaign
leaves that nobody disturbed.
"""

import csv
import os
import signal
import time
import traceback
from collections.abc import Callable
from email import message_from_string
from importlib import import_module
from itertools import count

import frappe

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import campaign_runs, shared_work
from tests.site import bench_harness, factory
from tests.site.crowd import clear_away

PEOPLE, COURSES = 10, 2
# Steps of two people, parts of two steps: three parts, the last one shorter.
PER_COMMIT, STEPS_PER_PART = 2 * COURSES, 2

# Where a worker is killed: a function as module:name, before or after it, at which call of it.
STEPS = {
	"the run is written, not committed": ("smooth_lms_hr.assigning.shared_work:_write_steps", "after", 1),
	"the run is committed, nothing queued": (
		"smooth_lms_hr.assigning.shared_work:SharedWork._queue_anew", "before", 1
	),
	"the first parts are queued, not committed": (
		"smooth_lms_hr.assigning.shared_work:SharedWork._queue", "after", 1
	),
	"before anything is assigned": ("smooth_lms_hr.assigning.campaign:assign_courses", "before", 1),
	"a step is assigned, not counted": ("smooth_lms_hr.assigning.campaign:assign_courses", "after", 1),
	"a step is counted, not committed": ("smooth_lms_hr.assigning.shared_work:_write_outcome", "after", 1),
	"a step is committed, not announced": ("smooth_lms_hr.sources.attempts:log_failure", "before", 1),
	"a step is committed, nobody told how far it is": ("smooth_lms_hr.assigning.shared_work:run_and_commit", "after", 1),
	"between two steps": ("smooth_lms_hr.assigning.campaign:assign_courses", "before", 2),
	"a part is done, the next not queued": ("smooth_lms_hr.assigning.shared_work:SharedWork._go_on", "before", 1),
	"the next part is queued, not committed": (
		"smooth_lms_hr.assigning.shared_work:SharedWork._queue", "after", 2
	),
	"in the last part": ("smooth_lms_hr.assigning.campaign:assign_courses", "after", 5),
	"all is assigned, the result not begun": ("smooth_lms_hr.assigning.shared_work:SharedWork._end", "before", 1),
	"while the result is written": ("os:fsync", "before", 1),
	"the result is written, the bell has not rung": (
		"smooth_lms_hr.assigning.campaign_runs:make_notification_logs", "before", 1
	),
	"the bell has rung, nothing is committed": (
		"smooth_lms_hr.assigning.shared_work:SharedWork._end", "after", 1
	),
	"the end is committed, nobody told": ("smooth_lms_hr.assigning.shared_work:run_and_commit", "after", 8),
	"everything is told": ("smooth_lms_hr.assigning.shared_work:SharedWork.do_part", "after", 3),
}  # fmt: skip

# What differs though it is the same: names, stamps, and what is made of them.
APART = {
	"name", "creation", "modified", "assignment", "enrollment", "email_queue", "happened_on", "assigned_on", "sent_on",
	"as_written", "row_hash", "idx",
}  # fmt: skip
OF_MEMBERS = ("LMS Training Assignment", "LMS Enrollment", "LMS Training Event")


def gather_for_campaign() -> dict:
	"""Commit people, courses and somebody of HR."""
	began = str(frappe.utils.now_datetime())
	factory.mail_account()
	made = {
		"began": began,
		"hr": factory.hr_manager(),
		"courses": [factory.course(is_mandatory=0) for _ in range(COURSES)],
		"members": [factory.user() for _ in range(PEOPLE)],
	}
	frappe.db.commit()
	bench_harness.run_jobs()
	return made


def kill_at(steps: list[str], hr: str, courses: list, members: list, **_made) -> dict:
	"""Carry the campaign out undisturbed, then once for each step, killed there.

	:return: what is left by step, "" for the undisturbed one; see ``_what_is_left``
	"""
	_make_small()
	# Files of tests that were rolled back.
	_take_back(hr, members)
	found = {}
	for step in ("", *steps):
		if step:
			_run_in_child(hr, courses, members, step)
			status = _status(hr)
			assert not status or status["stopped"] or status["finished"], (step, status)
		if not step or not (status and status["finished"]):
			_run_in_child(hr, courses, members)
		else:
			# There is nothing to start again; the next daily run says what the killed worker did not.
			frappe.set_user("Administrator")
			daily.run()
			frappe.db.commit()
		found[step] = _what_is_left(hr, members)
		_take_back(hr, members)
	return found


def share(hr: str, courses: list, members: list, **_made) -> dict:
	"""Start a campaign, and let nobody work on it yet."""
	_make_small()
	frappe.set_user(hr)
	run = api.start_campaign({"members": members}, courses=courses)["run"]
	return {"run": run, "parts": frappe.db.get_value("LMS Training Run", run, "parts")}


def do_parts(hr: str, run: str, parts: list[int], start_at: float) -> None:
	"""Do some parts of a campaign, beginning at the agreed moment.

	:param start_at: seconds since the epoch
	"""
	frappe.set_user(hr)
	frappe.db.commit()
	time.sleep(max(0, start_at - time.time()))
	for part in parts:
		campaign_runs.work_part(run, part)


def look_at_campaign(hr: str, members: list, **_made) -> dict:
	return _what_is_left(hr, members)


def _make_small() -> None:
	campaign_runs.AT_ONCE, campaign_runs.PER_COMMIT = 2, PER_COMMIT
	shared_work.STEPS_PER_PART = STEPS_PER_PART


def _run_in_child(hr: str, courses: list, members: list, step: str | None = None) -> None:
	"""Start the campaign and work off the queue in a child process, up to the end or to the step where it is killed."""
	frappe.db.commit()
	# A child must not share this process's connection.
	frappe.destroy()
	if not (child := os.fork()):
		code = 1
		try:
			_connect()
			if step:
				_be_killed_at(*STEPS[step])
			frappe.set_user(hr)
			api.start_campaign({"members": members}, courses=courses)
			while bench_harness.run_jobs():
				pass
			if not step:
				frappe.set_user("Administrator")
				daily.run()
				frappe.db.commit()
			code = 0
		except BaseException:
			traceback.print_exc()
		finally:
			os._exit(code)
	_pid, ended = os.waitpid(child, 0)
	_connect()
	if step:
		assert os.WIFSIGNALED(ended), f"nobody came by: {step}"
	else:
		assert os.waitstatus_to_exitcode(ended) == 0, "the campaign failed, see above"


def _be_killed_at(path: str, when: str, call: int) -> None:
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

	_replace(function, kill)
	setattr(owner, name, kill)


def _replace(function: Callable, by: Callable) -> None:
	"""Let those who have imported a function by its name use another one, too."""
	import sys

	for key, module in list(sys.modules.items()):
		if key.startswith("smooth_lms_hr."):
			for name, value in list(vars(module).items()):
				if value is function:
					setattr(module, name, by)


def _status(hr: str) -> dict | None:
	run = frappe.db.get_value("LMS Training Run", {"owner": hr})
	frappe.set_user(hr)
	return api.get_campaign(run) if run else None


def _what_is_left(hr: str, members: list[str]) -> dict:
	"""Return every row that a campaign is to leave, without what differs each time, and what is not to be there."""
	left = {}
	for doctype in OF_MEMBERS:
		left[doctype] = _rows(doctype, {"member": ("in", members)})
	# What a killed worker has not said is said by the daily run.
	said = {"owner", "modified_by"}
	left["LMS Training Notification"] = _rows(
		"LMS Training Notification", {"recipient": ("in", members)}, said
	)
	left["mails"] = sorted(_mail(*row) for row in _mails(members))
	bells = frappe.get_all(
		"Notification Log",
		{"for_user": ("in", [*members, hr])},
		["for_user", "type", "document_type", "subject"],
	)
	# The name of the result has letters of its own.
	left["bells"] = sorted(
		[row.for_user, row.type, row.document_type, row.subject.rpartition("-")[0]] for row in bells
	)
	files = frappe.get_all("File", {"owner": hr}, ["file_name", "is_private", "file_size"])
	left["files"] = [[row.is_private, row.file_size > 0] for row in files]
	left["result"] = [_result(row.file_name) for row in files]
	left["on disk"] = len(_on_disk()) - len(files)
	left["runs"] = _rows("LMS Training Run", {"owner": hr}, {"file_name", "file_url", "last_queued"})
	left["steps"] = frappe.db.count("LMS Training Run Step")
	left["errors"] = frappe.get_all("Error Log", {"method": ("not like", "%Filelock%")}, pluck="error")
	return left


def _rows(doctype: str, filters: dict, apart: set = frozenset()) -> list[str]:
	rows = frappe.get_all(doctype, filters, ["*"])
	return sorted(
		frappe.as_json({key: value for key, value in row.items() if key not in APART | apart}, indent=None)
		for row in rows
	)


def _mails(members: list[str]) -> list[tuple[str, str]]:
	queue, recipient = frappe.qb.DocType("Email Queue"), frappe.qb.DocType("Email Queue Recipient")
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


def _result(file_name: str) -> list[list[str]]:
	"""Return the rows of a result, without what each assignment is called."""
	with open(frappe.get_site_path("private", "files", file_name), encoding="utf-8-sig", newline="") as file:
		return [[row["result"], row["member"], row["course"]] for row in csv.DictReader(file)]


def _on_disk() -> list[str]:
	return [
		name
		for name in os.listdir(frappe.get_site_path("private", "files"))
		if name.startswith("training-assigned-")
	]


def _take_back(hr: str, members: list[str]) -> None:
	frappe.set_user("Administrator")
	for name in frappe.get_all("File", {"owner": hr}, pluck="name"):
		frappe.delete_doc("File", name)
	for name in _on_disk():
		os.remove(frappe.get_site_path("private", "files", name))
	for doctype in OF_MEMBERS:
		frappe.db.delete(doctype, {"member": ("in", members)})
	frappe.db.delete("Notification Log", {"for_user": ("in", [*members, hr])})
	for doctype in (
		"LMS Training Notification", "LMS Training Run", "LMS Training Run Step", "Email Queue", "Email Queue Recipient",
		"Error Log",
	):  # fmt: skip
		frappe.db.delete(doctype)
	frappe.db.commit()


def clear_campaign_away(hr: str, members: list, began: str, **_made) -> None:
	_take_back(hr, members)
	clear_away(began)


def _connect() -> None:
	frappe.init(bench_harness.SITE)
	frappe.connect()
	frappe.set_user("Administrator")
