"""What was learned for a completion, on record with it and before anything of it is taken back from Learning (rule 11).

Rows go in by one statement however many they are, in the caller's transaction. Nothing edits or deletes them.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from smooth_lms_hr.record import rows
from smooth_lms_hr.sources.names import EVIDENCE

# Where something was learned.
LEARNING, EXTERNAL, CLASSROOM = "Learning", "External", "Classroom"
VALID, REVOKED = "Valid", "Revoked"


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
	:param results: see ``exercises.results``; of a certificate doctype, name, issue_date and expiry_date
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
	"""Write what was learned, in one statement, and return the names."""
	return rows.insert(EVIDENCE, [_written(one) for one in evidence])


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
