"""A binder of ten people in the background, whose worker is killed at a step of it; see ``killing``."""

from collections.abc import Collection

import frappe

from smooth_lms_hr import api
from smooth_lms_hr.showing import binder, binder_runs
from smooth_lms_hr.sources.names import ASSIGNMENT, EVENT, EVIDENCE
from tests.site import bench_harness, differences, factory, killing
from tests.site.binders import Binder, with_file
from tests.site.crowd import clear_away
from tests.site.sealing import learned

PEOPLE = 10
STEPS = {
	**killing.steps_of_shared_work("smooth_lms_hr.showing.binder_record:read"),
	"half of the people are in the file": ("smooth_lms_hr.showing.archive:Archive.add", "after", 9),
	"a certificate is begun": ("smooth_lms_hr.sources.private_files:size", "before", 1),
	"the bell has rung": ("smooth_lms_hr.showing.binder_runs:make_notification_logs", "after", 1),
}


def gather_for_binder() -> dict:
	"""Commit people who owe a course, two of whom have learned it and have a certificate."""
	began = str(frappe.utils.now_datetime())
	hr = factory.hr_manager()
	frappe.set_user(hr)
	course = factory.course(is_mandatory=0)
	people = [factory.employee(factory.user()) for _ in range(PEOPLE)]
	api.assign_mandatory_training(employees=[each.name for each in people], courses=[course])
	# What HR has is the binder alone.
	frappe.set_user("Administrator")
	for each in people[:2]:
		with_file(learned(factory.assignment(employee=each.name)))
	bench_harness.run_jobs()
	for doctype in (killing.ERRORS, killing.MAILS, killing.RECIPIENTS, killing.RUN, killing.RUN_STEP):
		frappe.db.delete(doctype)
	frappe.db.commit()
	return {
		"began": began,
		"hr": hr,
		"employees": [each.name for each in people],
		"members": [each.user_id for each in people],
	}


def kill_binder_at(steps: list[str], **made) -> dict:
	"""Make the binder undisturbed, then once for each step, killed there; see ``killing.live``."""
	binder.AT_ONCE, binder_runs.PER_STEP = 0, 2
	# It says when it was made, and that is another moment each time.
	moment = frappe.utils.now_datetime()
	binder.now_datetime = lambda: moment
	killing.make_small()
	differences.set_test_mode(False)
	morning = killing.look_around((ASSIGNMENT,), (EVENT, EVIDENCE, "Access Log", *killing.ADDED_TO))
	return killing.live(_work(**made), {step: STEPS[step] for step in steps}, morning)


def clear_binder_away(began: str, **_made) -> None:
	frappe.set_user("Administrator")
	clear_away(began)


def _work(hr: str, employees: list, members: list, **_made) -> killing.Work:
	def start() -> None:
		frappe.set_user(hr)
		api.export_evidence(employees)

	def status() -> dict | None:
		run = frappe.db.get_value(killing.RUN, {"owner": hr})
		frappe.set_user(hr)
		return binder_runs.status(run) if run else None

	return killing.Work(
		start,
		status,
		{ASSIGNMENT: "member", EVENT: "member", EVIDENCE: "member"},
		{"member": members},
		hr,
		"training-record-",
		(),
		_contents,
	)


def _contents(path: str, _columns: Collection[str]) -> list:
	"""Return what is in a binder, with the sums of all but the workbook, which says by itself when it was made."""
	with open(path, "rb") as file:
		found = Binder(file.read())
	sums = [line for line in found.text("SHA256SUMS").splitlines() if "index.xlsx" not in line]
	return [sorted(found.names()), sums]
