"""An employee whom two people of HR move at once, committed, in the processes of worker.py."""

import time

import frappe

from smooth_lms_hr.assigning import rules
from smooth_lms_hr.sources.attempts import run_and_commit
from smooth_lms_hr.sources.names import ASSIGNMENT, CAUSE, EXCEPTION
from tests.site import bench_harness, differences, factory
from tests.site.crowd import clear_away

JOBS = ("Driver", "Clerk", "Nobody yet")


def gather_mover() -> dict:
	"""Commit an employee, two people of HR, and rules that all ask for one course."""
	began = str(frappe.utils.now_datetime())
	for job in JOBS:
		factory.designation(job)
	hr = [factory.hr_manager(), factory.hr_manager()]
	employee = factory.employee(factory.user(), designation=JOBS[-1])
	course = factory.course("Killed course", is_mandatory=0)
	word = {"when_it_no_longer_fits": "Cancel"}
	for job in JOBS[:2]:
		factory.rule(f"Killed {job}", [course], [("Designation", job)], **word)
	factory.rule("Killed everybody", [course], [("Employee", employee.name)], **word)
	frappe.db.commit()
	bench_harness._jobs.clear()
	frappe.db.delete("Error Log")
	return {"began": began, "hr": hr, "employee": employee.name, "member": employee.user_id}


def move(hr: str, employee: str, job: str, start_at: float) -> str | None:
	"""Save an employee with another designation at the agreed moment, as HR.

	:param start_at: seconds since the epoch
	:return: what sort of error that ended with
	"""
	differences.set_test_mode(False)
	frappe.set_user(hr)
	doc = frappe.get_doc("Employee", employee)
	doc.designation = job
	time.sleep(max(0, start_at - time.time()))
	try:
		doc.save()
		frappe.db.commit()
	except Exception as error:
		frappe.db.rollback()
		return type(error).__name__
	return None


def ask_everybody_at(start_at: float) -> int:
	"""Do what the daily run does of rules, at the agreed moment; return how many steps failed."""
	failed = []

	def do(what: str, step) -> None:
		_done, error = run_and_commit(step, what)
		failed.append(error is not None)

	frappe.db.commit()
	time.sleep(max(0, start_at - time.time()))
	rules.ask_everybody(do)
	return sum(failed)


def look_at_mover(employee: str, member: str, **_made) -> dict:
	rows = frappe.get_all(ASSIGNMENT, {"member": member, "status": ("!=", "Cancelled")}, pluck="name")
	return {
		"designation": frappe.db.get_value("Employee", employee, "designation"),
		"open": [
			{"causes": frappe.get_all(CAUSE, {"parent": row}, ["cause", "ended_on"], as_list=True)}
			for row in rows
		],
		"enrolments": frappe.db.count("LMS Enrollment", {"member": member}),
		"errors": frappe.get_all("Error Log", {"method": ("not like", "%Filelock%")}, pluck="error"),
	}


def clear_mover_away(began: str, **_made) -> None:
	frappe.db.delete(CAUSE)
	frappe.db.delete(EXCEPTION)
	clear_away(began)
