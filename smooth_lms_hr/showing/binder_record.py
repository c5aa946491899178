"""What is on record of some people, as far as the session user may read it: each kind of record in one query or two."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import frappe
from frappe.utils import getdate

from smooth_lms_hr.showing import proof
from smooth_lms_hr.showing.binder_people import EMPLOYEE, MEMBER, Who
from smooth_lms_hr.sources.names import (
	ASSIGNMENT,
	CAUSE,
	COMPLIANCE,
	COMPLIANCE_PROOF,
	DOCUMENT,
	EVENT,
	EVIDENCE,
)
from smooth_lms_hr.sources.people import full_names
from smooth_lms_hr.training.status import CANCELLED, OPEN

OF_ASSIGNMENT = (
	"name", "member", "employee", "course", "course_title", "status", "progress", "due_date", "original_due_date",
	"due_date_basis", "completed_on", "valid_until", "cycle", "source", "reason", "assigned_by", "assigned_on", "company",
	"department", "designation", "waived_by", "waived_on", "waived_until", "waiver_reason",
)  # fmt: skip
OF_EVIDENCE = (
	*proof.SHOWN, *proof.WRITTEN, "assignment", "member", "employee", "course", "course_title", "statement", "sha256",
	"revoked_by", "on_hold", "as_written", "row_hash",
)  # fmt: skip
OF_EVENT = (
	"name", "assignment", "member", "employee", "course", "event", "happened_on", "done_by", "before", "after", "reason",
	"cause_doctype", "cause", "taken_over", "as_written", "row_hash",
)  # fmt: skip
OF_DOCUMENT = (
	"name", "employee", "document_type", "title", "file", "sha256", "evidence", "issued_on", "expires_on", "verified_by",
	"verified_on",
)  # fmt: skip
OF_COMPLIANCE = (
	"name", "employee", "compliance_type", "cycle", "status", "completed_on", "next_renewal_date", "verified_by",
	"verified_on", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class Period:
	"""From one day to another, both included; None where it is open."""

	begin: date | None
	end: date | None

	def has(self, day: date | None) -> bool:
		"""Return whether a day is in it."""
		return bool(day) and self._meets(getdate(day), getdate(day))

	def meets(self, begin: date | None, end: date | None) -> bool:
		"""Return whether anything of it lies between two days, either of which may be open."""
		return self._meets(begin and getdate(begin), end and getdate(end))

	def _meets(self, begin: date | None, end: date | None) -> bool:
		if self.end and begin and begin > self.end:
			return False
		return not (self.begin and end and end < self.begin)


@dataclass
class Record:
	"""What is on record of a person.

	:param who: what is known of them today, see ``binder_people.still_seen``
	:param assignments: each with "causes", "evidence" and "events", in the order written
	:param evidence: of no assignment, each with "events"
	:param files: addresses that a file of one of these records may be read from, by record and address
	:param names: full names of users, by user
	"""

	who: frappe._dict
	assignments: list[frappe._dict]
	evidence: list[frappe._dict]
	documents: list[frappe._dict]
	compliance: list[frappe._dict]
	files: Collection[tuple[str, str, str]]
	names: Mapping[str, str]

	def all_evidence(self) -> list[frappe._dict]:
		return [*(one for row in self.assignments for one in row.evidence), *self.evidence]

	def all_events(self) -> list[frappe._dict]:
		return [event for row in (*self.assignments, *self.evidence) for event in row.events]


def read(people: Mapping[Who, frappe._dict], period: Period) -> list[Record]:
	"""Return the record of people in a period, in their order.

	That is what they owed in it or held a completion of that counted in it, with its whole history.

	:param people: as ``binder_people.still_seen`` returns them
	"""
	assignments = _assignments(people)
	evidence = _about(assignments, people, EVIDENCE, OF_EVIDENCE)
	events = _about(assignments, people, EVENT, OF_EVENT)
	for row in evidence:
		proof.unpack(row)
	of_assignment, of_none = _by_assignment(evidence), [row for row in evidence if not row.assignment]
	told = _by_assignment(events)
	about_evidence = defaultdict(list)
	for event in events:
		if not event.assignment and event.cause_doctype == EVIDENCE:
			about_evidence[event.cause].append(event)
	causes = _children(CAUSE, ASSIGNMENT, assignments, ["parent", "words", "due_date", "since", "ended_on"])
	for row in assignments:
		row.update(causes=causes[row.name], evidence=of_assignment[row.name], events=told[row.name])
	for row in of_none:
		row.events = about_evidence[row.name]
	documents = _of_employees(DOCUMENT, people, OF_DOCUMENT, "document_type, issued_on, name")
	compliance = _of_employees(COMPLIANCE, people, OF_COMPLIANCE, "compliance_type, cycle, name")
	proofs = _children(
		COMPLIANCE_PROOF, COMPLIANCE, compliance, ["parent", "requirement", "kind", "proved_on", "ends_on"]
	)
	for row in compliance:
		row.proofs = proofs[row.name]
	files = _files({EVIDENCE: evidence, DOCUMENT: documents})
	names = full_names(
		{
			*(user for row in assignments for user in (row.assigned_by, row.waived_by)),
			*(event.done_by for event in events),
			*(row.verified_by for row in (*documents, *compliance)),
			*(row.revoked_by for row in evidence),
		}
	)
	parts = (
		(assignments, lambda row: _is_of_period(row, period)),
		(of_none, lambda row: period.has(row.completed_on)),
		(documents, lambda row: period.meets(row.issued_on, row.expires_on)),
		(compliance, lambda row: period.meets(row.completed_on, row.next_renewal_date)),
	)
	owners = {who.user_id: key for key, who in people.items() if who.user_id}
	kept = [_by_person(rows, belongs, owners) for rows, belongs in parts]
	return [Record(who, *(each[key] for each in kept), files, names) for key, who in people.items()]


def _is_of_period(row: frappe._dict, period: Period) -> bool:
	begin = row.assigned_on and getdate(row.assigned_on)
	if row.status in OPEN:
		return period.meets(begin, None)
	# What was completed or waived counts as long as it counts; but what happened to it afterwards is of its day too.
	last = max((getdate(event.happened_on) for event in row.events), default=begin)
	if row.status == CANCELLED:
		return period.meets(begin, last)
	until = row.valid_until or row.waived_until
	return period.meets(begin, until and max(getdate(until), last))


def _assignments(people: Mapping[Who, frappe._dict]) -> list[frappe._dict]:
	rows = _of_employees(ASSIGNMENT, people, OF_ASSIGNMENT, "course_title, cycle, name")
	# Of before they had an Employee.
	if users := [who.user_id for who in people.values() if who.user_id]:
		filters = {"member": ("in", users), "employee": ("is", "not set")}
		rows += _list(ASSIGNMENT, filters, OF_ASSIGNMENT, "course_title, cycle, name")
	return rows


def _about(
	assignments: Collection[frappe._dict],
	people: Mapping[Who, frappe._dict],
	doctype: str,
	fields: Collection[str],
) -> list[frappe._dict]:
	"""Return events or evidence of assignments, and of people what is about none, in the order written."""
	rows, about_none = [], {"assignment": ("is", "not set")}
	if assignments:
		rows += _list(doctype, {"assignment": ("in", [row.name for row in assignments])}, fields)
	rows += _of_employees(doctype, people, fields, "name", about_none)
	if users := [name for kind, name in people if kind == MEMBER]:
		rows += _list(doctype, {"member": ("in", users), "employee": ("is", "not set"), **about_none}, fields)
	return rows


def _of_employees(
	doctype: str,
	people: Mapping[Who, frappe._dict],
	fields: Collection[str],
	order_by: str,
	filters: Mapping | None = None,
) -> list[frappe._dict]:
	names = [name for kind, name in people if kind == EMPLOYEE]
	return _list(doctype, {"employee": ("in", names), **(filters or {})}, fields, order_by) if names else []


def _list(
	doctype: str, filters: Mapping, fields: Collection[str], order_by: str = "name"
) -> list[frappe._dict]:
	"""Return rows as far as the session user may read them; nothing where that is none of this kind."""
	if not frappe.has_permission(doctype, "read"):
		return []
	return frappe.get_list(
		doctype, filters=filters, fields=list(fields), order_by=order_by, limit_page_length=0
	)


def _children(
	doctype: str, parenttype: str, parents: Collection[frappe._dict], fields: list[str]
) -> dict[str, list[frappe._dict]]:
	"""Return rows of a child table by the name of the record that they belong to, which was read before."""
	found = defaultdict(list)
	if parents:
		filters = {"parenttype": parenttype, "parent": ("in", [row.name for row in parents])}
		for row in frappe.get_all(doctype, filters, fields, order_by="parent, idx"):
			found[row.parent].append(row)
	return found


def _files(records: Mapping[str, Collection[frappe._dict]]) -> set[tuple[str, str, str]]:
	"""Return which files belong to records: triples of DocType, name and address.

	An address that a record merely says may be anybody's.
	"""
	found = set()
	for doctype, rows in records.items():
		if rows:
			filters = {
				"attached_to_doctype": doctype,
				"attached_to_name": ("in", [row.name for row in rows]),
				"is_private": 1,
			}
			for file in frappe.get_all("File", filters, ["attached_to_name", "file_url"], order_by="name"):
				found.add((doctype, file.attached_to_name, file.file_url))
	return found


def _by_assignment(rows: Iterable[frappe._dict]) -> dict[str, list[frappe._dict]]:
	found = defaultdict(list)
	for row in rows:
		found[row.assignment].append(row)
	return found


def _by_person(
	rows: Iterable[frappe._dict], belongs: Callable[[frappe._dict], bool], owners: Mapping[str, Who]
) -> dict[Who, list[frappe._dict]]:
	found = defaultdict(list)
	for row in rows:
		if belongs(row):
			found[(EMPLOYEE, row.employee) if row.employee else owners[row.member]].append(row)
	return found
