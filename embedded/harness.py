"""What the site tests need of a site. A bench's conftest offers the same names; the tests know no others."""

import contextlib
import contextvars
import copy
import sqlite3

from embedded import alias, queue, site
from embedded.queue import run_jobs  # noqa: F401, part of this interface

_shared_db = None  # what frappe.connect() hands out inside rolled_back()
_meta_changed = False
METAS = (b"|doctype_meta::", b"|table_columns::", b"|db_tables")  # keys in Redis


def start(apps=("erpnext", "hrms", "lms", "smooth_lms_hr")) -> None:
	"""Make `frappe` importable, and a fresh site usable: connected as Administrator, in test mode."""
	site.start(
		tuple(app for app in apps if app in site.apps.STAND_INS or (site.ROOT / app / "hooks.py").exists())
	)
	import frappe

	frappe.in_test = frappe.flags.in_test = True
	_patch()
	_make_company()
	_warm_up()


def _warm_up():
	"""Let the cache learn what every save asks (metas, and which DocTypes have rules), or every test would again."""
	import frappe

	user = {"doctype": "User", "email": "warm@example.com", "first_name": "Warm", "send_welcome_email": 0}
	with rolled_back(keep=(*METAS, b"_map")):
		frappe.get_doc(user).insert()


def _make_company():
	"""What Frappe HR's before_tests leaves on a bench: a company whose employees have a holiday list."""
	import frappe

	if frappe.db.table_exists("Company") and not frappe.db.exists("Company", {}):
		dates = {"from_date": "2020-01-01", "to_date": "2040-12-31"}
		holidays = {"doctype": "Holiday List", "holiday_list_name": "Test Holiday List", **dates}
		company = {
			"doctype": "Company",
			"company_name": "_Test Company",
			"abbr": "_TC",
			"default_currency": "INR",
		}
		holiday_list = frappe.get_doc(holidays).insert()
		frappe.get_doc({**company, "country": "India", "default_holiday_list": holiday_list.name}).insert()
		frappe.db.commit()


def _patch():
	import frappe
	import frappe.cache_manager
	import frappe.database

	if getattr(frappe.database.get_db, "__module__", "") == __name__:
		return
	get_own_db, clear_doctype_cache = frappe.database.get_db, frappe.cache_manager.clear_doctype_cache

	def get_db(*args, **kwargs):
		return _shared_db or get_own_db(*args, **kwargs)

	def note_and_clear(*args, **kwargs):
		global _meta_changed
		_meta_changed = True
		return clear_doctype_cache(*args, **kwargs)

	frappe.database.get_db = get_db
	frappe.cache_manager.clear_doctype_cache = note_and_clear


def remember():
	"""Return what puts all rows back as they are now, for every connection: of tests whose requests commit."""
	import frappe

	frappe.db.commit()
	kept = sqlite3.connect(":memory:")
	frappe.db._conn.backup(kept)

	def put_back():
		frappe.db.rollback()
		frappe.db._conn.commit()
		kept.backup(frappe.db._conn)
		queue.forget_all()  # what is cached of these rows, and jobs that are about them
		site.forget_local_caches()

	return put_back


@contextlib.contextmanager
def rolled_back(keep=METAS):
	"""Leave nothing behind of what happens inside: commits and rollbacks move a savepoint, requests share the connection."""
	global _shared_db
	import frappe

	db = frappe.local.db
	db.commit()
	connection = db._conn
	connection.commit()
	connection.isolation_level = None  # sqlite3 must not begin or commit anything by itself now
	connection.execute("begin immediate")
	connection.execute("savepoint whole_test")
	cached = _copy_cache()

	def commit(chain=None):
		for callbacks in (db.before_rollback, db.after_rollback):
			callbacks.reset()
		db.before_commit.run()
		connection.execute("release whole_test")
		connection.execute("savepoint whole_test")
		db.transaction_writes = 0
		db.after_commit.run()

	def rollback(*, save_point=None, chain=None):
		if save_point:
			db.sql(f"rollback to savepoint {save_point}")
			return
		for callbacks in (db.before_commit, db.after_commit):
			callbacks.reset()
		db.before_rollback.run()
		connection.execute("rollback to whole_test")
		db.transaction_writes = 0
		db.after_rollback.run()

	instead = {"commit": commit, "rollback": rollback, "begin": lambda **kw: None, "close": lambda: None}
	vars(db).update(instead)
	_shared_db = db
	try:
		yield db
	finally:
		_shared_db = None
		for name in instead:
			del vars(db)[name]
		db.before_rollback.run()
		connection.execute("rollback")
		connection.isolation_level = ""
		db.after_rollback.run()
		_reset_callbacks(db)
		db.begin()
		_restore_cache(cached, () if _meta_changed else keep)


@contextlib.contextmanager
def real_commits():
	"""Commits are real and other connections see them; afterwards the database is put back as it was."""
	import frappe

	frappe.db.commit()
	connection = frappe.local.db._conn
	before = sqlite3.connect(":memory:")
	connection.backup(before)
	cached = _copy_cache()
	try:
		yield
	finally:
		frappe.db.rollback()
		connection.rollback()
		before.backup(connection)
		before.close()
		_reset_callbacks(frappe.local.db)
		frappe.db.begin()
		_restore_cache(cached)


@contextlib.contextmanager
def second_connection():
	"""Yields run(callable): another connection, with a frappe.local of its own, that sees only what is committed."""
	context = contextvars.copy_context()

	def connect():
		global _shared_db
		shared, _shared_db = _shared_db, None
		try:
			site.new_local()
		finally:
			_shared_db = shared

	def destroy():
		import frappe

		frappe.local.db.rollback()
		frappe.destroy()

	context.run(connect)
	try:
		yield context.run
	finally:
		context.run(destroy)


class Client:
	"""A browser without a screen: werkzeug's test client, its requests on the test's connection inside rolled_back()."""

	def __init__(self):
		from werkzeug.test import Client as WerkzeugClient

		self._client = WerkzeugClient(alias.wsgi_application())

	def login(self, user: str, password: str):
		return self.post("/api/method/login", data={"usr": user, "pwd": password})

	def __getattr__(self, name):
		method = getattr(self._client, name)
		if name not in ("open", "get", "post", "put", "patch", "delete", "head", "options"):
			return method

		def request(*args, **kwargs):
			import frappe
			from frappe.utils.local import _contextvar

			def in_own_local():
				_contextvar.set({})
				return method(*args, **kwargs)

			frappe.db.commit()  # or a request with a connection of its own would wait for this one's lock
			response = contextvars.copy_context().run(in_own_local)
			site.forget_local_caches()
			return response

		return request


def client() -> Client:
	return Client()


def _reset_callbacks(db):
	for callbacks in (db.before_commit, db.after_commit, db.before_rollback, db.after_rollback):
		callbacks.reset()
	db.transaction_writes = 0


def _copy_cache() -> dict:
	global _meta_changed
	_meta_changed = False
	return {
		number: {key: _copy_item(item) for key, item in db._dict.items()}
		for number, db in queue.server.dbs.items()
	}


def _copy_item(item):
	item = copy.copy(item)
	if not isinstance(getattr(item, "value", b""), bytes | int | str):
		item.value = copy.deepcopy(item.value)
	return item


def _restore_cache(before: dict, warm: tuple[bytes, ...] = ()):
	"""Put Redis back as it was; what has been read in between stays where its key contains one of warm."""
	import frappe

	for number, db in queue.server.dbs.items():
		kept = {key: item for key, item in db._dict.items() if _is_warm(key, warm)}
		db._dict.clear()
		db._dict.update(kept)
		db._dict.update(before.get(number, {}))
	unpickled = {key: item for key, item in frappe.client_cache.cache.items() if _is_warm(key, warm)}
	frappe.set_user("Administrator")
	frappe.local.message_log = []
	frappe.local.response = frappe._dict(docs=[])
	site.forget_local_caches()
	frappe.client_cache.cache.update(unpickled)


def _is_warm(key: bytes | str, warm: tuple[bytes, ...]) -> bool:
	return isinstance(key, bytes) and any(part in key for part in warm)
