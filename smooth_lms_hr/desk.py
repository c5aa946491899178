"""The methods that only our own screens call: forms, number cards, settings, pages. As thin as the public ones."""

import frappe
from frappe import _
from frappe.utils import getdate

from smooth_lms_hr import daily
from smooth_lms_hr.following import course_training, holding, validity_changes
from smooth_lms_hr.setup import defaults
from smooth_lms_hr.showing import figures, overview, tables, team_page, unmet, verification
from smooth_lms_hr.showing.team import MAX_PAGE_LENGTH, training_status
from smooth_lms_hr.sources import equivalents
from smooth_lms_hr.sources.names import ASSIGNMENT, SEAL
from smooth_lms_hr.sources.settings import SETTINGS
from smooth_lms_hr.sources.validation import Day, Name, Text, checked
from smooth_lms_hr.telling import by_request
from smooth_lms_hr.training.status import OVERDUE


@frappe.whitelist()
@checked
def get_course_training(course: Name) -> dict:
	"""Return how many people owe a course, as far as the session user may see them, and what it counts like.

	:param course: name of an LMS Course
	:return: {"open", "overdue" (some of the open), "completed", "counts_like" (the courses that it counts like, for who
	        may read courses: rows of parent, title and from_date)}
	:raises frappe.PermissionError:
	"""
	seen = frappe.has_permission("LMS Course", "read")
	return {
		**figures.counts_of_courses([course])[course],
		"counts_like": equivalents.counted_by(course) if seen else [],
	}


@frappe.whitelist(methods=["POST"])
@checked
def apply_validity(course: Name) -> None:
	"""Let completions on record count as long as their course says now, in the background; each has an event of it.

	:param course: name of an LMS Course
	:raises frappe.PermissionError: for who may not say what is mandatory of a course (see ``api.set_course_training``)
	:raises frappe.ValidationError: where there is no such course of theirs, or the queue does not answer
	"""
	course_training.refuse_others(course)
	validity_changes.start(course)


@frappe.whitelist(methods=["POST"])
@checked
def find_people(text: Text) -> dict:
	"""Find people whom the session user may assign training to, by a part of their name or user.

	:param text: of two characters or more
	:return: {"people": the first 20 of them, rows of member, name and department, "more": whether there are others}
	:raises frappe.PermissionError: for who may not create assignments
	:raises frappe.ValidationError: for a text that is too short
	"""
	frappe.has_permission(ASSIGNMENT, "create", throw=True)
	return overview.people_to_assign(text)


@frappe.whitelist(methods=["POST"])
@checked
def preview_reminders(
	team: Text | None = None, department: Name | None = None, person: Text | None = None
) -> dict:
	"""Return who would be reminded of what, if all were that is overdue on /my-team-training as it is narrowed.

	:param team: "all" for everybody, for who oversees them; None for the own team
	:param department: name of a Department, as it was when the training was assigned
	:param person: a part of somebody's name
	:return: {"people": rows of name, assignments (to call ``api.send_reminder`` with) and courses (titles), "left_out": rows
	        of name and message (why not), "more": whether there are others than these, the worst}
	:raises frappe.PermissionError: for somebody who leads nobody
	"""
	whose = team_page.asked(frappe.session.user, {"team": team, "department": department, "person": person})
	if not whose:
		frappe.throw(_("Nobody reports to you."), frappe.PermissionError)
	found = training_status(whose.teams, whose.filters, [OVERDUE], 0, MAX_PAGE_LENGTH)
	return {
		**by_request.preview([row.name for row in found["rows"]]),
		"more": found["total"] > len(found["rows"]),
	}


@frappe.whitelist()
def get_on_time_rate(**_from_the_card) -> dict | str:
	"""Answer a number card: of the assignments completed in the last twelve months, how many were so in time.

	:param _from_the_card: filters that a card sends; there is nothing to filter
	:return: {"value" (percent), "fieldtype", "precision", "route" (to the report with the months)}; a dash without any
	:raises frappe.PermissionError:
	"""
	months = figures.completions_per_month(getdate())
	in_time, completed = sum(month[2] for month in months), sum(month[1] for month in months)
	if not completed:
		return tables.percent_in_words(in_time, completed)
	return {
		"value": round(100 * in_time / completed, 1),
		"fieldtype": "Percent",
		"precision": 1,
		"route": ["query-report", "Training KPIs"],
	}


@frappe.whitelist()
def count_exceptions(**_from_the_card) -> dict:
	"""Answer a number card: how many lines the report "Training Exceptions" has for the session user.

	:param _from_the_card: filters that a card sends; there is nothing to filter
	:return: {"value", "fieldtype", "route" (to the report)}
	:raises frappe.PermissionError:
	"""
	return {
		"value": unmet.count(),
		"fieldtype": "Int",
		"route": ["query-report", "Training Exceptions"],
	}


@frappe.whitelist()
@checked
def get_hold(employee: Name) -> dict | None:
	"""Return who keeps the training record of an employee, for the form of the Employee.

	:param employee: name of an Employee record
	:return: {"reason", "held_by" (full name), "held_on"} of the oldest hold; None where there is none, and for who may put
	        nobody on hold, or not see this person
	"""
	return holding.state(employee)


@frappe.whitelist()
@checked
def get_daily_status() -> dict:
	"""Return how the daily run stands, for the settings page.

	:return: {"next_run", "last_run" (datetimes in the site's time zone, or None), "late" (whether a day's run was
	        missed), "summary" (see daily.run, or None), "outgoing_account" (whether there is an account to send mail from)}
	:raises frappe.PermissionError: for who may not read the settings
	"""
	frappe.has_permission(SETTINGS, "read", throw=True)
	return daily.status()


@frappe.whitelist(methods=["POST"])
@checked
def run_daily_now() -> None:
	"""Start the daily run in the background; the event ``smooth_lms_hr_daily`` tells the caller how it goes.

	:raises frappe.PermissionError: for who may not change the settings
	"""
	frappe.has_permission(SETTINGS, "write", throw=True)
	daily.enqueue_for(frappe.session.user)


@frappe.whitelist(methods=["POST"])
@checked
def send_test_mail() -> str:
	"""Send the caller a sample reminder, to see that mail goes out and what it looks like.

	:return: the address
	:raises frappe.ValidationError: where there is no outgoing e-mail account
	:raises frappe.PermissionError: for who may not change the settings
	"""
	frappe.has_permission(SETTINGS, "write", throw=True)
	return by_request.send_sample(frappe.session.user)


@frappe.whitelist(methods=["POST"])
@checked
def verify_audit_trail(from_date: Day | None = None) -> dict | None:
	"""Verify the record for the session user, who does not wait for what is large.

	:param from_date: see ``api.verify_audit_trail``
	:return: as ``api.verify_audit_trail``; None where it goes on in the background, and the event
	        ``smooth_lms_hr_verification`` tells the caller how it goes and what was found
	:raises frappe.PermissionError: for who may not read seals
	:raises frappe.ValidationError: where it is large and the queue does not answer
	"""
	frappe.has_permission(SEAL, "read", throw=True)
	return verification.verify(frappe.session.user, from_date)


@frappe.whitelist()
def get_changed_defaults() -> list[str]:
	"""Return in words what ``restore_defaults`` would set back now. Writes nothing.

	:raises frappe.PermissionError: for who is no System Manager
	"""
	_refuse_all_but_system_managers()
	return defaults.changed()


@frappe.whitelist(methods=["POST"])
def restore_defaults() -> list[str]:
	"""Set back the fields, rights and Email Templates that the app gave the site and somebody changed or deleted.

	:return: in words, what was set back
	:raises frappe.PermissionError: for who is no System Manager
	"""
	_refuse_all_but_system_managers()
	return defaults.restore()


def _refuse_all_but_system_managers():
	if "System Manager" not in frappe.get_roles():
		frappe.throw(_("This is for System Managers."), frappe.PermissionError)
