"""What was learned for a completion, on record with it and before anything of it is taken back from Learning (rule 11).

Rows go in by one statement however many they are, in the caller's transaction. Nothing deletes them, and what may change
of them (the certificate and its file, once; that they are revoked) has an event of its own.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

import frappe
from frappe.utils import getdate, now_datetime

from smooth_lms_hr.record import documents, events, rows
from smooth_lms_hr.record.events import Event
from smooth_lms_hr.sources import private_files
from smooth_lms_hr.sources.names import CERTIFICATE, EVIDENCE

# Where something was learned.
LEARNING, EXTERNAL, CLASSROOM = "Learning", "External", "Classroom"
VALID, REVOKED = "Valid", "Revoked"
# What is read of evidence that something is added to.
OF_ROW = ("name", "assignment", "member", "employee", "course")
# Characters of one statement, each of up to four bytes: MariaDB takes 16 megabytes unless it is told otherwise.
MAX_STATEMENT = 2_000_000


@dataclass(frozen=True)
class Signature:
	"""A statement that somebody has signed.

	:param statement: as it was read
	:param signed_as: as it was typed
	:param signed_on: in the site's time zone
	"""

	statement: str
	signed_as: str
	signed_on: datetime


@dataclass(frozen=True)
class Evidence:
	"""
	:param assignment: the completed one, None for what was learned in a classroom and is owed by nobody
	:param content: the course as it was: its name, chapters and lessons, with their modification stamps
	:param content_hash: SHA-256 of all that the lessons say, in hexadecimal; None where nobody knows it any more
	:param lessons: each with its lesson, title and completed_on (YYYY-MM-DD)
	:param results: see ``exercises.results``
	:param training_hours: that the course takes, 0 where nobody said
	:param certificate: name of the LMS Certificate, None without one
	:param cause_doctype: and ``cause`` name the record that it rests on: a request, a Training Event
	:param taken_over: written by an upgrade, from what Learning still had
	"""

	assignment: str | None
	member: str | None
	employee: str | None
	course: str | None
	course_title: str | None
	completed_on: date | None
	lessons: Collection[dict] = ()
	results: Collection[dict] = ()
	content: dict = field(default_factory=dict)
	content_hash: str | None = None
	training_hours: float = 0
	signature: Signature | None = None
	certificate: str | None = None
	kind: str = LEARNING
	cause_doctype: str | None = None
	cause: str | None = None
	taken_over: bool = False


def write(evidence: Collection[Evidence]) -> list[str]:
	"""Write what was learned, and return the names, in this order.

	In one statement or, where that would be more than a database takes of one, in several.
	"""
	names: list[str] = []
	batch, size = [], 0
	for one in evidence:
		written = _written(one)
		# It is written twice: as values, and as the text that is hashed.
		length = 2 * sum(len(value) for value in written.values() if isinstance(value, str))
		if batch and size + length > MAX_STATEMENT:
			names += rows.insert(EVIDENCE, batch)
			batch, size = [], 0
		batch.append(written)
		size += length
	return names + rows.insert(EVIDENCE, batch)


def uncertified(member: str, course: str, assignment: str | None) -> list[frappe._dict]:
	"""Return the evidence that a person's new certificate of a course belongs to, and that has none yet.

	That is of what was completed by this course: itself, the last time, and what it counts for.

	:param assignment: in which the course was completed the last time, None where it is owed by nobody
	"""
	table = frappe.qb.DocType(EVIDENCE)
	return (
		frappe.qb.from_(table)
		.select(*(table[fieldname] for fieldname in OF_ROW))
		.where((table.member == member) & (table.kind == LEARNING) & (table.status == VALID))
		.where(table.certificate.isnull() | (table.certificate == ""))
		.where(
			(table.assignment == assignment)
			| ((table.cause_doctype == "LMS Course") & (table.cause == course))
		)
		.orderby(table.name)
		.run(as_dict=True)
	)


def certify(found: Collection[frappe._dict], certificate: str, issue_date: date) -> None:
	"""Note on evidence that has no certificate yet which one belongs to it, with an event each.

	:param found: as ``uncertified`` returns it
	:param certificate: name of the LMS Certificate
	:param issue_date: what it says
	"""
	if not found:
		return
	frappe.db.set_value(
		EVIDENCE,
		{"name": ("in", [one.name for one in found])},
		"certificate",
		certificate,
		update_modified=False,
	)
	said = {"after": str(issue_date), "cause_doctype": CERTIFICATE, "cause": certificate}
	events.write(_event_of(one, events.CERTIFIED, **said) for one in found)


def attach(name: str, file_name: str, pieces: Iterable[bytes], done_by: str | None = None) -> bool:
	"""Keep a file with evidence that has none yet: a private one of its own, with its SHA-256, and an event.

	It is on the employee's file along with that.

	:param name: of the evidence; it is locked until the transaction ends
	:param file_name: of nobody else
	:param done_by: whom the history names, None for whoever is at work
	:return: False where somebody was faster
	:raises OSError: where it cannot be written
	"""
	row = frappe.db.get_value(
		EVIDENCE, {"name": name}, [*OF_ROW, "certificate_file"], as_dict=True, for_update=True
	)
	if not row or row.certificate_file:
		return False
	file = private_files.write(
		file_name,
		pieces,
		attached_to_doctype=EVIDENCE,
		attached_to_name=name,
		attached_to_field="certificate_file",
		# By this Frappe finds who else may have the same file, and whether it can go from the disk: nobody, and never.
		content_hash=None,
	)
	values = {"certificate_file": file.file_url, "sha256": private_files.sha256(file.file_url)}
	frappe.db.set_value(EVIDENCE, name, values, update_modified=False)
	said = {"after": values["sha256"], "cause_doctype": EVIDENCE, "cause": name, "done_by": done_by}
	events.write([_event_of(row, events.CERTIFIED, **said)])
	documents.file([name])
	return True


def revoke(
	filters: dict, reason: str, unpublished: Collection[str] = (), done_by: str | None = None
) -> list[frappe._dict]:
	"""Say of evidence that it does not hold any more, with an event of each; what is revoked already stays as it is.

	:param filters: which evidence, as for frappe.get_all
	:param reason: plain text, what a person typed or one of ``record.reasons``
	:param unpublished: the certificates that were published until now; the event says so, as who completes the course
	        again gets back what was taken
	:param done_by: the user, None for whoever is at work
	:return: what was revoked: rows of name, assignment and completed_on
	"""
	# Locked, and read as they are now: of two who revoke the same one, the second finds it done.
	found = frappe.db.get_values(
		EVIDENCE,
		{**filters, "status": VALID},
		[*OF_ROW, "completed_on", "certificate"],
		as_dict=True,
		order_by="name asc",
		for_update=True,
	)
	if not found:
		return []
	moment, user = now_datetime(), done_by or frappe.session.user
	names = [row.name for row in found]
	frappe.db.set_value(
		EVIDENCE,
		{"name": ("in", names)},
		{"status": REVOKED, "revoked_by": user, "revoked_on": moment, "revoked_reason": reason},
		update_modified=False,
	)
	documents.revoke(names, moment)
	events.write(
		_event_of(
			row,
			events.REVOKED,
			before=row.completed_on and str(getdate(row.completed_on)),
			after=row.certificate if row.certificate in unpublished else None,
			reason=reason,
			cause_doctype=EVIDENCE,
			cause=row.name,
			done_by=user,
			happened_on=moment,
		)
		for row in found
	)
	return found


def _event_of(one: frappe._dict, event: str, **values) -> Event:
	return Event(one.assignment, one.member, one.employee, one.course, event, **values)


def _written(one: Evidence) -> dict:
	values = dict(vars(one))
	signature = values.pop("signature")
	return values | {
		"completed_on": one.completed_on and str(one.completed_on),
		"lessons": rows.as_json(list(one.lessons)),
		"results": rows.as_json(list(one.results)),
		"content": rows.as_json(one.content),
		"statement": signature and signature.statement,
		"signed_as": signature and signature.signed_as,
		"signed_on": signature and str(signature.signed_on),
		"taken_over": int(one.taken_over),
		"status": VALID,
	}
