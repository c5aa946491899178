"""A disk that is full where a campaign leaves its result: the training stays assigned, the run says so, nothing is half there."""

import errno
import os
from pathlib import Path

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.assigning import campaign_runs
from tests.site import factory
from tests.site.conftest import harness


@pytest.fixture
def full_disk(monkeypatch):
	"""full_disk.undo() makes room again."""

	def refuse(descriptor):
		raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

	with pytest.MonkeyPatch.context() as patched:
		# What was written so far is in the file by then; the rest has no place.
		patched.setattr(os, "fsync", refuse)
		yield patched


def files_on_disk() -> set[str]:
	return {path.name for path in Path(frappe.get_site_path("private", "files")).glob("training-assigned*")}


def test_a_campaign_whose_result_finds_no_room(bench_only, hr, full_disk, monkeypatch):
	monkeypatch.setattr(campaign_runs, "AT_ONCE", 0)
	course, members = factory.course("Safety"), [factory.user() for _ in range(3)]
	frappe.set_user(hr)
	frappe.db.commit()
	before = files_on_disk()
	started = api.start_campaign({"members": members}, courses=[course])
	harness.run_jobs()
	assert "No space left" in frappe.get_all("Error Log", pluck="error", order_by="creation desc")[0]
	assert sorted(row.member for row in factory.assignments(course=course)) == sorted(members)
	assert files_on_disk() == before
	assert not frappe.db.exists("File", {"file_name": ("like", "training-assigned%"), "owner": hr})
	state = api.get_campaign(started["run"])
	# The desk says of it that it broke off, and that starting it again makes up for that.
	assert (state["stopped"], state["finished"], state["done"], state["file_url"]) == (True, False, 3, None)
	full_disk.undo()
	again = api.start_campaign({"members": members}, courses=[course])
	harness.run_jobs()
	state = api.get_campaign(again["run"])
	assert state["finished"]
	assert len(factory.assignments(course=course)) == 3
	assert {state["file_url"].rsplit("/")[-1]} == files_on_disk() - before
	bells = frappe.get_all("Notification Log", {"for_user": hr, "document_type": "File"}, pluck="link")
	assert bells == [state["file_url"]]
	frappe.get_doc("File", {"file_url": state["file_url"]}).delete()
