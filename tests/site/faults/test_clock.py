"""The clock that is set back and forward between runs, a day that is missed: nobody is told twice, and it is seen."""

from collections import Counter
from datetime import timedelta

import frappe
import frappe.utils.data
import pytest

from smooth_lms_hr import daily
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.mailbox import owe_and_know, read_mails, run_days

pytestmark = pytest.mark.usefixtures("settings")

ASSIGNMENT, LEDGER = "LMS Training Assignment", "LMS Training Notification"


@pytest.fixture
def at(monkeypatch):
	"""at("2026-12-24 00:30:00") sets the site's clock."""

	def set_clock(moment):
		now = frappe.utils.get_datetime(moment)
		for module in (frappe.utils, frappe.utils.data, daily):
			monkeypatch.setattr(module, "now_datetime", lambda: now)
		return now

	return set_clock


def mails_of(clock, days) -> Counter:
	return Counter(mail for said in run_days_one_by_one(clock, days) for mail in said)


def run_days_one_by_one(clock, days):
	for day in days:
		yield from run_days(clock, day).values()


# Days on which it ran, and in their middle what the clock did.
STORIES = {
	"a day forward, and back": lambda days: [each for day in days for each in (day, day + 1, day)],
	"a day back, and forward": lambda days: [each for day in days[1:] for each in (day, day - 1, day)],
	"a week forward, and back": lambda days: [*days[:10], days[10] + 7, *days[10:]],
	"every day twice": lambda days: sorted([*days, *days]),
}


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("digest", ["Never", "Weekly"])
def test_nobody_is_told_twice_whatever_the_clock_does(boss, settings, clock, story, digest):
	settings.manager_digest = digest
	settings.save()
	factory.user("HR Manager")
	days = list(range(20, 62))
	first, second = (factory.employee(factory.user(), reports_to=boss.name) for _ in range(2))
	owe_and_know(first, second)
	calm = mails_of(clock, days)
	state = [(row.status, row.reminders_sent) for row in factory.assignments()]
	frappe.db.delete(LEDGER, {"kind": ("!=", "Assigned")})
	values = {"status": "Pending", "reminders_sent": 0, "last_reminded_on": None}
	frappe.db.set_value(ASSIGNMENT, {}, values, update_modified=False)
	moved = mails_of(clock, [*STORIES[story](days), days[-1]])
	assert {mail: count for mail, count in moved.items() if count > calm[mail]} == {}
	assert [(row.status, row.reminders_sent) for row in factory.assignments()] == state


def test_what_comes_before_what_was_said_is_not_said_after_it(worker, boss, clock):
	owe_and_know(worker)
	assert run_days(clock, 31)
	# On the day before it is due, as the clock has it now, nobody was told that it soon is.
	assert run_days(clock, 29, 30, 31, 32) == {}
	factory.user("HR Manager")
	assert run_days(clock, 44, 52)
	# Neither is HR, or a manager, told of a week that a later word has covered.
	assert run_days(clock, 45, 46) == {}


def test_an_hour_back_over_midnight_takes_nothing_back_that_is_true_again(worker, at):
	owe_and_know(worker)
	for moment, status in (
		("2026-12-24 00:30:00", "Overdue"),
		("2026-12-23 23:30:00", "Pending"),
		("2026-12-24 00:30:00", "Overdue"),
	):
		at(moment)
		daily.run()
		assert factory.assignment(member=worker.user_id).status == status
	assert len([to for to, *_rest in read_mails(worker.user_id)]) == 1


def test_over_the_ends_of_summer_time_a_day_is_a_day(worker, at):
	frappe.db.set_single_value("System Settings", "time_zone", "Europe/Berlin")
	for due in ("2027-03-28", "2027-10-31"):
		frappe.db.delete(LEDGER)
		owe_and_know(worker) if due.startswith("2027-03") else None
		values = {
			"due_date": due,
			"status": "Pending",
			"assigned_on": "2026-11-01",
			"due_date_set_on": "2026-11-01",
		}
		frappe.db.set_value(ASSIGNMENT, {"member": worker.user_id}, values)
		day = frappe.utils.getdate(due)
		for offset, status in ((-1, "Pending"), (0, "Pending"), (1, "Overdue")):
			for time in ("00:00:07", "02:30:00", "03:00:00", "23:59:59"):
				at(f"{day + timedelta(days=offset)} {time}")
				daily.run()
				assert factory.assignment(member=worker.user_id).status == status
				assert not daily.status()["late"]
		assert len(read_mails(worker.user_id)) == 2


def test_a_run_that_was_missed_is_seen(at):
	for last, now, late in (
		("2026-11-23 00:00:10", "2026-11-24 00:00:05", False),
		("2026-11-23 00:00:10", "2026-11-24 02:00:09", False),
		("2026-11-23 00:00:10", "2026-11-24 02:00:11", True),
		("2026-11-23 00:00:10", "2026-11-30 00:00:00", True),
		# The clock was set back: nothing is known to be missed.
		("2026-11-24 00:00:10", "2026-11-23 00:00:00", False),
	):
		frappe.db.set_single_value("LMS Training Settings", "last_run_on", last)
		at(now)
		assert daily.status()["late"] == late, (last, now)


def test_where_it_has_never_run_it_is_late_a_day_after_there_was_something_to_run_it(at):
	frappe.db.set_single_value("LMS Training Settings", "last_run_on", None)
	job = frappe.db.get_value("Scheduled Job Type", {"method": "smooth_lms_hr.tasks.daily"})
	if not job:
		job = frappe.get_doc(
			{
				"doctype": "Scheduled Job Type",
				"method": "smooth_lms_hr.tasks.daily",
				"frequency": "Daily Long",
			}
		).insert()
		job = job.name
	frappe.db.set_value("Scheduled Job Type", job, "creation", f"{TODAY} 12:00:00")
	for hours, late in ((25, False), (27, True)):
		at(f"{frappe.utils.get_datetime(f'{TODAY} 12:00:00') + timedelta(hours=hours)}")
		assert daily.status()["late"] == late
