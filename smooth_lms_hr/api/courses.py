"""What is mandatory of courses."""

import frappe

from smooth_lms_hr.following import course_training
from smooth_lms_hr.sources.validation import Flag, Name, between, checked, one_of
from smooth_lms_hr.training.due_dates import MAX_DAYS
from smooth_lms_hr.training.validity import RENEW_FROM

Days = between(0, MAX_DAYS)


@frappe.whitelist(methods=["POST"])
@checked
def set_course_training(
	course: Name,
	is_mandatory: Flag | None = None,
	training_due_days: Days | None = None,
	validity_days: Days | None = None,
	renew_from: one_of(*RENEW_FROM) | None = None,
) -> dict:
	"""Change what is mandatory of a course; its timeline says who changed what from what to what.

	Completions on record count as long as the course said then: whether they follow is asked by ``desk.apply_validity``.

	:param course: name of an LMS Course
	:param is_mandatory: whether every new hire owes it
	:param training_due_days: days from assignment to due date, 0 for the default of the settings
	:param validity_days: days that a completion counts, 0 for ever
	:param renew_from: Completion or Previous Expiry
	:return: {"course", "changed" (fieldnames), "completed" (completions on record, where the days that they count have
	        changed; else 0), "message"}
	:raises frappe.PermissionError: for who may not decide about assignments, or sees a part of the company only
	:raises frappe.ValidationError: where there is no such course of the caller's, nothing to change, or days that make
	        no sense
	"""
	course_training.refuse_others(course)
	given = {
		"is_mandatory": None if is_mandatory is None else int(is_mandatory),
		"training_due_days": training_due_days,
		"validity_days": validity_days,
		"renew_from": renew_from,
	}
	return course_training.change(course, {name: value for name, value in given.items() if value is not None})
