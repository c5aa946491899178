"""/my-team-training: who of a manager's people is late with what. HR sees everybody here."""

from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.utils import cint

from smooth_lms_hr.showing import pages, requests, team
from smooth_lms_hr.sources.due_words import due_in_words
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.reporting_lines import teams_of
from smooth_lms_hr.sources.visibility import sees_all
from smooth_lms_hr.training.status import OPEN
from smooth_lms_hr.www.my_training import send_guests_to_login

no_cache = 1
sitemap = 0

PAGE_LENGTH = 50
# Farther than anybody turns pages, and than every database counts.
MAX_START = 10_000_000
ALL = "all"
TO_DO = "open"


def get_context(context):
	send_guests_to_login()
	user, args = frappe.session.user, frappe.form_dict
	oversees, own = sees_all(user), teams_of(user)
	leads = bool(own)
	context.update(pages.frame(pages.TEAM, _("Team training"), leads))
	if not (oversees or leads):
		context.update(refused=True, http_status_code=403)
		return
	everybody = oversees and (args.get("team") == ALL or not leads)
	teams = None if everybody else own
	departments = team.departments(teams)
	status = args.get("status") if args.get("status") in (*team.STATUSES, ALL) else TO_DO
	department = args.get("department") if args.get("department") in departments else None
	start = min(max(cint(args.get("start")), 0), MAX_START)
	found = team.training_status(
		teams,
		{"department": department},
		{TO_DO: OPEN, ALL: None}.get(status, [status]),
		start,
		PAGE_LENGTH,
	)
	for row in found["rows"]:
		row.due_in_words = None if row.days_left is None else due_in_words(row.days_left)
		row.late = (row.days_left or 0) < 0

	chosen = {"team": ALL if everybody and leads else None, "status": status, "department": department}
	context.update(
		found,
		requests=requests.to_answer(user),
		may_switch=oversees and leads,
		everybody=everybody,
		status=status,
		statuses=[(TO_DO, _("Open")), *((name, _(name)) for name in team.STATUSES), (ALL, _("All"))],
		department=department,
		departments=departments,
		# HR Users look, but what reminds somebody is for their managers and for who may decide.
		remindable=(not everybody or frappe.has_permission(ASSIGNMENT, "write"))
		and any(row.days_left is not None for row in found["rows"]),
		first=start + 1 if found["rows"] else 0,
		last=start + len(found["rows"]),
		previous_url=_url(chosen, max(start - PAGE_LENGTH, 0)) if start else None,
		next_url=_url(chosen, start + PAGE_LENGTH) if start + PAGE_LENGTH < found["total"] else None,
	)


def _url(chosen: dict, start: int) -> str:
	query = {key: value for key, value in {**chosen, "start": start}.items() if value}
	return pages.TEAM + (f"?{urlencode(query)}" if query else "")
