"""Finds a real bench and gives it a scratch site of ours, without writing anything into the bench.

Frappe lets the folder of sites be anywhere. Ours is in ``.cache`` of this checkout, one for each bench: with the bench's
list of apps plus this one, the bench's configuration, its built assets, and one site that is made when missing and
migrated when the app has changed. The code under test is this checkout's, whatever else is installed on the bench.
"""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = "smooth_lms_hr"
SITE = "smooth-test.localhost"
NEEDED = ("erpnext", "hrms", "lms")
INSTALLED = ("erpnext", "payments", "hrms", "lms", APP)
CACHE = ROOT / ".cache"


class NoBench(Exception):
	"""Says why the tests cannot run on a bench here."""


@dataclass(frozen=True)
class Bench:
	path: Path

	@property
	def id(self) -> str:
		"""Names this bench under this checkout: two of either share a machine, a database server and its ports."""
		return hashlib.sha256(f"{ROOT}\0{self.path}".encode()).hexdigest()[:10]

	@property
	def folder(self) -> Path:
		return CACHE / f"bench-{self.id}"

	@property
	def tools(self) -> Path:
		return self.folder / "tools"

	@property
	def database(self) -> str:
		return f"smooth_test_{self.id}"

	@property
	def redis_port(self) -> int:
		"""Of our own, so that no worker of the bench picks up a job of the scratch site."""
		return 20_000 + int(self.id, 16) % 10_000

	@property
	def python(self) -> Path:
		return self.path / "env" / "bin" / "python"

	@property
	def log(self) -> Path:
		return self.folder / "bench.log"

	@property
	def sites(self) -> Path:
		return self.folder / "sites"

	def environment(self) -> dict[str, str]:
		return os.environ | {
			# First this checkout, then the test tools that the bench may lack.
			"PYTHONPATH": os.pathsep.join([str(ROOT), str(self.tools / "test"), str(self.tools / "browser")]),
			"PYTHONPYCACHEPREFIX": str(self.folder / "pycache"),
			"BENCH_FOLDER": str(self.folder),
			"FRAPPE_BENCH_ROOT": str(self.path),
			"SITE_ENGINE": "bench",
			"SITE_NAME": SITE,
		}

	def run(self, *args: str, log: bool = True, cwd: Path | None = None) -> int:
		"""Run the bench's Python in our folder of sites; what it prints goes to a log, or to the terminal."""
		command = [str(self.python), *args]
		environment = self.environment()
		if not log:
			return subprocess.call(command, cwd=cwd or self.sites, env=environment)
		with open(self.log, "ab") as file:
			file.write(f"\n$ {' '.join(args)}\n".encode())
			file.flush()
			return subprocess.call(command, cwd=cwd or self.sites, env=environment, stdout=file, stderr=file)

	def versions(self) -> str:
		"""Return which apps these are, for the last line of a test run."""
		names = ("frappe", *NEEDED)
		show = "; ".join(
			[
				"import importlib as i",
				f"print(*[f'{{n}} {{i.import_module(n).__version__}}' for n in {names!r}], sep=', ')",
			]
		)
		return subprocess.check_output(
			[str(self.python), "-W", "ignore", "-c", show], text=True, cwd=self.sites
		).strip()

	def frappe(self, *args: str) -> None:
		if self.run("-m", "frappe.utils.bench_helper", "frappe", *args):
			raise NoBench(f"`frappe {' '.join(args[:4])}` failed, see {self.log}")


def find(path: str | None = None) -> Bench:
	"""Return the bench that somebody named, or the one in the usual place.

	:param path: as given with --bench; else FRAPPE_BENCH or ~/frappe-bench
	:raises NoBench: where there is none, or an app is missing
	"""
	named = path or os.environ.get("FRAPPE_BENCH")
	folder = Path(named or "~/frappe-bench").expanduser().resolve()
	try:
		found = (folder / "env" / "bin" / "python").exists()
	except PermissionError as error:
		raise NoBench(f"{folder} may not be read by this user") from error
	if not found:
		raise NoBench(f"there is none at {folder} (name one with FRAPPE_BENCH or --bench)")
	missing = [app for app in NEEDED if not (folder / "apps" / app).exists()]
	if missing:
		raise NoBench(f"{folder} has no {', '.join(missing)}")
	return Bench(folder)


def prepare(bench: Bench, say=print) -> list[subprocess.Popen]:
	"""Bring up what the bench needs and the scratch site; return the servers that were started for it.

	:raises NoBench: where something is missing on this machine
	"""
	bench.sites.mkdir(parents=True, exist_ok=True)
	(bench.folder / "logs").mkdir(exist_ok=True)
	config = json.loads((bench.path / "sites" / "common_site_config.json").read_text())
	started = _start_servers(bench, config, say)
	try:
		_lay_out_sites(bench, config)
		_install(bench.python, bench.tools / "test", ROOT / "tests" / "requirements.txt", say)
		_ensure_site(bench, config, say)
	except BaseException:
		stop(started)
		raise
	return started


def stop(servers: list[subprocess.Popen]) -> None:
	for server in servers:
		server.terminate()
		server.wait(20)


def _lay_out_sites(bench: Bench, config: dict) -> None:
	apps = [app for app in (bench.path / "sites" / "apps.txt").read_text().split() if app != APP]
	(bench.sites / "apps.txt").write_text("\n".join([*apps, APP]) + "\n")
	config = {key: value for key, value in config.items() if key not in ("default_site", "maintenance_mode")}
	config |= dict.fromkeys(
		("redis_cache", "redis_queue", "redis_socketio"), f"redis://127.0.0.1:{bench.redis_port}"
	)
	# What deletes everything asks for it: see ``refuse_all_but_scratch_sites``.
	config["smooth_lms_hr_scratch_site"] = 1
	(bench.sites / "common_site_config.json").write_text(json.dumps(config, indent=1))
	assets = bench.sites / "assets"
	assets.mkdir(exist_ok=True)
	for entry in (bench.path / "sites" / "assets").iterdir():
		_link(assets / entry.name, entry)
	_link(assets / APP, ROOT / APP / "public")


def _link(link: Path, target: Path) -> None:
	if link.is_symlink() or link.exists():
		if link.is_symlink() and os.readlink(link) == str(target):
			return
		link.unlink()
	link.symlink_to(target)


def prepare_browser(bench: Bench, say=print) -> None:
	"""Bring in what drives a browser from a bench's Python.

	:raises NoBench: where there is no browser
	"""
	fetch_driver(bench.python, bench.tools / "browser", say)


def fetch_driver(python: Path, folder: Path, say=print) -> None:
	"""Bring in what drives a browser.

	:param python: that drives it
	:param folder: of the packages for that
	:raises NoBench: where there is no browser
	"""
	if not shutil.which("chromium"):
		raise NoBench("Chromium is not installed")
	_install(python, folder, ROOT / "tests" / "browser" / "requirements.txt", say)


def _install(python: Path, folder: Path, requirements: Path, say) -> None:
	"""Install packages for another Python into a folder of ours, once."""
	stamp = folder / ".stamp"
	wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
	if stamp.exists() and stamp.read_text() == wanted:
		return
	say(f"Fetching the {folder.name} tools ...")
	shutil.rmtree(folder, ignore_errors=True)
	version = subprocess.check_output(
		[str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], text=True
	).strip()
	command = [
		*(sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"),
		*("--target", str(folder), "--python-version", version, "--only-binary", ":all:"),
		*("--requirement", str(requirements)),
	]
	if subprocess.call(command):
		raise NoBench(f"the {folder.name} tools could not be installed")
	stamp.write_text(wanted)


def _ensure_site(bench: Bench, config: dict, say) -> None:
	stamp = bench.sites / SITE / ".app"
	wanted = _fingerprint()
	if stamp.exists():
		if stamp.read_text() != wanted:
			say("bench: the app has changed, migrating the scratch site ...")
			bench.frappe("--site", SITE, "migrate", "--skip-search-index")
			stamp.write_text(wanted)
		return
	password = os.environ.get("FRAPPE_DB_ROOT_PASSWORD") or config.get("root_password")
	if not password:
		raise NoBench("the database's root password is not known (set FRAPPE_DB_ROOT_PASSWORD)")
	say("bench: making a scratch site, this takes about three minutes ...")
	bench.frappe(
		*("new-site", SITE, "--force", "--db-name", bench.database, "--admin-password", "admin"),
		*("--db-root-username", os.environ.get("FRAPPE_DB_ROOT_USER") or config.get("root_login") or "root"),
		*("--db-root-password", password, "--mariadb-user-host-login-scope", "%"),
	)
	for app in INSTALLED:
		if app == APP or (bench.path / "apps" / app).exists():
			bench.frappe("--site", SITE, "install-app", app)
	bench.frappe("--site", SITE, "set-config", "-p", "allow_tests", "1")
	# Frappe HR has a preparation of its own, which on a new site of version 16 wants records that are not there.
	if bench.run("-m", "tests.site.preparation"):
		raise NoBench(f"the scratch site could not be prepared, see {bench.log}")
	stamp.write_text(wanted)


def _fingerprint() -> str:
	"""Return what the database of a site depends on: DocTypes, hooks, patches, what install does."""
	digest = hashlib.sha256()
	for path in sorted((ROOT / APP).rglob("*")):
		counts = path.suffix in (".json", ".txt") or path.name == "hooks.py" or path.parent.name == "setup"
		if counts and path.is_file():
			digest.update(path.read_bytes())
	return digest.hexdigest()


def _start_servers(bench: Bench, config: dict, say) -> list[subprocess.Popen]:
	host, port = config.get("db_host") or "127.0.0.1", int(config.get("db_port") or 3306)
	if not _answers(host, port):
		_start_database(bench, host, port, say)
	if _answers("127.0.0.1", bench.redis_port):
		return []
	if not (binary := shutil.which("redis-server")):
		raise NoBench("Redis is not installed")
	port = str(bench.redis_port)
	say(f"bench: starting Redis on port {port} ...")
	command = [binary, "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", str(bench.folder)]
	redis = subprocess.Popen(command, stdout=subprocess.DEVNULL)
	_wait_for("127.0.0.1", bench.redis_port, "Redis")
	return [redis]


def _start_database(bench: Bench, host: str, port: int, say) -> None:
	if host not in ("127.0.0.1", "localhost"):
		raise NoBench(f"the database at {host}:{port} does not answer")
	if not (shutil.which("mariadbd") or shutil.which("mysqld")):
		raise NoBench("MariaDB is not installed")
	say("bench: starting MariaDB ...")
	# The service, so that it runs as its own user on its own data; it is left running, as a database is.
	with open(bench.log, "ab") as file:
		subprocess.call(["service", "mariadb", "start"], stdout=file, stderr=file, stdin=subprocess.DEVNULL)
	_wait_for(host, port, "MariaDB")


def _answers(host: str, port: int) -> bool:
	with socket.socket() as probe:
		probe.settimeout(1)
		return probe.connect_ex((host, port)) == 0


def _wait_for(host: str, port: int, what: str) -> None:
	deadline = time.monotonic() + 30
	while not _answers(host, port):
		if time.monotonic() > deadline:
			raise NoBench(f"{what} did not start on {host}:{port}")
		time.sleep(0.2)
