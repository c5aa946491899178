"""Assigning courses to people whom somebody names."""

import frappe

from smooth_lms_hr.assigning import by_hand, campaign, campaign_runs
from smooth_lms_hr.sources.attempts import retry_request
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.validation import Day, Name, Names, between, checked, object_of
from smooth_lms_hr.training.due_dates import MAX_DAYS, MIN_DUE_DAYS

People = object_of(members=Names, employees=Names, **dict.fromkeys(campaign.PARTS, Name))
DueDays = between(MIN_DUE_DAYS, MAX_DAYS)


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
