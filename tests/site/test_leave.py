"""Leaves move due dates: of what is owed already, and of what is assigned meanwhile (rule 12)."""

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


class TestApproved:
	def test_what_is_open_moves_by_the_calendar_days(self, debt, hire):
		leave = factory.leave(hire, day(10), day(29))
		row = debt()
		assert (row.due_date, row.original_due_date) == (DUE + timedelta(days=20), DUE)
		assert row.due_date_basis == f"20 days later for the leave {leave.name} ({day(10)} to {day(29)})"
		assert row.due_date_set_on == TODAY
		assert moves(row) == [(20, reasons.ON_LEAVE, leave.name)]

	def test_who_approved_it_moved_it(self, debt, hire, hr):
		factory.leave(hire, day(10), day(29))
		assert [each[4] for each in factory.events(debt().name)] == [hr]

	@pytest.mark.parametrize(("days", "moved"), [(13, 0), (14, 14)])
	def test_a_short_leave_moves_nothing(self, debt, hire, days, moved):
		factory.leave(hire, day(5), day(4 + days))
		assert debt().due_date == DUE + timedelta(days=moved)

	def test_where_leaves_change_nothing_none_does(self, debt, hire):
		frappe.db.set_single_value("LMS Training Settings", "leave_extends_from_days", 0)
		frappe.clear_document_cache("LMS Training Settings", "LMS Training Settings")
		factory.leave(hire, day(5), day(100))
		assert debt().due_date == DUE

	@pytest.mark.parametrize(("first", "moved"), [(30, 20), (31, 0)])
	def test_what_is_due_before_its_first_day_stays(self, debt, hire, first, moved):
		factory.leave(hire, day(first), day(first + 19))
		assert debt().due_date == DUE + timedelta(days=moved)

	def test_a_date_that_somebody_chose_before_it_moves_too(self, debt, hire):
		api.extend_due_date([debt().name], str(day(40)), "Busy season")
		factory.leave(hire, day(10), day(29))
		assert debt().due_date == day(60)

	def test_what_is_settled_stays(self, debt, hire):
		api.waive([debt().name], "Knows it")
		factory.leave(hire, day(10), day(29))
		assert debt().due_date == DUE
		assert moves(debt()) == []

	def test_what_was_overdue_is_so_no_more_where_the_leave_began_before(self, debt, hire, clock):
		clock(35)
		daily.run()
		assert debt().status == "Overdue"
		factory.leave(hire, day(20), day(49))
		assert (debt().status, debt().due_date) == ("Pending", day(60))

	def test_a_leave_that_was_is_entered_afterwards(self, debt, hire, clock):
		clock(28)
		factory.leave(hire, day(5), day(24))
		assert debt().due_date == day(50)

	def test_afterwards_what_was_assigned_during_it_moves_by_what_was_left_of_it(self, hire, hr, clock):
		clock(15)
		course = factory.course()
		factory.onboarding(employee=hire.name)
		clock(28)
		factory.leave(hire, day(5), day(24))
		# The 15th to the 24th day.
		assert factory.assignment(course=course).due_date == day(45 + 10)

	def test_afterwards_what_was_owed_again_during_it_has_lost_no_more_than_that(self, debt, hire, clock):
		api.waive([debt().name], "On a project", str(day(12)))
		clock(13)
		daily.run()
		assert debt().due_date == day(43)
		factory.leave(hire, day(5), day(24))
		assert debt().due_date == day(43 + 12)

	def test_what_is_owed_again_during_it_has_the_days_that_are_left(self, debt, hire, clock):
		api.waive([debt().name], "On a project", str(day(12)))
		leave = factory.leave(hire, day(5), day(24))
		clock(13)
		daily.run()
		assert debt().due_date == day(43 + 12)
		cancel(leave)
		assert debt().due_date == day(43)

	def test_what_was_assigned_after_it_has_lost_nothing(self, hire, hr, clock):
		clock(25)
		course = factory.course()
		factory.onboarding(employee=hire.name)
		factory.leave(hire, day(5), day(24))
		assert factory.assignment(course=course).due_date == day(55)


class TestAssignedDuringIt:
	@pytest.fixture
	def away(self, hire, hr, clock):
		"""Return a leave from the tenth day to the 29th, of which it is the 15th today."""
		leave = factory.leave(hire, day(10), day(29))
		clock(15)
		return leave

	def assigned(self, hire, **fields):
		return frappe.get_doc(
			{
				"doctype": "LMS Training Assignment",
				"employee": hire.name,
				"course": factory.course(is_mandatory=0),
				**fields,
			}
		).insert()

	def test_by_an_onboarding_it_is_due_by_the_days_left_later(self, away, hire):
		course = factory.course()
		doc = factory.onboarding(employee=hire.name)
		row = factory.assignment(course=course)
		assert (row.due_date, row.original_due_date) == (day(45 + 15), day(45))
		assert row.due_date_set_on == day(15)
		assert moves(row) == [(15, reasons.ON_LEAVE, away.name)]
		first = frappe.get_all(
			"LMS Training Event", {"assignment": row.name}, ["event", "after"], order_by="name"
		)[0]
		assert (first.event, first.after) == ("Assigned", str(day(45)))
		assert frappe.utils.formatdate(row.due_date) in doc.training_note

	def test_by_a_rule(self, away, hire):
		course = factory.course(is_mandatory=0)
		factory.rule(courses=[course], audience=[("Employee", hire.name)], due_days=20)
		assert factory.assignment(course=course).due_date == day(35 + 15)

	def test_by_hand(self, away, hire):
		doc = self.assigned(hire)
		row = factory.assignment(name=doc.name)
		assert row.due_date == frappe.utils.getdate(doc.due_date) == day(45 + 15)
		assert moves(row) == [(15, reasons.ON_LEAVE, away.name)]
		# Whoever has just made it goes on with it.
		doc.due_date_reason, doc.due_date = "Longer", day(70)
		doc.save()

	def test_a_date_that_somebody_chooses_is_the_one_that_they_mean(self, away, hire):
		row = factory.assignment(name=self.assigned(hire, due_date=day(20)).name)
		assert row.due_date == day(20)
		other = factory.course(is_mandatory=0)
		api.assign_mandatory_training(employees=[hire.name], courses=[other], due_date=str(day(20)))
		assert factory.assignment(course=other).due_date == day(20)

	def test_on_its_last_day_it_is_one_day(self, away, hire, clock):
		clock(29)
		assert factory.assignment(name=self.assigned(hire).name).due_date == day(59 + 1)

	def test_the_day_after_it_is_due_as_ever(self, away, hire, clock):
		clock(30)
		assert factory.assignment(name=self.assigned(hire).name).due_date == day(60)

	def test_of_a_leave_that_was_refused_nobody_loses_a_day(self, hire, hr, clock):
		factory.leave(hire, day(10), day(29), status="Rejected")
		clock(15)
		assert factory.assignment(name=self.assigned(hire).name).due_date == day(45)

	def test_cancelled_it_takes_that_back_too(self, away, hire):
		row = factory.assignment(name=self.assigned(hire).name)
		cancel(away)
		assert factory.assignment(name=row.name).due_date == day(45)

	def test_what_is_done_already_is_put_on_file_as_it_was(self, away, hire):
		course = factory.course()
		frappe.get_doc({"doctype": "LMS Enrollment", "member": hire.user_id, "course": course}).insert(
			ignore_permissions=True
		)
		factory.complete_lessons(hire.user_id, course)
		factory.onboarding(employee=hire.name)
		row = factory.assignment(course=course)
		assert (row.status, row.due_date) == ("Completed", day(45))

	def test_who_is_here_costs_one_question(self, hire, hr):
		from tests.site.queries import Queries

		factory.course()
		with Queries() as queries:
			factory.onboarding(employee=hire.name)
		assert queries.about("tabLeave Application") == 1


def test_the_history_says_so(debt, hire):
	from smooth_lms_hr.showing import history

	leave = factory.leave(hire, day(10), day(29))
	(said,) = (
		each["content"]
		for each in history.timeline("LMS Training Assignment", debt().name)
		if "moved the due date" in each["content"]
	)
	assert f"The employee is on leave. · Leave Application {leave.name}" in said


def test_hr_saves_a_leave_whatever_becomes_of_training(debt, hire, monkeypatch):
	from smooth_lms_hr.assigning import leaves

	def fail(*args, **options):
		raise ZeroDivisionError("broken")

	monkeypatch.setattr(leaves, "move", fail)
	frappe.db.delete("Error Log")
	leave = factory.leave(hire, day(10), day(29))
	assert frappe.db.get_value("Leave Application", leave.name, "docstatus") == 1
	assert debt().due_date == DUE
	assert frappe.db.exists("Error Log", {"method": f"Following the leave {leave.name} failed"})


class TestMadeUpFor:
	"""A leave whose own event came to nothing is followed by the daily run."""

	@pytest.fixture
	def broken(self, monkeypatch):
		from smooth_lms_hr.assigning import leaves

		def fail(*args, **options):
			raise ZeroDivisionError("broken")

		with monkeypatch.context() as patch:
			patch.setattr(leaves, "move", fail)
			yield patch

	def test_the_daily_run_moves_what_the_event_did_not(self, debt, hire, broken, clock):
		leave = factory.leave(hire, day(10), day(29))
		broken.undo()
		clock(1)
		assert daily.run()["moved_by_leave"] == 1
		assert moves(debt()) == [(20, reasons.ON_LEAVE, leave.name)]
		assert "moved_by_leave" not in daily.run()
		assert debt().due_date == DUE + timedelta(days=20)

	def test_what_was_followed_is_not_followed_again(self, debt, hire, clock):
		factory.leave(hire, day(10), day(29))
		clock(1)
		assert "moved_by_leave" not in daily.run()
		assert debt().due_date == DUE + timedelta(days=20)

	def test_a_date_that_somebody_set_since_stays(self, debt, hire, broken, clock, hr):
		factory.leave(hire, day(10), day(29))
		broken.undo()
		clock(1)
		api.extend_due_date([debt().name], str(day(33)), "Agreed upon")
		clock(2)
		assert "moved_by_leave" not in daily.run()
		assert debt().due_date == day(33)

	def test_what_was_assigned_after_it_was_approved_stays(self, hire, clock, hr):
		factory.leave(hire, day(10), day(29))
		clock(1)
		course = factory.course()
		factory.onboarding(employee=hire.name)
		daily.run()
		assert factory.assignment(member=hire.user_id, course=course).due_date == day(31)

	def test_what_a_cancelled_leave_has_added_is_taken_back(self, debt, hire, monkeypatch, clock):
		from smooth_lms_hr.following import leave as following

		leave = factory.leave(hire, day(10), day(29))

		def fail(doc):
			raise ZeroDivisionError("broken")

		with monkeypatch.context() as patch:
			patch.setattr(following, "take_back", fail)
			cancel(leave)
		assert debt().due_date == DUE + timedelta(days=20)
		clock(1)
		assert daily.run()["moved_by_leave"] == 1
		assert debt().due_date == DUE
		assert "moved_by_leave" not in daily.run()

	def test_after_a_week_nobody_looks_any_more(self, debt, hire, broken, clock):
		factory.leave(hire, day(10), day(29))
		broken.undo()
		clock(8)
		assert "moved_by_leave" not in daily.run()
