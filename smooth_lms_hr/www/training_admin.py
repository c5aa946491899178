"""/training-admin: everybody's training for who oversees it and has no desk, as Learning's Moderators have none."""

from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.utils import cint, getdate

from smooth_lms_hr.showing import overview, pages, team
from smooth_lms_hr.showing.team_page import ALL, MAX_SEARCH
from smooth_lms_hr.sources import visibility
from smooth_lms_hr.sources.due_words import due_in_words
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.due_dates import MAX_DAYS
from smooth_lms_hr.training.status import OPEN
from smooth_lms_hr.training.validity import RENEW_FROM
from smooth_lms_hr.www.my_team_training import MAX_START, PAGE_LENGTH, TO_DO
from smooth_lms_hr.www.my_training import send_guests_to_login

no_cache = 1
sitemap = 0

COURSES = "courses"
# What a part of the company is named by in the dialog; see ``assigning.campaign.PARTS``.
PARTS = ("Company", "Department", "Designation", "Branch")


def get_context(context):
	send_guests_to_login()
	user = frappe.session.user
	context.update(pages.frame(pages.ADMIN, _("Training administration")))
	if not visibility.sees_all(user):
		context.update(refused=True, http_status_code=403)
		return
	reads_courses = bool(frappe.has_permission(overview.COURSE, "read"))
	on_courses = reads_courses and frappe.form_dict.get("tab") == COURSES
	may_assign = bool(frappe.has_permission(ASSIGNMENT, "create"))
	context.update(
		tab=COURSES if on_courses else "assignments",
		tabs=[
			(_("Assignments"), pages.ADMIN, not on_courses),
			*([(_("Courses"), f"{pages.ADMIN}?tab={COURSES}", on_courses)] if reads_courses else []),
		],
		today=getdate(),
		may_assign=may_assign,
		may_decide=bool(frappe.has_permission(ASSIGNMENT, "write")),
		desk="/app/lms-training-assignment/" if frappe.session.data.user_type == "System User" else None,
	)
	context.update(_courses() if on_courses else _assignments(user))
	if may_assign:
		context.assign = _what_can_be_assigned(user)


def _assignments(user: str) -> dict:
	args, choices = frappe.form_dict, overview.choices(user)
	status = args.get("status") if args.get("status") in (*team.STATUSES, ALL) else TO_DO
	narrowed = {
		name: args.get(name) if any(args.get(name) == value for value, _label in given) else None
		for name, given in choices.items()
	}
	person, start = _search(args.get("person")), _start(args)
	found = overview.assignments(
		narrowed, person, {TO_DO: OPEN, ALL: None}.get(status, [status]), start, PAGE_LENGTH
	)
	for row in found["rows"]:
		row.due_in_words = None if row.days_left is None else due_in_words(row.days_left)
		row.late = (row.days_left or 0) < 0
	chosen = {"status": status, **narrowed, "person": person}
	return {
		**found,
		**_paging(chosen, start, len(found["rows"]), found["total"]),
		"figures": [
			(_figure_url(chosen, name), label, found["summary"][key], name == status, name == "Overdue")
			for name, label, key in (
				("Overdue", _("Overdue"), "overdue"),
				("In Progress", _("In Progress"), "in_progress"),
				("Pending", _("Pending"), "pending"),
				("Awaiting Signature", _("Awaiting Signature"), "awaiting_signature"),
				("Completed", _("Completed"), "completed"),
				("Waived", _("Waived"), "waived"),
			)
		],
		"choices": choices,
		"chosen": frappe._dict(chosen),
		"statuses": [
			(TO_DO, _("Open", context="Training")),
			*((name, _(name)) for name in team.STATUSES),
			(ALL, _("All")),
		],
		"filtered": bool(person or any(narrowed.values())),
	}


def _courses() -> dict:
	args = frappe.form_dict
	title, mandatory_only, start = _search(args.get("title")), bool(cint(args.get("mandatory"))), _start(args)
	found = overview.courses(title, mandatory_only, start, PAGE_LENGTH)
	chosen = {"tab": COURSES, "title": title, "mandatory": int(mandatory_only)}
	return {
		**found,
		**_paging(chosen, start, len(found["rows"]), found["total"]),
		"chosen": frappe._dict(chosen),
		"filtered": bool(title or mandatory_only),
		"default_days": cint(get_settings().default_due_days),
		"max_days": MAX_DAYS,
		"renew_from": [(value, _(value)) for value in RENEW_FROM],
		# What a course asks for it asks of everybody.
		"may_change": bool(frappe.has_permission(ASSIGNMENT, "write"))
		and not visibility.sees_a_part(frappe.session.user),
	}


def _what_can_be_assigned(user: str) -> frappe._dict:
	"""Return what the dialog Assign Training offers: courses, and parts of the company for who may read employees."""
	courses = overview.courses_to_assign(user)
	parts = PARTS if frappe.has_permission("Employee", "read") else ()
	return frappe._dict(
		courses=courses,
		mandatory=sum(cint(course.is_mandatory) for course in courses),
		parts=[
			(doctype.lower(), _(doctype), [row.name for row in visibility.all_there(doctype, user)])
			for doctype in parts
		],
	)


def _search(text) -> str | None:
	return text.strip()[:MAX_SEARCH] or None if isinstance(text, str) else None


def _start(asked) -> int:
	return min(max(cint(asked.get("start")), 0), MAX_START)


def _paging(chosen: dict, start: int, shown: int, total: int) -> dict:
	return {
		"first": start + 1 if shown else 0,
		"last": start + shown,
		"previous_url": _url({**chosen, "start": max(start - PAGE_LENGTH, 0)}) if start else None,
		"next_url": _url({**chosen, "start": start + PAGE_LENGTH}) if start + PAGE_LENGTH < total else None,
	}


def _figure_url(chosen: dict, status: str) -> str:
	# Once more leads back to all that is open.
	return _url({**chosen, "status": None if chosen["status"] == status else status})


def _url(query: dict) -> str:
	query = {key: value for key, value in query.items() if value}
	return pages.ADMIN + (f"?{urlencode(query)}" if query else "")
