"""One set of tests, two engines: a real bench (SITE_ENGINE=bench) or the embedded site (everywhere else)."""

import os
from datetime import date, timedelta

import pytest

ENGINE = os.environ.get("SITE_ENGINE", "embedded")

if ENGINE == "bench":
	from tests.site import bench_harness as harness
else:
	from embedded import harness


# Connected while pytest collects: the test modules import frappe.
harness.start()
if ENGINE == "bench":
	harness.clear_leftovers()

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _rolled_back(request):
	# What works in processes of its own, with real commits, must not wait for this one's locks.
	if "several_processes" in request.fixturenames:
		yield
		return
	with harness.rolled_back():
		yield


@pytest.fixture(autouse=True)
def clock(monkeypatch):
	"""Stop the site's clock at TODAY, about noon; clock(days) moves it to so many days later."""
	import frappe.utils
	import frappe.utils.data

	now = [frappe.utils.get_datetime(f"{TODAY} 12:00:00.123456")]

	def stand_still():
		return now[0]

	# now(), nowdate(), today() and getdate() of nothing all ask this one.
	monkeypatch.setattr(frappe.utils.data, "now_datetime", stand_still)
	monkeypatch.setattr(frappe.utils, "now_datetime", stand_still)
	for module in _modules_with("now_datetime"):
		monkeypatch.setattr(module, "now_datetime", stand_still)

	def move(days: int) -> date:
		now[0] = frappe.utils.get_datetime(f"{TODAY + timedelta(days=days)} 12:00:00.123456")
		return now[0].date()

	return move


def _modules_with(name: str):
	import sys

	return [
		module
		for key, module in list(sys.modules.items())
		if key.startswith("smooth_lms_hr.") and name in vars(module)
	]


@pytest.fixture
def hours(monkeypatch):
	"""hours(number) sets the clock that events and evidence are named by to so many hours from now."""
	import frappe

	from smooth_lms_hr.record import rows

	began, known = rows.moment(), frappe.flags.training_sealed_up_to
	monkeypatch.setattr(rows, "_last", 0)

	def move(number: float) -> None:
		monkeypatch.setattr(rows, "moment", lambda: began + int(number * 3_600_000_000))
		# What the next request does not know yet.
		frappe.flags.training_sealed_up_to = None

	yield move
	frappe.flags.training_sealed_up_to = known


@pytest.fixture
def bench_only():
	if ENGINE != "bench":
		pytest.skip("needs MariaDB: row locks, and several writers at once")


@pytest.fixture
def several_processes(bench_only):
	"""For tests whose work is done by processes of their own, which commit and clean up after themselves."""


@pytest.fixture
def second_connection():
	with harness.second_connection() as run:
		yield run


@pytest.fixture
def as_user():
	"""as_user(name) goes on as that user; the test ends as Administrator."""
	import frappe

	yield frappe.set_user
	frappe.set_user("Administrator")


@pytest.fixture
def hr(as_user):
	"""Somebody of HR, who is at work from here on."""
	from tests.site import factory

	name = factory.hr_manager()
	as_user(name)
	return name


@pytest.fixture
def hire():
	"""A person who has an Employee and a user already when HR starts the onboarding."""
	from tests.site import factory

	return factory.employee(factory.user())


@pytest.fixture
def owed(hire, hours):
	"""What the hire owes by an onboarding, written at a moment that ``hours`` moves on from."""
	from tests.site import factory

	hours(0)
	factory.course("Fire Safety")
	factory.onboarding(employee=hire.name)
	return factory.assignment(member=hire.user_id)


@pytest.fixture
def yearly(hire, hr):
	"""A course that counts for a year, which the hire has completed today."""
	from tests.site import factory

	course = factory.course("Safety", validity_days=365)
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	return course


@pytest.fixture
def course():
	"""A course that nobody owes unless a rule, or somebody, asks for it."""
	from tests.site import factory

	return factory.course("Forklift", is_mandatory=0)


@pytest.fixture
def driver():
	from tests.site import factory

	return factory.employee(factory.user(), designation=factory.designation("Driver"))


@pytest.fixture
def gate():
	"""gate(value) sets the gate: Off, Warn or Block."""
	import frappe

	def set_to(value: str) -> None:
		frappe.db.set_single_value("LMS Training Settings", "gate", value)

	return set_to


@pytest.fixture
def safety():
	"""A course that every new hire owes."""
	from tests.site import factory

	return factory.course("Fire Safety")


@pytest.fixture
def onboarding(hr, hire, safety):
	"""A submitted onboarding with tasks, whose person owes Fire Safety."""
	from tests.site import factory

	doc = factory.onboarding(employee=hire.name)
	doc.submit()
	return doc.reload()


@pytest.fixture
def two():
	"""Two users of one person: the one that is merged away, and the one that remains."""
	from tests.site import factory

	return factory.user(), factory.user()


@pytest.fixture
def world(monkeypatch):
	"""Two companies, and everybody who could be curious about the other one."""
	import frappe

	from tests.site import two_companies

	monkeypatch.setattr(frappe, "enqueue", lambda *args, **kwargs: None)
	return two_companies.build()


@pytest.fixture
def settings():
	"""LMS Training Settings without a digest, with an account to send from and nobody of HR to be told."""
	import frappe

	from tests.site import factory

	factory.mail_account()
	doc = frappe.get_doc("LMS Training Settings")
	doc.manager_digest = "Never"
	doc.save()
	# HR of this test alone is told: whoever else the site has is not HR now.
	frappe.db.delete("Has Role", {"role": "HR Manager", "parenttype": "User"})
	return doc


@pytest.fixture
def boss(settings):
	from tests.site import factory

	return factory.employee(factory.user())


@pytest.fixture
def worker(boss):
	from tests.site import factory

	return factory.employee(factory.user(), reports_to=boss.name)


@pytest.fixture
def team(boss, worker):
	"""team() returns what the worker of a boss owes, as it stands."""
	from tests.site import factory

	factory.course("Safety")
	factory.onboarding(employee=worker.name)
	name = factory.assignment(member=worker.user_id).name
	return lambda: factory.assignment(name=name)


@pytest.fixture
def parts(monkeypatch):
	"""The parts of a campaign in the background wait, until the test runs them."""
	from tests.site.parts import take_over

	return take_over(monkeypatch)


@pytest.fixture
def printed(monkeypatch):
	"""Return what was printed of certificates: name and days; each PDF says them."""
	from tests.site.certificates import take_over_printing

	return take_over_printing(monkeypatch)


@pytest.fixture
def no_engine(monkeypatch):
	"""Nothing here makes PDFs, until the test sets ``frappe.get_print`` by what this returns."""
	from tests.site.certificates import let_printing_fail

	let_printing_fail(monkeypatch)
	return monkeypatch
