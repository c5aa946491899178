"""Sites with completions from before there was evidence of each: the upgrade writes what Learning still knows of them."""

import json
from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import evidence_files
from smooth_lms_hr.patches.v0_3 import write_evidence_of_older_completions as patch
from tests.site import factory
from tests.site.asking import answer
from tests.site.conftest import TODAY
from tests.site.queries import number_of

EVIDENCE, CERTIFICATE = "LMS Training Evidence", "LMS Certificate"
YEAR = 365


@pytest.fixture
def course(hire, hr):
	name = factory.course("Safety", validity_days=YEAR, enable_certification=1, training_hours=2)
	factory.onboarding(employee=hire.name)
	return name


def forget():
	"""Leave completions as the release before has written them."""
	frappe.db.delete(EVIDENCE)
	frappe.db.delete("LMS Training Event", {"event": "Certified"})


def kept():
	rows = frappe.get_all(EVIDENCE, {}, ["*"], order_by="assignment, name")
	for row in rows:
		for fieldname in ("content", "lessons", "results"):
			row[fieldname] = json.loads(row[fieldname])
	return rows


def certify(hire, course):
	from lms.lms.doctype.lms_certificate.lms_certificate import create_certificate

	frappe.set_user(hire.user_id)
	name = create_certificate(course).name
	frappe.set_user("Administrator")
	return name


def test_what_learning_still_has_is_written_and_what_nobody_knows_is_left_empty(hire, course):
	factory.complete_lessons(hire.user_id, course)
	name = certify(hire, course)
	forget()
	patch.execute()
	(row,) = kept()
	assert (row.kind, row.status, row.taken_over, row.completed_on) == ("Learning", "Valid", 1, TODAY)
	assert (row.content, row.content_hash) == ({}, None)
	assert ([one["lesson"] for one in row.lessons], row.training_hours) == (factory.lessons_of(course), 2)
	assert row.certificate == name


def test_run_again_it_writes_nothing_twice(hire, course):
	factory.complete_lessons(hire.user_id, course)
	forget()
	patch.execute()
	before = kept()
	patch.execute()
	assert kept() == before


def test_what_has_evidence_already_is_left_alone(hire, course):
	factory.complete_lessons(hire.user_id, course)
	before = kept()
	patch.execute()
	assert kept() == before


def test_broken_off_it_goes_on(hire, course, monkeypatch):
	others = [factory.employee(factory.user()) for _each in range(3)]
	api.assign_mandatory_training([one.user_id for one in others], courses=[course])
	for one in others:
		factory.complete_lessons(one.user_id, course)
	forget()
	monkeypatch.setattr(patch, "ROWS_PER_STEP", 1)
	done, take_over = [], patch.take_over

	def breaks_off(completed):
		if len(done) == 2:
			raise RuntimeError("killed")
		done.extend(completed)
		take_over(completed)

	with monkeypatch.context() as patched:
		patched.setattr(patch, "take_over", breaks_off)
		with pytest.raises(RuntimeError):
			patch.execute()
	assert len(kept()) == 2
	patch.execute()
	assert sorted({row.member for row in kept()}) == sorted(one.user_id for one in others)


def test_what_was_learned_anew_since_is_no_evidence_of_what_is_over(hire, course, clock):
	factory.complete_lessons(hire.user_id, course)
	name = certify(hire, course)
	clock(YEAR - 30)
	daily.run()
	clock(YEAR - 20)
	factory.complete_lessons(hire.user_id, course)
	forget()
	patch.execute()
	first, second = kept()
	assert (first.lessons, first.certificate) == ([], None)
	assert ([one["completed_on"] for one in second.lessons], second.certificate) == (
		[str(TODAY + timedelta(days=YEAR - 20))] * 2, name,
	)  # fmt: skip


def test_nor_is_a_quiz_that_was_tried_again_since(hire, course, clock):
	factory.ask_in_lesson(factory.lessons_of(course)[0], "quiz", factory.quiz("Exits"))
	factory.hand_in_quiz(hire.user_id, "Exits", marks=8)
	factory.complete_lessons(hire.user_id, course)
	clock(5)
	factory.hand_in_quiz(hire.user_id, "Exits", marks=10)
	forget()
	patch.execute()
	((result,),) = (row.results for row in kept())
	assert (result["attempts"], result["percent"], result["last"]) == (1, 80, str(TODAY))


def test_what_was_done_elsewhere_names_its_request_and_has_its_file(hire, course):
	owed = factory.assignment(member=hire.user_id).name
	file = factory.private_file(hire.user_id)
	request = factory.request(owed, "Done Elsewhere", completed_on=str(TODAY), file=file.name)
	answer(request)
	forget()
	patch.execute()
	(row,) = kept()
	assert (row.kind, row.cause, row.taken_over, row.lessons) == ("External", request, 1, [])
	assert row.certificate_file
	assert row.sha256


def test_so_it_does_where_the_course_is_renewed_before_the_upgrade_is_through(hire, course, clock):
	owed = factory.assignment(member=hire.user_id).name
	request = factory.request(owed, "Done Elsewhere", completed_on=str(TODAY))
	answer(request)
	forget()
	clock(YEAR - 30)
	daily.run()
	(row,) = kept()
	assert (row.assignment, row.kind, row.cause) == (owed, "External", request)


def test_completed_by_another_course_it_is_of_that(hire, hr):
	other = factory.course("First Aid", is_mandatory=0, lessons=3)
	course = factory.course("Safety", is_mandatory=0, equivalents=[{"course": other}])
	api.assign_mandatory_training([hire.user_id], courses=[course])
	frappe.get_doc({"doctype": "LMS Enrollment", "member": hire.user_id, "course": other}).insert(
		ignore_permissions=True
	)
	factory.complete_lessons(hire.user_id, other)
	forget()
	patch.execute()
	(row,) = kept()
	assert (row.course, row.cause, len(row.lessons)) == (course, other, 3)


def test_a_renewal_before_the_upgrade_is_through_takes_nothing_back_without_a_trace(hire, course, clock):
	factory.complete_lessons(hire.user_id, course)
	forget()
	clock(YEAR - 30)
	daily.run()
	(row,) = kept()
	assert (row.taken_over, len(row.lessons)) == (1, 2)
	before = kept()
	patch.execute()
	assert kept() == before


def test_the_number_of_queries_does_not_grow_with_completions(hire, course):
	factory.complete_lessons(hire.user_id, course)
	forget()
	few = number_of(patch.execute)
	others = [factory.employee(factory.user()).user_id for _each in range(5)]
	api.assign_mandatory_training(others, courses=[course])
	for member in others:
		factory.complete_lessons(member, course)
	forget()
	assert number_of(patch.execute) == few


def test_certificates_get_their_files_with_the_daily_run(hire, course, monkeypatch):
	factory.complete_lessons(hire.user_id, course)
	certify(hire, course)
	forget()
	patch.execute()
	monkeypatch.setattr(evidence_files, "_pdf_of", lambda certificate: b"%PDF-1.4")
	assert daily.run()["files_made"] == 1
