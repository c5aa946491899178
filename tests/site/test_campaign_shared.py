"""A campaign that several jobs share: which of them wait at once, in what order they end, and what is left of it."""

import errno
import os
import time

import frappe
import pytest
import rq
from frappe.utils import background_jobs

from smooth_lms_hr import api, tasks
from smooth_lms_hr.assigning import campaign_runs, shared_work
from smooth_lms_hr.sources import jobs, private_files
from tests.site import factory
from tests.site.test_campaign import result_of

RUN, STEP = "LMS Training Run", "LMS Training Run Step"


@pytest.fixture
def course():
	return factory.course("The course")


@pytest.fixture
def people():
	"""Enough for five parts of two."""
	return [factory.user() for _ in range(9)]


@pytest.fixture
def start(hr, course, people, parts, monkeypatch):
	def start() -> str:
		return api.start_campaign({"members": people}, courses=[course])["run"]

	monkeypatch.setattr(campaign_runs, "PER_COMMIT", 1)
	frappe.set_user(hr)
	return start


def bells(user) -> int:
	return frappe.db.count("Notification Log", {"for_user": user, "document_type": "File"})


def files(user) -> list:
	return frappe.get_all("File", {"owner": user, "file_name": ("like", "training-assigned-%")}, ["*"])


def path_of(run) -> str:
	return frappe.get_site_path("private", "files", frappe.db.get_value(RUN, run, "file_name"))


def test_no_more_parts_wait_than_workers_could_take(start, parts, monkeypatch):
	run = start()
	assert parts.numbers() == [0, 1]
	parts.run_one()
	assert parts.numbers() == [1, 2]
	# More workers have come.
	monkeypatch.setattr(jobs, "count_long_workers", lambda: 3)
	parts.run_one()
	assert parts.numbers() == [2, 3, 4]
	parts.run()
	assert api.get_campaign(run)["finished"]


def test_parts_may_end_in_any_order(start, parts, people, hr, monkeypatch):
	monkeypatch.setattr(jobs, "count_long_workers", lambda: 9)
	run = start()
	for place in (4, 2, 0, 1, 0):
		assert not files(hr)
		parts.run_one(place)
	state = api.get_campaign(run)
	assert (state["finished"], state["done"], state["counts"]["created"]) == (True, 9, 9)
	assert [row["member"] for row in result_of(state)] == people
	assert (len(files(hr)), bells(hr)) == (1, 1)
	assert not frappe.db.count(STEP, {"parent": run})


def test_a_part_that_is_done_twice_counts_once(start, parts, hr):
	run = start()
	parts.run_one()
	campaign_runs.work_part(run, 0)
	parts.run()
	campaign_runs.work_part(run, 0)
	campaign_runs.work_part("no such run", 0)
	state = api.get_campaign(run)
	assert (state["done"], state["counts"]) == (9, {"created": 9, "existing": 0, "failed": 0})
	assert (len(files(hr)), bells(hr)) == (1, 1)


@pytest.mark.parametrize("part", [0, 4], ids=["the first part", "the last part"])
def test_what_another_worker_does_of_a_part_meanwhile_is_not_done_again(start, parts, hr, monkeypatch, part):
	"""It comes after this one has asked which steps are left, and does them all; with the last ones the run ends."""
	run = start()
	do_step, met = shared_work.SharedWork._do_step, []

	def be_overtaken(self, step, arguments):
		if f"{run}-{2 * part}" == step and not met:
			met.append(step)
			campaign_runs.work_part(run, part)
		do_step(self, step, arguments)

	monkeypatch.setattr(shared_work.SharedWork, "_do_step", be_overtaken)
	parts.run()
	state = api.get_campaign(run)
	assert met
	assert (state["finished"], state["counts"]) == (True, {"created": 9, "existing": 0, "failed": 0})
	assert (len(files(hr)), bells(hr)) == (1, 1)


def test_whoever_clicks_twice_gets_one_run(start, parts):
	run = start()
	parts.run_one()
	assert start() == run
	assert parts.numbers() == [1, 2]
	assert api.get_campaign(run)["done"] == 2


def test_with_the_queue_emptied_it_has_stopped_and_goes_on_when_started_again(start, parts, course):
	run = start()
	parts.run_one()
	parts.waiting.clear()
	assert api.get_campaign(run)["stopped"]
	assert start() == run
	assert not api.get_campaign(run)["stopped"]
	parts.run()
	assert api.get_campaign(run)["counts"] == {"created": 9, "existing": 0, "failed": 0}
	assert len(factory.assignments(course=course)) == 9


def test_the_other_parts_go_on_without_one_that_was_cancelled(start, parts):
	run = start()
	(cancelled,) = [parts.waiting.pop(0)]
	parts.run()
	state = api.get_campaign(run)
	assert (state["stopped"], state["finished"], state["done"]) == (True, False, 7)
	start()
	assert parts.numbers() == [cancelled["part"]]
	parts.run()
	assert api.get_campaign(run)["finished"]


def test_with_more_workers_starting_it_again_adds_what_is_not_in_the_queue(start, parts, monkeypatch):
	start()
	monkeypatch.setattr(jobs, "count_long_workers", lambda: 3)
	start()
	assert parts.numbers() == [0, 1, 2]


def test_a_part_that_was_cancelled_and_started_again_puts_in_none_that_waits(start, parts):
	start()
	parts.waiting.pop(0)
	start()
	assert parts.numbers() == [1, 0]
	parts.run_one(1)
	assert parts.numbers() == [1, 2]


def test_a_part_that_was_cancelled_is_made_up_for_though_there_was_no_room_for_it(start, parts):
	run = start()
	parts.waiting.pop(0)
	parts.run_one()
	start()
	assert parts.numbers() == [2, 3]
	parts.run()
	assert api.get_campaign(run)["done"] == 9


def test_a_run_of_which_an_older_part_waits_has_not_stopped(start, parts):
	run = start()
	parts.run_one()
	assert parts.waiting.pop()["part"] == 2
	assert not api.get_campaign(run)["stopped"]


def test_a_part_that_ends_while_somebody_asks_is_not_taken_for_stopped(start, parts, monkeypatch):
	run = start()
	flying, asked = shared_work.SharedWork._flying, []

	def end_first(self, found, besides=None):
		asked.append(found)
		if len(asked) == 1:
			parts.run()
		return flying(self, found, besides)

	monkeypatch.setattr(shared_work.SharedWork, "_flying", end_first)
	assert not api.get_campaign(run)["stopped"]


def break_off(*_arguments, **_options):
	raise SystemExit


def test_of_a_run_that_broke_off_before_its_result_only_that_is_made(start, parts, people, hr, monkeypatch):
	run = start()
	with monkeypatch.context() as patched:
		patched.setattr(campaign_runs, "make_notification_logs", break_off)
		with pytest.raises(SystemExit):
			parts.run()
	assert api.get_campaign(run)["stopped"]
	assert (files(hr), bells(hr)) == ([], 0)
	assert not os.path.exists(path_of(run))
	start()
	# Nobody is asked about again.
	monkeypatch.setattr(campaign_runs.campaign, "assign_courses", break_off)
	assert parts.run() == 1
	state = api.get_campaign(run)
	assert [row["member"] for row in result_of(state)] == people
	assert (len(files(hr)), bells(hr)) == (1, 1)


def test_a_full_disk_leaves_nothing_and_the_result_comes_later(start, parts, hr, monkeypatch):
	def full(_file):
		raise OSError(errno.ENOSPC, "No space left on device")

	run = start()
	with monkeypatch.context() as patched:
		patched.setattr(private_files.os, "fsync", full)
		parts.run()
	assert api.get_campaign(run)["stopped"]
	assert not os.path.exists(path_of(run))
	assert frappe.db.count("Error Log", {"method": ("like", "Going on with%")})
	start()
	parts.run()
	assert api.get_campaign(run)["finished"]
	assert (len(files(hr)), bells(hr)) == (1, 1)


def test_a_result_may_be_larger_than_what_people_may_upload(start, parts, monkeypatch):
	monkeypatch.setitem(frappe.local.conf, "max_file_size", 10)
	run = start()
	parts.run()
	assert len(result_of(api.get_campaign(run))) == 9


def test_a_finished_run_started_again_leaves_another_file(start, parts, hr):
	run = start()
	parts.run()
	first = api.get_campaign(run)
	start()
	assert api.get_campaign(run)["done"] == 0
	parts.run()
	second = api.get_campaign(run)
	assert second["counts"] == {"created": 0, "existing": 9, "failed": 0}
	assert first["file_url"] != second["file_url"]
	assert [row["result"] for row in result_of(first)] == ["created"] * 9
	assert bells(hr) == 2


@pytest.mark.parametrize("lost", ["account", "role"])
def test_who_may_no_longer_assign_assigns_no_further(start, parts, hr, course, lost):
	run = start()
	parts.run_one()
	if lost == "account":
		frappe.db.set_value("User", hr, "enabled", 0)
	else:
		frappe.db.delete(
			"Has Role", {"parent": hr, "role": ("in", ("HR Manager", "System Manager", "Moderator"))}
		)
		frappe.clear_cache(user=hr)
	for _part in range(2):
		with pytest.raises(frappe.PermissionError):
			parts.run_one()
	assert not parts.waiting
	assert api.get_campaign(run)["stopped"]
	assert len(factory.assignments(course=course)) == 2


def test_with_the_queue_down_nothing_is_left_of_a_run(start, monkeypatch):
	def refuse(*_arguments, **_options):
		raise jobs.RedisError("Error 111")

	monkeypatch.setattr(frappe, "enqueue", refuse)
	with pytest.raises(jobs.QueueDown):
		start()
	frappe.db.rollback()
	assert (frappe.db.count(RUN), frappe.db.count(STEP)) == (0, 0)


def test_with_the_queue_down_a_run_that_was_begun_before_stays(start, parts, monkeypatch):
	def refuse(*_arguments, **_options):
		raise jobs.RedisError("Error 111")

	run = start()
	parts.run_one()
	parts.waiting.clear()
	with monkeypatch.context() as patched:
		patched.setattr(frappe, "enqueue", refuse)
		with pytest.raises(jobs.QueueDown):
			start()
	frappe.db.rollback()
	assert api.get_campaign(run)["done"] == 2
	start()
	parts.run()
	assert api.get_campaign(run)["counts"] == {"created": 9, "existing": 0, "failed": 0}


def test_with_the_queue_down_between_parts_it_has_stopped(start, parts, monkeypatch):
	def refuse(*_arguments, **_options):
		raise jobs.RedisError("Error 111")

	run = start()
	with monkeypatch.context() as patched:
		patched.setattr(frappe, "enqueue", refuse)
		parts.run()
	assert (api.get_campaign(run)["stopped"], api.get_campaign(run)["done"]) == (True, 4)
	start()
	parts.run()
	assert api.get_campaign(run)["done"] == 9


def test_what_is_old_is_cleared(start, parts, hr, monkeypatch):
	run = start()
	parts.run()
	finished = files(hr)
	broken = start()
	path = path_of(broken)
	with open(path, "w") as file:
		file.write("half")
	tasks.clear_old_runs()
	assert frappe.db.exists(RUN, run)
	frappe.db.set_value(RUN, run, "modified", "2026-11-20 12:00:00", update_modified=False)
	tasks.clear_old_runs()
	assert (frappe.db.count(RUN), frappe.db.count(STEP)) == (0, 0)
	assert not os.path.exists(path)
	assert [row.name for row in files(hr)] == [row.name for row in finished]
	assert os.path.exists(frappe.get_site_path("private", "files", finished[0].file_name))
	with pytest.raises(frappe.DoesNotExistError):
		api.get_campaign(run)


def test_nobody_reads_a_run_but_by_asking_how_far_it_is(start, as_user):
	start()
	for user in (frappe.session.user, factory.user("System Manager")):
		as_user(user)
		for doctype in (RUN, STEP):
			assert not frappe.has_permission(doctype, "read")


def test_a_job_whose_worker_is_gone_is_not_taken_for_one_that_runs():
	"""With its machine, so that nobody was left to say so."""
	queue = background_jobs.get_queue("long")
	background_jobs.enqueue("frappe.ping", queue="long", job_id="of a worker", deduplicate=True)
	try:
		job = background_jobs.get_job("of a worker")
		assert jobs.is_queued("of a worker")
		queue.remove(job)
		job.set_status("started")
		registry = queue.started_job_registry
		entry = job.id if rq.VERSION.startswith("1.") else f"{job.id}:1"
		registry.connection.zadd(registry.key, {entry: time.time() + 60})
		assert jobs.is_queued("of a worker")
		registry.connection.zadd(registry.key, {entry: time.time() - 60})
		assert not jobs.is_queued("of a worker")
		background_jobs.enqueue("frappe.ping", queue="long", job_id="of a worker", deduplicate=True)
		assert jobs.is_queued("of a worker")
	finally:
		background_jobs.get_job("of a worker").delete()


def test_workers_are_counted_who_take_long_jobs():
	assert jobs.count_long_workers() == 0
