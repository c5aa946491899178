"""What was said to whom of which assignment (LMS Training Notification): written along with the mail, read before it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import frappe
from frappe.model.document import bulk_insert
from frappe.query_builder.functions import Coalesce
from frappe.utils import now_datetime

from smooth_lms_hr.services.facts import ASSIGNMENT

LEDGER = "LMS Training Notification"

# Occasions beside the days of the ladder.
ASSIGNED = "assigned"


@dataclass(frozen=True)
class Said:
	"""
	:param rung: the day of the ladder as text, or another occasion
	"""

	assignment: str
	rung: str
	due_date: date
	audience: str


def said_of(assignments: Collection[str]) -> dict[str, set[tuple[str, date, str]]]:
	"""Return (rung, due date, audience) of all that was said, by assignment."""
	found = defaultdict(set)
	if assignments:
		for row in frappe.get_all(
			LEDGER,
			filters={"assignment": ("in", list(assignments))},
			fields=["assignment", "rung", "due_date", "audience"],
			order_by=None,
		):
			found[row.assignment].add((row.rung, row.due_date, row.audience))
	return found


def told(occasion: str, audience: str) -> set[str]:
	"""Return who was told something on an occasion that has one mail for many assignments.

	:param occasion: what the rungs begin with; the recipient's name follows
	"""
	filters = {"rung": ("like", f"{occasion} %"), "audience": audience}
	return set(frappe.get_all(LEDGER, filters, pluck="recipient", distinct=True))


def write(said: Sequence[Said], recipient: str, email_queue: str | None) -> None:
	"""Enter what is being said, in the transaction that says it.

	:raises Exception: the database's own unique violation, where it was said before; the mail goes back with it
	"""
	bulk_insert(
		LEDGER,
		[
			frappe.get_doc(
				{
					"doctype": LEDGER,
					"name": frappe.generate_hash(length=10),
					"assignment": each.assignment,
					"rung": each.rung,
					"due_date": each.due_date,
					"audience": each.audience,
					"recipient": recipient,
					"sent_on": now_datetime(),
					"email_queue": email_queue,
				}
			)
			for each in said
		],
	)


def count_reminder(assignments: Collection[str]) -> None:
	"""Note on the assignments themselves that their member was reminded."""
	table = frappe.qb.DocType(ASSIGNMENT)
	(
		frappe.qb.update(table)
		.set(table.reminders_sent, Coalesce(table.reminders_sent, 0) + 1)
		.set(table.last_reminded_on, now_datetime())
		.where(table.name.isin(list(assignments)))
		.run()
	)
