"""The one writer of assignments: every change of one, or of many, goes through here, with its events (rule 13), and what is
completed with the evidence of it.

Rows are written together where there are many. Whatever changes the status or the due date of several takes its locks
first, in the order of the names, as all do: then two wait for one another, and neither loses.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

import frappe
from frappe.model.document import Document, bulk_insert
from frappe.query_builder.functions import Coalesce
from frappe.utils import flt, getdate, now_datetime

from smooth_lms_hr.assigning import (
	escalations,
	evidence_of,
	moved_dates,
	numbers,
	open_requests,
	telling_others,
)
from smooth_lms_hr.record import events, reasons
from smooth_lms_hr.sources.names import ASSIGNMENT, CAUSE, ONBOARDING
from smooth_lms_hr.sources.prepared import prepared
from smooth_lms_hr.training.history import NOTHING, State
from smooth_lms_hr.training.status import OPEN

# What is read of a row that is about to change.
OF_ROW = (
	"name", "member", "employee", "course", "cycle", "status", "progress", "due_date", "enrollment", "onboarding",
	"last_reminded_on", "completed_on", "valid_until", "waived_on", "waived_until", "assigned_on", "reopened_on",
	"company", "department", "designation", "signed_on",
)  # fmt: skip
# What events are made of: where one of these is another one by now, nobody may write what followed from it.
UNCHANGED = ("name", "status", "progress", "due_date")


def try_insert(docs: list[Document]) -> bool:
	"""Write new assignments in one statement or, where the unique index refuses one, none; return whether they are in.

	Their events follow by ``record_assigned``, once it is sure that they stay.

	:param docs: named by ``name_all``
	"""
	savepoint = "training_assignments"
	frappe.db.savepoint(savepoint)
	try:
		bulk_insert(ASSIGNMENT, docs)
	except Exception as error:
		if not frappe.db.is_unique_key_violation(error):
			raise
		frappe.db.rollback(save_point=savepoint)
		return False
	return True


def name_all(docs: list[Document]) -> None:
	"""Give new assignments the next numbers."""
	for doc, name in zip(docs, numbers.draw(len(docs)), strict=True):
		doc.set_new_name(set_name=name)
		for cause in doc.causes:
			cause.name, cause.parent = frappe.generate_hash(length=10), name


def take_back(names: Collection[str]) -> None:
	"""Take assignments out again that this transaction has put in: nobody has seen them, and none has an event yet."""
	frappe.db.delete(CAUSE, {"parenttype": ASSIGNMENT, "parent": ("in", list(names))})
	frappe.db.delete(ASSIGNMENT, {"name": ("in", list(names))})


def record_assigned(docs: Iterable) -> None:
	"""Write the events of new assignments: that they were made, and what was learned of them before.

	:param docs: documents that are in the database
	"""
	docs = list(docs)
	written = [
		event
		for doc in docs
		for event in (
			events.make(
				doc,
				events.ASSIGNED,
				after=str(getdate(doc.due_date)),
				done_by=doc.assigned_by,
				**_first_cause(doc),
			),
			*events.make_of_change(doc, NOTHING, state_of(doc), done_by=events.NOBODY, **_counted(doc)),
		)
	]
	events.write(written)
	evidence_of.put_on_record(written, {doc.name: doc.completed_on for doc in docs})


def record_renewed(renewals: Mapping[str, str]) -> None:
	"""Write that completions are followed by a cycle of their own: nobody has to look any more whether they are to be renewed.

	:param renewals: the name of the new assignment, by that of the one that is completed
	"""
	rows = list(lock(renewals).values())
	change(rows, {row.name: {"to_renew": 0} for row in rows}, modified=False)
	events.write(
		events.make(
			row,
			events.RENEWED,
			before=row.valid_until and str(row.valid_until),
			after=renewals[row.name],
			cause_doctype=ASSIGNMENT,
			cause=renewals[row.name],
		)
		for row in rows
	)


def _first_cause(doc) -> dict[str, str]:
	"""Return what events say of the record that led to a new assignment; nothing where a person decided."""
	return {
		fieldname: row.get(fieldname)
		for row in doc.causes[:1]
		if row.cause_doctype != "User"
		for fieldname in ("cause_doctype", "cause")
	}


def _counted(doc) -> dict[str, str]:
	"""Return what events say of the other course by which a new assignment is completed."""
	if not (other := doc.flags.equivalent):
		return {}
	return {"reason": reasons.EQUIVALENT, "cause_doctype": "LMS Course", "cause": other.course}


def record_change(doc, before, **of_all) -> None:
	"""Write the events of an assignment that was saved as a document.

	:param before: the document as it was
	:param of_all: what the events say of reason, cause_doctype, cause and done_by
	"""
	written = events.make_of_change(doc, state_of(before), state_of(doc), **of_all)
	events.write(written)
	evidence_of.put_on_record(written, {doc.name: doc.completed_on}, doc.flags.signature)
	_draw_consequences(written, _settled([before], {doc.name: {"status": doc.status}}))


def lock(names: Collection[str]) -> dict[str, frappe._dict]:
	"""Lock assignments until the transaction ends, and return them as they are now, by name."""
	if not names:
		return {}
	return {row.name: row for row in _locked(list(names), as_dict=True)}


@prepared
def _locked(names):
	table = frappe.qb.DocType(ASSIGNMENT)
	query = frappe.qb.from_(table).select(*(table[fieldname] for fieldname in OF_ROW))
	return query.where(table.name.isin(names)).orderby(table.name).for_update()


def change(
	rows: Collection[frappe._dict],
	values: Mapping[str, dict],
	modified: bool = True,
	of_each: Callable[[frappe._dict], dict] = lambda row: {},
	tell: bool = True,
	**of_all,
) -> None:
	"""Write new values into assignments, and the events of what they change.

	:param rows: as ``lock`` returns them
	:param values: by the name of the assignment
	:param modified: False for what is no change of the assignment itself
	:param of_each: returns what of reason, cause_doctype, cause and done_by belongs to the events of a row
	:param tell: False where nobody is to hear of it
	:param of_all: what of these is the same for all rows
	"""
	if not rows:
		return
	first = values[next(iter(rows)).name]
	if all(values[row.name] == first for row in rows):
		names = [row.name for row in rows]
		# By its name where it is one: of many Frappe forgets what it has cached of the whole DocType, for which Redis goes
		# over all that it holds.
		whom = {"name": ("in", names)} if len(names) > 1 else names[0]
		frappe.db.set_value(ASSIGNMENT, whom, first, update_modified=modified)
	else:
		updates = {row.name: values[row.name] for row in rows}
		frappe.db.bulk_update(ASSIGNMENT, updates, chunk_size=len(updates), update_modified=modified)
	_record(rows, values, of_each, **of_all)
	if tell:
		telling_others.tell_later(rows, values)


def try_change(row: frappe._dict, values: Mapping) -> bool:
	"""Write new values into one assignment that somebody waits for, unless it is another one by now than was read.

	It takes no lock before, reads nothing again, and tells nobody: that is for a caller who knows that nobody listens.

	:param row: with the fields OF_ROW, however long ago it was read
	:return: False where its status, progress or due date, of which events are made, have changed; nothing is written then
	"""
	written = {**values, "modified": now_datetime(), "modified_by": frappe.session.user}
	# Its text is made of names of columns alone, values are handed over beside it: to have it built takes longer than the
	# database needs.
	columns = ", ".join(f"`{column}` = %({column})s" for column in written)
	as_read = " and ".join(f"`{column}` = %(read_{column})s" for column in UNCHANGED)
	frappe.db.sql(  # nosemgrep
		f"update `tab{ASSIGNMENT}` set {columns} where {as_read}",
		written | {f"read_{column}": row[column] for column in UNCHANGED},
	)
	if not frappe.db._cursor.rowcount:
		return False
	frappe.clear_document_cache(ASSIGNMENT, row.name)
	_record([row], {row.name: values})
	return True


def _record(
	rows: Collection[frappe._dict],
	values: Mapping[str, Mapping],
	of_each: Callable[[frappe._dict], dict] = lambda row: {},
	**of_all,
) -> None:
	"""Write the events of a change of assignments, and what follows from it; see ``change``."""
	written = [
		event
		for row in rows
		for event in events.make_of_change(
			row, state_of(row), state_of(frappe._dict(row, **values[row.name])), **of_all, **of_each(row)
		)
	]
	events.write(written)
	evidence_of.put_on_record(written, {name: each.get("completed_on") for name, each in values.items()})
	_draw_consequences(written, _settled(rows, values))


def _draw_consequences(written: Collection[events.Event], settled: Mapping[str, str]) -> None:
	"""Close what people were asked for about assignments that are owed no more, and tell of due dates that moved."""
	open_requests.close(settled)
	escalations.close(settled)
	moved_dates.tell_later(written)


def _settled(rows: Iterable, values: Mapping[str, Mapping]) -> dict[str, str]:
	"""Return which of the assignments were open and are settled now, each with its new status.

	:param rows: as they were, with name and status
	:param values: what was written, by name
	"""
	now = {row.name: values[row.name].get("status", row.status) for row in rows if row.status in OPEN}
	return {name: status for name, status in now.items() if status not in OPEN}


def state_of(row) -> State:
	"""Return what of an assignment makes events where it changes.

	:param row: a document, or a row with status, progress, due_date and, where that may change, signed_on
	"""
	return State(row.status, flt(row.progress), getdate(row.due_date), row.get("signed_on"))


def hand_over(onboarding: str, new: str | None) -> None:
	"""Point the assignments of an onboarding at the one that replaces it, or at none."""
	rows = lock(frappe.get_all(ASSIGNMENT, {"onboarding": onboarding}, pluck="name")).values()
	change(rows, {row.name: {"onboarding": new} for row in rows}, modified=False)
	if new:
		frappe.db.set_value(CAUSE, {"cause_doctype": ONBOARDING, "cause": onboarding}, "cause", new)
	events.write(
		events.make(
			row,
			events.HANDED_OVER,
			before=onboarding,
			after=new,
			cause_doctype=ONBOARDING,
			cause=new or onboarding,
		)
		for row in rows
	)


def count_reminders(names: Collection[str]) -> None:
	"""Note on assignments that their member was reminded. That is no event of theirs: the ledger has it."""
	if not names:
		return
	table = frappe.qb.DocType(ASSIGNMENT)
	(
		frappe.qb.update(table)
		.set(table.reminders_sent, Coalesce(table.reminders_sent, 0) + 1)
		.set(table.last_reminded_on, now_datetime())
		.where(table.name.isin(list(names)))
		.run()
	)
