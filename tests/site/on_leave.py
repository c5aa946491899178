"""What is due while somebody is on leave, and how leaves have moved that."""

from collections.abc import Callable
from datetime import timedelta

import frappe

from tests.site import factory
from tests.site.conftest import TODAY

# Of what is assigned on TODAY with the default of the settings.
DUE = TODAY + timedelta(days=30)


def day(number: int):
	return TODAY + timedelta(days=number)


def owed(employee) -> Callable:
	"""Assign a course on TODAY, and return what says how its assignment stands."""
	course = factory.course()
	factory.onboarding(employee=employee.name)
	name = factory.assignment(member=employee.user_id, course=course).name
	return lambda: factory.assignment(name=name)


def moves(row) -> list[tuple]:
	"""Return how the due date of an assignment was moved: by how many days, why, and by which record."""
	return [
		((frappe.utils.getdate(each.after) - frappe.utils.getdate(each.before)).days, each.reason, each.cause)
		for each in frappe.get_all(
			"LMS Training Event",
			{"assignment": row.name, "event": "Due Date Moved"},
			["before", "after", "reason", "cause"],
			order_by="name",
		)
	]


def cancel(leave) -> None:
	leave.reload()
	leave.cancel()
