"""Whitelisted methods: check the caller, call the service, shape the answer."""

import json
from datetime import date

import frappe
from frappe import _
from frappe.utils import date_diff, getdate

from smooth_lms_hr.services import by_hand, campaign, learning
from smooth_lms_hr.services import onboarding as onboardings
from smooth_lms_hr.services.facts import ASSIGNMENT
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
	if frappe.session.user == "Guest":
		frappe.throw(_("Log in to see your training."), frappe.PermissionError)
	statuses = (*OPEN, COMPLETED, WAIVED) if frappe.utils.sbool(include_completed) is True else OPEN
	rows = frappe.get_all(
		ASSIGNMENT,
		filters={"member": frappe.session.user, "status": ("in", statuses)},
		fields=[
			"name", "course", "course_title", "due_date", "status", "progress", "completed_on", "assigned_by"
		],
		order_by="due_date, course_title",
	)  # fmt: skip
	names = {
		user.name: user.full_name
		for user in frappe.get_all(
			"User", filters={"name": ("in", {row.assigned_by for row in rows})}, fields=["name", "full_name"]
		)
	}
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
