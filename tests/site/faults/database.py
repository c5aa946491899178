"""A database that fails at a given statement, as the connection of this process meets it."""

import contextlib
from collections.abc import Iterator

import frappe
import pymysql
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

	# Tests that fail so never commit.
	was_saved = False

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


class KilledAt(Cursor):
	"""Kills the connection for real, from another one, before the statement of that number; what follows is the database's."""

	killed = 0

	def __init__(self, cursor, at: int):
		super().__init__(cursor, None, at)

	def execute(self, query, values=None):
		self.seen += 1
		if self.seen == self._at:
			# What Frappe begins the next transaction with.
			self.was_saved = query.strip().lower() in ("begin", "start transaction")
			kill(self._cursor.connection.thread_id())
			KilledAt.killed += 1
		return self._cursor.execute(query, values)


def kill(connection: int) -> None:
	"""Kill a connection of this site's, as its own user: nobody else's may be, and nothing more is needed."""
	settings = frappe.db.get_connection_settings()
	wanted = ("host", "port", "user", "password", "unix_socket")
	with (
		contextlib.closing(
			pymysql.connect(**{key: settings[key] for key in wanted if settings.get(key)})
		) as other,
		other.cursor() as cursor,
	):
		cursor.execute("kill %s", (connection,))


@contextlib.contextmanager
def killing(at: int) -> Iterator[KilledAt]:
	"""Let the connection be killed before the statement of that number, from 1; ``connect_again`` after it."""
	db = frappe.local.db
	db._cursor = standing_before = KilledAt(db._cursor, at)
	yield standing_before


def connect_again() -> None:
	"""Go on as the next request does, on a connection of its own; what the lost one had not committed is gone."""
	user = frappe.session.user
	with contextlib.suppress(pymysql.Error):
		frappe.db.close()
	frappe.connect()
	frappe.set_user(user)


def kill_connections(deed: str, steps: int) -> dict:
	"""See ``deeds.break_off``; run by name in a process of its own, since what is committed here no rollback takes back."""
	from tests.site import bench_harness, factory
	from tests.site.crowd import clear_away
	from tests.site.faults import deeds

	bench_harness.clear_leftovers()
	began = str(frappe.utils.now_datetime())
	factory.mail_account()
	hr = factory.hr_manager()
	frappe.db.commit()
	try:
		one = getattr(deeds, deed)(hr, bench_harness.run_jobs)
		hit, of, refused = deeds.break_off(one, steps, killing, connect_again)
		return {"hit": hit, "of": of, "refused": refused, "killed": KilledAt.killed}
	finally:
		connect_again()
		frappe.set_user("Administrator")
		clear_away(began)
		frappe.db.commit()


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
