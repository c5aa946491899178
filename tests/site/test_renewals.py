"""What somebody has completed for a time is learned again before it runs out (rule 11)."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate

from smooth_lms_hr import api, daily
from tests.site import factory
from tests.site.conftest import TODAY

ASSIGNMENT = "LMS Training Assignment"
YEAR = 365


def day(number):
	return TODAY + timedelta(days=number)


def cycles(hire, course):
	rows = factory.assignments(member=hire.user_id, course=course)
	return [(row.cycle, row.status, row.due_date, row.valid_until) for row in rows]


def test_a_completion_says_until_when_it_counts(hire, yearly):
	row = factory.assignment(member=hire.user_id)
	assert (row.status, row.completed_on, row.valid_until, row.to_renew) == ("Completed", TODAY, day(YEAR), 1)


def test_without_validity_days_it_counts_for_ever(hire, hr):
	course = factory.course()
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	row = factory.assignment(member=hire.user_id)
	assert (row.status, row.valid_until, row.to_renew) == ("Completed", None, 0)


def test_a_renewal_opens_on_the_first_day_of_its_window_and_not_before(hire, yearly, clock):
	clock(YEAR - 31)
	daily.run()
	assert len(cycles(hire, yearly)) == 1
	clock(YEAR - 30)
	daily.run()
	assert cycles(hire, yearly) == [
		(1, "Completed", day(30), day(YEAR)),
		(2, "Pending", day(YEAR), None),
	]
	daily.run()
	assert len(cycles(hire, yearly)) == 2


def test_it_says_what_it_renews_and_what_asks_for_it(hire, yearly, clock):
	clock(YEAR - 30)
	daily.run()
	old, new = factory.assignments(member=hire.user_id, course=yearly)
	assert (new.source, new.assigned_by, new.onboarding) == ("Renewal", "Administrator", old.onboarding)
	assert old.name in new.reason
	assert new.due_date_basis == "The last day on which the earlier completion counts"
	assert old.to_renew == 0
	assert factory.events(old.name)[-1][:3] == ("Renewed", str(day(YEAR)), new.name)
	(cause,) = frappe.get_doc(ASSIGNMENT, new.name).causes
	assert (cause.cause_doctype, cause.cause) == ("Employee Onboarding", old.onboarding)


def test_it_is_learned_again_whole_and_counts_anew(hire, yearly, clock):
	clock(YEAR - 30)
	daily.run()
	enrolment = {"member": hire.user_id, "course": yearly}
	assert frappe.db.get_value("LMS Enrollment", enrolment, "progress") == 0
	factory.complete_lessons(hire.user_id, yearly, 1)
	assert [row[1] for row in cycles(hire, yearly)] == ["Completed", "In Progress"]
	clock(YEAR - 10)
	factory.complete_lessons(hire.user_id, yearly)
	assert cycles(hire, yearly)[1][1:] == ("Completed", day(YEAR), day(YEAR - 10 + YEAR))


def test_what_was_learned_before_is_kept_as_evidence(hire, yearly, clock):
	clock(YEAR - 30)
	daily.run()
	old, _new = factory.assignments(member=hire.user_id, course=yearly)
	(kept,) = frappe.get_all("LMS Training Evidence", {"assignment": old.name}, ["*"])
	assert (kept.kind, kept.member, kept.course_title) == ("Learning", hire.user_id, "Safety")
	assert getdate(kept.completed_on) == TODAY
	lessons = frappe.parse_json(kept.lessons)
	assert {row["lesson"] for row in lessons} == set(factory.lessons_of(yearly))
	assert {row["completed_on"] for row in lessons} == {str(TODAY)}
	assert not frappe.db.exists("LMS Course Progress", {"member": hire.user_id})


def test_evidence_is_neither_written_nor_changed_by_anybody(hire, yearly, clock):
	clock(YEAR - 30)
	daily.run()
	frappe.set_user("Administrator")
	doc = frappe.get_last_doc("LMS Training Evidence")
	doc.course_title = "Other"
	for attack in (
		doc.save,
		doc.delete,
		lambda: frappe.copy_doc(doc).insert(),
		lambda: frappe.rename_doc(doc.doctype, doc.name, "other"),
	):
		with pytest.raises(frappe.PermissionError):
			attack()


def test_whoever_renews_early_in_the_window_loses_no_days_where_the_course_says_so(hire, yearly, clock):
	frappe.db.set_value("LMS Course", yearly, "renew_from", "Previous Expiry")
	clock(YEAR - 30)
	daily.run()
	clock(YEAR - 20)
	factory.complete_lessons(hire.user_id, yearly)
	assert cycles(hire, yearly)[1][1:] == ("Completed", day(YEAR), day(YEAR + YEAR))


def test_whoever_renews_late_begins_on_that_day(hire, yearly, clock):
	frappe.db.set_value("LMS Course", yearly, "renew_from", "Previous Expiry")
	clock(YEAR - 30)
	daily.run()
	clock(YEAR + 3)
	daily.run()
	assert cycles(hire, yearly)[1][1] == "Overdue"
	factory.complete_lessons(hire.user_id, yearly)
	assert cycles(hire, yearly)[1][1:] == ("Completed", day(YEAR), day(YEAR + 3 + YEAR))


def test_after_an_outage_it_is_due_so_many_days_from_the_day_on_which_it_is_found(hire, yearly, clock):
	clock(YEAR + 5)
	daily.run()
	assert cycles(hire, yearly)[1] == (2, "Pending", day(YEAR + 35), None)


def test_on_the_last_day_it_is_still_due_on_that_day(hire, yearly, clock):
	clock(YEAR)
	daily.run()
	assert cycles(hire, yearly)[1] == (2, "Pending", day(YEAR), None)


def test_the_window_of_a_short_validity_is_half_of_it(hire, hr, clock):
	course = factory.course(validity_days=10)
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	clock(4)
	daily.run()
	assert len(cycles(hire, course)) == 1
	clock(5)
	daily.run()
	assert cycles(hire, course)[1] == (2, "Pending", day(10), None)


def test_one_day_of_validity_is_renewed_on_its_last_day(hire, hr, clock):
	course = factory.course(validity_days=1)
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	daily.run()
	assert len(cycles(hire, course)) == 1
	clock(1)
	daily.run()
	assert cycles(hire, course)[1] == (2, "Pending", day(1), None)


def left(hire):
	employee = frappe.get_doc("Employee", hire.name)
	employee.update({"status": "Left", "relieving_date": getdate()})
	employee.save(ignore_permissions=True)


@pytest.mark.parametrize(
	"reason", ["left", "inactive", "unpublished", "not mandatory", "onboarding cancelled", "disabled"]
)
def test_nobody_renews_what_is_not_owed_any_more(hire, yearly, clock, reason):
	frappe.set_user("Administrator")
	clock(YEAR - 40)
	if reason == "left":
		left(hire)
	elif reason == "inactive":
		frappe.db.set_value("Employee", hire.name, "status", "Inactive")
	elif reason == "unpublished":
		frappe.db.set_value("LMS Course", yearly, "published", 0)
	elif reason == "not mandatory":
		frappe.db.set_value("LMS Course", yearly, "is_mandatory", 0)
	elif reason == "onboarding cancelled":
		frappe.db.set_value("Employee Onboarding", {"employee": hire.name}, "docstatus", 2)
	else:
		frappe.db.set_value("User", hire.user_id, "enabled", 0)
	clock(YEAR - 30)
	daily.run()
	assert len(cycles(hire, yearly)) == 1
	# Who is gone is looked at no more; all others may owe it again.
	assert factory.assignment(member=hire.user_id).to_renew == (reason != "left")


def test_what_is_owed_again_is_renewed_then(hire, yearly, clock):
	frappe.db.set_value("LMS Course", yearly, "published", 0)
	clock(YEAR + 50)
	daily.run()
	frappe.db.set_value("LMS Course", yearly, "published", 1)
	daily.run()
	assert cycles(hire, yearly)[1] == (2, "Pending", day(YEAR + 80), None)


def test_what_was_assigned_by_hand_is_renewed_until_somebody_ends_it(hire, hr, clock):
	course = factory.course(validity_days=100, is_mandatory=0)
	api.assign_mandatory_training(employees=[hire.name], courses=[course])
	factory.complete_lessons(hire.user_id, course)
	clock(70)
	daily.run()
	_old, new = factory.assignments(member=hire.user_id, course=course)
	assert new.status == "Pending"
	api.cancel_training([new.name], "Not needed any more")
	clock(150)
	daily.run()
	assert [row[1] for row in cycles(hire, course)] == ["Completed", "Cancelled"]


def test_a_waiver_renews_nothing_by_itself(hire, yearly, clock):
	clock(YEAR - 30)
	daily.run()
	_old, new = factory.assignments(member=hire.user_id, course=yearly)
	api.waive([new.name], "Enough")
	clock(3 * YEAR)
	daily.run()
	assert [row[1] for row in cycles(hire, yearly)] == ["Completed", "Waived"]


def test_a_rule_that_fits_renews_and_one_that_does_not_any_more_does_not(hire, hr, clock):
	course = factory.course(validity_days=100, is_mandatory=0)
	rule = factory.rule(
		courses=[course], audience=[("Employee", hire.name)], applies="Everybody It Fits", due_days=10
	)
	assert factory.assignment(member=hire.user_id).rule == rule.name
	factory.complete_lessons(hire.user_id, course)
	clock(70)
	daily.run()
	_old, new = factory.assignments(member=hire.user_id, course=course)
	assert (new.status, new.due_date, new.rule, new.source) == ("Pending", day(100), rule.name, "Renewal")
	factory.complete_lessons(hire.user_id, course)
	rule.reload()
	rule.enabled = 0
	rule.save()
	clock(170)
	daily.run()
	clock(200)
	daily.run()
	assert len(cycles(hire, course)) == 2


def test_who_completed_an_equivalent_in_the_window_has_renewed_it(hire, hr, clock):
	other = factory.course("The other", is_mandatory=0)
	course = factory.course(validity_days=100, equivalents=[{"course": other}])
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	clock(60)
	api.assign_mandatory_training(employees=[hire.name], courses=[other])
	factory.complete_lessons(hire.user_id, other)
	clock(70)
	daily.run()
	assert cycles(hire, course)[1][1:] == ("Completed", day(100), day(160))


def test_three_cycles_and_the_window_is_asked_of_the_last_one_alone(hire, hr, clock):
	course = factory.course(validity_days=100)
	factory.onboarding(employee=hire.name)
	for start in (0, 80, 160):
		clock(start)
		daily.run()
		factory.complete_lessons(hire.user_id, course)
	assert [row[0:2] + row[3:] for row in cycles(hire, course)] == [
		(1, "Completed", day(100)),
		(2, "Completed", day(180)),
		(3, "Completed", day(260)),
	]
	clock(229)
	daily.run()
	assert len(cycles(hire, course)) == 3
	assert [row.to_renew for row in factory.assignments(member=hire.user_id)] == [0, 0, 1]


def test_a_renewal_is_announced(hire, yearly, clock):
	factory.mail_account()
	frappe.db.delete("Email Queue")
	clock(YEAR - 30)
	daily.run()
	_old, new = factory.assignments(member=hire.user_id, course=yearly)
	assert frappe.db.count("LMS Training Notification", {"assignment": new.name, "kind": "Assigned"}) == 1


def test_with_training_switched_off_nothing_is_renewed(hire, yearly, clock, settings):
	settings.enabled = 0
	settings.save()
	clock(YEAR - 30)
	daily.run()
	assert len(cycles(hire, yearly)) == 1
