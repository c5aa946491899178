"""Finds whatever was changed in events and evidence, added behind a seal or taken out, and names it."""

from collections.abc import Callable, Iterator
from datetime import date

import frappe
from frappe import _

from smooth_lms_hr.record import evidence_changes, renamings, seal
from smooth_lms_hr.record.rows_as_written import Reader, Row
from smooth_lms_hr.record.seal import NOTHING, SEALED, Seal
from smooth_lms_hr.sources.names import EVENT, EVIDENCE, SEAL
from smooth_lms_hr.training import seals

# Rows in memory at a time; one of evidence holds all that was learned.
PAGES = {EVENT: 5_000, EVIDENCE: 500}
# So much of what is broken is named, the rest is counted.
NAMED = 1_000

# Is told how far it is, in percent (0-100).
Say = Callable[[int], None]


def verify(from_date: date | None = None, say: Say = lambda percent: None) -> dict:
	"""Compare all that is on record with what was written, and with its seals; see ``api.verify_audit_trail``.

	It reads page by page, in one transaction, and writes nothing.

	:param from_date: look at what was sealed on that day or later, None for all; the seal before is taken for true
	"""
	return _Verification(say).run(from_date)


def size(from_date: date | None, at_most: int) -> int:
	"""Return how many rows ``verify`` would read.

	:param at_most: of what is not sealed yet, no more than one row beyond these is counted of each kind
	"""
	before, asked = _asked_for(from_date)
	last = asked[-1] if asked else before
	number = sum(sum(one.counts.values()) for one in asked)
	for doctype in SEALED:
		table = frappe.qb.DocType(doctype)
		query = frappe.qb.from_(table).select(table.name).where(table.name > last.up_to[doctype])
		number += len(query.limit(at_most + 1).run())
	return number


def _asked_for(from_date: date | None) -> tuple[Seal, list[Seal]]:
	"""Return the seal before those that are asked for, and these."""
	before, found = NOTHING, seal.all_seals()
	while found and from_date and found[0].sealed_on.date() < from_date:
		before = found.pop(0)
	return before, found


class Broken:
	"""What is broken, as rows of doctype, name, column (None for the whole row) and why, in words."""

	def __init__(self):
		self._rows: list[dict] = []
		self._unnamed = 0

	def __bool__(self) -> bool:
		return bool(self._rows)

	def add(self, doctype: str, name: str, why: str, column: str | None = None) -> None:
		if len(self._rows) < NAMED:
			self._rows.append({"doctype": doctype, "name": name, "column": column, "why": why})
		else:
			self._unnamed += 1

	def rows(self) -> list[dict]:
		"""Return what is named, and in a last row how much is not."""
		if not self._unnamed:
			return self._rows
		why = _("{0} more are broken, and not named here.").format(self._unnamed)
		return [*self._rows, {"doctype": None, "name": None, "column": None, "why": why}]


class _Verification:
	def __init__(self, say: Say):
		self._broken = Broken()
		self._counts = dict.fromkeys(SEALED, 0)
		self._say, self._expected, self._said = say, 0, 0
		# Rows of the seal at hand whose own hash does not fit: that says enough of them.
		self._misfits: set[str] = set()
		renamed = renamings.all_renamings()
		self._readers = {doctype: Reader(doctype, renamed, PAGES[doctype]) for doctype in SEALED}

	def run(self, from_date: date | None) -> dict:
		before, asked = _asked_for(from_date)
		self._expected = sum(sum(one.counts.values()) for one in asked)
		for one in asked:
			self._look_at_seal(before, one)
			before = one
		# What is not sealed yet is compared with itself alone.
		for doctype in SEALED:
			for _row in self._rows(doctype, before.up_to[doctype], None):
				pass
		return {
			"ok": not self._broken,
			"seals": len(asked),
			"events": self._counts[EVENT],
			"evidence": self._counts[EVIDENCE],
			"broken": self._broken.rows(),
		}

	def _look_at_seal(self, before: Seal, one: Seal) -> None:
		missing = range(seal.number_of(before.name) + 1, seal.number_of(one.name))
		for number in missing:
			self._broken.add(SEAL, seal.name_of(number), _("The seal was taken out."))
		if not missing and one.previous != before.digest:
			why = _("It does not follow the seal before: one of the two was changed.")
			self._broken.add(SEAL, one.name, why, "previous")
		self._misfits.clear()
		digest, found = seals.Digest(one.head()), {}
		for doctype in SEALED:
			found[doctype] = []
			for row in self._rows(doctype, before.up_to[doctype], one.up_to[doctype]):
				digest.add(row.row_hash)
				found[doctype].append(seals.listed(row.name, row.row_hash))
		# Without the seal before nobody knows where this one begins.
		if not missing:
			self._compare(one, digest.value(), found)

	def _compare(self, one: Seal, digest: str, found: dict[str, list[str]]) -> None:
		sealed = seal.listed(one.name)
		if digest == one.digest and found == sealed:
			return
		rows_differ = False
		for doctype, lines in found.items():
			parts = seals.difference(sealed[doctype], lines)
			rows_differ |= any(parts)
			for names, why in (
				(
					set(parts.changed) - self._misfits,
					_("It was written anew, hash and all: seal {0} has another one."),
				),
				(parts.added, _("It was added behind seal {0}.")),
				(parts.gone, _("It was taken out: seal {0} has it.")),
			):
				for name in sorted(names):
					self._broken.add(doctype, name, why.format(one.name))
		if digest == one.digest:
			self._broken.add(SEAL, one.name, _("What the seal lists was changed."), "listed")
		elif not rows_differ:
			self._broken.add(SEAL, one.name, _("The seal itself was changed."), "digest")

	def _rows(self, doctype: str, after: str, up_to: str | None) -> Iterator[Row]:
		may_change = evidence_changes.MAY_CHANGE if doctype == EVIDENCE else frozenset()
		for page in self._readers[doctype].pages(after, up_to):
			for row in page:
				for column in row.differing:
					# Of what was erased nothing changes any more.
					if row.erased or column not in may_change:
						self._broken.add(doctype, row.name, _("It is not what was written."), column)
				if "row_hash" in row.differing:
					self._misfits.add(row.name)
			if may_change:
				for each in evidence_changes.unexplained([row for row in page if not row.erased]):
					self._broken.add(doctype, each.row, each.why, each.column)
			yield from page
			self._counts[doctype] += len(page)
			self._tell()

	def _tell(self) -> None:
		percent = min(99, 100 * sum(self._counts.values()) // (self._expected or 1))
		if percent > self._said:
			self._said = percent
			self._say(percent)
