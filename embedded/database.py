"""SQLite, made to answer as MariaDB does where the app or the engine would notice the difference.

What stays different: text compares case-sensitively, integers divide to integers, a second writer waits for five
seconds and then gets an error, there are no row locks (`for update` is dropped: the whole file has one writer).
"""

import re
import sqlite3
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal

_PARAMETER = re.compile(r"%(%|s|\((\w+)\)s)")
_FOR_UPDATE = re.compile(r"(?i)\s+for update(\s+(nowait|skip locked))?\s*;?\s*$")
_INSERT_IGNORE = re.compile(r"(?i)^(\s*)insert ignore\b")


def _to_datetime(value: bytes):
	try:
		return datetime.fromisoformat(value.decode())
	except ValueError:
		return None


def _to_timedelta(value: bytes):
	hours, minutes, seconds = [*value.decode().split(":"), "0", "0"][:3]
	return timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))


def install():
	_patch_query_builder()

	import frappe.database.sqlite.database as engine

	sqlite3.register_adapter(Decimal, float)
	sqlite3.register_adapter(timedelta, str)
	sqlite3.register_adapter(date, lambda value: value.isoformat())
	sqlite3.register_adapter(time, lambda value: value.isoformat())
	sqlite3.register_adapter(datetime, lambda value: value.isoformat(" "))

	Database = engine.SQLiteDatabase
	connect, rewrite, escape = Database.create_connection, engine.modify_query, Database.escape

	def create_connection(self, read_only=False):
		connection = connect(self, read_only)  # registers the engine's converters, so ours come after
		for kind in ("datetime", "timestamp"):
			sqlite3.register_converter(kind, _to_datetime)
		sqlite3.register_converter("time", _to_timedelta)
		return connection

	def modify_query(query):
		return _INSERT_IGNORE.sub(r"\1insert or ignore", _FOR_UPDATE.sub("", rewrite(query)))

	def execute_query(self, query, values=None):
		"""Bind the values: the engine writes those of a dict into the text, and lists not at all."""
		if not values:
			return self._cursor.execute(query)
		bound, rest = [], None if isinstance(values, dict) else iter(values)

		def bind(match):
			if match[1] == "%":
				return "%"
			value = values[match[2]] if match[2] else next(rest)
			if isinstance(value, list | tuple | set | frozenset):
				bound.extend(value)
				return f"({','.join('?' * len(value))})"
			bound.append(value)
			return "?"

		return self._cursor.execute(_PARAMETER.sub(bind, query), bound)

	Database.create_connection = create_connection
	Database.execute_query = execute_query
	Database.escape = staticmethod(lambda value, percent=True: escape(str(value), percent))
	engine.modify_query = modify_query

	if sys.version_info < (3, 11):  # sqlite3 errors carry no code yet, and the message has to tell
		primary = re.compile(r"UNIQUE constraint failed: [^,]*\.name$")
		Database.is_primary_key_violation = staticmethod(lambda error: bool(primary.search(str(error))))
		Database.is_unique_key_violation = staticmethod(
			lambda error: "UNIQUE constraint failed" in str(error) and not primary.search(str(error))
		)


def _patch_query_builder():
	"""Frappe builds queries with a fork of pypika; this is what the fork adds for SQLite."""
	from pypika import dialects
	from pypika.queries import QueryBuilder

	Builder = dialects.SQLLiteQueryBuilder

	def __init__(self, **kwargs):
		kwargs.setdefault("wrapper_cls", dialects.SQLLiteValueWrapper)
		QueryBuilder.__init__(self, dialect=dialects.Dialects.SQLLITE, **kwargs)
		self._insert_or_replace = False

	def _insert_sql(self, **kwargs):
		return QueryBuilder._insert_sql(self, **kwargs).replace("INSERT IGNORE", "INSERT OR IGNORE", 1)

	Builder.__init__ = __init__
	Builder._insert_sql = _insert_sql
	Builder.for_update = lambda self, *args, **kwargs: self
