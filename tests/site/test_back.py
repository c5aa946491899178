"""Who has left owes nothing, and who is back owes again what was cancelled for that (rule 12)."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.record import reasons
from tests.site import factory
from tests.site.conftest import TODAY


def change(employee, **values) -> None:
	doc = frappe.get_doc("Employee", employee.name)
	doc.update(values)
	doc.save(ignore_permissions=True)


def leave(employee) -> None:
	change(employee, status="Left", relieving_date=frappe.utils.getdate())


def come_back(employee) -> None:
	change(employee, status="Active", relieving_date=None)


@pytest.fixture
def hr(as_user):
	"""Somebody of HR who may write to users as well: ERPNext 16 disables the user of an employee who is not active."""
	name = factory.hr_manager("System Manager")
	as_user(name)
	return name


@pytest.fixture
def onboarding(hire, hr):
	"""Return the onboarding of somebody who owes a course by it."""
	factory.course("Baseline")
	return factory.onboarding(employee=hire.name)


def test_what_was_cancelled_for_leaving_is_owed_again_in_a_new_row(onboarding, hire, hr, clock):
	leave(hire)
	today = clock(100)
	come_back(hire)
	old, new = factory.assignments(member=hire.user_id)
	assert (old.status, new.status, new.cycle) == ("Cancelled", "Pending", 2)
	assert (new.due_date, new.original_due_date) == (today + timedelta(days=30),) * 2
	assert (new.source, new.onboarding, new.assigned_by) == ("Onboarding", onboarding.name, hr)
	assert (
		new.reason
		== f"Mandatory course, {onboarding.name} of {onboarding.employee_name}. The employee is back."
	)
	assert factory.causes(new.name) == [("Employee Onboarding", onboarding.name, False)]
	assert frappe.db.count("LMS Training Event", {"assignment": new.name, "event": "Assigned"}) == 1


def test_once(onboarding, hire):
	leave(hire)
	come_back(hire)
	change(hire, cell_number="1234567890")
	change(hire, status="Inactive")
	change(hire, status="Active")
	daily.run()
	assert [row.status for row in factory.assignments(member=hire.user_id)] == ["Cancelled", "Pending"]


def test_twice_gone_and_twice_back(onboarding, hire):
	for _time in range(2):
		leave(hire)
		come_back(hire)
	rows = factory.assignments(member=hire.user_id)
	assert [row.status for row in rows] == ["Cancelled", "Cancelled", "Pending"]
	assert rows[-1].reason.count("The employee is back") == 1


def test_back_by_way_of_inactive(onboarding, hire):
	leave(hire)
	change(hire, status="Inactive", relieving_date=None)
	assert [row.status for row in factory.assignments(member=hire.user_id)] == ["Cancelled"]
	change(hire, status="Active")
	assert [row.status for row in factory.assignments(member=hire.user_id)] == ["Cancelled", "Pending"]


def test_back_without_a_user_it_is_owed_once_there_is_one(onboarding, hire):
	leave(hire)
	# Taking a user off an Employee takes rights that HR has not.
	frappe.set_user("Administrator")
	change(hire, status="Active", relieving_date=None, user_id=None)
	assert len(factory.assignments(member=hire.user_id)) == 1
	change(hire, user_id=hire.user_id)
	assert [row.status for row in factory.assignments(member=hire.user_id)] == ["Cancelled", "Pending"]


def test_what_somebody_chose_for_them_is_owed_again(hire, hr, course):
	api.assign_mandatory_training(employees=[hire.name], courses=[course], due_date=str(TODAY))
	leave(hire)
	come_back(hire)
	_old, new = factory.assignments(member=hire.user_id)
	assert (new.source, new.due_date) == ("Manual", TODAY + timedelta(days=30))
	assert factory.causes(new.name) == [("User", hr, False)]


def test_a_rule_is_asked_anew(driver, hr, course):
	rule = factory.rule(courses=[course], audience=[("Designation", "Driver")], due_days=20)
	leave(driver)
	come_back(driver)
	old, new = factory.assignments(member=driver.user_id)
	assert (old.status, new.status, new.due_date) == ("Cancelled", "Pending", TODAY + timedelta(days=20))
	assert factory.causes(new.name) == [("LMS Training Rule", rule.name, False)]


def test_what_a_rule_and_an_onboarding_asked_for_is_one_debt(driver, hr):
	course = factory.course()
	rule = factory.rule(courses=[course], audience=[("Designation", "Driver")], due_days=20)
	onboarding = factory.onboarding(employee=driver.name)
	leave(driver)
	come_back(driver)
	_old, new = factory.assignments(member=driver.user_id)
	assert new.due_date == TODAY + timedelta(days=20)
	assert set(factory.causes(new.name)) == {
		("LMS Training Rule", rule.name, False),
		("Employee Onboarding", onboarding.name, False),
	}


class TestNotOwedAgain:
	def statuses(self, hire) -> list[str]:
		leave(hire)
		self.meanwhile()
		come_back(hire)
		return [row.status for row in factory.assignments(member=hire.user_id)]

	def meanwhile(self) -> None:
		"""Do what happens while somebody is gone; a test puts its own in the place of this."""

	@pytest.mark.parametrize("field", ["is_mandatory", "published"])
	def test_a_course_that_is_taken_back(self, onboarding, hire, field):
		course = factory.assignment(member=hire.user_id).course
		self.meanwhile = lambda: frappe.db.set_value("LMS Course", course, field, 0)
		assert self.statuses(hire) == ["Cancelled"]

	def test_what_a_cancelled_onboarding_asked_for(self, onboarding, hire):
		frappe.set_user("Administrator")
		onboarding.submit()
		self.meanwhile = onboarding.cancel
		assert self.statuses(hire) == ["Cancelled"]

	def test_what_somebody_has_cancelled_by_hand(self, onboarding, hire):
		api.cancel_training([factory.assignment(member=hire.user_id).name], "A mistake")
		assert self.statuses(hire) == ["Cancelled"]

	def test_what_somebody_has_cancelled_by_hand_after_the_return(self, onboarding, hire):
		self.statuses(hire)
		api.cancel_training([factory.assignment(member=hire.user_id, status="Pending").name], "A mistake")
		change(hire, status="Inactive")
		change(hire, status="Active")
		assert [row.status for row in factory.assignments(member=hire.user_id)] == ["Cancelled", "Cancelled"]

	def test_what_the_leaving_before_the_last_one_has_cancelled(self, onboarding, hire, clock):
		first = factory.assignment(member=hire.user_id)
		frappe.db.set_value("LMS Course", first.course, "is_mandatory", 0)
		self.statuses(hire)
		clock(10)
		other = factory.course("Other", is_mandatory=0)
		api.assign_mandatory_training(employees=[hire.name], courses=[other])
		frappe.db.set_value("LMS Course", first.course, "is_mandatory", 1)
		leave(hire)
		come_back(hire)
		assert [row.status for row in factory.assignments(course=first.course)] == ["Cancelled"]
		assert [row.status for row in factory.assignments(course=other)] == ["Cancelled", "Pending"]

	def test_what_is_completed_and_counts(self, hire, hr):
		course = factory.course(validity_days=365)
		onboarding = factory.onboarding(employee=hire.name)
		factory.complete_lessons(hire.user_id, course)
		assert self.statuses(hire) == ["Completed"]
		assert onboarding.name

	def test_while_training_is_switched_off(self, onboarding, hire, settings):
		settings.enabled = 0
		settings.save()
		assert self.statuses(hire) == ["Cancelled"]


class TestRenewals:
	@pytest.fixture
	def completed(self, hire, hr):
		"""Return the name of what somebody has completed for a year, of which nothing is to be renewed since they left."""
		course = factory.course(validity_days=365)
		factory.onboarding(employee=hire.name)
		factory.complete_lessons(hire.user_id, course)
		name = factory.assignment(member=hire.user_id).name
		leave(hire)
		frappe.db.set_value("LMS Training Assignment", name, "to_renew", 0)
		return name

	def to_renew(self, name: str) -> bool:
		return bool(frappe.db.get_value("LMS Training Assignment", name, "to_renew"))

	def test_what_was_completed_for_a_time_is_to_be_renewed_again(self, completed, hire):
		come_back(hire)
		assert self.to_renew(completed)

	def test_also_where_its_renewal_was_cancelled_for_leaving(self, completed, hire):
		frappe.get_doc("LMS Training Assignment", completed)
		row = factory.assignment(name=completed)
		factory.insert(
			"LMS Training Assignment",
			[{"name": "TA-renewal", "member": row.member, "course": row.course, "cycle": 2, "status": "Cancelled",
			"employee": row.employee, "due_date": TODAY}],
		)  # fmt: skip
		come_back(hire)
		assert self.to_renew(completed)

	@pytest.mark.parametrize("cancelled_by_hand", [False, True])
	def test_who_is_back_while_it_counts_still_renews_it_unless_somebody_has_cancelled_that(
		self, hire, hr, clock, cancelled_by_hand
	):
		course = factory.course(validity_days=365)
		factory.onboarding(employee=hire.name)
		factory.complete_lessons(hire.user_id, course)
		clock(340)
		daily.run()
		_done, renewal = factory.assignments(member=hire.user_id)
		if cancelled_by_hand:
			api.cancel_training([renewal.name], "Another course is coming")
		leave(hire)
		clock(350)
		come_back(hire)
		daily.run()
		daily.run()
		rows = factory.assignments(member=hire.user_id)
		expected = [("Completed", "Onboarding"), ("Cancelled", "Renewal")]
		if not cancelled_by_hand:
			expected.append(("Pending", "Renewal"))
			assert rows[-1].due_date == TODAY + timedelta(days=365)
		assert [(row.status, row.source) for row in rows] == expected

	def test_not_where_it_was_renewed(self, completed, hire):
		row = factory.assignment(name=completed)
		factory.insert(
			"LMS Training Assignment",
			[{"name": "TA-renewal", "member": row.member, "course": row.course, "cycle": 2, "status": "Waived",
			"employee": row.employee, "due_date": TODAY}],
		)  # fmt: skip
		come_back(hire)
		assert not self.to_renew(completed)

	def test_not_what_counts_for_ever(self, hire, hr):
		course = factory.course()
		factory.onboarding(employee=hire.name)
		factory.complete_lessons(hire.user_id, course)
		leave(hire)
		come_back(hire)
		assert not self.to_renew(factory.assignment(member=hire.user_id).name)


def test_inactive_and_suspended_cancel_nothing(onboarding, hire):
	for status in ("Inactive", "Suspended", "Active"):
		change(hire, status=status)
		assert [row.status for row in factory.assignments(member=hire.user_id)] == ["Pending"]


def test_to_find_out_takes_as_many_queries_for_many_as_for_few(hire, hr):
	from smooth_lms_hr.following import life_events
	from tests.site.queries import number_of

	def gone(number: int) -> int:
		courses = [factory.course(is_mandatory=0, lessons=0) for _ in range(number)]
		api.assign_mandatory_training(employees=[hire.name], courses=courses)
		leave(hire)
		# All of it is taken back meanwhile, so that nothing is assigned: enrolments cost Learning something each.
		frappe.db.set_value("LMS Course", {"name": ("in", courses)}, "published", 0)
		employee = frappe.get_doc("Employee", hire.name)
		frappe.db.set_value("Employee", hire.name, "status", "Active")
		return number_of(lambda: life_events.back(employee))

	few = gone(1)
	assert few == gone(5)


def test_the_history_of_what_is_gone_says_why(onboarding, hire, hr):
	leave(hire)
	row = factory.assignment(member=hire.user_id)
	assert factory.events(row.name) == [("Cancelled", "Pending", "Cancelled", reasons.LEFT, hr)]
