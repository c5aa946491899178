"""A daily run that erases whom the retention keeps no longer, killed at a step of that; see ``killing``.

Three are erased in this order: one whose request to be deleted Frappe has granted, and two who left eight years ago. A
fourth has left as well and is on hold, a fifth is still there.
"""

from pathlib import Path

import frappe
from frappe.utils import add_years, getdate

from smooth_lms_hr import api, daily
from smooth_lms_hr.record import erasing, seal, verifying
from smooth_lms_hr.sources.names import (
	ASSIGNMENT,
	CAUSE,
	COMPLIANCE,
	COMPLIANCE_PROOF,
	DELETION_REQUEST,
	DOCUMENT,
	EVENT,
	EVIDENCE,
	REQUEST,
	SEAL,
)
from tests.site import bench_harness, differences, factory, killing, stage
from tests.site.binders import with_file
from tests.site.crowd import clear_away
from tests.site.filing import path_of, upload

ERASED = 3
F, R = "smooth_lms_hr.following.", "smooth_lms_hr.record."
ERASING, RETENTION = F + "erasing:", F + "retention:"
TRACES = "smooth_lms_hr.sources.traces:"
# What erases one person calls in this order, each once; ``forget`` of traces is called of each DocType.
OF_ONE = (
	ERASING + "_owed", R + "belongings:rows_of", TRACES + "hand_over_files",
	"smooth_lms_hr.sources.deleting:forget_copies", ERASING + "_delete", R + "ledger:forget",
	"smooth_lms_hr.assigning.anonymous:anonymise", R + "erasing:empty", R + "erasing:write",
)  # fmt: skip
# Where the run is killed, and how many people are erased for good by then.
STEPS: dict[str, tuple[killing.Step, int]] = {
	"before anything": ((F + "deletion_requests:finish", "before", 1), 0),
	"a request is done, not committed": ((F + "deletion_requests:finish", "after", 1), 0),
	"a request is done": ((RETENTION + "take_back_of_returned", "before", 1), 1),
	"until when is written, not committed": ((RETENTION + "follow", "after", 1), 1),
	"until when is written": ((RETENTION + "erase", "before", 1), 1),
	**{f"of the second person, after {path}": ((path, "after", 2), 1) for path in OF_ONE},
	"half of the traces are forgotten": ((TRACES + "forget", "after", 4), 0),
	"one is erased, not committed": ((RETENTION + "erase", "after", 1), 1),
	"one of two is erased": ((RETENTION + "erase", "before", 2), 2),
	"both are erased, the last not committed": ((RETENTION + "erase", "after", 2), 2),
	"all are erased, their files are there": ((ERASING + "delete_files", "before", 1), 3),
	"a file is to go": ((TRACES + "delete_file", "before", 1), 3),
	"a file is nobody's": (("frappe.model.delete_doc:delete_doc", "before", 1), 3),
	"a file is gone from the disk, not committed": ((TRACES + "delete_file", "after", 1), 3),
	"some files are gone, not committed": ((ERASING + "delete_files", "after", 1), 3),
	"some files are gone": ((ERASING + "delete_files", "before", 2), 3),
	"all is done, the summary is not kept": (("smooth_lms_hr.daily:_remember", "before", 1), 3),
}
# What is erased, or is emptied.
OURS = (
	ASSIGNMENT, CAUSE, EVENT, EVIDENCE, DOCUMENT, COMPLIANCE, COMPLIANCE_PROOF, REQUEST, killing.LEDGER, killing.FILE,
)  # fmt: skip
CHANGED = (*OURS, DELETION_REQUEST, killing.BELLS, killing.MAILS, killing.RECIPIENTS, "Version", "Comment")
# Names of what is made anew each time.
APART = {"listed", "attached_to_name"}


def gather_for_retention() -> dict:
	"""Commit five people of whom there is something of everything, sealed, and let a day pass that erases nobody."""
	began = str(frappe.utils.now_datetime())
	factory.mail_account()
	hr = factory.hr_manager()
	frappe.set_user(hr)
	courses = [factory.course(is_mandatory=0), factory.course(is_mandatory=0)]
	of_type = factory.compliance_type(documents=["Passport"])
	people = [factory.employee(factory.user()) for _ in range(5)]
	api.assign_mandatory_training(employees=[each.name for each in people], courses=courses)
	for each in people:
		factory.complete_lessons(each.user_id, courses[0])
		_hand_in(each)
		frappe.set_user(hr)
		factory.compliance(each.name, of_type)
		factory.request(factory.assignment(employee=each.name, course=courses[1]).name)
	asked, *left, held, _there = people
	api.hold_record("Lawsuit", employees=[held.name])
	frappe.set_user("Administrator")
	for name in frappe.get_all(EVIDENCE, {"course": courses[0]}, pluck="name", order_by="name"):
		with_file(name)
	bench_harness.run_jobs()
	gone = {"status": "Left", "relieving_date": add_years(getdate(), -8)}
	for each in (*left, held):
		frappe.db.set_value("Employee", each.name, gone)
	daily.run()
	address = asked.user_id
	factory.insert(DELETION_REQUEST, [{"name": address, "email": address, "status": "Deleted"}])
	frappe.db.set_single_value(
		"LMS Training Settings", {"retention": "On", "retain_years_after_exit": 7}, update_modified=False
	)
	frappe.db.delete(killing.ERRORS)
	frappe.db.commit()
	words = [[each.name, each.user_id] for each in people]
	# By then Frappe has given the user a name that is nobody's.
	words[0].pop()
	return {"began": began, "erased": words[:ERASED], "kept": words[ERASED:]}


def kill_retention_at(steps: list[str], began: str, **_made) -> dict:
	"""Let the run pass undisturbed, then once for each step, killed there, and the next run after it.

	:return: what is left by step, "" for the undisturbed one, and "killed": how many were erased when it was killed
	"""
	day, moment = began.split(" ")
	stage.stop_clock(day, moment)
	differences.set_test_mode(False)
	# What the run has written is sealed by the next one. So few that there are several chunks of files.
	seal.MARGIN, daily.CHUNK = 0, 2
	morning = killing.look_around(CHANGED, (SEAL, killing.ERRORS))
	files = {path: path.read_bytes() for path in _paths(morning)}
	found, killed = {}, {}
	for name in ("", *steps):
		_go_back_to(morning, files)
		if name:
			step, _erased = STEPS[name]
			ended = killing.run_in_child(daily.run, step)
			assert ended is None, f"nobody came by, it ended with {ended}: {name}"
			killed[name] = frappe.db.count(EVENT, {"event": "Erased"})
		assert killing.run_in_child(daily.run) == 0, "it failed, see above"
		found[name] = _what_is_left(files)
	_go_back_to(morning, files)
	return {"found": found, "killed": killed}


def clear_retention_away(began: str, **_made) -> None:
	frappe.set_user("Administrator")
	frappe.db.set_single_value("LMS Training Settings", "retention", "Off", update_modified=False)
	for url in frappe.get_all("File", {"creation": (">=", began)}, pluck="file_url"):
		path_of(url).unlink(missing_ok=True)
	for doctype in (CAUSE, REQUEST, DELETION_REQUEST):
		frappe.db.delete(doctype)
	clear_away(began)


def _hand_in(employee) -> None:
	frappe.set_user(employee.user_id)
	api.add_my_document("Passport", upload(employee.user_id).file_url)


def _paths(morning: dict) -> list[Path]:
	rows = [
		row for row in morning["changed"][killing.FILE] if row.attached_to_doctype in (DOCUMENT, EVIDENCE)
	]
	return [path_of(row.file_url) for row in rows]


def _go_back_to(morning: dict, files: dict[Path, bytes]) -> None:
	killing.go_back_to(morning)
	for path, content in files.items():
		path.write_bytes(content)


def _what_is_left(files: dict[Path, bytes]) -> dict:
	frappe.db.rollback()
	left = {doctype: killing.rows_of(doctype, {}, APART) for doctype in CHANGED}
	left["files"] = sorted(path.name for path in files if path.exists())
	listed = frappe.get_all(EVENT, {"event": "Erased"}, pluck="listed", order_by="name")
	left["on record"] = [erasing.counts_of(each) for each in listed]
	# Each is named by one of them alone.
	names = [line.split()[0] for each in listed for line in each.splitlines()[1:]]
	left["emptied"] = [len(names), len(set(names))]
	summary = daily.run()
	frappe.db.commit()
	left["the day after"] = [
		summary.get(what) for what in ("people_erased", "files_erased", "retention_held", "not_done")
	]
	answer = verifying.verify()
	sealed = frappe.get_all(SEAL, ["events", "evidence"])
	left["sealed"] = [answer["ok"], [str(each) for each in answer["broken"]]]
	left["unsealed"] = [
		frappe.db.count(EVENT) - sum(row.events for row in sealed),
		frappe.db.count(EVIDENCE) - sum(row.evidence for row in sealed),
	]
	left["errors"] = frappe.get_all(killing.ERRORS, {"method": ("not like", "%Filelock%")}, pluck="error")
	return left
