"""A database that fails at a given statement, as the connection of this process meets it."""

import contextlib
from collections.abc import Iterator

import frappe
from pymysql import OperationalError

# As the database says it. What is lost: only the statement, or the whole transaction with it.
DEADLOCK = (1213, "Deadlock found when trying to get lock; try restarting transaction")
LOCK_TIMEOUT = (1205, "Lock wait timeout exceeded; try restarting transaction")
LOST = (2013, "Lost connection to MySQL server during query")
GONE = (2006, "MySQL server has gone away")
READ_ONLY = (1290, "The MariaDB server is running with the --read-only option")
ERRORS = {
	"deadlock": DEADLOCK,
	"lock timeout": LOCK_TIMEOUT,
	"connection lost": LOST,
	"read-only": READ_ONLY,
}
WRITES = ("insert", "update", "delete", "replace")
# Of the tests' own, which stand for the beginning of a transaction.
MARK = "whole_test"


class Cursor:
	"""Stands before the cursor of the connection, counts statements, and fails from one of them on."""

	def __init__(self, cursor, error: tuple | None, at: int):
		self._cursor, self._error, self._at = cursor, error, at
		self.seen = 0

	def __getattr__(self, name):
		return getattr(self._cursor, name)

	def __iter__(self):
		return iter(self._cursor)

	def execute(self, query, values=None):
		ours = MARK not in query
		self.seen += ours
		if self._error is GONE or (ours and self._error and self._fails(query)):
			self._fail()
		return self._cursor.execute(query, values)

	def _fails(self, query: str) -> bool:
		if self._error is READ_ONLY:
			return self.seen >= self._at and query.lstrip().lower().startswith(WRITES)
		return self.seen == self._at

	def _fail(self) -> None:
		error = self._error
		if error is LOST:
			self._error = GONE
		if error in (DEADLOCK, LOST):
			self._cursor.execute(f"rollback to savepoint {MARK}")
		raise OperationalError(*error)


@contextlib.contextmanager
def failing(error: tuple | None = None, at: int = 0) -> Iterator[Cursor]:
	"""Let the database fail.

	:param error: one of ERRORS: a lost connection stays lost, and what is read-only stays so, until the end of the
	        block; None: only count
	:param at: the number of the statement, from 1
	"""
	db = frappe.local.db
	cursor = db._cursor
	db._cursor = standing_before = Cursor(cursor, error, at)
	try:
		yield standing_before
	finally:
		db._cursor = cursor
