"""Tells those who can answer what learners ask, and learners the answer. The request remembers that they were told."""

from collections.abc import Sequence
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import formatdate, getdate, now_datetime

from smooth_lms_hr.sources import managers, people, visibility
from smooth_lms_hr.sources.attempts import retry
from smooth_lms_hr.sources.names import ASSIGNMENT, REQUEST
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.reporting_lines import manages
from smooth_lms_hr.sources.settings import Settings, get_settings
from smooth_lms_hr.telling import email_templates, mails, send
from smooth_lms_hr.telling.bells import Bells
from smooth_lms_hr.telling.reminders import TEAM_PAGE, Do
from smooth_lms_hr.telling.send import Report
from smooth_lms_hr.training.requests import EXTENSION, GRANTED, OPEN, REFUSED

# An answer that is older is not news any more.
FORGOTTEN_DAYS = 30
PER_STEP = 100
ANSWERED = (GRANTED, REFUSED)


def tell(requests: Sequence[str]) -> Report:
	"""Tell whoever is to hear of requests as they stand, as far as they were not told yet. A job in Frappe's queue calls this.

	:param requests: names of LMS Training Requests
	"""
	# The job is a transaction of its own: what loses against somebody else's is done again.
	return retry(lambda: _tell(requests, getdate()))


def tell_forgotten(today: date, settings: Settings, do: Do) -> None:
	"""Tell whatever was not told, where the job that does it right away was lost or failed.

	:param today: in the site's time zone
	"""
	for filters in (
		{"status": OPEN, "told_on": ("is", "not set")},
		{
			"status": ("in", ANSWERED),
			"answer_told_on": ("is", "not set"),
			"decided_on": (">=", str(today - timedelta(days=FORGOTTEN_DAYS))),
		},
	):
		names = frappe.get_all(REQUEST, filters, pluck="name", order_by="name")
		for start in range(0, len(names), PER_STEP):

			def step(names=names[start : start + PER_STEP]) -> Report:
				return _tell(names, today)

			do(_("Telling of {0} requests").format(len(names[start : start + PER_STEP])), step)


def _tell(names: Sequence[str], today: date) -> Report:
	report = Report()
	# Locked: of two who tell the same, one does.
	rows = frappe.db.get_values(
		REQUEST, {"name": ("in", list(names))}, "*", as_dict=True, order_by="name asc", for_update=True
	)
	asked = [row for row in rows if row.status == OPEN and not row.told_on]
	answered = [row for row in rows if row.status in ANSWERED and not row.answer_told_on]
	about = _assignments([row.assignment for row in (*asked, *answered)])
	to_tell = [
		*_to_answerers(asked, about),
		*((row, row.member, email_templates.ANSWER, "/my-training") for row in _reachable(answered)),
	]
	names_of = people.full_names([row.decided_by for row in answered])
	bells, with_mail = Bells({user for _row, user, _template, _path in to_tell}), mails.can_send()
	told: dict[str, set[str]] = {"told_on": set(), "answer_told_on": set()}
	for row, user, template, path in to_tell:
		with send.telling(_("Telling {0} about a request failed"), user, report):
			words = _in_words(row, names_of.get(row.decided_by, row.decided_by))
			of = [about[row.assignment]]
			queued = mails.queue(template, user, of, today, path, request=words) if with_mail else None
			# Last: what waits to be rung is not taken back where something after it fails.
			rung = bells.tell(user, lambda row=row, path=path: [_entry(row, path)])
			report.mails += bool(queued)
			report.bells += rung
			told["told_on" if row.status == OPEN else "answer_told_on"].add(row.name)
	bells.ring()
	for fieldname, these in told.items():
		if these:
			values = {fieldname: now_datetime()}
			frappe.db.set_value(REQUEST, {"name": ("in", sorted(these))}, values, update_modified=False)
	return report


def _assignments(names: Sequence[str]) -> dict[str, frappe._dict]:
	"""Return what a mail, and who may see it, asks of assignments, by name."""
	rows = frappe.get_all(ASSIGNMENT, {"name": ("in", list(names))}, ["*"], order_by="name") if names else []
	for row in rows:
		row.due_date = getdate(row.due_date)
	return {row.name: row for row in rows}


def _to_answerers(asked: Sequence[frappe._dict], about: dict[str, frappe._dict]):
	"""Yield each request with whom to tell, the template and the path that the mail leads to.

	That is the manager where the settings let managers answer it, else HR as far as their User Permissions reach.
	"""
	if not asked:
		return
	of_managers = _managers(asked, about)
	hr = managers.hr_managers()
	limits = {user: visibility.limits(ASSIGNMENT, user) for user in hr}
	for row in asked:
		if manager := of_managers.get(row.name):
			yield row, manager, email_templates.REQUEST, f"{TEAM_PAGE}#requests"
			continue
		for user in hr:
			if user != row.member and visibility.within(about[row.assignment], limits[user]):
				yield row, user, email_templates.REQUEST, f"/app/lms-training-request/{row.name}"


def _managers(asked: Sequence[frappe._dict], about: dict[str, frappe._dict]) -> dict[str, str]:
	"""Return who of the managers may answer a request, by its name."""
	if not get_settings().managers_answer_extensions:
		return {}
	employees = {row.name: about[row.assignment].employee for row in asked if row.kind == EXTENSION}
	found = managers.managers_of({employee for employee in employees.values() if employee})
	# Who approves for a department without leading it may not answer.
	leads = {employee for employee, user in found.items() if manages(user, employee)}
	return {name: found[employee] for name, employee in employees.items() if employee in leads}


def _reachable(rows: Sequence[frappe._dict]) -> list[frappe._dict]:
	reachable, _problems = people.by_user({row.member for row in rows})
	return [row for row in rows if row.member in reachable]


def _in_words(row, decided_by: str | None) -> dict:
	"""Return what a mail says of a request: text, nothing where there is none."""
	days = ("wanted_date", "completed_on", "valid_until")
	return {
		"kind": row.kind,
		"status": row.status,
		"asked_by": row.employee_name or row.member_name or row.member,
		"reason": row.reason,
		"answer": row.answer or "",
		"decided_by": decided_by or "",
		**{day: formatdate(row[day]) if row[day] else "" for day in days},
	}


def _entry(row, path: str) -> dict:
	title = plain_text(row.course_title or row.course)
	if row.status == OPEN:
		who = plain_text(row.employee_name or row.member_name or row.member)
		subject = _("{0} asks about {1}: {2}").format(who, title, _(row.kind))
	else:
		said = (
			_(row.status) if not row.answer else _("{0}: {1}").format(_(row.status), plain_text(row.answer))
		)
		subject = _("{0}, your request about {1}. {2}").format(_(row.kind), title, said)
	return {
		"type": "Alert",
		"document_type": REQUEST,
		"document_name": row.name,
		"subject": subject,
		"from_user": "Administrator",
		"link": path,
	}
