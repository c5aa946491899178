"""The public methods: check the caller, call the room, shape the answer. What only our own screens call is in desk.py."""

import time

import frappe
from frappe import _

from smooth_lms_hr.assigning import by_hand, campaign, campaign_runs, rule_preview, rule_runs
from smooth_lms_hr.assigning import onboarding as onboardings
from smooth_lms_hr.following import decisions
from smooth_lms_hr.showing import calendar, explain, learner, team
from smooth_lms_hr.sources import cache, filters
from smooth_lms_hr.sources.attempts import retry_request
from smooth_lms_hr.sources.names import ASSIGNMENT, RULE
from smooth_lms_hr.sources.validation import (
	Day,
	Excerpt,
	Flag,
	Name,
	NameOrDocument,
	Names,
	Text,
	between,
	checked,
	object_of,
	one_of,
)
from smooth_lms_hr.sources.visibility import sees_all
from smooth_lms_hr.telling import by_request
from smooth_lms_hr.training.due_dates import MAX_DAYS, MIN_DUE_DAYS

OF_MY_TRAINING = (
	"name", "course", "course_title", "course_url", "due_date", "days_left", "status", "progress", "completed_on",
	"assigned_by_name",
)  # fmt: skip
# Rows that can be skipped: more than there will ever be.
MAX_START = 10_000_000
# What one user's browser may report of the card, in an hour.
MAX_CARD_ERRORS = 20
HOUR = 60 * 60

People = object_of(members=Names, employees=Names, **dict.fromkeys(campaign.PARTS, Name))
DueDays = between(MIN_DUE_DAYS, MAX_DAYS)


@frappe.whitelist()
@checked
def get_my_training_assignments(include_completed: Flag = False) -> list[dict]:
	"""Return what the session user owes, the most urgent first.

	:param include_completed: what is completed or waived too
	:return: rows of name, course, course_title, course_url (path on this site), due_date, days_left (days until the
	        due date, negative when late, None when nothing is owed any more), status, progress (percent, 0-100),
	        completed_on, assigned_by_name
	:raises frappe.PermissionError: for guests
	"""
	_refuse_guests()
	training = learner.training_of(frappe.session.user)
	rows = training["open"]
	if include_completed:
		rows = rows + training["done"] + training["waived"]
	return [frappe._dict({fieldname: row[fieldname] for fieldname in OF_MY_TRAINING}) for row in rows]


@frappe.whitelist(methods=["POST"])
@checked
def assign_mandatory_training(
	members: Names | None = None,
	employees: Names | None = None,
	courses: Names | None = None,
	due_date: Day | None = None,
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
	day = by_hand.check_due_date(due_date)
	return retry_request(lambda: campaign.assign_courses(members or [], employees or [], courses, day))


@frappe.whitelist()
@checked
def get_onboarding_training(onboarding: Name) -> dict:
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
@checked
def assign_onboarding_training(onboarding: Name) -> dict:
	"""Assign now, or again, what the person of an onboarding owes, credited to the session user.

	:param onboarding: name of an Employee Onboarding that is not cancelled
	:return: as ``get_onboarding_training``
	:raises frappe.DoesNotExistError, frappe.PermissionError, frappe.ValidationError:
	"""
	doc = _onboarding(onboarding, "write")
	if doc.docstatus.is_cancelled():
		frappe.throw(_("{0} is cancelled.").format(doc.name))
	return onboardings.preview(retry_request(lambda: onboardings.assign_now(doc.name)))


@frappe.whitelist()
@checked
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


@frappe.whitelist(methods=["POST"])
@checked
def log_card_error(message: Excerpt) -> None:
	"""Put on record what went wrong in the card on Learning's home, where nobody would notice otherwise.

	:param message: the first 2000 characters are kept
	:raises frappe.PermissionError: for guests
	:raises frappe.RateLimitExceededError: for a user who reported MAX_CARD_ERRORS in this hour
	"""
	_refuse_guests()
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


def _refuse_guests():
	if frappe.session.user == "Guest":
		frappe.throw(_("Log in to see your training."), frappe.PermissionError)


def _onboarding(name: str, ptype: str):
	# Who may not touch any of them is told so; for the others, what is not theirs is not there.
	frappe.has_permission(onboardings.ONBOARDING, ptype, throw=True)
	there = frappe.db.exists(onboardings.ONBOARDING, {"name": name})
	doc = frappe.get_doc(onboardings.ONBOARDING, name) if there else None
	if not doc or not frappe.has_permission(onboardings.ONBOARDING, ptype, doc=doc):
		frappe.throw(
			_("There is no {0} {1}, or it is not yours.").format(
				_(onboardings.ONBOARDING), frappe.bold(frappe.utils.escape_html(name))
			),
			frappe.DoesNotExistError,
		)
	return doc


@frappe.whitelist(methods=["POST"])
@checked
def preview_campaign(
	people: People,
	courses: Names | None = None,
	due_date: Day | None = None,
	due_days: DueDays | None = None,
) -> dict:
	"""Say what assigning courses to people would do. Writes nothing.

	:param people: {"members": User ids, "employees": Employee ids} or any of {"company", "department", "designation",
	        "branch"}: the employees there whom the caller may see; as a dict or its JSON
	:param courses: names of published courses, None for every mandatory one
	:param due_date: YYYY-MM-DD, today or later
	:param due_days: days from today, instead of a date; neither: each course's own days
	:return: see ``assigning.campaign.preview``
	:raises frappe.PermissionError, frappe.ValidationError:
	"""
	frappe.has_permission(ASSIGNMENT, "create", throw=True)
	return campaign.preview(_selection(people, courses, due_date, due_days))


@frappe.whitelist(methods=["POST"])
@checked
def start_campaign(
	people: People,
	courses: Names | None = None,
	due_date: Day | None = None,
	due_days: DueDays | None = None,
) -> dict:
	"""Assign courses to people, in the background where it is more than a request can do. Arguments: as for the preview.

	:return: see ``assigning.campaign_runs.start``
	:raises frappe.PermissionError, frappe.ValidationError:
	"""
	frappe.has_permission(ASSIGNMENT, "create", throw=True)
	return campaign_runs.start(_selection(people, courses, due_date, due_days))


@frappe.whitelist()
@checked
def get_campaign(run: Name) -> dict:
	"""Return how far a run in the background is.

	:param run: as ``start_campaign`` returned it; only whoever started it may ask
	:return: see ``assigning.campaign_runs.status``
	:raises frappe.DoesNotExistError:
	"""
	return campaign_runs.status(run)


def _selection(people: dict, courses, due_date, due_days) -> campaign.Selection:
	return campaign.select(
		members=people["members"] or [],
		employees=people["employees"] or [],
		part={fieldname: people[fieldname] for fieldname in campaign.PARTS},
		courses=courses or None,
		due_date=due_date,
		due_days=due_days,
	)


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
	_refuse_guests()
	if not employee:
		member = member or frappe.session.user
	return explain.explain(employee, member)


@frappe.whitelist(methods=["POST"])
@checked
def preview_rule(rule: NameOrDocument) -> dict:
	"""Say what a training rule would do if it were saved now. Writes nothing.

	:param rule: name of an LMS Training Rule, or one that is not saved, as a dict or its JSON
	:return: {"people" (employees whom it may be about), "fits" (of these, those without user included), "new", "open",
	        "valid" (debts that would be made, are there, are done), "no_user", "exceptions" (what cannot be assigned,
	        no_user included), "no_longer_fits" (debts), "rows": of kind, employee, employee_name and words, the first
	        20 of each kind}
	:raises frappe.PermissionError: for who may not write rules
	:raises frappe.ValidationError: for a rule that could not be saved
	"""
	frappe.has_permission(RULE, "write", throw=True)
	return rule_preview.preview(_rule(rule) if isinstance(rule, str) else rule_preview.unsaved(rule))


@frappe.whitelist(methods=["POST"])
@checked
def apply_rule(rule: Name) -> dict:
	"""Ask a training rule of everybody it may be about, in the background: HR's yes to however many these are.

	:param rule: name of an LMS Training Rule
	:return: {"run"}: the event ``smooth_lms_hr:rule`` tells the caller how it goes
	:raises frappe.PermissionError, frappe.DoesNotExistError:
	:raises frappe.ValidationError: where it, or all training, is switched off, or the queue does not answer
	"""
	frappe.has_permission(RULE, "write", throw=True)
	doc = _rule(rule)
	if not doc.enabled:
		frappe.throw(_("{0} is switched off.").format(frappe.bold(frappe.utils.escape_html(doc.name))))
	return {"run": rule_runs.apply(doc.name)}


def _rule(name: str):
	there = frappe.db.exists(RULE, {"name": name}) and frappe.has_permission(RULE, "write", doc=name)
	if not there:
		frappe.throw(
			_("There is no {0} {1}, or it is not yours.").format(
				_(RULE), frappe.bold(frappe.utils.escape_html(name))
			),
			frappe.DoesNotExistError,
		)
	return frappe.get_doc(RULE, name)


@frappe.whitelist(methods=["POST"])
@checked
def extend_due_date(assignments: Names, due_date: Day, reason: Text) -> dict:
	"""Move the due date of open assignments; what was overdue is no longer, and the reminders start over.

	:param assignments: names of LMS Training Assignments, 500 at most
	:param due_date: YYYY-MM-DD, today or later, or the original due date
	:param reason: kept in the timeline
	:return: {"done", "failed"}: rows of name and message, each assignment by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	return decisions.extend(assignments, due_date, reason)


@frappe.whitelist(methods=["POST"])
@checked
def waive(assignments: Names, reason: Text) -> dict:
	"""Excuse people from what they owe: the assignment stays on file as Waived.

	:param assignments: names of LMS Training Assignments, 500 at most
	:param reason: kept in the assignment and its timeline
	:return: {"done", "failed"}: rows of name and message, each assignment by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	return decisions.waive(assignments, reason)


@frappe.whitelist(methods=["POST"])
@checked
def cancel_training(assignments: Names, reason: Text) -> dict:
	"""End open assignments that should not have been made: they stay on file as Cancelled and count in no figure.

	:param assignments: names of LMS Training Assignments, 500 at most
	:param reason: kept in the timeline
	:return: {"done", "failed"}: rows of name and message, each assignment by itself
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	return decisions.cancel(assignments, reason)


@frappe.whitelist(methods=["POST"])
@checked
def send_reminder(assignments: Names) -> dict:
	"""Remind the members of open assignments now, one mail each, once a day: by HR, or by a manager their own team.

	:param assignments: names of LMS Training Assignments, 500 at most
	:return: {"done", "failed"}: rows of name and message
	:raises frappe.ValidationError: for input that makes no sense as a whole
	"""
	_refuse_guests()
	return by_request.remind(assignments)
