"""Somebody who asks twice at once, and two people of HR who answer at once, committed, in the processes of worker.py."""

import time

import frappe

from smooth_lms_hr import api
from smooth_lms_hr.sources.names import ASSIGNMENT, CAUSE, EVENT, REQUEST
from tests.site import bench_harness, differences, factory
from tests.site.crowd import clear_away


def gather_asker() -> dict:
	"""Commit an employee who owes a course, and two people of HR."""
	began = str(frappe.utils.now_datetime())
	hr = [factory.hr_manager(), factory.hr_manager()]
	employee = factory.employee(factory.user())
	course = factory.course("Asked course", is_mandatory=0)
	frappe.set_user(hr[0])
	api.assign_mandatory_training([employee.user_id], courses=[course])
	frappe.set_user("Administrator")
	assignment = frappe.db.get_value(ASSIGNMENT, {"member": employee.user_id, "course": course})
	frappe.db.commit()
	bench_harness._jobs.clear()
	frappe.db.delete("Error Log")
	return {"began": began, "hr": hr, "member": employee.user_id, "assignment": assignment}


def ask_at(member: str, assignment: str, days: int, start_at: float) -> str | None:
	"""Ask for more time at the agreed moment; return the error's words, None where it was asked.

	:param start_at: seconds since the epoch
	"""
	day = str(frappe.utils.add_days(None, days))
	return at_the_moment(
		start_at,
		member,
		lambda: api.request_training(assignment, "Extension", "Away", wanted_date=day) and None,
	)


def answer_at(hr: str, request: str, grant: bool, start_at: float) -> str | None:
	"""Grant or refuse a request at the agreed moment, as HR; return why it failed, None where it was done.

	:param start_at: seconds since the epoch
	"""

	def answer() -> str | None:
		answer = api.answer_request([request], grant, "Fine" if grant else "No")
		return answer["failed"][0]["message"] if answer["failed"] else None

	return at_the_moment(start_at, hr, answer)


def look_at_asker(member: str, assignment: str, **_made) -> dict:
	row = frappe.db.get_value(ASSIGNMENT, assignment, ["status", "due_date"], as_dict=True)
	return {
		"status": row.status,
		"moved": frappe.db.count(EVENT, {"assignment": assignment, "event": "Due Date Moved"}),
		"answered": frappe.db.count(EVENT, {"assignment": assignment, "event": "Answered"}),
		"requests": frappe.get_all(REQUEST, {"member": member}, ["name", "status"], order_by="name"),
		"errors": frappe.get_all("Error Log", {"method": ("not like", "%Filelock%")}, pluck="error"),
	}


def clear_asker_away(began: str, member: str, **_made) -> None:
	frappe.db.delete(CAUSE)
	frappe.db.delete(REQUEST, {"member": member})
	clear_away(began)


def at_the_moment(start_at: float, user: str, act) -> str | None:
	"""Do something as a user at the agreed moment; return the error's words, else what it returns."""
	differences.set_test_mode(False)
	frappe.set_user(user)
	# Everybody's view of the database is from before anybody has written.
	frappe.db.count(ASSIGNMENT)
	time.sleep(max(0, start_at - time.time()))
	try:
		said = act()
		frappe.db.commit()
	except frappe.ValidationError as error:
		frappe.db.rollback()
		return str(error)
	return said
