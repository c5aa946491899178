"""What may change of evidence, compared with the events that say so: its certificate, that it is revoked, or held.

``retain_until`` is derived from other records, and has no event.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import cint, get_datetime

from smooth_lms_hr.record import events
from smooth_lms_hr.record.evidence import REVOKED
from smooth_lms_hr.record.rows_as_written import Row
from smooth_lms_hr.sources import private_files
from smooth_lms_hr.sources.attachments import PRIVATE
from smooth_lms_hr.sources.names import EVENT, EVIDENCE

MAY_CHANGE = frozenset(
	{
		"certificate", "certificate_file", "sha256", "status", "revoked_by", "revoked_on", "revoked_reason", "on_hold",
		"retain_until",
	}
)  # fmt: skip
SHA256 = re.compile("[0-9a-f]{64}")


class Unexplained(NamedTuple):
	"""A column of evidence that no event explains."""

	row: str
	column: str
	why: str


def unexplained(page: Sequence[Row]) -> Iterator[Unexplained]:
	"""Yield what of some evidence has changed, and should not have, or has an event and did not change."""
	about = _events_about(page)
	for row in page:
		expected = _expected(row, about[row.name])
		for column in sorted(MAY_CHANGE - {"retain_until", "certificate_file"}):
			if column in expected:
				explained = _is_same(column, row.now[column], expected[column])
			else:
				explained = column not in row.differing
			if not explained:
				yield Unexplained(row.name, column, _("No event says so."))
		if why := _file_is_not(row, expected.get("sha256")):
			yield Unexplained(row.name, "certificate_file", why)


def _expected(row: Row, found: Sequence[frappe._dict]) -> dict:
	"""Return what columns are to say by the events about a row, in their order; of the others, what was written holds."""
	expected = {}
	for event in found:
		match event.event:
			case events.REVOKED:
				expected |= {
					"status": REVOKED,
					"revoked_by": event.done_by,
					"revoked_on": event.happened_on,
					"revoked_reason": event.reason,
				}
			case events.HELD | events.RELEASED:
				expected["on_hold"] = int(event.event == events.HELD)
			case events.CERTIFIED if SHA256.fullmatch(event.after or ""):
				# Once, from empty.
				expected.setdefault("sha256", event.after)
			case events.CERTIFIED if event.cause == row.now["certificate"]:
				if not row.written.get("certificate"):
					expected["certificate"] = event.cause
	return expected


def _events_about(page: Sequence[Row]) -> dict[str, list[frappe._dict]]:
	"""Return the events about each of some evidence.

	They name it as their cause; but what certifies a completion may name the certificate: then it is about the last evidence of
	the assignment that there was.
	"""
	found = defaultdict(list)
	table = frappe.qb.DocType(EVENT)
	query = (
		frappe.qb.from_(table)
		.select(
			table.assignment, table.event, table.name, table.after, table.reason, table.done_by, table.happened_on,
			table.cause_doctype, table.cause,
		)
		.where(table.event.isin((events.REVOKED, events.CERTIFIED, events.HELD, events.RELEASED)))
		.orderby(table.name)
	)  # fmt: skip
	assignments = {row.now["assignment"] for row in page if row.now["assignment"]}
	names = {row.name for row in page}
	rows = query.where(table.assignment.isin(sorted(assignments))).run(as_dict=True) if assignments else []
	if any(not row.now["assignment"] for row in page):
		rows += query.where(table.assignment.isnull() & table.cause.isin(sorted(names))).run(as_dict=True)
	evidence = _evidence_of(assignments) if assignments else {}
	for row in rows:
		earlier = [name for name in evidence.get(row.assignment, ()) if name < row.name]
		if row.cause_doctype == EVIDENCE:
			found[row.cause].append(row)
		elif earlier and row.event == events.CERTIFIED:
			found[earlier[-1]].append(row)
	return found


def _evidence_of(assignments: set[str]) -> dict[str, list[str]]:
	"""Return the names of all evidence of assignments, in their order."""
	table = frappe.qb.DocType(EVIDENCE)
	query = frappe.qb.from_(table).select(table.assignment, table.name).orderby(table.name)
	found = defaultdict(list)
	for assignment, name in query.where(table.assignment.isin(sorted(assignments))).run():
		found[assignment].append(name)
	return found


def _file_is_not(row: Row, sha256: str | None) -> str | None:
	"""Return in words what is wrong with the file that belongs to some evidence, None where nothing is.

	:param sha256: what the events say of it, None where they say of none
	"""
	url = row.now["certificate_file"]
	if not sha256:
		return _("No event says so.") if url else None
	if not url:
		return _("The file was taken away.")
	if url.rpartition("/")[0] + "/" != PRIVATE:
		return _("The file {0} is none of the private ones.").format(url)
	try:
		found = private_files.sha256(url)
	except OSError:
		return _("The file {0} is not on the disk.").format(url)
	return (
		None
		if found == sha256
		else _("The file {0} is not what it was: its SHA-256 does not fit.").format(url)
	)


def _is_same(column: str, now, expected) -> bool:
	if column == "on_hold":
		return cint(now) == cint(expected)
	if not now or not expected:
		return not now and not expected
	if column == "revoked_on":
		return get_datetime(now) == get_datetime(expected)
	return now == expected
