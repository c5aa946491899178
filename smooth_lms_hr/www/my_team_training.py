"""/my-team-training: who of a manager's people is late with what. HR sees everybody here."""

from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.utils import cint

from smooth_lms_hr.showing import pages, requests, team, team_page
from smooth_lms_hr.showing.team_page import ALL, MAX_SEARCH
from smooth_lms_hr.sources.due_words import due_in_words
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.training.status import OPEN
from smooth_lms_hr.www.my_training import send_guests_to_login

no_cache = 1
sitemap = 0

PAGE_LENGTH = 50
# Farther than anybody turns pages, and than every database counts.
MAX_START = 10_000_000
TO_DO = "open"


def get_context(context):
	send_guests_to_login()
	user, args = frappe.session.user, frappe.form_dict
	whose = team_page.asked(user, args)
	context.update(pages.frame(pages.TEAM, _("Team training"), bool(whose and whose.leads)))
	if not whose:
		context.update(refused=True, http_status_code=403)
		return
	status = args.get("status") if args.get("status") in (*team.STATUSES, ALL) else TO_DO
	statuses = {TO_DO: OPEN, ALL: None}.get(status, [status])
	start = min(max(cint(args.get("start")), 0), MAX_START)
	found = team.training_status(whose.teams, whose.filters, statuses, start, PAGE_LENGTH)
	for row in found["rows"]:
		row.due_in_words = None if row.days_left is None else due_in_words(row.days_left)
		row.late = (row.days_left or 0) < 0

	chosen = {
		"team": ALL if whose.everybody and whose.leads else None,
		"department": whose.department,
		"person": whose.person,
	}
	groups = team_page.grouped(whose, statuses, found["rows"])
	for group in groups:
		# A search for them lists what does not fit on this page.
		if group["listed"] > len(group["rows"]) and not whose.person:
			group["all_url"] = _url({**chosen, "status": status, "person": group["name"][:MAX_SEARCH]}, 0)
	# HR Users look, but what reminds somebody is for their managers and for who may decide.
	may_remind = not whose.everybody or bool(frappe.has_permission(ASSIGNMENT, "write"))
	context.update(
		found,
		groups=groups,
		requests=requests.to_answer(user),
		may_switch=whose.oversees and whose.leads,
		everybody=whose.everybody,
		status=status,
		statuses=[
			(TO_DO, _("Open", context="Training")),
			*((name, _(name)) for name in team.STATUSES),
			(ALL, _("All")),
		],
		department=whose.department,
		departments=whose.departments,
		person=whose.person,
		too_many=whose.too_many,
		max_search=MAX_SEARCH,
		chosen=chosen,
		remindable=may_remind and any(row.days_left is not None for row in found["rows"]),
		may_remind_all=may_remind and bool(found["summary"]["overdue"]),
		first=start + 1 if found["rows"] else 0,
		last=start + len(found["rows"]),
		previous_url=_url({**chosen, "status": status}, max(start - PAGE_LENGTH, 0)) if start else None,
		next_url=_url({**chosen, "status": status}, start + PAGE_LENGTH)
		if start + PAGE_LENGTH < found["total"]
		else None,
	)


def _url(chosen: dict, start: int) -> str:
	query = {key: value for key, value in {**chosen, "start": start}.items() if value}
	return pages.TEAM + (f"?{urlencode(query)}" if query else "")
