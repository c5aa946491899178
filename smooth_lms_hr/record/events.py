"""The one history of training assignments: LMS Training Event (rule 13), written along with what it is about.

Rows go in by one statement however many they are, in the caller's transaction. Nothing edits or deletes them.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe.query_builder.functions import Count
from frappe.utils import now_datetime

from smooth_lms_hr.record import rows
from smooth_lms_hr.sources.names import EVENT
from smooth_lms_hr.training.history import State, changes

# Whom Frappe's scheduler works as: what the days bring is nobody's decision, whoever starts the run.
NOBODY = "Administrator"

ASSIGNED = "Assigned"
BEGUN = "Begun"
COMPLETED = "Completed"
OVERDUE = "Overdue"
DUE_DATE_MOVED = "Due Date Moved"
WAIVED = "Waived"
WAIVER_WITHDRAWN = "Waiver Withdrawn"
CANCELLED = "Cancelled"
REOPENED = "Reopened"
RENEWED = "Renewed"
VALIDITY_CHANGED = "Validity Changed"
REQUESTED = "Requested"
ANSWERED = "Answered"
CERTIFIED = "Certified"
LEARNED = "Learned"
SIGNED = "Signed"
REVOKED = "Revoked"
HANDED_OVER = "Handed Over"
MERGED = "Merged"
RENAMED = "Renamed"
HELD = "Held"
RELEASED = "Released"
ERASED = "Erased"
# What is written of assignments today; the DocType knows more.
KINDS = (
	ASSIGNED, BEGUN, COMPLETED, OVERDUE, DUE_DATE_MOVED, WAIVED, WAIVER_WITHDRAWN, CANCELLED, REOPENED, RENEWED,
	VALIDITY_CHANGED, REQUESTED, ANSWERED, CERTIFIED, HANDED_OVER, MERGED, RENAMED, LEARNED, SIGNED, REVOKED, HELD,
	RELEASED, ERASED,
)  # fmt: skip


@dataclass(frozen=True)
class Event:
	"""
	:param assignment: None for what is about none: evidence that rests on no assignment, or a record that was renamed
	:param event: one of the names above
	:param before: the value that changed, None where there was none: a date (YYYY-MM-DD) for a due date, else a status
	:param after: the value that it changed to
	:param reason: what a person typed, or one of the sentences of ``record.reasons``
	:param cause_doctype: and ``cause`` name the record that led to it
	:param done_by: the user, None for whoever is at work
	:param happened_on: in the site's time zone, None for now
	:param taken_over: made by an upgrade of what was on record otherwise
	"""

	assignment: str | None
	member: str | None
	employee: str | None
	course: str | None
	event: str
	before: str | None = None
	after: str | None = None
	reason: str | None = None
	cause_doctype: str | None = None
	cause: str | None = None
	done_by: str | None = None
	happened_on: datetime | None = None
	taken_over: bool = False


def make(row, event: str, **values) -> Event:
	"""Return an event of an assignment.

	:param row: the assignment: a document or a row with name, member, employee and course
	:param values: the other fields of ``Event``
	"""
	return Event(row.name, row.member, row.employee, row.course, event, **values)


def make_of_change(row, before: State, after: State, **values) -> list[Event]:
	"""Return the events of a change of an assignment, as the rules see it.

	:param values: reason, cause, done_by and so on, the same for all of them
	"""
	return [
		make(row, change.event, before=change.before, after=change.after, **values)
		for change in changes(before, after)
	]


def write(events: Iterable[Event], after_all: bool = False) -> None:
	"""Write events, in this order, in one statement.

	:param after_all: they come after all that is on record, whatever the clock says
	"""
	events = list(events)
	if events:
		rows.insert(EVENT, [_written(event) for event in events], after_all)


def write_listed(event: Event, name: str, listed: str) -> None:
	"""Write one event with a list of rows that it is about.

	:param name: that is known already, since these rows name it
	"""
	rows.insert(EVENT, [_written(event) | {"listed": listed}], names=[name])


def written_of(assignments: Sequence[str]) -> list[frappe._dict]:
	"""Return the events of assignments, in the order in which they were written.

	:param assignments: names; who may see them has been asked before
	"""
	return frappe.get_all(
		EVENT,
		filters={"assignment": ("in", list(assignments))},
		fields=[
			"name", "assignment", "event", "happened_on", "done_by", "before", "after", "reason", "cause_doctype",
			"cause", "taken_over",
		],
		order_by="name",
	)  # fmt: skip


def count_moves(assignments: Collection[str]) -> dict[str, int]:
	"""Return how often the due dates of assignments have moved, by name; who never had one moved is left out."""
	if not assignments:
		return {}
	table = frappe.qb.DocType(EVENT)
	query = frappe.qb.from_(table).select(table.assignment, Count(table.name)).groupby(table.assignment)
	of_these = table.assignment.isin(sorted(assignments)) & (table.event == DUE_DATE_MOVED)
	return dict(query.where(of_these).run())


def _written(event: Event) -> dict:
	return vars(event) | {
		"done_by": event.done_by or frappe.session.user,
		"happened_on": str(event.happened_on or now_datetime()),
		"taken_over": int(event.taken_over),
	}
