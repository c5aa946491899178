"""Leaves that are cancelled or changed take back what they have added to due dates (rule 12)."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.record import reasons
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.on_leave import DUE, cancel, day, moves, owed


@pytest.fixture
def debt(hire, hr):
	"""Return an assignment of TODAY, as it stands."""
	return owed(hire)


class TestCancelled:
	def test_it_takes_back_what_it_added(self, debt, hire):
		leave = factory.leave(hire, day(10), day(29))
		cancel(leave)
		row = debt()
		assert (row.due_date, row.due_date_set_on) == (DUE, TODAY)
		assert row.due_date_basis == f"20 days earlier again: the leave {leave.name} was cancelled"
		assert moves(row) == [
			(20, reasons.ON_LEAVE, leave.name),
			(-20, reasons.LEAVE_CANCELLED, leave.name),
		]

	def test_whatever_the_setting_says_by_then(self, debt, hire):
		leave = factory.leave(hire, day(10), day(29))
		frappe.db.set_single_value("LMS Training Settings", "leave_extends_from_days", 0)
		frappe.clear_document_cache("LMS Training Settings", "LMS Training Settings")
		cancel(leave)
		assert debt().due_date == DUE

	def test_a_date_that_somebody_has_set_since_stays(self, debt, hire):
		leave = factory.leave(hire, day(10), day(29))
		api.extend_due_date([debt().name], str(day(90)), "As agreed")
		cancel(leave)
		assert debt().due_date == day(90)

	def test_after_the_return_it_may_be_overdue_by_that(self, debt, hire, clock):
		leave = factory.leave(hire, day(10), day(29))
		clock(40)
		cancel(leave)
		row = debt()
		assert (row.status, row.due_date) == ("Overdue", DUE)
		assert factory.events(row.name)[-1][:4] == ("Overdue", "Pending", "Overdue", reasons.LEAVE_CANCELLED)

	def test_what_is_settled_by_then_is_left_alone(self, debt, hire):
		leave = factory.leave(hire, day(10), day(29))
		factory.complete_lessons(hire.user_id, debt().course)
		cancel(leave)
		assert (debt().status, debt().due_date) == ("Completed", DUE + timedelta(days=20))

	def test_what_was_reopened_since_has_its_own_date(self, debt, hire, clock):
		leave = factory.leave(hire, day(10), day(29))
		api.waive([debt().name], "On a project", str(day(12)))
		clock(30)
		daily.run()
		assert debt().due_date == day(60)
		cancel(leave)
		assert debt().due_date == day(60)

	def test_deleted_after_it_changes_nothing_more(self, debt, hire):
		leave = factory.leave(hire, day(10), day(29))
		cancel(leave)
		frappe.set_user("Administrator")
		# Frappe HR keeps the attendance that it made of it, which would have to go first.
		frappe.delete_doc("Leave Application", leave.name, force=True)
		assert debt().due_date == DUE
		# The history goes on naming it.
		assert [each[2] for each in moves(debt())] == [leave.name] * 2

	def test_of_a_person_with_another_employee_record_by_now(self, debt, hire):
		leave = factory.leave(hire, day(10), day(29))
		frappe.db.set_value("Employee", hire.name, "status", "Inactive")
		other = factory.employee(hire.user_id)
		assert debt().employee == other.name
		frappe.db.set_value("Employee", other.name, "status", "Inactive")
		frappe.db.set_value("Employee", hire.name, "status", "Active")
		cancel(leave)
		assert debt().due_date == DUE


class TestChanged:
	def test_shortened_it_counts_as_long_as_it_is(self, debt, hire):
		leave = factory.leave(hire, day(10), day(39))
		cancel(leave)
		shorter = factory.amended(leave, to_date=day(24))
		assert debt().due_date == DUE + timedelta(days=15)
		assert moves(debt())[-1] == (15, reasons.ON_LEAVE, shorter.name)

	def test_shortened_below_what_counts_it_moves_nothing(self, debt, hire):
		leave = factory.leave(hire, day(10), day(39))
		cancel(leave)
		factory.amended(leave, to_date=day(22))
		assert debt().due_date == DUE

	def test_shortened_after_the_return(self, debt, hire, clock):
		leave = factory.leave(hire, day(10), day(39))
		clock(30)
		cancel(leave)
		factory.amended(leave, to_date=day(29))
		assert debt().due_date == DUE + timedelta(days=20)

	def test_two_in_a_row_add_up(self, debt, hire):
		factory.leave(hire, day(10), day(29))
		factory.leave(hire, day(30), day(49))
		assert debt().due_date == DUE + timedelta(days=40)

	def test_a_day_on_which_two_meet_counts_once(self, debt, hire):
		# In halves, which is how Frappe HR lets two leaves meet.
		first = factory.leave(hire, day(10), day(29), half_day=1, half_day_date=day(29))
		second = factory.leave(hire, day(29), day(48), half_day=1, half_day_date=day(29))
		assert [each[0] for each in moves(debt())] == [20, 19]
		cancel(first)
		assert debt().due_date == DUE + timedelta(days=19)
		factory.amended(first)
		assert debt().due_date == DUE + timedelta(days=39)
		cancel(second)
		assert debt().due_date == DUE + timedelta(days=20)

	def test_assigned_on_the_day_on_which_two_meet(self, hire, hr, clock):
		factory.leave(hire, day(10), day(29), half_day=1, half_day_date=day(29))
		factory.leave(hire, day(29), day(48), half_day=1, half_day_date=day(29))
		clock(29)
		course = factory.course()
		factory.onboarding(employee=hire.name)
		row = factory.assignment(course=course)
		assert [each[0] for each in moves(row)] == [1, 19]
		assert row.due_date == day(59 + 20)
