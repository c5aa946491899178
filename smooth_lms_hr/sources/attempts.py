"""Trying something that may fail: inside somebody else's save, or in a transaction of our own."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import frappe
from frappe import _
from frappe.utils import CallbackManager

T = TypeVar("T")

# What is lost against somebody else's transaction is won by doing it again.
LOST_RACE = (frappe.QueryDeadlockError, frappe.QueryTimeoutError)
# Seconds between tries, so that those who met do not meet again.
PAUSES = (0.2, 0.5, 1.5)
# What somebody did wrong, rather than the system.
REFUSALS = (frappe.ValidationError, frappe.PermissionError)


class TransactionLost(frappe.ValidationError):
	"""Another app's hook rolled back everything, the caller's own work too."""


# After these the caller's transaction is gone in the database: to go on would be to tell HR "saved" of what is not.
FATAL = (frappe.QueryDeadlockError, TransactionLost)


class Attempt:
	"""How a block under ``attempt`` ended.

	``error`` is None where all went well. ``undone`` is False where something of a block that failed stands: another
	app had committed it.
	"""

	error: Exception | None = None
	undone = True

	@property
	def words(self) -> str:
		"""What went wrong, in one line of plain text."""
		said = in_words(self.error)
		return said if self.undone else said + " " + _("What was saved by another app before that stands.")


@contextmanager
def attempt(
	title: str,
	doctype: str | None = None,
	name: str | None = None,
	quiet: tuple[type[Exception], ...] = (),
	known: str | None = None,
	savepoint: "SharedSavepoint | None" = None,
):
	"""Run a block in a savepoint of its own; undo and log it where it fails, and go on.

	What the block told the user before it failed is taken back too: the caller says it in words of its own. What it left
	to be done after the commit fails for itself as well (see ``log_failure``).

	:param title: heads the Error Log entry
	:param doctype: the record that the entry refers to
	:param quiet: what is not logged, since the caller deals with it
	:param known: what was said of earlier tries: the same again is not logged again
	:param savepoint: of a row of attempts that share it, None for one of its own
	:raises frappe.QueryDeadlockError: as it comes; the transaction is lost with it
	:raises TransactionLost: where a hook in the block has rolled the whole transaction back
	"""
	outcome = Attempt()
	messages = list(frappe.local.message_log)
	if savepoint is None:
		savepoint = _Savepoint()
	savepoint.begin()
	try:
		with _after_commit_by_itself(title):
			yield outcome
	except FATAL:
		raise
	except Exception as error:
		outcome.error = error
		outcome.undone = savepoint.undo()
		frappe.local.message_log = messages
		if isinstance(error, quiet) or (known and outcome.words in known):
			return
		log(title, reference_doctype=doctype, reference_name=name)
	else:
		savepoint.release()


def retry(step: Callable[[], T]) -> T:
	"""Run a step that is a transaction of its own; where it loses against somebody else's, undo it and run it anew.

	:param step: begins with nothing uncommitted before it, reads anew what it needs, and commits what it has done
	:raises frappe.QueryDeadlockError, frappe.QueryTimeoutError: where it lost every time; then nothing of it is left
	"""
	messages = list(frappe.local.message_log)
	for pause in (*PAUSES, None):
		try:
			return step()
		except LOST_RACE:
			frappe.db.rollback()
			frappe.local.message_log = list(messages)
			if pause is None:
				raise
			time.sleep(pause * random.uniform(0.5, 1.5))


def retry_request(step: Callable[[], T]) -> T:
	"""Run what a request asks of us, anew where it loses against somebody else's transaction.

	Only where nothing has been written before it: what is not ours is never rolled back, and is told as it comes.

	:param step: the whole of what is asked for
	:raises frappe.ValidationError: where it lost every time
	"""
	if frappe.db.transaction_writes:
		return step()
	try:
		return retry(step)
	except LOST_RACE as error:
		frappe.throw(in_words(error), title=_("Busy"))


def in_words(error: Exception | None) -> str:
	"""Return what went wrong in one line of plain text."""
	if isinstance(error, LOST_RACE):
		return _("Somebody else was changing the same records at the same time. Try again.")
	text = frappe.utils.strip_html(str(error)).strip() if error else ""
	return text or type(error).__name__


def commit_or_undo(step: Callable[[], T]) -> T:
	"""Run a step and commit it. Nothing is uncommitted before it, or after it.

	:param step: as for ``retry``
	:raises Exception: what the step raises for good; then nothing of it is left
	"""

	def run() -> T:
		result = step()
		# A step that is done stays done, whatever becomes of the next, and its locks are let go.
		frappe.db.commit()  # nosemgrep
		return result

	try:
		return retry(run)
	except Exception:
		frappe.db.rollback()
		raise


def run_and_commit(step: Callable[[], T], title: str) -> tuple[T | None, str | None]:
	"""Run a step and commit it; what fails is undone and logged.

	:param step: as for ``commit_or_undo``
	:param title: heads the Error Log entry
	:return: what the step returned, and what went wrong, in words; one of them is None
	"""
	try:
		return commit_or_undo(step), None
	except Exception as error:
		log(title)
		frappe.db.commit()
		return None, in_words(error)


def log(title: str, **reference) -> None:
	"""Make an entry of the exception at hand in the Error Log; where that fails too, in the log file.

	:param title: heads the entry
	:param reference: reference_doctype and reference_name of the record that it is about
	:raises frappe.QueryDeadlockError: as it comes; the transaction is lost with it
	"""
	messages = list(frappe.local.message_log)
	try:
		frappe.log_error(title=title[:140], **reference)
	except FATAL:
		raise
	except Exception:
		# Another app may listen to the Error Log as to anything else: what it breaks is nobody's work.
		frappe.logger().exception(title)
		frappe.local.message_log = messages


def log_failure(title: str, call: Callable[[], None]) -> None:
	"""Do what is to be done after a commit, where a failure would tell somebody that what is saved is not.

	:param title: heads the Error Log entry
	"""
	try:
		call()
	except Exception:
		log(title)
		# The request's own commit was before this, and there is no other.
		frappe.db.commit()


def _lost() -> str:
	return _("Another app has undone what was being saved: nothing was saved.")


@contextmanager
def _after_commit_by_itself(title: str) -> Iterator[None]:
	"""Let each callback that a block leaves for after the commit (a webhook's, for example) fail for itself."""
	db, callbacks = frappe.local.db, frappe.local.db.after_commit
	db.after_commit = _Guarded(callbacks, title)
	try:
		yield
	finally:
		db.after_commit = callbacks


class _Guarded(CallbackManager):
	"""Stands before the callbacks of a connection while a block runs, and wraps what is added."""

	__slots__ = ("_callbacks", "_title")

	def __init__(self, callbacks: CallbackManager, title: str):
		self._callbacks, self._title = callbacks, title

	def add(self, func: Callable) -> None:
		self._callbacks.add(partial(log_failure, self._title, func))

	def run(self) -> None:
		self._callbacks.run()

	def reset(self) -> None:
		self._callbacks.reset()


class _Savepoint:
	"""A savepoint that knows what to do where somebody has ended its transaction.

	Frappe 15 lets a hook do both in the middle of a save; the database then has no such savepoint any more. (Frappe 16
	refuses both there: it warns and does nothing.)
	"""

	def __init__(self):
		self.name = "training_" + frappe.generate_hash(length=8)

	def begin(self) -> None:
		self.rolled_back = False
		frappe.db.savepoint(self.name)
		# A commit forgets who waits for a rollback: what was committed once is not lost any more.
		frappe.db.after_rollback.add(partial(setattr, self, "rolled_back", True))

	def undo(self) -> bool:
		"""Take back what was done since; return whether that is all of it, or only what came after a commit."""
		if self._is_there(partial(frappe.db.rollback, save_point=self.name)):
			return True
		# Everything that is not committed came after the commit, and so after this savepoint.
		frappe.db.rollback()
		return False

	def release(self) -> None:
		self._is_there(partial(frappe.db.release_savepoint, self.name))

	def _is_there(self, use: Callable[[], None]) -> bool:
		try:
			use()
		except Exception as error:
			# Every database names it in what it says.
			if self.name not in str(error):
				raise
			if self.rolled_back:
				raise TransactionLost(_lost()) from error
			return False
		return True


class _Writes(int):
	"""Frappe's number of writes, told from any equal one: with the next write, or rollback, another takes its place."""


class SharedSavepoint(_Savepoint):
	"""One savepoint for many attempts in a row, set anew only where something was written since.

	Most of what may fail in a row of attempts neither fails nor writes: a savepoint each would be two statements more for
	every one of them. Written is what Frappe counts as such.
	"""

	_writes: _Writes | None = None

	@property
	def is_behind(self) -> bool:
		"""Whether something was written, or the transaction ended, since it was set."""
		return frappe.db.transaction_writes is not self._writes

	def begin(self) -> None:
		if self.is_behind:
			super().begin()
			self._writes = frappe.db.transaction_writes = _Writes(frappe.db.transaction_writes)

	def release(self) -> None:
		if self.rolled_back:
			raise TransactionLost(_lost())
