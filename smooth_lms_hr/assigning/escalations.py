"""Escalations as tasks: a ToDo of the manager or HR about an assignment, which closes itself once nothing is owed any more.

The ledger knows which ToDos these are: what people assign to one another on an assignment is theirs.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date

import frappe
from frappe import _
from frappe.model.document import bulk_insert

from smooth_lms_hr.record import ledger
from smooth_lms_hr.record.ledger import Notice
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.listeners import OF_NEW, OF_SAVED, hears_of
from smooth_lms_hr.sources.names import ASSIGNMENT, NOTIFICATION, TODO
from smooth_lms_hr.sources.prepared import prepared
from smooth_lms_hr.training.status import OPEN

IS_OPEN, IS_CLOSED = "Open", "Closed"
# Rows in one statement.
AT_ONCE = 1000


def open_tasks(
	user: str,
	escalated: Sequence[tuple[frappe._dict, Notice]],
	today: date,
	describe: Callable[[frappe._dict], str],
) -> None:
	"""Make a task of each escalation to one user, unless there is one: for a due date once, and one at a time.

	:param escalated: assignments, each with what is said of it
	:param today: in the site's time zone
	:param describe: says of an assignment what there is to do, as HTML
	"""
	rows = {row.name: (row, notice) for row, notice in escalated}
	before = ledger.tasks_of(rows, user)
	still_open = _open([each.reference for each in before])
	for task in before:
		row, _notice = rows.get(task.assignment, (None, None))
		if row and (task.reference in still_open or str(task.due_date) == str(row.due_date)):
			del rows[task.assignment]
	if not rows:
		return
	by = frappe.db.get_value("User", "Administrator", "full_name")
	docs = {
		name: frappe.get_doc(
			{
				"doctype": TODO,
				"allocated_to": user,
				"assigned_by": "Administrator",
				"assigned_by_full_name": by,
				"reference_type": ASSIGNMENT,
				"reference_name": name,
				"description": describe(row),
				"date": today,
				"priority": "High",
				"status": IS_OPEN,
			}
		)
		for name, (row, _notice) in rows.items()
	}
	if hears_of(TODO, OF_NEW):
		docs = {name: doc for name, doc in docs.items() if _insert(doc)}
	else:
		for doc in docs.values():
			doc.name = frappe.generate_hash(length=10)
		bulk_insert(TODO, list(docs.values()), chunk_size=AT_ONCE)
		_show_assignees(docs)
	ledger.write([_task(rows[name][1], doc.name) for name, doc in docs.items()], None)


def _insert(doc) -> bool:
	"""Write a task as a document; where what others hang on tasks breaks, the escalation is a mail alone."""
	title = _("Making a task of the escalation of {0} failed").format(doc.reference_name)
	with attempt(title, ASSIGNMENT, doc.reference_name) as outcome:
		doc.insert(ignore_permissions=True)
	return outcome.error is None


def close(settled: Collection[str]) -> int:
	"""Close the tasks about assignments that are owed no more; return how many these were.

	:param settled: names of assignments
	"""
	todos = _open_about(sorted(settled), as_dict=True) if settled else ()
	if not todos:
		return 0
	if not hears_of(TODO, OF_SAVED):
		names = [todo.name for todo in todos]
		# By its name where it is one, as it is where somebody learns: of many Frappe forgets all that it has cached of them.
		frappe.db.set_value(
			TODO, {"name": ("in", names)} if len(names) > 1 else names[0], "status", IS_CLOSED
		)
		_show_assignees({todo.reference_name for todo in todos})
		return len(todos)
	closed = 0
	for todo in todos:
		# Whoever learns, or decides, is not kept from it by what others hang on tasks.
		with attempt(_("Closing the task {0} failed").format(todo.name), TODO, todo.name) as outcome:
			frappe.get_doc(TODO, todo.name).update({"status": IS_CLOSED}).save(ignore_permissions=True)
		closed += outcome.error is None
	return closed


def chunks_of_left_open(size: int) -> Iterator[list[str]]:
	"""Yield the assignments that are owed no more and have open tasks nevertheless, in chunks.

	:param size: how many at most in one
	"""
	said, todo, assignment = (frappe.qb.DocType(each) for each in (NOTIFICATION, TODO, ASSIGNMENT))
	after = ""
	while names := (
		frappe.qb.from_(said)
		.inner_join(todo)
		.on((todo.name == said.reference) & (todo.status == IS_OPEN))
		.inner_join(assignment)
		.on(assignment.name == said.assignment)
		.select(assignment.name)
		.distinct()
		.where((said.kind == ledger.TASK) & assignment.status.notin(OPEN) & (assignment.name > after))
		.orderby(assignment.name)
		.limit(size)
		.run(pluck=True)
	):
		yield names
		after = names[-1]


def close_left_open(names: Collection[str], today: date) -> dict[str, int]:
	"""Close what could not be closed when it was settled.

	:param names: of assignments
	:return: how many tasks, as "tasks_closed"
	"""
	closed = close(names)
	return {"tasks_closed": closed} if closed else {}


def _task(notice: Notice, name: str) -> Notice:
	return Notice(
		notice.assignment, ledger.TASK, notice.due_date, notice.audience, notice.recipient, notice.due_date,
		reference_doctype=TODO, reference=name,
	)  # fmt: skip


@prepared
def _open_about(names):
	"""Return the query for the open tasks that escalations of assignments became: one, for somebody who learns waits for it."""
	said, todo = frappe.qb.DocType(NOTIFICATION), frappe.qb.DocType(TODO)
	query = (
		frappe.qb.from_(said).inner_join(todo).on((todo.name == said.reference) & (todo.status == IS_OPEN))
	)
	of_these = said.assignment.isin(names) & (said.kind == ledger.TASK)
	return query.select(todo.name, todo.reference_name).where(of_these).orderby(todo.name)


def _open(names: Collection[str]) -> set[str]:
	if not names:
		return set()
	filters = {"name": ("in", list(names)), "status": IS_OPEN}
	return set(frappe.get_all(TODO, filters, pluck="name", order_by="name"))


def _show_assignees(names: Collection[str]) -> None:
	"""Keep what Frappe's lists show and filter as "Assigned To" as it is where a ToDo is saved by itself."""
	assigned = defaultdict(list)
	for todo in frappe.get_all(
		TODO,
		filters={
			"reference_type": ASSIGNMENT,
			"reference_name": ("in", list(names)),
			"status": ("not in", ("Cancelled", IS_CLOSED)),
			"allocated_to": ("is", "set"),
		},
		fields=["reference_name", "allocated_to"],
		order_by="creation, name",
	):
		assigned[todo.reference_name].append(todo.allocated_to)
	values = {
		name: {"_assign": json.dumps(assigned[name]) if assigned[name] else ""} for name in sorted(names)
	}
	frappe.db.bulk_update(ASSIGNMENT, values, chunk_size=AT_ONCE, update_modified=False)
