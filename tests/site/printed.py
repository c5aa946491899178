"""A certificate that a worker of Frappe's own queue makes into a file, committed, in the processes of worker.py."""

import os

import frappe
from frappe.utils import background_jobs

from smooth_lms_hr import api, daily
from smooth_lms_hr.sources.names import DOCUMENT, EVENT, EVIDENCE
from tests.site import certificates, differences, factory, killing
from tests.site.crowd import clear_away
from tests.site.filing import path_of


def gather_for_certificate() -> dict:
	"""Commit somebody who has learned a course with a certificate."""
	began = str(frappe.utils.now_datetime())
	hire = factory.employee(factory.user())
	course = factory.course("Safety", is_mandatory=0, enable_certification=1)
	frappe.set_user(factory.hr_manager())
	api.assign_mandatory_training([hire.user_id], courses=[course])
	frappe.set_user("Administrator")
	factory.complete_lessons(hire.user_id, course)
	frappe.db.delete("Error Log")
	return {"began": began, "member": hire.user_id, "course": course}


def print_certificate(member: str, course: str, killed: bool, **_made) -> dict:
	"""Let Learning make the certificate and Frappe queue its printing, and a worker of Frappe's do what is queued.

	:param killed: whether the worker's process is killed while it prints
	:return: "queued": how many jobs; "code": how the worker ended; see ``look`` for the rest
	"""
	differences.set_test_mode(False)
	frappe.enqueue = background_jobs.enqueue
	background_jobs.get_queue("short").empty()
	certificates.certify(frappe._dict(user_id=member), course)
	frappe.db.commit()
	queued = len(background_jobs.get_queue("short").get_job_ids())
	frappe.destroy()
	if not (child := os.fork()):
		code = 1
		try:
			if killed:
				killing.be_killed_at("pdfkit:from_string", "before", 1)
			os.environ.pop("CI", None)
			background_jobs.start_worker(queue="short", quiet=True, burst=True)
			code = 0
		finally:
			os._exit(code)
	_pid, ended = os.waitpid(child, 0)
	killing.connect()
	return {"queued": queued, "code": os.waitstatus_to_exitcode(ended), **_look(member)}


def make_up_for_it(member: str, **_made) -> dict:
	summary = daily.run()
	frappe.db.commit()
	return {"made": summary.get("files_made"), **_look(member)}


def clear_certificate_away(began: str, **_made) -> None:
	for url in frappe.get_all("File", {"creation": (">=", began)}, pluck="file_url"):
		path_of(url).unlink(missing_ok=True)
	clear_away(began)


def _look(member: str) -> dict:
	frappe.db.rollback()
	(row,) = frappe.get_all(EVIDENCE, {"member": member}, ["*"])
	path = row.certificate_file and path_of(row.certificate_file)
	return {
		"begins": path.read_bytes()[:5].decode() if path else None,
		"sha256": row.sha256,
		"filed": frappe.get_all(DOCUMENT, {"evidence": row.name}, pluck="sha256"),
		"certified": frappe.get_all(
			EVENT,
			{"assignment": row.assignment, "event": "Certified"},
			pluck="cause_doctype",
			order_by="name",
		),
		"path": str(path or ""),
		"errors": frappe.get_all("Error Log", pluck="error"),
	}
