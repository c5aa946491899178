"""What runs out is learned again: a due renewal is a cause of its own, and the next cycle begins once all is proved again."""

import frappe
import pytest
from frappe.utils import add_days, getdate

from smooth_lms_hr import api, daily
from smooth_lms_hr.sources.names import COMPLIANCE
from tests.site import factory
from tests.site.test_compliance import learn

TODAY = "2026-11-23"


@pytest.fixture
def licence(course, hr):
	"""A type of a hundred days, whose renewal is due ten days before; its course counts for ever."""
	return factory.compliance_type([course], renew_every=100, renew_unit="Days", alert_days_before=10)


def day(number: int):
	return getdate(add_days(TODAY, number))


def test_what_hr_asks_for_by_hand_makes_its_courses_owed(hire, licence, course):
	row = factory.compliance(hire.name, licence)
	owed = factory.assignment(member=hire.user_id)
	assert (owed.course, owed.source, owed.status) == (course, "Manual", "Pending")
	assert factory.causes(owed.name) == [(COMPLIANCE, row.name, False)]
	assert owed.reason == f"{licence} has to be held."
	daily.run()
	assert len(factory.assignments(member=hire.user_id)) == 1


def test_a_due_renewal_makes_a_course_owed_again_that_has_no_end(hire, licence, course, clock):
	row = factory.compliance(hire.name, licence)
	learn(hire, course)
	clock(89)
	daily.run()
	assert factory.stands(hire.name, licence).status == "Complete"
	assert len(factory.assignments(member=hire.user_id)) == 1
	clock(90)
	summary = daily.run()
	assert factory.stands(hire.name, licence).status == "Due for Renewal"
	done, owed = factory.assignments(member=hire.user_id)
	assert (done.status, owed.status, owed.source, owed.due_date) == (
		"Completed",
		"Pending",
		"Renewal",
		day(99),
	)
	assert factory.causes(owed.name) == [(COMPLIANCE, row.name, False)]
	assert summary["renewed"] == 1
	clock(91)
	assert "renewed" not in daily.run()
	assert len(factory.assignments(member=hire.user_id)) == 2


def test_done_again_it_is_the_next_cycle_and_the_old_one_stays_on_record(hire, licence, course, clock):
	factory.compliance(hire.name, licence)
	learn(hire, course)
	clock(90)
	daily.run()
	clock(95)
	factory.complete_lessons(hire.user_id, course)
	old, new = factory.cycles(hire.name, licence)
	assert (old.status, old.is_current, new.status, new.is_current, new.cycle) == (
		"Complete",
		0,
		"Complete",
		1,
		2,
	)
	assert (getdate(new.completed_on), getdate(new.next_renewal_date)) == (day(95), day(195))
	assert len(factory.proofs(new.name)) == len(factory.proofs(old.name)) == 1
	clock(101)
	daily.run()
	old, new = factory.cycles(hire.name, licence)
	assert (old.status, new.status) == ("Expired", "Complete")


def test_what_is_not_renewed_in_time_expires_and_is_owed_still(hire, licence, course, clock):
	factory.compliance(hire.name, licence)
	learn(hire, course)
	clock(90)
	daily.run()
	clock(100)
	daily.run()
	assert factory.stands(hire.name, licence).status == "Expired"
	_done, owed = factory.assignments(member=hire.user_id)
	assert owed.status == "Overdue"
	factory.complete_lessons(hire.user_id, course)
	assert factory.stands(hire.name, licence).status == "Complete"


def test_after_an_outage_it_is_due_some_days_from_now(hire, licence, course, clock):
	factory.compliance(hire.name, licence)
	learn(hire, course)
	clock(150)
	daily.run()
	_done, owed = factory.assignments(member=hire.user_id)
	assert (owed.status, owed.due_date) == ("Pending", day(180))


def test_a_course_that_ends_by_itself_is_owed_once_for_both(hire, hr, clock):
	course = factory.course("Forklift", is_mandatory=0, validity_days=100)
	licence = factory.compliance_type([course], renew_every=100, renew_unit="Days", alert_days_before=30)
	factory.compliance(hire.name, licence)
	learn(hire, course)
	for days in (70, 71, 72):
		clock(days)
		daily.run()
	_done, owed = factory.assignments(member=hire.user_id)
	assert owed.status == "Pending"
	clock(80)
	factory.complete_lessons(hire.user_id, course)
	assert [row.status for row in factory.cycles(hire.name, licence)] == ["Complete", "Complete"]


def test_a_document_alone_opens_no_training_and_a_new_one_ends_the_wait(hire, hr, clock):
	passport = factory.compliance_type(documents=["Passport"])
	factory.verified_document(hire.name, "Passport", expires_on="2027-01-31")
	factory.compliance(hire.name, passport)
	clock(50)
	daily.run()
	assert factory.stands(hire.name, passport).status == "Due for Renewal"
	assert not factory.assignments(member=hire.user_id)


def test_who_is_waived_owes_nothing_for_it_any_more(hire, licence, course, clock):
	row = factory.compliance(hire.name, licence)
	api.waive_compliance([row.name], "Drives no more")
	assert factory.assignment(member=hire.user_id).status == "Cancelled"
	daily.run()
	assert factory.assignment(member=hire.user_id).status == "Cancelled"


def test_a_requirement_that_is_taken_away_is_not_owed_any_more(hire, licence, course):
	factory.compliance(hire.name, licence)
	doc = frappe.get_doc("Compliance Type", licence)
	doc.requirements = []
	doc.append("requirements", {"kind": "Document", "document_type": "Passport"})
	doc.save()
	assert factory.assignment(member=hire.user_id).status == "Cancelled"


def test_who_has_left_renews_nothing_and_who_is_back_does(hire, licence, course, clock):
	factory.compliance(hire.name, licence)
	learn(hire, course)
	# ERPNext 16 disables the user of who has left, too.
	frappe.set_user("Administrator")
	hire.reload()
	hire.update({"status": "Left", "relieving_date": "2026-11-23"})
	hire.save(ignore_permissions=True)
	clock(95)
	daily.run()
	assert len(factory.assignments(member=hire.user_id)) == 1
	hire.reload()
	hire.update({"status": "Active", "relieving_date": None})
	hire.save(ignore_permissions=True)
	daily.run()
	assert [row.status for row in factory.assignments(member=hire.user_id)] == ["Completed", "Pending"]


def test_what_was_cancelled_for_leaving_is_owed_again_by_who_is_back(hire, licence, course):
	factory.compliance(hire.name, licence)
	# ERPNext 16 disables the user of who has left, too.
	frappe.set_user("Administrator")
	hire.reload()
	hire.update({"status": "Left", "relieving_date": "2026-11-23"})
	hire.save(ignore_permissions=True)
	hire.reload()
	hire.update({"status": "Active", "relieving_date": None})
	hire.save(ignore_permissions=True)
	assert [row.status for row in factory.assignments(member=hire.user_id)] == ["Cancelled", "Pending"]


def test_switched_off_the_app_opens_nothing(hire, licence, course):
	frappe.db.set_single_value("LMS Training Settings", "enabled", 0)
	factory.compliance(hire.name, licence)
	daily.run()
	assert factory.assignments(member=hire.user_id) == []


def test_who_gets_a_user_owes_what_they_have_to_hold(hr, licence, course):
	nobody = factory.employee()
	factory.compliance(nobody.name, licence)
	nobody.reload()
	nobody.user_id = factory.user()
	nobody.save(ignore_permissions=True)
	assert factory.assignment(member=nobody.user_id).course == course
