"""Takes what is personal out of events and evidence, so that their seals still verify.

Of a row remain its name and hash, which the seals are made of, and what counts are made of. What remains is written down
as the row was (as_written), names the event Erased that took the rest, and that event lists the hash of what remains: so
a row that was emptied by anybody else is found, and one that is changed after it as well.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

import frappe
from frappe.model import no_value_fields, optional_fields

from smooth_lms_hr.record import events, rows
from smooth_lms_hr.record.events import NOBODY, Event
from smooth_lms_hr.sources.names import DELETION_REQUEST, EVENT, EVIDENCE

# What remains of a row, by DocType.
REMAINS = {
	EVENT: ("assignment", "event", "happened_on", "course", "taken_over"),
	EVIDENCE: (
		"kind", "status", "assignment", "course", "course_title", "completed_on", "training_hours", "taken_over",
		"content_hash",
	),
}  # fmt: skip
# Of these events the values before and after are a date or a status, which say nothing of anybody.
OF_STATUS_OR_DATE = frozenset(
	{
		events.ASSIGNED, events.BEGUN, events.LEARNED, events.SIGNED, events.COMPLETED, events.OVERDUE,
		events.DUE_DATE_MOVED, events.WAIVED, events.WAIVER_WITHDRAWN, events.CANCELLED, events.REOPENED,
		events.VALIDITY_CHANGED,
	}
)  # fmt: skip
# By this what remains of a row names the event that took the rest.
ERASED_BY = "erased_by"
# Of the hash of what remains so many digits are listed.
DIGITS = 32
# Columns that take no null.
NUMBERS = ("Check", "Int", "Float")


def next_name() -> str:
	"""Return the name of the event Erased that is about to be written, for what has to name it before."""
	return rows.next_names(1)[0]


def empty(name: str, found: Mapping[str, Sequence[str]]) -> list[str]:
	"""Take what is personal out of rows, and return the lines by which the event lists them.

	:param name: of the event, as ``next_name`` returns it
	:param found: names of rows that are about one person, by DocType of REMAINS
	"""
	return [
		listed(row, remains)
		for doctype, names in found.items()
		for row, remains in _empty(doctype, names, name).items()
	]


def write(
	name: str,
	lines: Sequence[str],
	counts: Mapping[str, int],
	reason: str,
	done_by: str | None,
	request: str | None,
) -> None:
	"""Write the event that says what was erased: how much, when and by which rule, and of nobody by name.

	:param lines: as ``empty`` returns them
	:param counts: how many records, by DocType
	:param reason: by which rule, one of ``record.reasons``
	:param done_by: the user, None for whoever is at work
	:param request: name of the Personal Data Deletion Request that it follows, which is no name of anybody's
	"""
	event = Event(
		None, None, None, None, events.ERASED, after=str(len(lines)), reason=reason, done_by=done_by,
		cause_doctype=DELETION_REQUEST if request else None, cause=request,
	)  # fmt: skip
	head = rows.as_json({doctype: number for doctype, number in counts.items() if number})
	events.write_listed(event, name, "\n".join([head, *lines]))


def counts_of(listed: str) -> dict[str, int]:
	"""Return how many records of each DocType an event Erased says that it is about.

	:param listed: what it lists
	"""
	return json.loads(listed.partition("\n")[0])


def listed(name: str, as_written: str) -> str:
	"""Return the line by which the event Erased lists a row.

	:param as_written: what remains of it
	"""
	return f"{name} {rows.hash_of(name, as_written)[:DIGITS]}"


def _empty(doctype: str, names: Sequence[str], erased_by: str) -> dict[str, str]:
	"""Leave of rows what remains, and return that as it is hashed, by name in their order."""
	if not names:
		return {}
	remains = REMAINS[doctype]
	fields = ["name", "creation", *remains, *(["before", "after"] if doctype == EVENT else [])]
	found = frappe.get_all(doctype, {"name": ("in", list(names))}, fields, order_by="name")
	texts = {row.name: _as_written(doctype, row, erased_by) for row in found}
	_set(doctype, texts, _empty_values(doctype))
	other = [row.name for row in found if row.event not in OF_STATUS_OR_DATE]
	if doctype == EVENT and other:
		_set(doctype, other, {"before": None, "after": None})
	frappe.db.bulk_update(
		doctype,
		{row: {"as_written": text} for row, text in texts.items()},
		chunk_size=500,
		update_modified=False,
	)
	return texts


def _as_written(doctype: str, row: frappe._dict, erased_by: str) -> str:
	kept = [*REMAINS[doctype], *(("before", "after") if row.event in OF_STATUS_OR_DATE else ())]
	said = {field: _as_text(row[field]) for field in kept}
	return rows.as_json({**said, "creation": str(row.creation), "owner": NOBODY, ERASED_BY: erased_by})


def _set(doctype: str, names: Iterable[str], values: dict) -> None:
	frappe.db.set_value(doctype, {"name": ("in", list(names))}, values, update_modified=False)


def _as_text(value):
	return value if value is None or isinstance(value, int | float) else str(value)


def _empty_values(doctype: str) -> dict:
	"""Return what every emptied row says in the columns that do not remain, those that depend on its event left out."""
	left = {*REMAINS[doctype], "as_written", "row_hash", "before", "after"}
	fields = frappe.get_meta(doctype).fields
	values = {
		field.fieldname: 0 if field.fieldtype in NUMBERS else None
		for field in fields
		if field.fieldtype not in no_value_fields and field.fieldname not in left
	}
	# What Frappe keeps in a row of those who have commented on it, liked it or been assigned to it.
	optional = set(optional_fields) & set(frappe.db.get_table_columns(doctype))
	# Whoever wrote it may be the person.
	return {**values, **dict.fromkeys(optional), "owner": NOBODY, "modified_by": NOBODY}
