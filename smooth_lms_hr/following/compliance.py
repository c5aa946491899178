"""What becomes of what people have to hold: proofs that come and go, types that change, people who leave and are back.

How somebody stands is written by ``assigning.compliance``.
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import partial

import frappe
from frappe import _
from frappe.utils import getdate

from smooth_lms_hr.assigning import compliance, compliance_training
from smooth_lms_hr.sources import compliance as sources
from smooth_lms_hr.sources import jobs
from smooth_lms_hr.sources.attempts import attempt, run_and_commit
from smooth_lms_hr.sources.names import COMPLIANCE, COMPLIANCE_TYPE, DOCUMENT, EVIDENCE
from smooth_lms_hr.sources.pages import NAMES_PER_QUERY, chunks_of_names, in_chunks, pages
from smooth_lms_hr.training.compliance import (
	AWAITING_VERIFICATION,
	COMPLETE,
	DUE_FOR_RENEWAL,
	EXPIRED,
	PENDING,
	Terms,
)

# What of an employee rows of theirs say, and what lets them learn.
OF_EMPLOYEE = ("status", "employee_name", "company", "department", "user_id")
ACTIVE = "Active"
# People whose standing follows a type while somebody waits for a save.
AT_ONCE = 20
CHUNK = 500
# Of whom something is missing, or is to be renewed.
TO_DO = (PENDING, AWAITING_VERIFICATION, DUE_FOR_RENEWAL, EXPIRED)
# What failed as a proof came or went is tried again on so many days.
DAYS = 7


def follow(employees: Collection[str | None]) -> None:
	"""Let what employees have to hold follow their proofs, of which some have just changed. Never raises.

	Where nobody has to hold anything it costs one look into the cache.
	"""
	compliance.follow_proofs(employees)


def follow_employee(doc) -> None:
	"""Let what an employee has to hold follow them where they go, out of the company and back too.

	:param doc: an Employee that was saved
	"""
	before = doc.get_doc_before_save()
	if not before or all(doc.get(field) == before.get(field) for field in OF_EMPLOYEE):
		return
	compliance.follow_proofs([doc.name])
	if doc.status != ACTIVE or not sources.are_there():
		return
	with attempt(_("Following the compliance of {0} failed").format(doc.name), doc.doctype, doc.name):
		filters = {"employee": doc.name, "is_current": 1}
		names = frappe.get_all(COMPLIANCE, filters, pluck="name", order_by="name")
		compliance_training.settle(names, getdate(), frappe.session.user)


def follow_type(doc) -> None:
	"""Let everybody who has to hold a type follow what it says now: a few at once, more in the background.

	:param doc: a Compliance Type that was saved
	"""
	before = doc.get_doc_before_save()
	sources.changed()
	if not before or _asks_for(before) == _asks_for(doc):
		return
	holders = frappe.get_all(
		COMPLIANCE, {"compliance_type": doc.name}, pluck="employee", distinct=True, order_by="employee",
		limit_page_length=AT_ONCE + 1,
	)  # fmt: skip
	if not holders:
		return
	with attempt(_("Following the Compliance Type {0} failed").format(doc.name), doc.doctype, doc.name):
		if len(holders) <= AT_ONCE:
			settle(_rows_of(doc.name), getdate())
		else:
			frappe.msgprint(
				_("Those who have to hold it follow what it says now, in the background."), alert=True
			)
			jobs.enqueue_after_commit(
				"smooth_lms_hr.following.compliance.follow_everybody",
				job_id=f"smooth_lms_hr_compliance_{doc.name}",
				of_type=doc.name,
			)


def follow_everybody(of_type: str) -> None:
	"""Let everybody who has to hold a type follow it, chunk by chunk, each a transaction. Done twice it changes nothing."""
	title = _("Following the Compliance Type {0} failed").format(of_type)
	for names in chunks_of_names(COMPLIANCE, {"compliance_type": of_type, "is_current": 1}, CHUNK):
		run_and_commit(partial(settle, names, getdate()), title)


def _rows_of(of_type: str) -> list[str]:
	filters = {"compliance_type": of_type, "is_current": 1}
	return frappe.get_all(COMPLIANCE, filters, pluck="name", order_by="name")


def unlink_employee(employee: str) -> None:
	"""Forget an Employee record that is being deleted; the name stays."""
	values = {"employee": None, "is_current": 0}
	frappe.db.set_value(COMPLIANCE, {"employee": employee}, values, update_modified=False)


def make_way(old: str, new: str) -> None:
	"""Let nobody have the same cycle of a type twice, before Frappe moves one employee's rows to another.

	:param old: the employee who is merged away
	"""
	rows = compliance.locked([old, new])
	last: dict[str, int] = {}
	for row in rows:
		if row.employee == new:
			last[row.compliance_type] = row.cycle
	for row in sorted(rows, key=lambda row: -row.cycle):
		# Which of the two is the better one, their proofs say once they are one's.
		if row.employee == old and (known := last.get(row.compliance_type)):
			frappe.db.set_value(COMPLIANCE, row.name, "cycle", row.cycle + known, update_modified=False)


def chunks(since: date | None, today: date, size: int) -> Iterator[list[str]]:
	"""Yield the names of rows that may stand otherwise today, in chunks: by the day, or by a proof that has changed.

	:param since: the day of the last time that all went well, None for never
	:param today: in the site's time zone
	"""
	if not frappe.db.exists(COMPLIANCE_TYPE, {"name": ("is", "set")}):
		return
	yield from in_chunks(pages(partial(_page_of_days, today)), size)
	yield from chunks_of_names(COMPLIANCE, {"status": ("in", TO_DO), "is_current": 1}, size)
	begin = str(min(since, today) - timedelta(days=DAYS)) if since else "1900-01-01"
	for changed in ((EVIDENCE, {"revoked_on": (">=", begin)}), (DOCUMENT, {"modified": (">=", begin)})):
		for part in chunks_of_names(*changed, size):
			employees = frappe.get_all(
				changed[0], {"name": ("in", part)}, pluck="employee", distinct=True, order_by="employee"
			)
			filters = {"employee": ("in", [each for each in employees if each]), "is_current": 1}
			if names := frappe.get_all(COMPLIANCE, filters, pluck="name", order_by="name"):
				yield names


def settle(names: Collection[str], today: date) -> dict[str, int]:
	"""Write how the holders of rows stand today with all that they have to hold, and open the training that it needs.

	:param names: of Employee Compliance
	:param today: in the site's time zone
	:return: {"compliance": how many rows have changed their status, "renewed": how many courses are owed anew}, without
	        what is 0
	"""
	filters = {"name": ("in", list(names)), "employee": ("is", "set")}
	employees = frappe.get_all(COMPLIANCE, filters, pluck="employee", distinct=True, order_by="employee")
	if not employees:
		return {}
	changed = sum(compliance.settle(employees, today).values())
	current = frappe.get_all(
		COMPLIANCE, {"employee": ("in", employees), "is_current": 1}, pluck="name", order_by="name"
	)
	done = compliance_training.settle({*names, *current}, today)
	return done | ({"compliance": changed} if changed else {})


def _page_of_days(today: date, after: tuple | None) -> list[tuple]:
	"""Return a page of what is complete and ends soon, or has ended."""
	table = frappe.qb.DocType(COMPLIANCE)
	# The longest alert that any type has.
	longest = frappe.get_all(
		COMPLIANCE_TYPE, pluck="alert_days_before", order_by="alert_days_before desc", limit=1
	)
	last = today + timedelta(days=longest[0] if longest else 0)
	ends = (table.status == COMPLETE) & (table.next_renewal_date <= last)
	query = frappe.qb.from_(table).select(table.name).where(ends)
	if after:
		query = query.where(table.name > after[-1])
	return query.orderby(table.name).limit(NAMES_PER_QUERY).run()


def _asks_for(doc) -> Terms:
	return sources.terms(doc, [sources.requirement(row) for row in doc.requirements])
