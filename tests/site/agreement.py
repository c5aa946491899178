"""Whether ledger, Frappe's queue and the bells say the same of a simulation, row by row."""

from collections import defaultdict
from datetime import date, timedelta

import frappe
from frappe.utils import formatdate, getdate

from tests.site import simulation
from tests.site.simulated_mails import Mail, read_mail
from tests.site.simulation import START, address

ASSIGNMENT, LEDGER = "LMS Training Assignment", "LMS Training Notification"
# What a mail about training refers to in Frappe's queue: a digest to its template, which one can unsubscribe from.
OF_TRAINING = (ASSIGNMENT, "Email Template")

# By name: what is in the queue is read again and again, and no mail changes there.
_read: dict[str, Mail] = {}


def disagreements() -> list[str]:
	"""Compare ledger, queue and bells, row by row; return what does not fit, in words."""
	found = []
	entries = defaultdict(list)
	bells = defaultdict(int)
	assignments = {
		row.name: row
		for row in frappe.get_all(
			ASSIGNMENT, {"member": ("like", address("%"))}, ["name", "member", "course_title"]
		)
	}
	keys = set()
	for row in frappe.get_all(LEDGER, {"assignment": ("in", list(assignments))}, ["*"], order_by="name"):
		entries[row.email_queue].append(row)
		key = (
			row.assignment,
			row.kind,
			row.offset_days,
			row.occasion,
			row.due_date,
			row.audience,
			row.recipient,
		)
		if key in keys:
			found.append(f"said twice: {key}")
		keys.add(key)
		if row.audience == "Member":
			bells[row.recipient, row.assignment] += 1
	queued = {mail.pop("name"): mail for mail in queued_mails()}
	found += [
		f"in the ledger, not in the queue: {rows}" for name, rows in entries.items() if name not in queued
	]
	for name, mail in queued.items():
		said = entries[name]
		if {row.recipient for row in said} - {mail["to"]}:
			found.append(f"{mail} was entered as said to {said[0].recipient}")
		told = sorted({(address(row[0]) if row[0] else mail["to"], row[1]) for row in mail["rows"]})
		entered = sorted(
			{(assignments[row.assignment].member, assignments[row.assignment].course_title) for row in said}
		)
		if said and told != entered:
			found.append(f"{mail} and what was entered of it: {entered}")
		if not said:
			found.append(f"in the queue, not in the ledger: {mail}")
	rung = defaultdict(int)
	for row in frappe.get_all(
		"Notification Log",
		{"document_type": ASSIGNMENT, "for_user": ("like", address("%"))},
		["for_user", "document_name"],
	):
		rung[row.for_user, row.document_name] += 1
	found += [
		f"bells {rung[key]}, entries {bells[key]}: {key}"
		for key in {*rung, *bells}
		if rung[key] != bells[key]
	]
	return found


def queued_mails() -> list[dict]:
	"""Return what is in Frappe's queue about training, as name, day, to, subject, rows, status, retry and error."""
	dates = dates_as_written()
	rows = frappe.get_all(
		"Email Queue",
		{"reference_doctype": ("in", OF_TRAINING)},
		["name", "creation", "message", "status", "retry", "error"],
		order_by="creation, name",
	)
	to = defaultdict(list)
	for row in frappe.get_all(
		"Email Queue Recipient", {"parent": ("in", [row.name for row in rows])}, ["parent", "recipient"]
	):
		to[row.parent].append(row.recipient)
	found = []
	for row in rows:
		if row.name not in _read:
			_read[row.name] = read_mail(",".join(to[row.name]), row.message, simulation.COURSES, dates)
		mail = _read[row.name]
		found.append({"day": str(getdate(row.creation)), **vars(mail), **row})
		del found[-1]["message"], found[-1]["creation"]
	return found


def dates_as_written() -> dict[str, date]:
	"""Return every date that a mail may name, by how the site writes it."""
	days = [START + timedelta(days=number) for number in range(2 * simulation.DAYS)]
	return {formatdate(day): day for day in days}


def hr_managers() -> list[str]:
	return frappe.db.sql_list(
		"""select distinct user.name from tabUser user join `tabHas Role` role on role.parent = user.name
		where role.role = 'HR Manager' and user.enabled = 1 and user.name != 'Administrator'"""
	)
