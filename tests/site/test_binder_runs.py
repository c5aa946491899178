"""A binder of many people, made in the background: shared, broken off, started again, read by one person, gone some day."""

import errno
import os
from pathlib import Path

import frappe
import pytest

from smooth_lms_hr import api, tasks
from smooth_lms_hr.showing import binder_record, binder_runs
from smooth_lms_hr.sources.names import RUN, RUN_STEP
from tests.site import factory
from tests.site.binders import Binder, with_file
from tests.site.sealing import learned

FILE, BELL = "File", "Notification Log"


@pytest.fixture
def people():
	"""Enough for three parts, of two steps of two people each."""
	factory.course("Safety")
	found = [factory.employee(factory.user()) for _ in range(9)]
	for each in found:
		factory.onboarding(employee=each.name)
	with_file(learned(factory.assignment(employee=found[0].name)))
	return found


@pytest.fixture
def start(hr, people, parts):
	def start() -> str:
		return api.export_evidence([each.name for each in people])["run"]

	frappe.set_user(hr)
	return start


def file_of(run) -> "frappe.model.document.Document":
	return frappe.get_doc(FILE, {"attached_to_doctype": RUN, "attached_to_name": run})


def on_disk() -> set[Path]:
	return set(Path(frappe.get_site_path("private", "files")).glob("training-record-*"))


def content_of(file) -> bytes:
	return Path(frappe.utils.get_files_path(file.file_url.rsplit("/")[-1], is_private=1)).read_bytes()


def bells(user) -> list[str]:
	return frappe.get_all(BELL, {"for_user": user, "subject": ("like", "%training record%")}, pluck="subject")


def test_above_so_many_people_it_is_made_in_the_background_and_the_bell_rings(start, parts, people, hr):
	run = start()
	state = api.get_evidence_export(run)
	assert (state["total"], state["done"], state["finished"], state["stopped"]) == (9, 0, False, False)
	parts.run_one()
	assert api.get_evidence_export(run)["done"] == 4
	parts.run()
	state = api.get_evidence_export(run)
	assert (state["finished"], state["counts"]["created"], state["counts"]["failed"]) == (True, 9, 0)
	file = file_of(run)
	assert (file.owner, file.is_private, file.file_url) == (hr, 1, state["file_url"])
	binder = Binder(content_of(file))
	assert binder.people() == {each.name for each in people}
	assert len([name for name in binder.names() if name.startswith("certificates/")]) == 1
	assert bells(hr) == [f"The training record that you asked for is there: {file.file_name}"]
	assert not frappe.db.count(RUN_STEP, {"parent": run})


def test_it_says_the_same_as_one_that_is_made_at_once(start, parts, people, monkeypatch):
	run = start()
	parts.run()
	monkeypatch.setattr("smooth_lms_hr.showing.binder.AT_ONCE", 50)
	at_once = Binder(api.export_evidence([each.name for each in people]))
	one, other = (sums_of(binder) for binder in (Binder(content_of(file_of(run))), at_once))
	assert one == other


def sums_of(binder: Binder) -> list[str]:
	"""Return the sums of all but the workbook, which says by itself when it was made."""
	return [line for line in binder.text("SHA256SUMS").splitlines() if not line.endswith("xlsx")]


def test_whoever_clicks_twice_gets_one_run(start, parts):
	assert start() == start()
	assert len(parts.waiting) == 2


def test_whoever_is_killed_goes_on_where_it_was(start, parts, people, monkeypatch):
	run, read = start(), []
	real = binder_record.read
	monkeypatch.setattr(binder_record, "read", lambda seen, period: read.extend(seen) or real(seen, period))
	parts.run_one()
	parts.waiting.clear()
	assert api.get_evidence_export(run)["stopped"]
	assert start() == run
	parts.run()
	assert sorted(read) == sorted(("employee", each.name) for each in people)
	assert Binder(content_of(file_of(run))).people() == {each.name for each in people}


def test_killed_while_the_file_is_written_only_that_is_done_again(start, parts, people, monkeypatch, hr):
	before, run = on_disk(), start()

	def die(*args, **kwargs):
		raise SystemExit

	with monkeypatch.context() as patched:
		patched.setattr(binder_runs, "make_notification_logs", die)
		with pytest.raises(SystemExit):
			parts.run()
	assert not frappe.db.exists(FILE, {"attached_to_doctype": RUN})
	assert start() == run
	assert parts.run() == 1
	assert Binder(content_of(file_of(run))).people() == {each.name for each in people}
	assert (len(bells(hr)), len(on_disk() - before)) == (1, 1)


def test_a_full_disk_is_told_at_the_bell_and_nothing_half_is_there(start, parts, people, monkeypatch, hr):
	before, run = on_disk(), start()

	def refuse(descriptor):
		raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

	with monkeypatch.context() as patched:
		patched.setattr(os, "fsync", refuse)
		parts.run()
	state = api.get_evidence_export(run)
	assert (state["finished"], state["stopped"], state["file_url"]) == (False, True, None)
	assert "No space left on device" in state["error"]
	assert on_disk() == before
	(said,) = bells(hr)
	assert "could not be made" in said
	assert start() == run
	assert api.get_evidence_export(run)["error"] is None
	parts.run()
	assert Binder(content_of(file_of(run))).people() == {each.name for each in people}


def test_whose_record_cannot_be_read_is_named_first_and_the_others_are_there(
	start, parts, people, monkeypatch
):
	run, real = start(), binder_record.read

	def read(seen, period):
		if ("employee", people[0].name) in seen:
			raise RuntimeError("It does not answer")
		return real(seen, period)

	monkeypatch.setattr(binder_record, "read", read)
	parts.run()
	assert api.get_evidence_export(run)["counts"] == {"created": 7, "existing": 0, "failed": 2}
	binder = Binder(content_of(file_of(run)))
	assert binder.people() == {each.name for each in people[2:]}
	readme = binder.text("README.txt")
	assert "NOT COMPLETE" in readme
	assert f"{people[0].name}: " in readme
	assert [row["Employee"] for row in binder.index() if row["Record"] == "Not exported"] == [
		people[0].name,
		people[1].name,
	]


def test_whom_somebody_may_not_see_any_more_is_left_out_and_named(start, parts, people, hr):
	run = start()
	frappe.set_user("Administrator")
	elsewhere = factory.company("Elsewhere Ltd")
	frappe.db.set_value("Employee", people[3].name, "company", elsewhere)
	frappe.get_doc(
		{"doctype": "User Permission", "user": hr, "allow": "Company", "for_value": factory.company()}
	).insert()
	frappe.set_user(hr)
	parts.run()
	binder = Binder(content_of(file_of(run)))
	assert people[3].name not in binder.people()
	assert f"{people[3].name}: You may not export their record any more." in binder.text("README.txt")


def test_who_lost_the_role_makes_no_binder_any_more(start, parts, hr):
	start()
	frappe.db.delete("Has Role", {"parent": hr})
	frappe.clear_cache(user=hr)
	with pytest.raises(frappe.PermissionError):
		parts.run()
	assert not frappe.db.exists(FILE, {"attached_to_doctype": RUN})


def test_nobody_but_whoever_asked_for_it_reads_it_and_they_no_longer_than_they_may(start, parts, people, hr):
	run = start()
	parts.run()
	file = file_of(run)
	frappe.set_user("Administrator")
	assert frappe.has_permission(FILE, "read", doc=file, user=hr)
	others = [
		people[0].user_id,
		factory.hr_manager(),
		factory.user("System Manager", "Training Auditor"),
		"Guest",
	]
	frappe.set_user(hr)
	with pytest.raises(frappe.PermissionError):
		frappe.share.add(FILE, file.name, others[0], read=1)
	values = {"doctype": FILE, "file_name": "mine.txt", "content": "Mine", "is_private": 1}
	mine = frappe.get_doc(values | {"attached_to_doctype": RUN, "attached_to_name": run})
	with pytest.raises(frappe.PermissionError):
		mine.insert()
	frappe.set_user("Administrator")
	for user in others:
		assert not frappe.has_permission(FILE, "read", doc=file, user=user), user
	frappe.db.delete("Has Role", {"parent": hr})
	frappe.clear_cache(user=hr)
	assert not frappe.has_permission(FILE, "read", doc=file, user=hr)


def test_nobody_else_asks_how_far_it_is(start):
	run = start()
	frappe.set_user(factory.hr_manager())
	with pytest.raises(frappe.DoesNotExistError, match="There is no such run of yours"):
		api.get_evidence_export(run)


def test_it_is_gone_after_the_days_that_are_set_from_the_disk_too(start, parts, clock):
	before = on_disk()
	run = start()
	parts.run()
	frappe.set_user("Administrator")
	frappe.db.set_single_value("LMS Training Settings", "binder_keep_days", 7)
	clock(7)
	tasks.clear_old_runs()
	assert frappe.db.exists(FILE, {"attached_to_doctype": RUN, "attached_to_name": run})
	clock(8)
	tasks.clear_old_runs()
	assert not frappe.db.exists(FILE, {"attached_to_doctype": RUN})
	assert on_disk() == before


def test_other_files_are_not_taken_along(start, parts, clock):
	other = factory.private_file(factory.user())
	other.db_set("file_name", "training-record-of-mine.zip")
	clock(400)
	frappe.set_user("Administrator")
	tasks.clear_old_runs()
	assert frappe.db.exists(FILE, other.name)


def test_without_a_queue_nothing_is_started_and_it_is_said(start, monkeypatch):
	from redis.exceptions import ConnectionError as NoRedis

	def refuse(*args, **kwargs):
		raise NoRedis("gone")

	monkeypatch.setattr(frappe, "enqueue", refuse)
	with pytest.raises(frappe.ValidationError, match="queue does not answer"):
		start()
	assert not frappe.db.count(RUN)
