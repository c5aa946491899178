"""Leaves that are none: refused, not submitted, or that Frappe HR does not take (rule 12)."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr.assigning import leaves
from tests.site import factory
from tests.site.conftest import TODAY


def day(number: int):
	return TODAY + timedelta(days=number)


@pytest.fixture
def debt(hire, hr):
	"""Return a function that says how an assignment of TODAY stands: its due date in days from then, and its moves."""
	factory.course()
	factory.onboarding(employee=hire.name)
	name = factory.assignment(member=hire.user_id).name

	def stands() -> tuple[int, int]:
		due = factory.assignment(name=name).due_date
		return (due - TODAY).days, len(factory.events(name))

	assert stands() == (30, 0)
	return stands


def test_a_draft_moves_nothing(debt, hire):
	factory.new_leave(hire, day(10), day(29)).insert()
	assert debt() == (30, 0)


def test_what_is_still_open_is_not_submitted(debt, hire):
	doc = factory.new_leave(hire, day(10), day(29), status="Open").insert()
	with pytest.raises(frappe.ValidationError):
		doc.submit()


def test_a_refused_one_moves_nothing_submitted_or_cancelled(debt, hire):
	doc = factory.leave(hire, day(10), day(29), status="Rejected")
	assert debt() == (30, 0)
	doc.cancel()
	assert debt() == (30, 0)


def test_one_that_ends_before_it_begins(debt, hire):
	with pytest.raises(frappe.ValidationError):
		factory.new_leave(hire, day(29), day(10)).insert()
	assert debt() == (30, 0)


def test_one_that_lies_in_another_is_frappe_hrs_to_refuse(debt, hire):
	factory.leave(hire, day(10), day(29))
	with pytest.raises(frappe.ValidationError):
		factory.leave(hire, day(15), day(34))
	assert debt() == (50, 1)


def test_somebody_elses_moves_nothing(debt):
	factory.leave(factory.employee(factory.user()), day(10), day(29))
	assert debt() == (30, 0)


def test_of_an_employee_without_user_nothing_breaks(hr):
	# MariaDB keeps what is logged, whatever a test rolls back.
	frappe.db.delete("Error Log")
	nobody = factory.employee()
	doc = factory.leave(nobody, day(10), day(29))
	doc.reload()
	doc.cancel()
	assert not frappe.db.exists("Error Log", {"method": ("like", f"Following the leave {doc.name}%")})


def test_one_that_was_written_past_frappe_takes_back_nothing(debt, hire):
	frappe.db.set_single_value("LMS Training Settings", "leave_extends_from_days", 0)
	frappe.clear_document_cache("LMS Training Settings", "LMS Training Settings")
	doc = factory.leave(hire, day(10), day(29))
	doc.reload()
	doc.cancel()
	assert debt() == (30, 0)


def test_hr_cancels_a_leave_whatever_becomes_of_training(debt, hire, monkeypatch):
	frappe.db.delete("Error Log")
	doc = factory.leave(hire, day(10), day(29))
	assert debt() == (50, 1)

	def fail(*args, **options):
		raise ZeroDivisionError("broken")

	monkeypatch.setattr(leaves, "move", fail)
	doc.reload()
	doc.cancel()
	assert frappe.db.get_value("Leave Application", doc.name, "docstatus") == 2
	assert debt() == (50, 1)
	assert frappe.db.exists("Error Log", {"method": f"Following the leave {doc.name} failed"})
