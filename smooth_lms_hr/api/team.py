"""What managers and HR see of everybody's training."""

import frappe

from smooth_lms_hr.showing import team
from smooth_lms_hr.sources import filters
from smooth_lms_hr.sources.validation import Name, between, checked, one_of
from smooth_lms_hr.sources.visibility import sees_all

# Rows that can be skipped: more than there will ever be.
MAX_START = 10_000_000


@frappe.whitelist()
@checked
def get_team_training_status(
	manager: Name | None = None,
	department: Name | None = None,
	company: Name | None = None,
	course: Name | None = None,
	status: one_of(*team.STATUSES) | None = None,
	start: between(0, MAX_START) = 0,
	page_length: between(1, MAX_START) = 50,
) -> dict:
	"""Return who owes what, the overdue first: HR of everybody, a manager of the own team at any depth.

	:param manager: Employee (or User) whose team is meant; None for the own team, for HR everybody
	:param department: name of a Department, as it was when the training was assigned
	:param company: name of a Company, likewise
	:param course: name of an LMS Course
	:param status: Pending, In Progress, Completed, Overdue or Waived; it narrows the rows, not the summary
	:param start: rows to skip
	:param page_length: rows to return, 1 to 500; more is cut to 500
	:return: {"summary": {"total", "pending", "in_progress", "completed", "overdue", "waived", "on_time_rate"
	        (percent of the completed that were so on or before the due date, None without any)},
	        "rows": of name, member, member_name, employee, employee_name, department, manager (Employee),
	        manager_name, course, course_title, due_date, days_left (None once nothing is owed), status, progress
	        (percent, 0-100), "total": number of rows without paging}
	:raises frappe.PermissionError: for somebody who leads nobody, and for a team that is not the caller's
	:raises frappe.ValidationError: for a filter, status or number that makes no sense
	"""
	user = frappe.session.user
	teams = team.places(user, sees_all(user), manager)
	narrowed = {"department": department, "company": company, "course": course}
	return team.training_status(
		teams,
		filters.check(narrowed, *narrowed),
		[status] if status else None,
		start,
		page_length,
	)
