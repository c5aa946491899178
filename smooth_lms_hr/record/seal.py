"""Seals the record: a chain of SHA-256 over all events and evidence, in the order of their names.

What is in a seal, and how its digest is made, is in ``training.seals``; whether all is as it was sealed, in ``verifying``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

import frappe
from frappe.utils import now_datetime

from smooth_lms_hr.record import rows
from smooth_lms_hr.sources.names import EVENT, EVIDENCE, SEAL
from smooth_lms_hr.training import seals

# No transaction takes longer: whatever is to be on record from before then is there. In microseconds.
MARGIN = 2 * 3600 * 1_000_000
# Of events, and of evidence, so many at most are in one seal: a first one after years is no transaction of its own size.
ROWS = 20_000
# What is sealed, with the fields of a seal that say up to where, and how many.
SEALED = {EVENT: ("up_to_event", "events"), EVIDENCE: ("up_to_evidence", "evidence")}
# An empty line.
BETWEEN_LISTS = "\n\n"


@dataclass(frozen=True)
class Seal:
	"""
	:param sealed_on: in the site's time zone
	:param previous: the digest of the seal before, "" for the first
	:param up_to: the last name that each DocType is sealed up to, by DocType
	:param counts: how many rows, by DocType
	"""

	name: str
	sealed_on: datetime
	previous: str
	digest: str
	up_to: Mapping[str, str]
	counts: Mapping[str, int]

	def head(self) -> str:
		"""Return the first line of what is hashed."""
		return _head(self.name, self.sealed_on, self.previous, self.up_to, self.counts)


# What is before the first seal.
NOTHING = Seal("", datetime.min, "", "", dict.fromkeys(SEALED, ""), dict.fromkeys(SEALED, 0))


def seal_next() -> str | None:
	"""Seal what was written since the last seal and is older than MARGIN, and return the name; None where there is nothing.

	It is one row in one statement: killed at any moment, it is there or it is not. Of two who make it at the same moment the
	first has made it.
	"""
	last = (all_seals() or [NOTHING])[-1]
	margin = rows.first_name_at(rows.moment() - MARGIN)
	found = {doctype: _rows(doctype, last.up_to[doctype], margin) for doctype in SEALED}
	if not any(found.values()):
		return None
	# Where there are more, the next seal goes on from the last of these.
	up_to = {
		doctype: these[-1][0] if len(these) == ROWS else max(margin, last.up_to[doctype])
		for doctype, these in found.items()
	}
	name, now = name_of(number_of(last.name) + 1), now_datetime()
	counts = {doctype: len(these) for doctype, these in found.items()}
	digest = seals.Digest(_head(name, now, last.digest, up_to, counts))
	for these in found.values():
		for _row, row_hash in these:
			digest.add(row_hash or "")
	values = {"sealed_on": now, "previous": last.digest, "digest": digest.value(), "listed": _listed(found)}
	for doctype, (up_to_field, count_field) in SEALED.items():
		values |= {up_to_field: up_to[doctype], count_field: counts[doctype]}
	# Not by the controller, which refuses everybody.
	frappe.get_doc({"doctype": SEAL, "name": name, **values}).db_insert(ignore_if_duplicate=True)
	return name


def all_seals() -> list[Seal]:
	"""Return all seals in their order, without what they list."""
	stored = frappe.get_all(
		SEAL,
		fields=[
			"name",
			"sealed_on",
			"previous",
			"digest",
			*(field for each in SEALED.values() for field in each),
		],
		order_by="name",
	)
	return [
		Seal(
			name=row.name,
			sealed_on=frappe.utils.get_datetime(row.sealed_on),
			previous=row.previous or "",
			digest=row.digest or "",
			up_to={doctype: row[field] or "" for doctype, (field, _count) in SEALED.items()},
			counts={doctype: row[field] or 0 for doctype, (_up_to, field) in SEALED.items()},
		)
		for row in stored
	]


def listed(name: str) -> dict[str, list[str]]:
	"""Return the lines by which a seal lists its rows, by DocType."""
	lists = (frappe.db.get_value(SEAL, name, "listed") or "").split(BETWEEN_LISTS)
	return {
		doctype: lines.splitlines() for doctype, lines in zip_longest(SEALED, lists, fillvalue="") if doctype
	}


def name_of(number: int) -> str:
	"""Return the name of a seal: they are numbered without a gap."""
	return f"TS-{number:08d}"


def number_of(name: str) -> int:
	"""Return which seal this is: 1 for the first, 0 for what is before it."""
	return int(name.rpartition("-")[2] or 0)


def _rows(doctype: str, after: str, up_to: str) -> list[tuple[str, str]]:
	"""Return name and hash of the first rows after a name."""
	table = frappe.qb.DocType(doctype)
	query = frappe.qb.from_(table).select(table.name, table.row_hash).orderby(table.name).limit(ROWS)
	return list(query.where((table.name > after) & (table.name <= up_to)).run())


def _listed(found: Mapping[str, list[tuple[str, str]]]) -> str:
	lists = (
		"\n".join(seals.listed(row, row_hash or "") for row, row_hash in these) for these in found.values()
	)
	return BETWEEN_LISTS.join(lists)


def _head(
	name: str, sealed_on: datetime, previous: str, up_to: Mapping[str, str], counts: Mapping[str, int]
) -> str:
	facts = {}
	for doctype, (up_to_field, count_field) in SEALED.items():
		facts |= {up_to_field: up_to[doctype], count_field: counts[doctype]}
	return seals.head(name=name, sealed_on=str(sealed_on), previous=previous, **facts)
