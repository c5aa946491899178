"""Waivers that end, and waivers that are withdrawn (rule 12)."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.record import reasons
from tests.site import factory
from tests.site.conftest import TODAY

LAST = TODAY + timedelta(days=60)


@pytest.fixture
def waived(hire, hr):
	"""Return an assignment that HR has waived until LAST, as it stands."""
	course = factory.course()
	factory.onboarding(employee=hire.name)
	name = factory.assignment(member=hire.user_id, course=course).name
	told = api.waive([name], "On a project abroad", str(LAST))
	assert [row["name"] for row in told["done"]] == [name], told
	return lambda: factory.assignment(name=name)


def test_it_counts_up_to_and_including_its_last_day(waived, clock):
	clock(60)
	daily.run()
	row = waived()
	assert (row.status, row.waived_until) == ("Waived", LAST)


def test_the_day_after_it_is_owed_again_and_says_why(waived, clock):
	today = clock(61)
	daily.run()
	row = waived()
	assert (row.status, row.cycle, row.due_date) == ("Pending", 1, today + timedelta(days=30))
	assert (row.waived_by, row.waived_on, row.waived_until, row.waiver_reason) == (None,) * 4
	moved, reopened = factory.events(row.name)[-2:]
	assert (moved[0], moved[2]) == ("Due Date Moved", str(row.due_date))
	assert reopened == ("Reopened", "Waived", "Pending", reasons.WAIVER_ENDED, "Administrator")
	before = factory.events(row.name)
	daily.run()
	assert factory.events(row.name) == before


def test_who_has_moved_meanwhile_owes_it_where_they_are_now(waived, clock, hire):
	before = waived().department
	place = frappe.get_doc({"doctype": "Department", "department_name": "Elsewhere", "company": hire.company})
	place = place.insert(ignore_permissions=True).name
	employee = frappe.get_doc("Employee", hire.name)
	employee.department = place
	employee.save(ignore_permissions=True)
	assert waived().department == before
	clock(61)
	daily.run()
	assert (waived().status, waived().department) == ("Pending", place)
	assert factory.events(waived().name)[-1][:4] == ("Handed Over", before, place, reasons.MOVED)


def test_for_ever_is_for_ever_whatever_a_rule_counts(hire, hr, clock):
	course = factory.course(is_mandatory=0)
	factory.rule(
		courses=[course],
		audience=[("Employee", hire.name)],
		applies="Everybody It Fits",
		counts_if_completed_within=100,
	)
	name = factory.assignment(member=hire.user_id).name
	api.waive([name], "Knows it by heart")
	clock(101)
	daily.run()
	assert factory.assignment(member=hire.user_id).status == "Waived"


def test_it_is_announced_anew_and_once(waived, clock):
	frappe.db.delete("Email Queue")
	factory.mail_account()
	clock(61)
	daily.run()
	row = waived()
	told = {"assignment": row.name, "kind": "Assigned", "due_date": row.due_date}
	assert frappe.db.count("LMS Training Notification", told) == 1
	daily.run()
	assert frappe.db.count("LMS Training Notification", told) == 1


def test_after_an_outage_it_is_due_from_the_day_on_which_it_is_found(waived, clock):
	today = clock(100)
	daily.run()
	assert waived().due_date == today + timedelta(days=30)


def test_whoever_has_learned_it_meanwhile_has_completed_it(waived, clock, hire):
	row = waived()
	clock(10)
	factory.complete_lessons(hire.user_id, row.course)
	assert waived().status == "Waived"
	clock(61)
	daily.run()
	row = waived()
	assert (row.status, row.completed_on, row.progress) == ("Completed", TODAY + timedelta(days=10), 100)


def test_nobody_who_has_left_owes_it_again(waived, clock, hire):
	# ERPNext 16 disables the user with it, which HR alone may not.
	frappe.set_user("Administrator")
	employee = frappe.get_doc("Employee", hire.name)
	employee.update({"status": "Left", "relieving_date": TODAY})
	employee.save(ignore_permissions=True)
	clock(61)
	daily.run()
	assert waived().status == "Waived"


def test_nobody_owes_a_course_again_that_is_not_published_until_it_is(waived, clock):
	row = waived()
	frappe.db.set_value("LMS Course", row.course, "published", 0)
	clock(61)
	daily.run()
	assert waived().status == "Waived"
	frappe.db.set_value("LMS Course", row.course, "published", 1)
	daily.run()
	assert waived().status == "Pending"


def test_nobody_owes_again_what_nothing_asks_for_any_more(waived, clock, hire):
	onboarding = frappe.get_doc("Employee Onboarding", {"employee": hire.name})
	onboarding.flags.ignore_permissions = True
	onboarding.delete()
	clock(61)
	daily.run()
	assert waived().status == "Waived"
	(failed,) = api.withdraw_waiver([waived().name], "Over")["failed"]
	assert "Nothing asks for it" in failed["message"]


def test_it_cannot_end_in_the_past(hire, hr):
	course = factory.course()
	factory.onboarding(employee=hire.name)
	name = factory.assignment(member=hire.user_id, course=course).name
	with pytest.raises(frappe.ValidationError, match="past"):
		api.waive([name], "Why", str(TODAY - timedelta(days=1)))
	assert factory.assignment(name=name).status == "Pending"


def test_withdrawn_it_is_owed_again_from_today(waived, clock):
	today = clock(5)
	told = api.withdraw_waiver([waived().name], "The project is over")
	assert not told["failed"]
	row = waived()
	assert (row.status, row.due_date, row.waived_until) == ("Pending", today + timedelta(days=30), None)
	assert [(each[0], each[3]) for each in factory.events(row.name)[-3:]] == [
		("Waiver Withdrawn", "The project is over"),
		("Due Date Moved", "The project is over"),
		("Reopened", "The project is over"),
	]


def test_there_is_nothing_to_withdraw_where_nothing_is_waived(waived):
	name = waived().name
	api.withdraw_waiver([name], "Over")
	(failed,) = api.withdraw_waiver([name], "Again")["failed"]
	assert "no waiver" in failed["message"]
	with pytest.raises(frappe.MandatoryError):
		api.withdraw_waiver([name], " ")


def test_nobody_withdraws_what_is_not_theirs_to_decide(waived, hire):
	name = waived().name
	frappe.set_user(hire.user_id)
	(failed,) = api.withdraw_waiver([name], "Please")["failed"]
	assert "not yours" in failed["message"]
	assert waived().status == "Waived"


def test_a_later_assignment_keeps_it_from_coming_back(waived, hire):
	row = waived()
	api.assign_mandatory_training(employees=[hire.name], courses=[row.course])
	later = frappe.get_doc(
		{"doctype": "LMS Training Assignment", "employee": hire.name, "course": row.course}
	).insert()
	(failed,) = api.withdraw_waiver([row.name], "Over")["failed"]
	assert "later assignment" in failed["message"]
	assert factory.assignment(name=later.name).cycle == 2
