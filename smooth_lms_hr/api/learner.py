"""What learners ask of their own training."""

import time

import frappe
from frappe import _

from smooth_lms_hr.api.guests import refuse_guests
from smooth_lms_hr.record import events
from smooth_lms_hr.showing import explain, learner
from smooth_lms_hr.sources import cache, calendar_files
from smooth_lms_hr.sources.validation import Excerpt, Flag, Name, checked

OF_MY_TRAINING = (
	"name", "course", "course_title", "course_url", "due_date", "days_left", "status", "progress", "completed_on",
	"assigned_by_name", "valid_until", "renewal", "counts_until", "statement", "reason",
)  # fmt: skip
# What one user's browser may report of the card, in an hour.
MAX_CARD_ERRORS = 20
HOUR = 60 * 60


@frappe.whitelist()
@checked
def get_my_training_assignments(include_completed: Flag = False) -> list[dict]:
	"""Return what the session user owes, the most urgent first.

	:param include_completed: what is completed or waived too
	:return: rows of name, course, course_title, course_url (path on this site), due_date, days_left (days until the
	        due date, negative when late, None when nothing is owed any more), status, progress (percent, 0-100),
	        completed_on, assigned_by_name, valid_until (last day on which the completion counts, None for ever and for
	        what is open), renewal (whether it is learned again), counts_until (of an open renewal: the last day on which the
	        completion before it counts), statement (of what is Awaiting Signature: what is to be read and signed), reason (why
	        it is owed, in words)
	:raises frappe.PermissionError: for guests
	"""
	refuse_guests()
	training = learner.training_of(frappe.session.user)
	rows = training["open"]
	if include_completed:
		rows = rows + training["done"] + training["waived"]
	return [frappe._dict({fieldname: row[fieldname] for fieldname in OF_MY_TRAINING}) for row in rows]


@frappe.whitelist()
@checked
def get_my_training_calendar() -> None:
	"""Answer with an iCalendar file of the session user's open due dates, all-day events.

	:raises frappe.PermissionError: for guests
	"""
	refuse_guests()
	rows = learner.training_of(frappe.session.user)["open"]
	frappe.response.update(
		type="download",
		filename="my-training.ics",
		filecontent=calendar_files.due_dates(rows, events.count_moves([row.name for row in rows])),
		content_type="text/calendar",
	)


@frappe.whitelist(methods=["POST"])
@checked
def log_card_error(message: Excerpt) -> None:
	"""Put on record what went wrong in the card on Learning's home, where nobody would notice otherwise.

	:param message: the first 2000 characters are kept
	:raises frappe.PermissionError: for guests
	:raises frappe.RateLimitExceededError: for a user who reported MAX_CARD_ERRORS in this hour
	"""
	refuse_guests()
	# By user: the people behind one address are many, and none of them is to silence the others.
	number = cache.count(f"smooth_lms_hr:card_errors:{frappe.session.user}:{int(time.time()) // HOUR}", HOUR)
	# What cannot be counted is not put on record either: somebody could fill the Error Log with it.
	if number is None:
		frappe.logger().error(
			f"The training card in Learning failed, and the cache does not answer: {message}"
		)
		return
	if number > MAX_CARD_ERRORS:
		frappe.throw(_("Too many errors were reported. That is enough."), frappe.RateLimitExceededError)
	frappe.log_error(_("The training card in Learning failed"), message)


@frappe.whitelist()
@checked
def explain_training(employee: Name | None = None, member: Name | None = None) -> dict:
	"""Say why somebody owes courses, and why not: every rule and cause that was asked.

	:param employee: name of an Employee
	:param member: a User, where there is no Employee; neither: the session user
	:return: {"employee", "member", "courses": rows of course, course_title, owed, assignment, status, due_date and "why":
	        rows of cause (the record), fits and words}; of rules that do not fit, who may read rules learns alone
	:raises frappe.PermissionError: for guests
	:raises frappe.ValidationError: where there is nobody of that name whom the caller may see
	"""
	refuse_guests()
	if not employee:
		member = member or frappe.session.user
	return explain.explain(employee, member)
