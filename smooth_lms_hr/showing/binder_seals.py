"""Which seal says of a row of the record that it was written, and the list of seals that a binder brings along."""

import csv
from bisect import bisect_left
from collections.abc import Collection
from io import StringIO

import frappe

from smooth_lms_hr.record import seal
from smooth_lms_hr.sources.names import EVENT, EVIDENCE, SEAL


class Seals:
	"""The seals, by the rows that they are over."""

	def __init__(self, found: Collection[seal.Seal]):
		self._found = list(found)
		# They go further with every seal.
		self._up_to = {doctype: [one.up_to[doctype] for one in self._found] for doctype in (EVENT, EVIDENCE)}

	def of(self, doctype: str, name: str) -> str | None:
		"""Return the name of the seal that is over an event or evidence; None where that is not sealed yet."""
		place = bisect_left(self._up_to[doctype], name)
		return self._found[place].name if place < len(self._found) else None

	def as_csv(self) -> str:
		"""Return them with all that is in the first line of what each is a hash of, and with that hash."""
		file = StringIO(newline="")
		writer = csv.writer(file)
		writer.writerow(
			("name", "sealed_on", "events", "evidence", "up_to_event", "up_to_evidence", "previous", "digest")
		)
		for one in self._found:
			counts = (one.counts[EVENT], one.counts[EVIDENCE])
			up_to = (one.up_to[EVENT], one.up_to[EVIDENCE])
			writer.writerow((one.name, one.sealed_on, *counts, *up_to, one.previous, one.digest))
		return file.getvalue()

	def __bool__(self) -> bool:
		return bool(self._found)


def read() -> Seals:
	"""Return the seals, none of them to somebody who may not read seals."""
	return Seals(seal.all_seals() if frappe.has_permission(SEAL, "read") else ())
