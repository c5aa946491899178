"""What proves a completion that is revoked: its evidence and history are kept and say so, its certificate is taken off (rule 16)."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate

from smooth_lms_hr import api, daily
from smooth_lms_hr.showing import audit, history, tables
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.revoked import CERTIFICATE, EVIDENCE, WHY, YEAR, certify, evidence_of, last, revoke

ASSIGNMENT = "LMS Training Assignment"


@pytest.fixture
def course(yearly):
	return yearly


def test_its_history_says_who_took_back_what_and_why(hire, hr, course, clock):
	row = last(hire)
	clock(10)
	revoke(row)
	written = factory.events(row.name)[-3:]
	assert written[0] == ("Revoked", str(TODAY), None, WHY, hr)
	assert [each[0] for each in written[1:]] == ["Due Date Moved", "Reopened"]
	assert {each[3] for each in written} == {WHY}


def test_the_evidence_is_kept_and_says_that_it_was_revoked(hire, hr, course, clock):
	row = last(hire)
	clock(10)
	revoke(row)
	(kept,) = evidence_of(row)
	assert (kept.status, kept.revoked_by, kept.revoked_reason) == ("Revoked", hr, WHY)
	assert getdate(kept.revoked_on) == TODAY + timedelta(days=10)
	assert getdate(kept.completed_on) == TODAY
	assert {one["lesson"] for one in frappe.parse_json(kept.lessons)} == set(factory.lessons_of(course))
	(event,) = frappe.get_all(
		"LMS Training Event", {"assignment": row.name, "event": "Revoked"}, ["cause_doctype", "cause"]
	)
	assert (event.cause_doctype, event.cause) == (EVIDENCE, kept.name)


def test_what_is_completed_again_has_proof_of_its_own(hire, course, clock):
	row = last(hire)
	revoke(row)
	clock(20)
	factory.complete_lessons(hire.user_id, course)
	found = [(one.status, getdate(one.completed_on)) for one in evidence_of(row)]
	assert found == [("Revoked", TODAY), ("Valid", TODAY + timedelta(days=20))]


def test_evidence_is_no_more_written_by_hand_for_that(hire, course):
	row = last(hire)
	revoke(row)
	frappe.set_user("Administrator")
	doc = frappe.get_doc(EVIDENCE, evidence_of(row)[0].name)
	doc.status = "Valid"
	with pytest.raises(frappe.PermissionError):
		doc.save()


def test_its_reason_is_text(hire, course):
	row = last(hire)
	revoke(row, "<img src=x onerror=alert(1)>")
	(kept,) = evidence_of(row)
	assert "<img" not in kept.revoked_reason
	assert not any("<img" in (each[3] or "") for each in factory.events(row.name))


def test_the_timeline_and_the_audit_say_it_in_words(hire, hr, course):
	certificate = certify(hire, course)
	row = last(hire)
	revoke(row)
	said = [each["content"] for each in history.timeline(ASSIGNMENT, row.name)]
	name = frappe.utils.get_fullname(hr)
	day = frappe.utils.formatdate(TODAY)
	assert (
		f"{name} revoked the completion of {day}, and certificate {certificate} is not published any more: {WHY}"
		in said
	)
	(shown,) = audit.rows(TODAY, TODAY, "Revoked", None, tables.Page(0, 10), course=course)
	assert (shown["assignment"], shown["old"], shown["changed_by"], shown["why"]) == (row.name, day, hr, WHY)
	assert {"label": "Revocations", "value": 1}.items() <= audit.summary([shown])[2].items()


def test_what_is_revoked_verifies_and_what_is_undone_behind_its_back_does_not(hire, course, clock):
	event = factory.training_event({hire.name: "Present"})
	row = last(hire)
	revoke(row, "Not <b>so</b>, 'quoted' \"twice\"")
	factory.complete_lessons(hire.user_id, course)
	event.reload()
	event.cancel()
	frappe.set_user("Administrator")
	frappe.rename_doc("Training Event", event.name, factory.unique("Renamed"), force=True)
	found = api.verify_audit_trail()
	assert found["ok"], found
	revoked = frappe.get_all(EVIDENCE, {"status": "Revoked"}, ["name", "kind"], order_by="name")
	assert sorted(one.kind for one in revoked) == ["Classroom", "Learning"]
	for one in revoked:
		for column, value in (("status", "Valid"), ("revoked_reason", "Another"), ("revoked_by", "Guest")):
			frappe.db.savepoint("tampering")
			frappe.db.set_value(EVIDENCE, one.name, column, value, update_modified=False)
			(broken,) = api.verify_audit_trail()["broken"]
			assert (broken["name"], broken["column"]) == (one.name, column)
			frappe.db.rollback(save_point="tampering")


# ---- its certificate


def test_its_certificate_is_not_shown_until_it_is_completed_again(hire, course, clock):
	certificate = certify(hire, course)
	row = last(hire)
	clock(5)
	revoke(row)
	assert frappe.db.get_value(CERTIFICATE, certificate, "published") == 0
	assert factory.events(row.name)[-3][:3] == ("Revoked", str(TODAY), certificate)
	today = clock(20)
	factory.complete_lessons(hire.user_id, course)
	now = frappe.db.get_value(
		CERTIFICATE, certificate, ["published", "issue_date", "expiry_date"], as_dict=True
	)
	assert (now.published, getdate(now.issue_date)) == (1, today)
	assert getdate(now.expiry_date) == today + timedelta(days=YEAR)


def test_a_certificate_of_a_course_that_counts_for_ever_says_the_new_day_too(hire, hr, clock):
	course = factory.course()
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	certificate = certify(hire, course)
	revoke(last(hire))
	today = clock(20)
	factory.complete_lessons(hire.user_id, course)
	now = frappe.db.get_value(CERTIFICATE, certificate, ["published", "issue_date"], as_dict=True)
	assert (now.published, getdate(now.issue_date)) == (1, today)


def test_a_certificate_that_was_shown_to_nobody_stays_so(hire, course, clock):
	certificate = certify(hire, course)
	frappe.db.set_value(CERTIFICATE, certificate, "published", 0)
	revoke(last(hire))
	clock(20)
	factory.complete_lessons(hire.user_id, course)
	assert frappe.db.get_value(CERTIFICATE, certificate, "published") == 0


def test_what_a_teacher_takes_off_later_stays_off(hire, course, clock):
	certificate = certify(hire, course)
	revoke(last(hire))
	factory.complete_lessons(hire.user_id, course)
	frappe.db.set_value(CERTIFICATE, certificate, "published", 0)
	clock(YEAR - 10)
	daily.run()
	factory.complete_lessons(hire.user_id, course)
	assert last(hire).cycle == 2
	assert frappe.db.get_value(CERTIFICATE, certificate, "published") == 0


def test_its_owner_cannot_publish_a_revoked_certificate(hire, course, clock):
	certificate = certify(hire, course)
	revoke(last(hire))
	frappe.set_user(hire.user_id)
	doc = frappe.get_doc(CERTIFICATE, certificate)
	doc.published = 1
	# Learning itself sees to it: nothing is completed.
	with pytest.raises(frappe.ValidationError):
		doc.save(ignore_permissions=True)


def test_the_certificate_of_a_later_completion_stays(hire, course, clock):
	certificate = certify(hire, course)
	clock(YEAR - 30)
	daily.run()
	factory.complete_lessons(hire.user_id, course)
	old, new = factory.assignments(member=hire.user_id)
	revoke(old)
	assert frappe.db.get_value(CERTIFICATE, certificate, "published") == 1
	# A third cycle is open, and owes a certificate of its own: it is still about the second one.
	clock(2 * YEAR - 60)
	daily.run()
	assert last(hire).cycle == 3
	assert frappe.db.get_value(CERTIFICATE, certificate, "published") == 1
	revoke(new)
	assert frappe.db.get_value(CERTIFICATE, certificate, "published") == 0
