"""Chromium, a web server on a scratch site, and people who log in.

Records are made in this process, by the factory of the site tests; ``committed`` makes the server see them. The site is a
bench's; what is marked ``pages`` asks for nothing but our own pages, and runs on the throw-away site too.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ENGINE = os.environ.get("SITE_ENGINE", "embedded")

if ENGINE == "bench":
	from tests.site import bench_harness as harness
else:
	from embedded import harness

# Connected while pytest collects: the test modules import frappe.
harness.start()
if ENGINE == "bench":
	harness.clear_leftovers()

import frappe  # noqa: E402, importable since the lines above

from tests.bench import ROOT  # noqa: E402
from tests.browser import scratch  # noqa: E402
from tests.site import factory  # noqa: E402

# Frappe takes many new users within the hour for an attack.
frappe.local.conf.throttle_user_limit = 10_000
# What is about the throw-away site, its story and its people.
OF_THE_THROW_AWAY_SITE = ["test_looks.py", "test_record.py", "test_throw_away_site.py"]
collect_ignore = OF_THE_THROW_AWAY_SITE if ENGINE == "bench" else []

DESK = {"width": 1280, "height": 860}
PHONE = {"width": 375, "height": 760}
AXE = "axe-core@4.14.1"


def pytest_collection_modifyitems(config, items):
	if ENGINE == "bench":
		return
	wanted = [item for item in items if item.get_closest_marker("pages")]
	config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
	items[:] = wanted


@pytest.fixture(scope="session", autouse=True)
def _scratch_site():
	scratch.begin()
	yield
	scratch.end()


@pytest.fixture(autouse=True)
def _as_administrator():
	# What the server has written since is not in this process's old snapshot.
	frappe.db.rollback()
	frappe.set_user("Administrator")
	yield
	frappe.db.rollback()
	frappe.set_user("Administrator")


@pytest.fixture
def committed():
	"""committed() makes the server see what was written, and this process what the server wrote."""

	def commit():
		frappe.db.commit()
		frappe.db.value_cache.clear()
		frappe.local.document_cache = {}

	return commit


@pytest.fixture(scope="session")
def server():
	"""Yield the address of a web server on the scratch site."""
	if ENGINE != "bench":
		from embedded import pages

		running = pages.serve(0)
		yield f"http://127.0.0.1:{running.port}"
		running.shutdown()
		return
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		port = probe.getsockname()[1]
	with open(scratch.FOLDER / "browser-server.log", "ab") as log:
		process = subprocess.Popen(
			[sys.executable, "-m", "tests.browser.server", str(port)], stdout=log, stderr=log
		)
	address = f"http://127.0.0.1:{port}"
	try:
		_wait_for(address, process)
		yield address
	finally:
		process.terminate()
		process.wait(20)


def _wait_for(address: str, process: subprocess.Popen) -> None:
	deadline = time.monotonic() + 60
	while True:
		try:
			# The environment may name a proxy; this is no address for one.
			opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
			with opener.open(f"{address}/api/method/ping", timeout=30):
				return
		except OSError as error:
			if process.poll() is not None or time.monotonic() > deadline:
				raise RuntimeError(f"no web server, see {scratch.FOLDER / 'browser-server.log'}") from error
			time.sleep(0.2)


@pytest.fixture(scope="session")
def chromium():
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
		)
		yield browser
		browser.close()


@pytest.fixture
def visit(server, chromium: Browser):
	"""visit(path, user=None, viewport=DESK, ...) opens a path as somebody in a browser of their own."""
	contexts = []

	def open_page(path: str, user: str | None = None, viewport: dict = DESK, **options) -> Page:
		context = chromium.new_context(base_url=server, viewport=viewport, **options)
		contexts.append(context)
		# The desk goes by the system, Learning and our own pages by what Learning's switch has left.
		if scheme := options.get("color_scheme"):
			context.add_init_script(f"localStorage.setItem('theme', '{scheme}')")
		if user:
			answer = context.request.post("/api/method/login", form={"usr": user, "pwd": scratch.PASSWORD})
			assert answer.ok, answer.text()
		page = context.new_page()
		page.set_default_timeout(20_000)
		page.goto(path)
		return page

	yield open_page
	for context in contexts:
		context.close()


@pytest.fixture
def alone_on_the_site(_scratch_site):
	"""Take away what the test before left: lists, cards and reports of HR show everybody's."""
	scratch.end()
	scratch.begin()


@pytest.fixture
def hr(committed):
	user = scratch.may_log_in(factory.hr_manager())
	committed()
	return user


@pytest.fixture
def reader(committed):
	"""Somebody of HR who reads and decides nothing."""
	user = scratch.may_log_in(factory.user("HR User"))
	committed()
	return user


@pytest.fixture
def people(committed):
	"""Two people of one department; one is late with one course and has a month for another."""
	unit = factory.named("Department", "department_name", "Deep Sea", company=factory.company())
	worker, clerk = (
		factory.employee(factory.user(), first_name=first, last_name=last, department=unit)
		for first, last in (("Ana", "Lima"), ("Omar", "Haddad"))
	)
	late, course = scratch.owes(worker, "Fire Safety", -5, status="Overdue", progress=50)
	soon, _course = scratch.owes(worker, "First Aid", 30)
	committed()
	return frappe._dict(worker=worker, clerk=clerk, unit=unit, late=late, soon=soon, course=course)


@pytest.fixture
def desk(visit):
	"""desk(path, user) opens a page of the desk, and fails the test at its end where a script of it broke."""
	broken = []

	def opened(path: str, user: str, **options) -> Page:
		page = visit("/api/method/ping", user, **options)
		page.on("pageerror", lambda error: broken.append(f"{page.url}: {error}"))
		page.goto(path)
		return page

	yield opened
	assert broken == []


@pytest.fixture(scope="session")
def axe_source() -> str:
	"""Return the source of axe, the accessibility checker, fetched once."""
	folder = ROOT / ".cache" / "axe"
	file = folder / "node_modules" / "axe-core" / "axe.min.js"
	if not file.exists():
		npm = shutil.which("npm")
		if not npm:
			pytest.skip("the accessibility check needs npm to fetch axe-core")
		folder.mkdir(parents=True, exist_ok=True)
		quiet = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts")
		if subprocess.call([npm, "install", *quiet, "--prefix", str(folder), AXE]):
			pytest.skip("axe-core could not be fetched from the npm registry")
	return file.read_text()


@pytest.fixture
def serious_violations(axe_source):
	"""serious_violations(page, selector) returns what axe finds serious or critical in a part of a page."""

	def check(page: Page, selector: str) -> list[str]:
		page.evaluate(axe_source)
		found = page.evaluate("selector => axe.run(selector, {resultTypes: ['violations']})", selector)
		return [
			f"{violation['id']}: {node['target']} {node['failureSummary']}"
			for violation in found["violations"]
			if violation["impact"] in ("serious", "critical")
			for node in violation["nodes"]
		]

	return check
