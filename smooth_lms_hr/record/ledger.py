"""What was said to whom of which assignment (LMS Training Notification): written along with the mail, read before it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime

from smooth_lms_hr.record.events import NOBODY
from smooth_lms_hr.sources.names import ASSIGNMENT, NOTIFICATION
from smooth_lms_hr.training.status import OPEN

# Kinds of notices.
ASSIGNED = "Assigned"
LADDER = "Ladder"
ASKED = "Asked"
DIGEST = "Digest"
SEALED = "Sealed"
EXPIRY = "Expiry"
DUE_DATE = "Due Date"
TASK = "Task"


@dataclass(frozen=True, slots=True)
class Notice:
	"""One thing said to one person of one assignment. The database refuses the same one a second time.

	:param assignment: None for what is about another record, which ``reference_doctype`` and ``reference`` name
	:param kind: one of the kinds above
	:param due_date: that it was said for: a date that moves begins anew
	:param audience: Member, Manager, HR or Outside
	:param recipient: the user, or the address outside
	:param occasion: the day on which somebody asked, the first day of a digest's period; else the due date
	:param offset_days: the rung of the ladder, in days from the due date; else 0
	"""

	assignment: str | None
	kind: str
	due_date: date
	audience: str
	recipient: str
	occasion: date
	offset_days: int = 0
	reference_doctype: str | None = None
	reference: str | None = None


class AlreadySaid(frappe.ValidationError):
	"""Somebody else has said it at the same moment."""


def said_of(assignments: Collection[str]) -> dict[str, set[Notice]]:
	"""Return all that was said, by assignment."""
	return _said({"assignment": ("in", list(assignments))}, "assignment") if assignments else defaultdict(set)


def _said(filters: dict, by: str) -> dict[str, set[Notice]]:
	found = defaultdict(set)
	names = [field.name for field in fields(Notice)]
	for row in frappe.get_all(NOTIFICATION, filters=filters, fields=names, order_by=None):
		row.update(due_date=getdate(row.due_date), occasion=getdate(row.occasion))
		found[row[by]].add(Notice(**row))
	return found


def members_not_told(since: date, after: str, limit: int) -> list[str]:
	"""Return people with open assignments that were never announced to them, by name.

	:param since: the day from which on assignments count
	:param after: whom to go on after, "" to begin
	"""
	found: set[str] = set()
	for assignment, query in _never_announced(since):
		query = query.select(assignment.member).distinct().where(assignment.member > after)
		found.update(query.orderby(assignment.member).limit(limit).run(pluck=True))
	return sorted(found)[:limit]


def never_announced(since: date, members: Collection[str]) -> list[str]:
	"""Return the open assignments of people that were never announced to them.

	:param since: the day from which on assignments count
	"""
	found: set[str] = set()
	for assignment, query in _never_announced(since):
		query = query.select(assignment.name).where(assignment.member.isin(list(members)))
		found.update(query.run(pluck=True))
	return sorted(found)


def _never_announced(since: date) -> Iterator[tuple]:
	"""Yield the queries of what was assigned and not announced, and of what is owed again and was not announced since.

	Two of them: each has an index of its own.
	"""
	assignment, said = frappe.qb.DocType(ASSIGNMENT), frappe.qb.DocType(NOTIFICATION)
	announced = (said.assignment == assignment.name) & (said.kind == ASSIGNED)
	for moment, told in (
		(assignment.assigned_on, announced),
		(assignment.reopened_on, announced & (said.sent_on >= assignment.reopened_on)),
	):
		query = frappe.qb.from_(assignment).left_join(said).on(told)
		yield (
			assignment,
			query.where(assignment.status.isin(OPEN) & (moment >= str(since)) & said.name.isnull()),
		)


def said_of_references(doctype: str, names: Collection[str]) -> dict[str, set[Notice]]:
	"""Return all that was said of records that are no assignments, by name.

	:param doctype: of them
	"""
	filters = {"reference_doctype": doctype, "reference": ("in", list(names))}
	return _said(filters, "reference") if names else defaultdict(set)


def last_dates_told(assignments: Collection[str]) -> dict[str, frappe._dict]:
	"""Return the last notice of each assignment's due date to its member, in a first mail or one of its own.

	:return: rows of due_date and sent_on, by assignment; what was never announced is left out
	"""
	rows = frappe.get_all(
		NOTIFICATION,
		filters={"assignment": ("in", list(assignments)), "kind": ("in", (ASSIGNED, DUE_DATE))},
		fields=["assignment", "due_date", "sent_on"],
		order_by="sent_on",
	)
	return {row.assignment: row.update(due_date=getdate(row.due_date)) for row in rows}


def tasks_of(assignments: Collection[str], user: str) -> list[frappe._dict]:
	"""Return the tasks of a user that escalations became, as rows of assignment, due_date and reference."""
	if not assignments:
		return []
	return frappe.get_all(
		NOTIFICATION,
		filters={"assignment": ("in", list(assignments)), "kind": TASK, "recipient": user},
		fields=["assignment", "due_date", "reference"],
		order_by="sent_on",
	)


def said_of_reference(kind: str, since: date, recipient: str) -> set[str]:
	"""Return the records that somebody was told of, by name.

	:param since: the first occasion that counts
	"""
	rows = frappe.get_all(
		NOTIFICATION,
		filters={"kind": kind, "occasion": (">=", since), "recipient": recipient},
		pluck="reference",
		order_by=None,
	)
	return set(rows)


def had_digest(occasion: date) -> set[str]:
	"""Return who has had the digest of a period, or of a later one: a clock that was set back sends no older one.

	:param occasion: its first day
	"""
	table = frappe.qb.DocType(NOTIFICATION)
	query = frappe.qb.from_(table).select(table.recipient).distinct()
	return set(query.where((table.kind == DIGEST) & (table.occasion >= occasion)).run(pluck=True))


def write(notices: Sequence[Notice], email_queue: str | None) -> None:
	"""Enter what is being said, in the transaction that says it.

	:param email_queue: the mail in Frappe's queue, None where only the bell rang
	:raises AlreadySaid: where it was said before; the mail goes back with it
	"""
	moment, user = now_datetime(), frappe.session.user
	of_all = {
		"creation": moment,
		"modified": moment,
		"owner": user,
		"modified_by": user,
		"sent_on": moment,
		"email_queue": email_queue,
	}
	columns = ["name", *of_all, *Notice.__slots__]
	rows = [
		(
			frappe.generate_hash(length=10),
			*of_all.values(),
			*(getattr(notice, each) for each in Notice.__slots__),
		)
		for notice in notices
	]
	try:
		frappe.db.bulk_insert(NOTIFICATION, columns, rows)
	except Exception as error:
		if not frappe.db.is_unique_key_violation(error):
			raise
		raise AlreadySaid(_("It was said at the same moment.")) from error


def set_apart(old: str, new: str) -> list[str]:
	"""Take the recipient from what one user was told and another as well, before the two become one; return the names.

	:param old: the user who is merged away
	"""
	names = [name for about in ("assignment", "reference") for name in _told_both(old, new, about)]
	put_back(names, None)
	return names


def _told_both(old: str, new: str, about: str) -> list[str]:
	"""
	:param about: the field that names what they were told of
	"""
	gone, kept = frappe.qb.DocType(NOTIFICATION), frappe.qb.DocType(NOTIFICATION).as_("kept")
	same = (gone[about] == kept[about]) & (gone.kind == kept.kind)
	for field in ("offset_days", "occasion", "due_date", "audience"):
		same &= gone[field] == kept[field]
	return (
		frappe.qb.from_(gone)
		.inner_join(kept)
		.on(same)
		.select(gone.name)
		.where((gone.recipient == old) & (kept.recipient == new))
		.run(pluck=True)
	)


def put_back(names: Collection[str], recipient: str | None) -> None:
	"""Undo ``set_apart``."""
	if names:
		filters = {"name": ("in", list(names))}
		frappe.db.set_value(NOTIFICATION, filters, "recipient", recipient, update_modified=False)


def drop(names: Collection[str]) -> None:
	"""Delete what ``set_apart`` has put aside, once the two users are one."""
	if names:
		frappe.db.delete(NOTIFICATION, {"name": ("in", list(names))})


def forget(assignments: Collection[str], references: Mapping[str, Collection[str]]) -> None:
	"""Let what was said of assignments have been said to nobody, and delete what was said of records that go.

	What was said to others of a person's assignments names these alone; how much was said still counts.

	:param assignments: names, whose person is erased
	:param references: names of what goes, by DocType
	"""
	if assignments:
		theirs = {"assignment": ("in", list(assignments)), "audience": "Member"}
		nobody = {"recipient": None, "email_queue": None, "owner": NOBODY, "modified_by": NOBODY}
		frappe.db.set_value(NOTIFICATION, theirs, nobody, update_modified=False)
	for doctype, names in references.items():
		if names:
			frappe.db.delete(NOTIFICATION, {"reference_doctype": doctype, "reference": ("in", list(names))})
