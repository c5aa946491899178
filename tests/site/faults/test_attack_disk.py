"""A disk that is full where a campaign leaves its result: the training stays assigned, the run says so, nothing is half there.
Where a document is handed in, whoever does so is told in words, and their upload is there for another try.

Once as the kernel's refusal of the last step, simulated; and once for real, by the kernel's own limit on what this process may
write into a file, which stops in the middle of a piece as a full disk does.
"""

import contextlib
import errno
import os
import resource
import signal
from pathlib import Path

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.assigning import campaign_runs
from smooth_lms_hr.sources import private_files
from tests.site import factory
from tests.site.conftest import harness
from tests.site.faults.others import errors
from tests.site.filing import DOCUMENT, attached, file_document, path_of, pdf, upload


def refuse(descriptor):
	raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def full_disk():
	"""full_disk.undo() makes room again."""
	with pytest.MonkeyPatch.context() as patched:
		# What was written so far is in the file by then; the rest has no place.
		patched.setattr(os, "fsync", refuse)
		yield patched


@contextlib.contextmanager
def room_for(size: int):
	"""Let the kernel take no more than so many bytes into any file of this process."""
	handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
	before = resource.getrlimit(resource.RLIMIT_FSIZE)
	resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
	try:
		yield
	finally:
		resource.setrlimit(resource.RLIMIT_FSIZE, before)
		signal.signal(signal.SIGXFSZ, handler)


def without_room(write, size: int):
	"""Return what writes a file as ``write`` does, with room for so many bytes."""

	def write_without_room(*args, **values):
		# The limit is on the whole process, and its log has room.
		with room_for(size):
			return write(*args, **values)

	return write_without_room


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
	assert state["error"]
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


@pytest.mark.parametrize("pieces", [1, 5_000])
def test_a_file_that_ends_in_the_middle_is_taken_away_again(hr, pieces):
	"""Of one large piece, and of many small ones, which come to the disk when what gathers them is full."""
	name = f"training-assigned-{frappe.generate_hash(length=8)}.csv"
	texts = ["x" * (500_000 // pieces)] * pieces
	with room_for(100_000), pytest.raises(OSError, match="File too large") as refused:
		private_files.write(name, texts)
	assert refused.value.errno == errno.EFBIG
	assert name not in files_on_disk()
	assert not frappe.db.exists("File", {"file_name": name})
	# The same name again, once there is room.
	doc = private_files.write(name, texts)
	assert (Path(doc.get_full_path()).stat().st_size, doc.file_size) == (500_000, 500_000)
	private_files.discard(name)


def test_a_campaign_whose_result_the_kernel_cuts_off(bench_only, hr, monkeypatch):
	monkeypatch.setattr(campaign_runs, "AT_ONCE", 0)
	course, members = factory.course("Safety"), [factory.user() for _ in range(3)]
	frappe.set_user(hr)
	frappe.db.commit()
	before = files_on_disk()
	with pytest.MonkeyPatch.context() as patched:
		patched.setattr(private_files, "write", without_room(private_files.write, 50))
		started = api.start_campaign({"members": members}, courses=[course])
		harness.run_jobs()
	assert "File too large" in frappe.get_all("Error Log", pluck="error", order_by="creation desc")[0]
	assert sorted(row.member for row in factory.assignments(course=course)) == sorted(members)
	assert files_on_disk() == before
	state = api.get_campaign(started["run"])
	assert (state["stopped"], state["finished"], state["done"], state["file_url"]) == (True, False, 3, None)
	assert state["error"]
	again = api.start_campaign({"members": members}, courses=[course])
	harness.run_jobs()
	state = api.get_campaign(again["run"])
	assert state["finished"]
	assert len(factory.assignments(course=course)) == 3
	frappe.get_doc("File", {"file_url": state["file_url"]}).delete()


def test_a_device_without_room_leaves_no_file(hr):
	name = f"training-assigned-{frappe.generate_hash(length=8)}.csv"
	os.symlink("/dev/full", frappe.utils.get_files_path(name, is_private=1))
	with pytest.raises(OSError, match="No space left") as refused:
		private_files.write(name, ["x"])
	assert refused.value.errno == errno.ENOSPC
	assert name not in files_on_disk()
	assert not frappe.db.exists("File", {"file_name": name})


def handed_in() -> set[str]:
	return {path.name for path in Path(frappe.get_site_path("private", "files")).glob("document-*")}


@pytest.mark.parametrize(("room", "why"), [(None, "No space left on device"), (100_000, "File too large")])
def test_a_document_that_finds_no_room_is_refused_in_words(hire, as_user, room, why):
	"""The employee has uploaded it, and it is copied; the last step fails, or the kernel stops in the middle of it."""
	given = upload(hire.user_id, pdf("x" * 500_000))
	before, logged = handed_in(), errors()
	as_user(hire.user_id)
	with pytest.MonkeyPatch.context() as patched:
		if room:
			patched.setattr(private_files, "write", without_room(private_files.write, room))
		else:
			patched.setattr(os, "fsync", refuse)
		with pytest.raises(frappe.ValidationError, match=f"{given.file_name}.* could not be kept: {why}"):
			api.add_my_document("Passport", given.file_url)
	assert handed_in() == before
	assert not frappe.db.exists(DOCUMENT, {"employee": hire.name})
	assert errors(method=("like", f"{given.file_name} could not be kept%")) == 1 == errors() - logged
	name = api.add_my_document("Passport", given.file_url)["document"]
	(file,) = attached(name)
	assert path_of(file.file_url).stat().st_size > 500_000
	assert not frappe.db.exists("File", given.name)


def test_a_document_whose_new_file_finds_no_room_keeps_the_one_that_it_has(hire, hr):
	doc = file_document(hire.name, by=hire.user_id)
	new, first = upload(hr), doc.file
	before = handed_in()
	frappe.db.commit()
	with pytest.MonkeyPatch.context() as patched:
		patched.setattr(os, "fsync", refuse)
		doc.file = new.file_url
		with pytest.raises(frappe.ValidationError, match="could not be kept: No space left on device"):
			doc.save()
	frappe.db.rollback()
	assert frappe.db.get_value(DOCUMENT, doc.name, "file") == first
	assert handed_in() == before
	assert frappe.db.exists("File", new.name)
	assert path_of(new.file_url).exists()
