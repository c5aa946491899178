"""A campaign whose worker is killed at a step of its work; see ``killing``."""

import time

import frappe

from smooth_lms_hr import api
from smooth_lms_hr.assigning import campaign_runs
from tests.site import bench_harness, factory, killing
from tests.site.crowd import clear_away

PEOPLE, COURSES = 10, 2
# Steps of two people, parts of two steps: three parts, the last one shorter.
PER_COMMIT = 2 * COURSES
STEPS = {
	**killing.steps_of_shared_work("smooth_lms_hr.assigning.campaign:assign_courses"),
	"the result is written, the bell has not rung": (
		"smooth_lms_hr.assigning.campaign_runs:make_notification_logs", "before", 1
	),
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
	for doctype in (*killing.ADDED_TO, "LMS Training Assignment"):
		if doctype != killing.FILE:
			frappe.db.delete(doctype)
	return made


def kill_at(steps: list[str], hr: str, courses: list, members: list, **_made) -> dict:
	"""Carry the campaign out undisturbed, then once for each step, killed there; see ``killing.live``."""
	make_small()
	morning = killing.look_around((), (*OF_MEMBERS, *killing.ADDED_TO))
	return killing.live(_work(hr, courses, members), {step: STEPS[step] for step in steps}, morning)


def share(hr: str, courses: list, members: list, **_made) -> dict:
	"""Start a campaign, and let nobody work on it yet."""
	make_small()
	frappe.set_user(hr)
	run = api.start_campaign({"members": members}, courses=courses)["run"]
	return {"run": run, "parts": frappe.db.get_value(killing.RUN, run, "parts")}


def do_parts(hr: str, run: str, parts: list[int], start_at: float) -> None:
	"""Do some parts of a campaign, beginning at the agreed moment.

	:param start_at: seconds since the epoch
	"""
	frappe.set_user(hr)
	frappe.db.commit()
	time.sleep(max(0, start_at - time.time()))
	for part in parts:
		campaign_runs.work_part(run, part)


def look_at_campaign(hr: str, courses: list, members: list, **_made) -> dict:
	return killing.what_is_left(_work(hr, courses, members))


def make_small() -> None:
	campaign_runs.AT_ONCE, campaign_runs.PER_COMMIT = 2, PER_COMMIT
	killing.make_small()


def _work(hr: str, courses: list, members: list) -> killing.Work:
	def start() -> None:
		frappe.set_user(hr)
		api.start_campaign({"members": members}, courses=courses)

	def status() -> dict | None:
		run = frappe.db.get_value(killing.RUN, {"owner": hr})
		frappe.set_user(hr)
		return api.get_campaign(run) if run else None

	return killing.Work(
		start,
		status,
		dict.fromkeys(OF_MEMBERS, "member"),
		{"member": members},
		hr,
		"training-assigned-",
		("result", "member", "course"),
	)


def clear_campaign_away(hr: str, began: str, **_made) -> None:
	frappe.set_user("Administrator")
	for name in frappe.get_all(killing.FILE, {"owner": hr}, pluck="name"):
		frappe.delete_doc(killing.FILE, name)
	clear_away(began)
