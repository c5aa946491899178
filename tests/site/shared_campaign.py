"""Two who are at work on one campaign at once, in the processes of worker.py: one thinks, the other one comes by meanwhile.

What the first one has not committed yet is what the other one must not overlook.
"""

import json
import time
from collections.abc import Sequence

import frappe

from smooth_lms_hr import api
from smooth_lms_hr.assigning import campaign_runs, shared_work
from smooth_lms_hr.sources import jobs
from tests.site import bench_harness, killing
from tests.site.killed_campaign import make_small, share
from tests.site.saying import say, wait_for

THINKING, COMING, SECONDS = "thinking", "coming", 2


def do_parts_and_think(hr: str, run: str, parts: Sequence[int], after: str) -> None:
	"""Do parts of a campaign, and think after the first call of a function, before what it did is committed.

	:param after: "assign_courses" of a step, or "make_notification_logs" of the result
	"""
	owner = campaign_runs.campaign if after == "assign_courses" else campaign_runs
	_think_after(owner, after)
	_do(hr, run, parts)


def do_part_while(hr: str, run: str, part: int) -> None:
	"""Do a part of a campaign while another process thinks."""
	_come_while_the_other_one_thinks()
	_do(hr, run, [part])


def start_and_think(**made) -> str:
	"""Start a campaign, and think before its steps are committed."""
	_think_after(shared_work, "_write_steps")
	return share(**made)["run"]


def queue_part_and_think(run: str, part: int) -> None:
	"""Note that a part is in the queue now in place of those that were, as a worker does that ends one, and think.

	Not before the other process has come.
	"""
	wait_for(COMING)
	frappe.db.get_value(killing.RUN, run, "name", for_update=True)
	frappe.db.set_value(killing.RUN, run, {"in_flight": json.dumps([part]), "last_queued": part})
	say(THINKING)
	time.sleep(SECONDS)


def share_while(**made) -> dict:
	"""Start a campaign while another process thinks.

	:return: "run", and "written": how often its steps were written here
	"""
	write_steps, written = shared_work._write_steps, []
	shared_work._write_steps = lambda *args: (written.append(args), write_steps(*args))
	_come_while_the_other_one_thinks()
	return {"run": share(**made)["run"], "written": len(written)}


def come_by(what: str, run: str, ended: Sequence[int], **made) -> dict:
	"""Do something about a campaign while another process thinks.

	:param what: "do" its first part, "start" it again, or "ask" how far it is
	:param ended: parts that the queue knows nothing of
	:return: "answer", "queued": the parts that this has put in the queue, "in_flight": those that are noted as being there
	"""

	def come() -> None:
		say(COMING)
		wait_for(THINKING)

	def start_again() -> None:
		# The steps are found to be there before that.
		queue_anew = shared_work.SharedWork._queue_anew
		shared_work.SharedWork._queue_anew = lambda self, run: (come(), queue_anew(self, run))
		share(**made)

	calls = {
		"do": lambda: (come(), campaign_runs.work_part(run, 0)),
		"start": start_again,
		"ask": lambda: (come(), api.get_campaign(run))[1],
	}
	gone = tuple(f"_{run}_{part}" for part in ended)
	jobs.is_job_enqueued = lambda job_id: not job_id.endswith(gone)
	frappe.set_user(made["hr"])
	make_small()
	# What is on record is read as it is before the other one commits.
	frappe.db.commit()
	answer = calls[what]()
	frappe.db.commit()
	mine = [job for _id, method, job in bench_harness._jobs if method == campaign_runs.CAMPAIGN.job]
	return {
		"answer": answer,
		"queued": [job["part"] for job in mine],
		"in_flight": json.loads(frappe.db.get_value(killing.RUN, run, "in_flight")),
	}


def _do(hr: str, run: str, parts: Sequence[int]) -> None:
	frappe.set_user(hr)
	make_small()
	frappe.db.commit()
	for part in parts:
		campaign_runs.work_part(run, part)


def _think_after(owner, name: str) -> None:
	function, thought = getattr(owner, name), []

	def think(*args, **kwargs):
		answer = function(*args, **kwargs)
		if not thought:
			thought.append(True)
			_think()
		return answer

	setattr(owner, name, think)


def _think() -> None:
	"""Let the other process come, and leave it so much time to do what it should not."""
	say(THINKING)
	wait_for(COMING)
	time.sleep(SECONDS)


def _come_while_the_other_one_thinks() -> None:
	wait_for(THINKING)
	say(COMING)
