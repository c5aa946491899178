"""Trying something that may fail inside somebody else's save."""

from contextlib import contextmanager

import frappe

# With a deadlock the whole transaction is gone in the database: to go on would be to tell HR "saved" of what is not.
FATAL = frappe.QueryDeadlockError


class Attempt:
	"""How a block under ``attempt`` ended. ``error`` is None where all went well."""

	error: Exception | None = None

	@property
	def words(self) -> str:
		"""What went wrong, in one line of plain text."""
		text = frappe.utils.strip_html(str(self.error)).strip() if self.error else ""
		return text or type(self.error).__name__


@contextmanager
def attempt(title: str, doctype: str | None = None, name: str | None = None, log: bool = True):
	"""Run a block in a savepoint of its own; undo and log it where it fails, and go on.

	What the block told the user before it failed is taken back too: the caller says it in words of its own.

	:param title: heads the Error Log entry
	:param doctype: the record that the entry refers to
	:param log: False where the caller hands what went wrong straight to the person who asked for it
	:raises frappe.QueryDeadlockError: as it comes; the transaction is lost with it
	"""
	outcome = Attempt()
	savepoint = "training_" + frappe.generate_hash(length=8)
	messages = list(frappe.local.message_log)
	frappe.db.savepoint(savepoint)
	try:
		yield outcome
	except FATAL:
		raise
	except Exception as error:
		outcome.error = error
		frappe.db.rollback(save_point=savepoint)
		frappe.local.message_log = messages
		if not log and isinstance(error, (frappe.ValidationError, frappe.PermissionError)):
			return
		frappe.log_error(title=title[:140], reference_doctype=doctype, reference_name=name)
	else:
		frappe.db.release_savepoint(savepoint)
