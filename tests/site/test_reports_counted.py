"""What the KPIs count of a month, and what the audit says was changed, by whom and why."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import api, daily
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.debts import owe
from tests.site.reports import (
	AUDIT,
	KPIS,
	department,
	make_people,
	owed,
	put,
	read,
)


@pytest.fixture
def hr():
	return factory.hr_manager()


@pytest.fixture
def people(hr):
	return make_people(hr)


# Training KPIs


def test_the_figures_of_a_month(people, hr):
	put(
		owed(people, "smith"),
		"Completed",
		assigned=-40,
		completed_on=TODAY - timedelta(days=20),
		progress=100,
	)
	put(
		owed(people, "smith", 1),
		"Completed",
		assigned=-40,
		completed_on=TODAY - timedelta(days=2),
		progress=100,
	)
	put(owed(people, "apprentice"), "Overdue", due=-3, assigned=-40, progress=50)
	put(owed(people, "apprentice", 1), "Waived", assigned=-40)
	# Owed by nobody, and so in no figure.
	owe(factory.user(), people.courses[0], "Cancelled", assigned=-40, department=department("Forge"))
	frappe.set_user(hr)
	report = read(KPIS)
	rows = {(row["month"], row["department"]): row for row in report.rows}
	forge = rows["Oct 2026", department("Forge")]
	assert {key: forge[key] for key in ("assigned", "completed", "overdue", "people", "compliant")} == {
		"assigned": 3, "completed": 2, "overdue": 1, "people": 2, "compliant": 1
	}  # fmt: skip
	# Of three: 100, 100 and 50 percent; one of them within 30 days; one of two people done with everything.
	assert (forge["average"], forge["within"], forge["compliant_percent"]) == (83.3, 33.3, 50)
	bakery = rows["Nov 2026", department("Bakery")]
	# Assigned today: too early to say.
	assert (bakery["assigned"], bakery["within"], bakery["average"]) == (2, None, 0)
	assert report.sums["Completed Within 30 Days"] == "33.3%"
	described = set(report.columns) - {"month", "department"}
	assert report.message.count("<li") == len(described)
	assert not read(KPIS, department=department("Bridge")).rows
	assert len(read(KPIS, course=people.courses[0]).rows) == 2
	with pytest.raises(frappe.ValidationError, match="after the last"):
		read(KPIS, from_date="2026-11-02", to_date="2026-11-01")
	with pytest.raises(frappe.ValidationError, match="There is no"):
		read(KPIS, course="no such course")


def test_days_to_the_first_login_are_those_since_the_onboarding(hr):
	course = factory.course("Safety", lessons=0)
	quick, never, early = (factory.employee(factory.user()) for _ in range(3))
	frappe.set_user(hr)
	for each in (quick, never, early):
		factory.onboarding(employee=each.name)
	frappe.set_user("Administrator")
	for each, days in ((quick, -10), (never, -10), (early, -60)):
		put(factory.assignment(member=each.user_id).name, "Pending", assigned=days)
	# Not hired, and so not waited for.
	owe(factory.user(), course, assigned=-10)
	logins = (
		# Whoever logged in before, logged in for the first time after it all the same.
		(quick, TODAY - timedelta(days=20), "Success"),
		(quick, TODAY - timedelta(days=8), "Success"),
		(quick, TODAY - timedelta(days=9), "Failed"),
		(quick, TODAY - timedelta(days=1), "Success"),
		(early, TODAY - timedelta(days=5), "Success"),
	)
	frappe.db.delete("Activity Log", {"operation": "Login"})
	# Written down with every login; there is no request here to take it from.
	frappe.local.request_ip = "127.0.0.1"
	for each, day, status in logins:
		log = frappe.get_doc(
			{"doctype": "Activity Log", "user": each.user_id, "operation": "Login", "status": status, "subject": "in"}
		).insert(ignore_permissions=True)  # fmt: skip
		frappe.db.set_value("Activity Log", log.name, "creation", f"{day} 09:00:00", update_modified=False)
	frappe.set_user(hr)
	rows = {row["month"]: row for row in read(KPIS).rows if row["assigned"]}
	assert (rows["Nov 2026"]["login_days"], rows["Nov 2026"]["not_logged_in"]) == (2.0, 1)
	# The log begins after that hire was assigned: nothing can be said.
	assert (rows["Sep 2026"]["login_days"], rows["Sep 2026"]["not_logged_in"]) == (None, 0)


def test_tasks_are_shown_to_those_who_may_read_onboardings(hr):
	factory.course("Safety", lessons=0)
	frappe.set_user(hr)
	hire = factory.onboarding(employee=factory_worker().name)
	hire.submit()
	frappe.set_user("Administrator")
	factory.finish_tasks(hire, required_only=True)
	frappe.set_user(hr)
	rows = read(KPIS, to_date="2026-11-30").rows
	assert [row["tasks"] for row in rows if row["tasks"] is not None] == [50]
	frappe.set_user("Administrator")
	frappe.set_user(factory.user("HR User"))
	assert all(row["tasks"] is None for row in read(KPIS, to_date="2026-11-30").rows)


def factory_worker():
	before = frappe.session.user
	frappe.set_user("Administrator")
	try:
		return factory.employee(factory.user())
	finally:
		frappe.set_user(before)


# Assignment Audit


def test_who_changed_what_when_and_why(people, hr):
	moved, excused = owed(people, "smith"), owed(people, "baker")
	boss = factory.hr_manager()
	frappe.set_user(hr)
	api.extend_due_date([moved], "2027-01-31", "Parental leave <until> January")
	frappe.set_user(boss)
	api.waive([excused], "Holds a licence")
	report = read(AUDIT)
	rows = {(row["assignment"], row["kind"]): row for row in report.rows}
	date_moved, waived = rows[moved, "Due Date Moved"], rows[excused, "Waived"]
	assert (date_moved["changed_by"], date_moved["why"]) == (hr, "Parental leave ‹until> January")
	assert "2027" in date_moved["new"]
	assert (waived["changed_by"], waived["old"], waived["new"], waived["why"]) == (
		boss, "Pending", "Waived", "Holds a licence"
	)  # fmt: skip
	# Each has its own reason, however close together they are made.
	frappe.set_user(hr)
	api.extend_due_date([moved], "2027-02-28", "A second time")
	api.extend_due_date([moved], "2027-03-31", "A third time")
	said = [row["why"] for row in read(AUDIT, change="Due Date Moved").rows]
	assert said == ["A third time", "A second time", "Parental leave ‹until> January"]
	frappe.set_user(boss)
	assert [row["assignment"] for row in read(AUDIT, user=boss).rows] == [excused]
	assert {row["kind"] for row in read(AUDIT, change="Waived").rows} == {"Waived"}
	moves = read(AUDIT, employee=people.smith.name, change="Due Date Moved").rows
	assert {row["assignment"] for row in moves} == {moved}
	assert not read(AUDIT, to_date="2026-11-01").rows
	assert not read(AUDIT, from_date=str(TODAY + timedelta(days=1)), to_date="2026-12-31").rows
	assert read(AUDIT, from_date=str(TODAY), to_date=str(TODAY)).rows


def test_what_the_days_bring_is_in_the_audit_too(people, clock):
	late = {row.name for row in factory.assignments()}
	clock(31)
	daily.run()
	daily.run()
	rows = read(AUDIT, to_date=str(TODAY + timedelta(days=31)), change="Overdue").rows
	assert {row["assignment"] for row in rows} == late
	assert len(rows) == len(late)
	decided = read(AUDIT, to_date=str(TODAY + timedelta(days=31)), decisions_only=1).rows
	assert {row["kind"] for row in decided} == {"Assigned"}
	# Who asks for one of them by name means it.
	assert (
		read(AUDIT, to_date=str(TODAY + timedelta(days=31)), change="Overdue", decisions_only=1).rows == rows
	)
	assert {(row["changed_by"], row["old"], row["new"]) for row in rows} == {
		("Administrator", "Pending", "Overdue")
	}


def test_who_leaves_is_in_the_audit_with_the_reason(people, hr):
	leaver = people.baker
	leaver.reload()
	leaver.update({"status": "Left", "relieving_date": TODAY})
	leaver.save()
	frappe.set_user(hr)
	report = read(AUDIT, change="Cancelled")
	assert [(row["person"], row["old"], row["new"]) for row in report.rows] == 2 * [
		("Baker", "Pending", "Cancelled")
	]
	assert all("has left the company" in row["why"] for row in report.rows)
