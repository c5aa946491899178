"""A campaign that HR starts in the desk: at once where it is small, else in the background, chunk by chunk.

A run that breaks off can be started again: nobody is assigned twice, and what is left is done.
"""

import csv
import hashlib
import json
from datetime import timedelta
from io import StringIO
from tempfile import TemporaryFile

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import make_notification_logs
from frappe.utils import getdate

from smooth_lms_hr.assigning import campaign
from smooth_lms_hr.assigning.campaign import Selection
from smooth_lms_hr.sources import jobs
from smooth_lms_hr.sources.attempts import retry_request, run_and_commit
from smooth_lms_hr.sources.plain_text import spreadsheet_row

# People times courses that a request can carry out while somebody waits.
AT_ONCE = 200
# Assignments tried between two commits: seconds of work, so that locks are held no longer.
PER_COMMIT = 200
KEPT_FOR = timedelta(days=2)
EVENT = "smooth_lms_hr:campaign"
COLUMNS = ("result", "employee", "member", "course", "assignment", "message")


def start(selection: Selection) -> dict:
	"""Carry out a campaign for the session user, or put it in the queue.

	:return: as ``status``; a small one is finished, and brings its rows along, and "csv", the result as a CSV file
	:raises frappe.ValidationError: where nobody or nothing is named, and where the queue does not answer
	"""
	people = [("member", name) for name in selection.members]
	people += [("employee", name) for name in selection.employees]
	if not people:
		frappe.throw(_("Nobody is chosen."))
	courses = selection.courses
	if courses is None:
		courses = [course.name for course in campaign.facts.mandatory_courses()]
	if not courses:
		frappe.throw(_("No course is chosen, and none is mandatory."))
	if len(people) * len(courses) <= AT_ONCE:
		outcome = retry_request(
			lambda: campaign.assign_courses(
				selection.members, selection.employees, courses, selection.due_date
			)
		)
		rows = [{"result": kind, **row} for kind, found in outcome.items() for row in found]
		return {
			**_state(frappe.session.user, total=len(people), done=len(people)),
			"finished": True,
			"counts": {kind: len(found) for kind, found in outcome.items()},
			"rows": rows,
			"csv": _csv(rows),
		}

	run = _id(people, courses, selection.due_date)
	if not jobs.is_queued(_job_id(run)):
		_remember(run, _state(frappe.session.user, total=len(people)))
	# At once: it rests on nothing that this request writes, and whoever asks is to know whether it was started.
	jobs.enqueue_now(
		"smooth_lms_hr.assigning.campaign_runs.work",
		job_id=_job_id(run),
		timeout=6 * 60 * 60,
		run=run,
		people=people,
		courses=courses,
		due_date=selection.due_date and str(selection.due_date),
	)
	return {"run": run, **status(run, just_started=True)}


def status(run: str, just_started: bool = False) -> dict:
	"""Return how far a run of the session user is.

	:param run: as ``start`` returned it
	:return: {"total", "done" (people), "finished", "stopped" (it broke off), "counts": {"created", "existing",
	        "failed"}, "file_url" (of the result as CSV)}
	:raises frappe.DoesNotExistError: where the user has no such run, or not any more
	"""
	state = frappe.cache.get_value(_key(run), expires=True)
	if not state or state["user"] != frappe.session.user:
		frappe.throw(_("There is no such run of yours."), frappe.DoesNotExistError)
	stopped = not state["finished"] and not just_started and not jobs.is_queued(_job_id(run))
	return {**state, "stopped": stopped}


def work(run: str, people: list, courses: list[str], due_date: str | None) -> None:
	"""The background job: assign chunk by chunk, tell how far it is, leave the result as a file.

	:param people: pairs of "member" or "employee" and a name
	"""
	user = frappe.session.user
	state = _state(user, total=len(people))
	chunk = max(1, PER_COMMIT // len(courses))
	# On disk: the rows of a whole company need not be in memory at once.
	with TemporaryFile("w+", encoding="utf-8", newline="") as file:
		writer = _writer(file)
		for begin in range(0, len(people), chunk):
			part = people[begin : begin + chunk]
			outcome = _work_on(part, courses, due_date and getdate(due_date))
			for kind, rows in outcome.items():
				state["counts"][kind] += len(rows)
				writer.writerows(spreadsheet_row({"result": kind, **row}) for row in rows)
			state["done"] += len(part)
			_remember(run, state)
			frappe.publish_realtime(EVENT, {"run": run, **state}, user=user)
		file.seek(0)
		state["file_url"] = _save(file.read(), user)
	state["finished"] = True
	# Whoever is told that it is finished is to find the file.
	frappe.db.commit()  # nosemgrep
	_remember(run, state)
	frappe.publish_realtime(EVENT, {"run": run, **state}, user=user)


def _csv(rows: list[dict]) -> str:
	file = StringIO(newline="")
	_writer(file).writerows(spreadsheet_row(row) for row in rows)
	return file.getvalue()


def _writer(file) -> csv.DictWriter:
	writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
	writer.writeheader()
	return writer


def _work_on(part: list, courses: list[str], due_date) -> dict:
	members = [name for kind, name in part if kind == "member"]
	employees = [name for kind, name in part if kind == "employee"]

	outcome, error = run_and_commit(
		lambda: campaign.assign_courses(members, employees, courses, due_date),
		_("Assigning training to {0} people failed").format(len(part)),
	)
	if error is not None:
		failed = [{kind: name, "message": error} for kind, name in part]
		return {"created": [], "existing": [], "failed": failed}
	return outcome


def _save(content: str, user: str) -> str:
	"""Keep the result as a private file of the user's, and say so at the bell; return its URL."""
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"training-assigned-{getdate()}.csv",
			# The mark tells spreadsheets which encoding it is.
			"content": ("\ufeff" + content).encode(),
			"is_private": 1,
		}
	).insert(ignore_permissions=True)
	make_notification_logs(
		frappe._dict(
			type="Alert",
			document_type="File",
			document_name=file.name,
			subject=_("Training was assigned. The result, person by person: {0}").format(file.file_name),
			from_user=user,
			link=file.file_url,
		),
		[user],
	)
	return file.file_url


def _state(user: str, total: int, done: int = 0) -> dict:
	return {
		"user": user,
		"total": total,
		"done": done,
		"finished": False,
		"counts": {"created": 0, "existing": 0, "failed": 0},
		"file_url": None,
	}


def _remember(run: str, state: dict) -> None:
	frappe.cache.set_value(_key(run), state, expires_in_sec=int(KEPT_FOR.total_seconds()))


def _id(people: list, courses: list[str], due_date) -> str:
	"""Return the same for the same wish: whoever clicks twice gets one run."""
	wish = json.dumps([frappe.session.user, sorted(people), sorted(courses), str(due_date), str(getdate())])
	return hashlib.sha256(wish.encode()).hexdigest()[:20]


def _key(run: str) -> str:
	return f"{EVENT}:{run}"


def _job_id(run: str) -> str:
	return f"smooth_lms_hr_campaign_{run}"
