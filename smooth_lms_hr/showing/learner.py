"""One person's training, as that person sees it: what is open, done and waived, and why."""

from datetime import date
from urllib.parse import urlencode

import frappe
from frappe.utils import date_diff, flt, getdate, global_date_format

from smooth_lms_hr.sources import facts, learning
from smooth_lms_hr.sources.due_words import due_in_words
from smooth_lms_hr.sources.names import ASSIGNMENT, CERTIFICATE
from smooth_lms_hr.sources.people import full_names
from smooth_lms_hr.sources.words import as_read
from smooth_lms_hr.training.status import AWAITING_SIGNATURE, COMPLETED, OPEN, WAIVED, is_late
from smooth_lms_hr.training.validity import is_valid

# What an assignment calls its source where it is learned again.
RENEWAL = "Renewal"
FIELDS = (
	"name", "course", "course_title", "status", "progress", "due_date", "due_date_basis", "original_due_date",
	"completed_on", "valid_until", "source", "reason", "assigned_by", "assigned_on", "waived_by", "waived_on",
	"waived_until", "waiver_reason",
)  # fmt: skip


def training_of(member: str) -> dict[str, list[frappe._dict]]:
	"""Return a person's assignments in the same few queries however many there are.

	:param member: the user
	:return: {"open" (the most urgent first), "done", "waived" (both the latest first)}: rows of FIELDS and
	        course_url, days_left and due_in_words (open ones only), late, assigned_by_name, waived_by_name,
	        statement (to be signed now, None without one), certificate_url (None without one)
	"""
	rows = frappe.get_all(
		ASSIGNMENT,
		filters={"member": member, "status": ("in", (*OPEN, COMPLETED, WAIVED))},
		fields=list(FIELDS),
		order_by="due_date, course_title, name",
	)
	today = getdate()
	statements = facts.statements({row.course for row in rows if row.status == AWAITING_SIGNATURE})
	names = full_names({user for row in rows for user in (row.assigned_by, row.waived_by)})
	for row in rows:
		row.progress = flt(row.progress)
		for said in ("reason", "due_date_basis"):
			row[said] = as_read(row[said], global_date_format)
		row.course_title = row.course_title or row.course
		row.course_url = learning.course_url(row.course)
		row.days_left = date_diff(row.due_date, today) if row.status in OPEN else None
		row.due_in_words = None if row.days_left is None else due_in_words(row.days_left)
		row.renewal = row.source == RENEWAL
		row.still_valid = row.status == COMPLETED and is_valid(
			getdate(row.valid_until) if row.valid_until else None, today
		)
		row.late = is_late(row.status, getdate(row.due_date), today)
		row.statement = statements.get(row.course) if row.status == AWAITING_SIGNATURE else None
		row.assigned_by_name = names.get(row.assigned_by) or row.assigned_by
		row.waived_by_name = names.get(row.waived_by) or row.waived_by
	done = [row for row in rows if row.status == COMPLETED]
	_add_what_is_renewed(rows, done)
	done.sort(key=lambda row: (getdate(row.completed_on or row.due_date), row.name), reverse=True)
	waived = [row for row in rows if row.status == WAIVED]
	waived.sort(key=lambda row: (str(row.waived_on or ""), row.name), reverse=True)
	_add_certificates(member, done)
	return {"open": [row for row in rows if row.status in OPEN], "done": done, "waived": waived}


def _add_what_is_renewed(rows: list[frappe._dict], done: list[frappe._dict]) -> None:
	last: dict[str, date] = {}
	for row in done:
		if row.valid_until:
			last[row.course] = max(getdate(row.valid_until), last.get(row.course, date.min))
	for row in rows:
		row.counts_until = last.get(row.course) if row.renewal and row.status in OPEN else None


def _add_certificates(member: str, done: list[frappe._dict]) -> None:
	"""Give each certificate to the completion that it proves: Learning has one per person and course at most.

	:param done: completed assignments, the latest first
	"""
	courses = {row.course for row in done}
	if not courses:
		return
	certificates = frappe.get_all(
		CERTIFICATE,
		filters={"member": member, "course": ("in", sorted(courses))},
		fields=["name", "course", "template", "issue_date"],
		order_by="creation",
	)
	for certificate in certificates:
		completions = [row for row in done if row.course == certificate.course]
		issued = getdate(certificate.issue_date) if certificate.issue_date else None
		# After a renewal, the certificate of the time before is still that of the time before.
		before = [row for row in completions if issued and getdate(row.completed_on or issued) <= issued]
		(before or completions)[0].certificate_url = certificate_url(certificate.name, certificate.template)


def certificate_url(name: str, template: str | None) -> str:
	"""Return where Learning itself downloads a certificate from.

	:param name: of an LMS Certificate
	:param template: its print format, None for the default one
	"""
	query = {"doctype": CERTIFICATE, "name": name} | ({"format": template} if template else {})
	return f"/api/method/frappe.utils.print_format.download_pdf?{urlencode(query)}"
