"""Inserts documents of which the rows are written in one statement, while each has all its events, in their order.

``prepare`` each, ``write_rows`` of all, ``complete`` each: together they are ``Document.insert``. Relied on is that Frappe
writes the row of a document by its ``db_insert``, and that what comes after it is what ``complete`` does; a test compares the
outcome, event by event and column by column, with that of ``insert``.
"""

from collections.abc import Sequence

import frappe
from frappe.model.document import Document

# Some databases take no more than some ten thousand values with a statement.
ROWS = 1000


class _RowIsDue(BaseException):
	"""Ends ``Document.insert`` where it would write the row. No error, so that nobody on the way takes it for one."""


def _stop(ignore_if_duplicate: bool = False):
	raise _RowIsDue


def prepare(doc: Document, name: str) -> bool:
	"""Do what Frappe does before the row: defaults, links, before_insert, naming, validate, before_save.

	:param doc: a new document, that may be inserted whatever the user's permissions are
	:param name: the name that it is to have
	:return: whether the row is still to be written; False where all is done, since Frappe has to write it on its own
	"""
	if not _may_wait(doc):
		doc.insert(ignore_permissions=True, set_name=name)
		return False
	# Frappe itself goes through its steps, whatever its version has among them.
	doc.db_insert = _stop
	try:
		doc.insert(ignore_permissions=True, set_name=name)
	except _RowIsDue:
		return True
	finally:
		del doc.db_insert
	return False


def write_rows(docs: Sequence[Document]) -> None:
	"""Write the rows of prepared documents of one DocType, with the same values as ``db_insert``."""
	rows = [doc.get_valid_dict(convert_dates_to_str=True, ignore_virtual=True) for doc in docs]
	columns = list(rows[0])
	frappe.db.bulk_insert(
		docs[0].doctype, columns, [tuple(row[column] for column in columns) for row in rows], chunk_size=ROWS
	)
	for doc in docs:
		doc.set("__islocal", False)


def complete(doc: Document) -> None:
	"""Do what Frappe does once the row is there: after_insert, on_update, on_change, and what hangs on them.

	Not among it is what a document from a form alone calls for (files to attach, the one that it amends), and whoever
	follows what they create: Administrator, as whom we insert, never does.
	"""
	doc.run_method("after_insert")
	doc.flags.in_insert = True
	doc.run_post_save_methods()
	doc.flags.in_insert = False
	for mark in ("__islocal", "__unsaved"):
		vars(doc).pop(mark, None)


def _may_wait(doc: Document) -> bool:
	"""Return whether Frappe's own insert writes one row: not where a site has a class of its own, or child tables."""
	kind = type(doc)
	return (
		kind.insert is Document.insert
		and kind.db_insert is Document.db_insert
		and not (doc.meta.issingle or doc.meta.get("is_virtual") or doc.meta.get_table_fields())
	)
