"""A campaign that HR starts in the desk: at once where it is small, else shared by the workers in the background.

A run that breaks off can be started again: nobody is assigned twice, and what is left is done.
"""

import hashlib
import json

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import make_notification_logs
from frappe.model.document import Document
from frappe.utils import getdate

from smooth_lms_hr.assigning import campaign
from smooth_lms_hr.assigning.campaign import Selection
from smooth_lms_hr.assigning.result_rows import as_csv, as_file
from smooth_lms_hr.assigning.shared_work import Outcome, SharedWork
from smooth_lms_hr.sources.attempts import attempt, retry_request
from smooth_lms_hr.sources.names import ASSIGNMENT

# People times courses that a request can carry out while somebody waits.
AT_ONCE = 200
# Assignments tried between two commits: seconds of work, so that locks are held no longer.
PER_COMMIT = 200
EVENT = "smooth_lms_hr:campaign"


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
			"total": len(people),
			"done": len(people),
			"finished": True,
			"counts": {kind: len(found) for kind, found in outcome.items()},
			"file_url": None,
			"error": None,
			"rows": rows,
			"csv": as_csv(rows),
		}

	run = _id(people, courses, selection.due_date)
	_begin(run, people, courses, selection.due_date)
	return {"run": run, **status(run), "stopped": False}


def status(run: str) -> dict:
	"""Return how far a run of the session user is.

	:param run: as ``start`` returned it
	:return: {"total", "done" (people), "finished", "stopped" (it broke off), "counts": {"created", "existing",
	        "failed"}, "file_url" (of the result as CSV)}
	:raises frappe.DoesNotExistError: where the user has no such run, or not any more
	"""
	state = CAMPAIGN.status(run)
	if state is None:
		frappe.throw(_("There is no such run of yours."), frappe.DoesNotExistError)
	return state


def work_part(run: str, part: int) -> None:
	"""The background job: assign to the people of one part of a run."""
	CAMPAIGN.do_part(run, part)


def work(run: str, people: list, courses: list[str], due_date: str | None) -> None:
	"""Carry out a whole campaign, as the last release has put it in the queue. Goes with the next release.

	:param people: pairs of "member" or "employee" and a name
	"""
	_begin(run, people, courses, due_date)


def _begin(run: str, people: list, courses: list[str], due_date) -> None:
	CAMPAIGN.start(
		run,
		people,
		per_step=max(1, PER_COMMIT // len(courses)),
		arguments={"courses": courses, "due_date": due_date and str(due_date)},
		# Another one each time: what an earlier run has left under this name is somebody's.
		file_name=f"training-assigned-{getdate()}-{frappe.generate_hash(length=6)}.csv",
	)


def _refuse() -> None:
	# Whoever started it may have lost the role since.
	frappe.has_permission(ASSIGNMENT, "create", throw=True)


def _assign(people: list, arguments: dict) -> Outcome:
	members = [name for kind, name in people if kind == "member"]
	employees = [name for kind, name in people if kind == "employee"]
	due_date = arguments["due_date"] and getdate(arguments["due_date"])
	return _outcome(campaign.assign_courses(members, employees, arguments["courses"], due_date))


def _give_up(people: list, error: str) -> Outcome:
	return _outcome({"failed": [{kind: name, "message": error} for kind, name in people]})


def _outcome(found: dict[str, list[dict]]) -> Outcome:
	lines = as_csv([{"result": kind, **row} for kind, rows in found.items() for row in rows], head=False)
	return Outcome({kind: len(rows) for kind, rows in found.items()}, lines)


def _tell(run: str, state: dict) -> None:
	frappe.publish_realtime(EVENT, {"run": run, **state}, user=frappe.session.user)


def _ring(_run: str, file: Document) -> None:
	"""Say at the bell that the result is there."""
	user = frappe.session.user
	# Another app's hook on the bell does not take the result away.
	with attempt(_("Ringing for the result of a campaign failed"), "File", file.name):
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


def _id(people: list, courses: list[str], due_date) -> str:
	"""Return the same for the same wish: whoever clicks twice gets one run."""
	wish = json.dumps([frappe.session.user, sorted(people), sorted(courses), str(due_date), str(getdate())])
	return hashlib.sha256(wish.encode()).hexdigest()[:20]


CAMPAIGN = SharedWork(
	job="smooth_lms_hr.assigning.campaign_runs.work_part",
	job_prefix="smooth_lms_hr_campaign",
	refuse=_refuse,
	do=_assign,
	give_up=_give_up,
	pieces=as_file,
	tell=_tell,
	tell_end=_ring,
)
