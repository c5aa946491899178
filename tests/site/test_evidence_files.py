"""Certificates and what was handed in are kept with evidence as files of its own, as they were then, with their SHA-256."""

import hashlib
from datetime import timedelta
from pathlib import Path

import frappe
import pytest

from smooth_lms_hr import daily
from smooth_lms_hr.assigning import evidence_files
from smooth_lms_hr.record import evidence
from smooth_lms_hr.sources import private_files
from tests.site import certificates, factory
from tests.site.asking import answer
from tests.site.certificates import (
	CERTIFICATE,
	EVIDENCE,
	PDF,
	YEAR,
	bytes_of,
	certified,
	certify,
	kept,
	learn,
)
from tests.site.conftest import TODAY


@pytest.fixture
def course(hire, hr):
	return certificates.course(hire)


def test_learnings_own_button_ends_in_the_evidence_by_itself(hire, course, printed):
	owed = learn(hire, course)
	name = certify(hire, course)
	(row,) = kept()
	assert (row.certificate, row.certificate_file, row.sha256) == (name, None, None)
	evidence_files.make([row.name])
	(row,) = kept()
	assert printed == [(name, str(TODAY), str(TODAY + timedelta(days=YEAR)))]
	assert row.sha256 == hashlib.sha256(bytes_of(row)).hexdigest()
	assert private_files.sha256(row.certificate_file) == row.sha256
	said = [(one.after, one.cause_doctype, one.cause) for one in certified(owed.name)]
	assert said == [(str(TODAY), CERTIFICATE, name), (row.sha256, EVIDENCE, row.name)]


def test_the_file_is_private_and_stays_with_whoever_sees_the_evidence(hire, course, printed):
	learn(hire, course)
	certify(hire, course)
	frappe.set_user(hire.user_id)
	evidence_files.make([kept()[0].name])
	(row,) = kept()
	frappe.set_user("Administrator")
	file = frappe.get_doc("File", {"attached_to_doctype": EVIDENCE, "attached_to_name": row.name})
	assert (file.attached_to_name, file.attached_to_field, file.is_private) == (
		row.name,
		"certificate_file",
		1,
	)
	assert file.file_url == row.certificate_file
	other = factory.employee(factory.user()).user_id
	assert frappe.has_permission("File", "read", doc=file.name, user=hire.user_id)
	assert frappe.has_permission("File", "read", doc=file.name, user=factory.hr_manager())
	assert not frappe.has_permission("File", "read", doc=file.name, user=other)
	for user in (hire.user_id, factory.hr_manager(), factory.user("System Manager")):
		for right in ("write", "delete", "share"):
			assert not frappe.has_permission("File", right, doc=file.name, user=user), (user, right)


def test_nobody_changes_or_deletes_the_file_and_hr_adds_none(hire, course, printed):
	learn(hire, course)
	certify(hire, course)
	evidence_files.make([kept()[0].name])
	(row,) = kept()
	name = frappe.db.get_value("File", {"attached_to_doctype": EVIDENCE, "attached_to_name": row.name})
	moved = frappe.get_doc("File", name)
	moved.attached_to_doctype = moved.attached_to_name = None
	for attack in (
		lambda: frappe.delete_doc("File", name, force=True),
		frappe.get_doc("File", name).save,
		moved.save,
	):
		with pytest.raises(frappe.PermissionError):
			attack()
	assert bytes_of(row).startswith(PDF)
	frappe.set_user(factory.hr_manager())
	more = {"doctype": "File", "file_name": "more.txt", "content": "More", "is_private": 1}
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc(more | {"attached_to_doctype": EVIDENCE, "attached_to_name": row.name}).insert()


def test_who_uploads_the_same_bytes_has_a_file_of_their_own(hire, course, printed):
	learn(hire, course)
	certify(hire, course)
	evidence_files.make([kept()[0].name])
	(row,) = kept()
	values = {"doctype": "File", "file_name": "mine.bin", "content": bytes_of(row), "is_private": 1}
	other = frappe.get_doc(values).insert()
	assert other.file_url != row.certificate_file
	other.delete()
	assert bytes_of(row)


def test_made_twice_it_is_one_file(hire, course, printed):
	learn(hire, course)
	certify(hire, course)
	(row,) = kept()
	evidence_files.make([row.name, row.name])
	evidence_files.make_missing()
	assert len(printed) == 1
	assert frappe.db.count("File", {"attached_to_name": row.name}) == 1


def test_of_two_who_make_it_the_second_leaves_the_first_ones_alone(hire, course):
	learn(hire, course)
	(row,) = kept()
	assert evidence.attach(row.name, f"certificate-{row.name}.pdf", [PDF])
	assert not evidence.attach(row.name, f"certificate-{row.name}.pdf", [b"another"])
	(row,) = kept()
	assert bytes_of(row) == PDF
	assert not evidence.attach("none", "none.pdf", [PDF])


def test_it_is_made_in_the_background_once_it_is_committed(hire, course, clock, printed, monkeypatch):
	queued = []
	monkeypatch.setattr(
		evidence_files.jobs,
		"enqueue_after_commit",
		lambda method, job_id, **values: queued.append((method, values.get("names"))),
	)
	wanted = "smooth_lms_hr.assigning.evidence_files.make"
	learn(hire, course)
	assert wanted not in [method for method, _names in queued]
	certify(hire, course)
	(row,) = kept()
	assert (wanted, [row.name]) in queued
	assert printed == []
	evidence_files.make([row.name])
	clock(YEAR - 30)
	daily.run()
	learn(hire, course)
	assert (wanted, [kept()[1].name]) in queued


def test_the_daily_run_makes_up_for_a_queue_that_was_down(hire, course, printed):
	learn(hire, course)
	certify(hire, course)
	assert not kept()[0].certificate_file
	assert daily.run()["files_made"] == 1
	assert kept()[0].certificate_file
	assert "files_missing" not in daily.run()


def test_without_what_makes_pdfs_there_is_evidence_and_it_is_said_once_what_is_missing(
	hire, course, no_engine
):
	before = frappe.db.count("Error Log")
	owed = learn(hire, course)
	name = certify(hire, course)
	for _day in range(2):
		summary = daily.run()
		assert (summary["files_missing"], summary["steps_failed"]) == (1, 0)
	assert frappe.db.count("Error Log") == before + 1
	(row,) = kept()
	assert (row.assignment, row.certificate, row.certificate_file) == (owed.name, name, None)
	no_engine.setattr(frappe, "get_print", lambda *args, **kwargs: PDF)
	assert daily.run()["files_made"] == 1
	assert bytes_of(kept()[0]) == PDF


def test_one_that_was_deleted_in_learning_is_not_waited_for(hire, course, printed):
	learn(hire, course)
	name = certify(hire, course)
	frappe.db.delete(CERTIFICATE, {"name": name})
	summary = daily.run()
	assert (printed, "files_missing" in summary, summary["steps_failed"]) == ([], False, 0)
	(row,) = kept()
	assert (row.certificate, row.certificate_file) == (name, None)
	assert [one.file_missing for one in shown(row.assignment)] == [False]


def test_what_is_missing_is_made_as_long_as_there_is_time(hire, course, printed, monkeypatch):
	learn(hire, course)
	certify(hire, course)
	monkeypatch.setattr(evidence_files, "BUDGET", -1)
	assert evidence_files.make_missing() == {"files_missing": 1}


def test_no_room_on_the_disk_leaves_no_half_a_file(hire, course, printed, monkeypatch):
	learn(hire, course)
	certify(hire, course)

	def full(_handle):
		raise OSError(28, "No space left on device")

	with monkeypatch.context() as patched:
		patched.setattr(private_files.os, "fsync", full)
		assert daily.run()["files_missing"] == 1
	(row,) = kept()
	assert (row.certificate_file, frappe.db.exists("File", {"attached_to_name": row.name})) == (None, None)
	assert daily.run()["files_made"] == 1


# ---- handed in


@pytest.fixture
def owed(hire, course):
	return factory.assignment(member=hire.user_id, course=course)


def done_elsewhere(owed, file):
	return factory.request(owed.name, "Done Elsewhere", completed_on=str(TODAY), file=file.name)


def test_what_was_handed_in_is_copied_to_the_evidence(hire, owed, hr):
	file = factory.private_file(hire.user_id)
	name = done_elsewhere(owed, file)
	answer(name)
	(row,) = kept()
	assert row.certificate_file not in (None, file.file_url)
	assert bytes_of(row) == Path(file.get_full_path()).read_bytes()
	assert row.sha256 == hashlib.sha256(bytes_of(row)).hexdigest()
	assert [(one.after, one.cause) for one in certified(owed.name)] == [(row.sha256, row.name)]
	assert frappe.db.get_value("LMS Training Request", name, "file") == file.file_url


@pytest.mark.filterwarnings("ignore:The input passed in on this line looks more like a filename")
def test_it_stays_where_the_first_one_is_deleted(hire, owed, hr):
	file = factory.private_file(hire.user_id)
	answer(done_elsewhere(owed, file))
	frappe.set_user("Administrator")
	frappe.delete_doc("File", file.name, force=True)
	assert bytes_of(kept()[0])


def test_one_that_is_gone_from_the_disk_keeps_nobody_from_an_answer(hire, owed, hr):
	file = factory.private_file(hire.user_id)
	name = done_elsewhere(owed, file)
	content = Path(file.get_full_path()).read_bytes()
	Path(file.get_full_path()).unlink()
	answer(name)
	(row,) = kept()
	assert (row.kind, row.certificate_file) == ("External", None)
	assert daily.run()["files_missing"] == 1
	Path(file.get_full_path()).write_bytes(content)
	assert daily.run()["files_made"] == 1
	assert bytes_of(kept()[0]) == content


def test_refused_nothing_is_copied(hire, owed, hr):
	before = frappe.db.count("File", {"attached_to_doctype": EVIDENCE})
	answer(done_elsewhere(owed, factory.private_file(hire.user_id)), grant=False, words="No")
	assert kept() == []
	assert frappe.db.count("File", {"attached_to_doctype": EVIDENCE}) == before


# ---- what forms show


def shown(name):
	doc = frappe.get_doc("LMS Training Assignment", name)
	doc.run_method("onload")
	return doc.get_onload("evidence")


def test_the_form_of_an_assignment_shows_its_evidence_and_what_is_missing(hire, course, hr, printed):
	owed = factory.assignment(member=hire.user_id)
	assert shown(owed.name) == []
	first, _second = factory.lessons_of(course)
	factory.ask_in_lesson(first, "quiz", factory.quiz("Exits"))
	factory.hand_in_quiz(hire.user_id, "Exits", marks=9)
	learn(hire, course)
	name = certify(hire, course)
	for user in (hire.user_id, hr):
		frappe.set_user(user)
		(row,) = shown(owed.name)
		assert (row.status, row.completed_on, row.lessons, row.certificate) == ("Valid", TODAY, 2, name)
		assert row.results == [{"title": "Exits", "attempts": 1, "percent": 90, "passing_percent": 70}]
		assert (row.file_missing, "content" in row) == (True, False)
	frappe.set_user("Administrator")
	evidence_files.make([row.name])
	(row,) = shown(owed.name)
	assert (row.file_missing, bool(row.certificate_file)) == (False, True)


def test_its_own_form_says_what_is_missing(hire, owed, hr):
	file = factory.private_file(hire.user_id)
	name = done_elsewhere(owed, file)
	path = Path(file.get_full_path())
	content = path.read_bytes()
	path.unlink()
	answer(name)
	(row,) = kept()
	doc = frappe.get_doc(EVIDENCE, row.name)
	doc.run_method("onload")
	assert doc.get_onload("file_missing")
	assert [one.file_missing for one in shown(owed.name)] == [True]
	path.write_bytes(content)
	evidence_files.make_missing()
	doc = frappe.get_doc(EVIDENCE, row.name)
	doc.run_method("onload")
	assert not doc.get_onload("file_missing")


def test_evidence_is_among_the_connections_of_employee_and_course():
	for doctype in ("Employee", "LMS Course"):
		data = frappe.get_meta(doctype).get_dashboard_data()
		assert EVIDENCE in next(
			group["items"] for group in data["transactions"] if group["label"] == "Mandatory Training"
		)
