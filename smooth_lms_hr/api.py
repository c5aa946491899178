"""Whitelisted methods: check the caller, call the service, shape the answer."""

import json
from datetime import date

import frappe
from frappe import _
from frappe.rate_limiter import rate_limit
from frappe.utils import cint, date_diff, getdate

from smooth_lms_hr import permissions
from smooth_lms_hr.services import (
	by_hand,
	calendar,
	campaign,
	campaign_runs,
	daily,
	decisions,
	learner,
	learning,
	reminders,
	reporting,
	team,
)
from smooth_lms_hr.services import onboarding as onboardings
from smooth_lms_hr.services.facts import ASSIGNMENT
from smooth_lms_hr.services.settings import SETTINGS
from smooth_lms_hr.training.status import COMPLETED, OPEN, WAIVED


@frappe.whitelist()
def get_my_training_assignments(include_completed: bool = False) -> list[dict]:
	"""Return what the session user owes, the most urgent first.

	:param include_completed: what is completed or waived too
	:return: rows of name, course, course_title, course_url (path on this site), due_date, days_left (days until the
	        due date, negative when late, None when nothing is owed any more), status, progress (percent, 0-100),
	        completed_on, assigned_by_name
	:raises frappe.PermissionError: for guests
	"""
	_refuse_guests()
	# Frappe hands a "1" of the URL on as 1, and a "true" as True.
	everything = cint(frappe.utils.sbool(include_completed))
	statuses = (*OPEN, COMPLETED, WAIVED) if everything else OPEN
	rows = frappe.get_all(
		ASSIGNMENT,
		filters={"member": frappe.session.user, "status": ("in", statuses)},
		fields=[
			"name", "course", "course_title", "due_date", "status", "progress", "completed_on", "assigned_by"
		],
		order_by="due_date, course_title",
	)  # fmt: skip
	names = learner.full_names(rows)
	today = getdate()
	for row in rows:
		row.course_url = learning.course_url(row.course)
		row.days_left = date_diff(row.due_date, today) if row.status in OPEN else None
		assigned_by = row.pop("assigned_by")
		row.assigned_by_name = names.get(assigned_by) or assigned_by
	return sorted(rows, key=lambda row: row.status not in OPEN)


@frappe.whitelist(methods=["POST"])
def assign_mandatory_training(
	members: list | str | None = None,
	employees: list | str | None = None,
	courses: list | str | None = None,
	due_date: date | str | None = None,
) -> dict:
	"""Assign courses to people, as far as they do not owe or hold them already.

	:param members: User ids
	:param employees: Employee ids; members, employees or both
	:param courses: names of published courses, None for every mandatory one
	:param due_date: YYYY-MM-DD, today or later, None for each course's own days
	:return: {"created", "existing", "failed"}: rows of member, employee, course, assignment, message
	:raises frappe.ValidationError: for input that makes no sense as a whole; what is wrong with a single person or
	        course comes back in "failed" and keeps nobody else from being assigned
	:raises frappe.PermissionError: for a caller who may not create assignments
	"""
	frappe.has_permission(ASSIGNMENT, "create", throw=True)
	return campaign.run(
		members=_ids(members, _("members")),
		employees=_ids(employees, _("employees")),
		courses=None if courses is None else _ids(courses, _("courses")),
		due_date=by_hand.refuse_past(_date(due_date)),
	)


@frappe.whitelist()
def get_onboarding_training(onboarding: str) -> dict:
	"""Return what the person of an onboarding owes, and what would be assigned if it were done now. Writes nothing.

	:param onboarding: name of an Employee Onboarding
	:return: {"training_status", "training_note", "employee", "member", "problem" (what is in the way, or None),
	        "courses": rows of course, course_title, assignment, status, progress, due_date, action ("assigned",
	        "to assign", "not needed" or "failed") and why}
	:raises frappe.DoesNotExistError, frappe.PermissionError:
	"""
	doc = _onboarding(onboarding, "read")
	return onboardings.preview(doc)


@frappe.whitelist(methods=["POST"])
def assign_onboarding_training(onboarding: str) -> dict:
	"""Assign now, or again, what the person of an onboarding owes, credited to the session user.

	:param onboarding: name of an Employee Onboarding that is not cancelled
	:return: as ``get_onboarding_training``
	:raises frappe.DoesNotExistError, frappe.PermissionError, frappe.ValidationError:
	"""
	doc = _onboarding(onboarding, "write")
	if doc.docstatus.is_cancelled():
		frappe.throw(_("{0} is cancelled.").format(doc.name))
	onboardings.process(doc, assigned_by=frappe.session.user)
	return onboardings.preview(doc)


@frappe.whitelist()
def get_my_training_calendar() -> None:
	"""Answer with an iCalendar file of the session user's open due dates, all-day events.

	:raises frappe.PermissionError: for guests
	"""
	_refuse_guests()
	frappe.response.update(
		type="download",
		filename="my-training.ics",
		filecontent=calendar.due_dates(learner.training_of(frappe.session.user)["open"]),
		content_type="text/calendar",
	)


@frappe.whitelist()
def get_team_training_status(
	manager: str | None = None,
	department: str | None = None,
	company: str | None = None,
	course: str | None = None,
	status: str | None = None,
	start: int | str = 0,
	page_length: int | str = 50,
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
	return team.training_status(
		team.places(user, permissions.sees_all(user), manager),
		{"department": department, "company": company, "course": course},
		[status] if status else None,
		start,
		page_length,
	)


@frappe.whitelist(methods=["POST"])
@rate_limit(limit=20, seconds=60 * 60)
def log_card_error(message: str) -> None:
	"""Put on record what went wrong in the card on Learning's home, where nobody would notice otherwise.

	:param message: the first 2000 characters are kept
	:raises frappe.PermissionError: for guests
	"""
	_refuse_guests()
	frappe.log_error(_("The training card in Learning failed"), str(message)[:2000])


def _refuse_guests():
	if frappe.session.user == "Guest":
		frappe.throw(_("Log in to see your training."), frappe.PermissionError)


def _onboarding(name: str, ptype: str):
	doc = frappe.get_doc(onboardings.ONBOARDING, name)
	doc.check_permission(ptype)
	return doc


def _ids(value: list | str | None, what: str) -> list[str]:
	"""Return a list of ids from a list, its JSON, or one id."""
	if value is None or value == "":
		return []
	if isinstance(value, str):
		try:
			value = json.loads(value) if value.lstrip().startswith("[") else [value]
		except ValueError:
			frappe.throw(_("{0} is not a list: {1}").format(what, frappe.utils.escape_html(value[:100])))
	if not all(isinstance(item, str) and item for item in value):
		frappe.throw(_("{0} has to be a list of names.").format(what))
	# Once each, in the order given.
	return list(dict.fromkeys(value))


def _date(value: date | str | None) -> date | None:
	try:
		return getdate(value) if value else None
	except Exception:
		frappe.throw(
			_("{0} is not a date (YYYY-MM-DD).").format(
				frappe.bold(frappe.utils.escape_html(str(value)[:100]))
			)
		)


# What the desk asks for: forms, number cards, and the dialog Assign Training.


@frappe.whitelist()
def get_course_training(course: str) -> dict:
	"""Return how many people owe a course, as far as the session user may see them.

	:param course: name of an LMS Course
	:return: {"open", "overdue" (some of the open), "completed"}
	:raises frappe.PermissionError:
	"""
	return reporting.counts_of_course(course)


@frappe.whitelist()
def get_on_time_rate(filters: str | None = None) -> str:
	"""Answer a number card: of the assignments completed in the last twelve months, how many were so in time.

	:param filters: what the card sends; there is nothing to filter
	:return: for example "66.7%", a dash without any
	:raises frappe.PermissionError:
	"""
	months = reporting.completions_per_month(getdate())
	in_time, completed = sum(month[2] for month in months), sum(month[1] for month in months)
	return reporting.percent_in_words(in_time, completed)


@frappe.whitelist(methods=["POST"])
def preview_campaign(
	people: dict | str,
	courses: list | str | None = None,
	due_date: date | str | None = None,
	due_days: int | str | None = None,
) -> dict:
	"""Say what assigning courses to people would do. Writes nothing.

	:param people: {"members": User ids, "employees": Employee ids} or any of {"company", "department", "designation",
	        "branch"}: the employees there whom the caller may see; as a dict or its JSON
	:param courses: names of published courses, None for every mandatory one
	:param due_date: YYYY-MM-DD, today or later
	:param due_days: days from today, instead of a date; neither: each course's own days
	:return: see ``services.campaign.preview``
	:raises frappe.PermissionError, frappe.ValidationError:
	"""
	frappe.has_permission(ASSIGNMENT, "create", throw=True)
	return campaign.preview(_selection(people, courses, due_date, due_days))


@frappe.whitelist(methods=["POST"])
def start_campaign(
	people: dict | str,
	courses: list | str | None = None,
	due_date: date | str | None = None,
	due_days: int | str | None = None,
) -> dict:
	"""Assign courses to people, in the background where it is more than a request can do. Arguments: as for the preview.

	:return: see ``services.campaign_runs.start``
	:raises frappe.PermissionError, frappe.ValidationError:
	"""
	frappe.has_permission(ASSIGNMENT, "create", throw=True)
	return campaign_runs.start(_selection(people, courses, due_date, due_days))


@frappe.whitelist()
def get_campaign(run: str) -> dict:
	"""Return how far a run in the background is.

	:param run: as ``start_campaign`` returned it; only whoever started it may ask
	:return: see ``services.campaign_runs.status``
	:raises frappe.DoesNotExistError:
	"""
	return campaign_runs.status(run)


def _selection(people: dict | str, courses, due_date, due_days) -> campaign.Selection:
	people = _object(people, _("people"))
	return campaign.select(
		members=_ids(people.get("members"), _("members")),
		employees=_ids(people.get("employees"), _("employees")),
		part={fieldname: people.get(fieldname) for fieldname in campaign.PARTS},
		courses=_ids(courses, _("courses")) or None,
		due_date=_date(due_date),
		due_days=due_days,
	)


def _object(value: dict | str, what: str) -> dict:
	try:
		value = frappe.parse_json(value)
	except ValueError:
		value = None
	if not isinstance(value, dict):
		frappe.throw(_("{0} has to be an object.").format(what))
	return value


@frappe.whitelist(methods=["POST"])
def extend_due_date(assignments: list | str, due_date: date | str, reason: str) -> dict:
	"""Move the due date of open assignments; what was overdue is no longer, and the reminders start over.

	:param assignments: names of LMS Training Assignments, 500 at most
	:param due_date: YYYY-MM-DD, today or later, or the original due date
	:param reason: kept in the timeline
	:return: {"done", "failed"}: rows of name and message, each assignment by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	if not (date_given := _date(due_date)):
		frappe.throw(_("Until when? Give a due date."), frappe.MandatoryError)
	return decisions.extend(_ids(assignments, _("assignments")), date_given, reason)


@frappe.whitelist(methods=["POST"])
def waive(assignments: list | str, reason: str) -> dict:
	"""Excuse people from what they owe: the assignment stays on file as Waived.

	:param assignments: names of LMS Training Assignments, 500 at most
	:param reason: kept in the assignment and its timeline
	:return: {"done", "failed"}: rows of name and message, each assignment by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	return decisions.waive(_ids(assignments, _("assignments")), reason)


@frappe.whitelist(methods=["POST"])
def send_reminder(assignments: list | str) -> dict:
	"""Remind the members of open assignments now, one mail each, once a day: by HR, or by a manager their own team.

	:param assignments: names of LMS Training Assignments, 500 at most
	:return: {"done", "failed"}: rows of name and message
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	_refuse_guests()
	return decisions.remind(_ids(assignments, _("assignments")))


@frappe.whitelist()
def get_daily_status() -> dict:
	"""Return how the daily run stands, for the settings page.

	:return: {"next_run", "last_run" (datetimes in the site's time zone, or None), "summary" (see services.daily.run,
	        or None), "outgoing_account" (whether there is an account to send mail from)}
	:raises frappe.PermissionError: for who may not read the settings
	"""
	frappe.has_permission(SETTINGS, "read", throw=True)
	return daily.status()


@frappe.whitelist(methods=["POST"])
def run_daily_now() -> None:
	"""Start the daily run in the background; the event ``smooth_lms_hr_daily`` tells the caller how it goes.

	:raises frappe.PermissionError: for who may not change the settings
	"""
	frappe.has_permission(SETTINGS, "write", throw=True)
	daily.enqueue_for(frappe.session.user)


@frappe.whitelist(methods=["POST"])
def send_test_mail() -> str:
	"""Send the caller a sample reminder, to see that mail goes out and what it looks like.

	:return: the address
	:raises frappe.ValidationError: where there is no outgoing e-mail account
	:raises frappe.PermissionError: for who may not change the settings
	"""
	frappe.has_permission(SETTINGS, "write", throw=True)
	return reminders.send_sample(frappe.session.user)
