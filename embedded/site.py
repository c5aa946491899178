"""The site: built once, kept as a database file, copied for every start."""

import atexit
import contextlib
import hashlib
import io
import os
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

from embedded import alias, apps, database, queue, stubs

ROOT = apps.HERE.parent
CACHE = ROOT / ".cache" / "embedded"
NO_PART = [apps.HERE / name for name in ("harness.py", "demo.py", "pages.py", "people.py", "make_env.py")]
KEPT = 8  # finished database files of a few MB each: other Python versions, other branches

_engine_ready = False


def start(app_names: tuple[str, ...]) -> str:
	"""Bring up a fresh copy of the site in a temporary folder, connected as Administrator; "built" or "copied"."""
	make_engine_ready()
	import frappe

	folder = _make_folder()
	os.chdir(folder)  # where the engine looks for its site
	target = folder / "db" / "site.db"

	how = "copied"
	if _copy(finished := _finished(app_names), target):
		apps.are_installed([apps.ENGINE, *app_names])
		frappe.init(force=True)
		frappe.connect()
	else:
		how = "built"
		with contextlib.redirect_stdout(io.StringIO()):
			_build(app_names, target)
		_keep(finished)
		queue.forget_all()  # the jobs of the installation, which nobody is there to run
		forget_local_caches()
	frappe.local.role_permissions = {}
	return how


def make_engine_ready():
	global _engine_ready
	if not _engine_ready:
		stubs.install()
		queue.install()
		apps.make_importable()
		alias.install()
		apps.install()
		database.install()
		_engine_ready = True


def new_local():
	"""An empty frappe.local, connected: what a worker or another request starts with."""
	import frappe
	from frappe.utils.local import _contextvar

	_contextvar.set({})
	frappe.init()
	frappe.connect()


def forget_local_caches():
	"""What one frappe.local remembers of a database that another one has changed."""
	import frappe

	frappe.client_cache.cache.clear()
	frappe.db.value_cache.clear()
	for name in (
		"cache",
		"request_cache",
		"document_cache",
		"role_permissions",
		"new_doc_templates",
		"valid_columns",
	):
		if hasattr(frappe.local, name):
			getattr(frappe.local, name).clear()
	frappe.local.user_perms = None


def _make_folder() -> Path:
	bench = Path(tempfile.mkdtemp(prefix="smooth_lms_hr_site_"))
	atexit.register(shutil.rmtree, bench, ignore_errors=True)
	site = bench / "site"
	for folder in (
		"db",
		"locks",
		"logs",
		f"{alias.SITE_NAME}/logs",
		"private/files",
		"private/backups",
		"public/files",
		"assets",
	):
		(site / folder).mkdir(parents=True)
	(bench / "logs").mkdir()
	(site / "assets" / "assets.json").write_text("{}")
	return site


def _build(app_names, target: Path):
	import frappe
	from frappe import installer

	apps.are_installed([])
	frappe.init(force=True)
	# the stand-ins change less often than the app: the site without the app is kept too
	base = tuple(app for app in app_names if app in apps.STAND_INS)
	if base != app_names and _copy(kept := _finished(base), target):
		apps.are_installed([apps.ENGINE, *base])
		frappe.init(force=True)
		frappe.connect()
	else:
		frappe.flags.in_install_db = True
		installer.install_db(
			db_name="site", db_type="sqlite", admin_password="admin", verbose=False, force=True
		)
		for app in (apps.ENGINE, *base):
			apps.install_app(app)
		_finish_setup()
		if base != app_names:
			_keep(kept)
	for app in app_names[len(base) :]:
		apps.install_app(app)


def _finish_setup():
	"""What the setup wizard leaves behind, as far as anything here asks for it."""
	import frappe

	settings = frappe.get_doc("System Settings")
	settings.update(
		{"language": "en", "time_zone": "Etc/UTC", "country": "India", "enable_password_policy": 0}
	)
	settings.save()
	frappe.db.commit()


def is_built(app_names: tuple[str, ...]) -> bool:
	return _finished(app_names).exists()


def _finished(app_names) -> Path:
	return CACHE / f"{_key(app_names)}.db"


def _key(app_names) -> str:
	"""Changes with everything that may have a part in the finished database: the engine, the apps, their code."""
	digest = hashlib.sha256(repr((sys.version_info[:2], app_names)).encode())
	for folder in (apps.HERE, *(ROOT / app for app in app_names if app not in apps.STAND_INS)):
		for file in sorted(folder.rglob("*")):
			if file.suffix in (".json", ".txt", ".py") and file not in NO_PART:
				digest.update(f"{file.relative_to(ROOT)}\0".encode())
				digest.update(file.read_bytes())
	return digest.hexdigest()[:16]


def _copy(source: Path, target: Path) -> bool:
	try:
		shutil.copyfile(source, target)
		os.utime(source)  # the ones in use are the last to be thrown away
	except FileNotFoundError:
		return False
	except PermissionError:
		return target.exists()
	return True


def _keep(finished: Path):
	"""Put a copy of the open database into the cache, under its name only once it is complete."""
	import frappe

	frappe.db.commit()
	try:
		CACHE.mkdir(parents=True, exist_ok=True)
		handle, half = tempfile.mkstemp(dir=CACHE, suffix=".half")
		os.close(handle)
	except OSError as error:
		print(f"The finished site cannot be kept for the next start: {error}", file=sys.stderr)
		return
	try:
		with (
			contextlib.closing(sqlite3.connect(half)) as copy,
			contextlib.closing(sqlite3.connect(frappe.db.get_db_path())) as source,
		):
			source.backup(copy)
		os.replace(half, finished)
	finally:
		Path(half).unlink(missing_ok=True)
	for old in sorted(CACHE.glob("*.db"), key=os.path.getmtime, reverse=True)[KEPT:]:
		old.unlink(missing_ok=True)
