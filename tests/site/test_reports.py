"""The reports: what they count, and that nobody reads in them what the lists would not show (rule 9)."""

from datetime import timedelta

import frappe
import pytest
from frappe.desk.query_report import get_script

from smooth_lms_hr import api
from smooth_lms_hr.showing import figures, tables
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.reports import (
	AUDIT,
	KPIS,
	ONBOARDINGS,
	TEAM,
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


# Onboarding Training Status


def test_who_is_ready_to_start(hr):
	course = factory.course("Safety", lessons=1)
	ready, late = factory.employee(factory.user()), factory.employee(factory.user())
	frappe.set_user(hr)
	hires = [factory.onboarding(employee=each.name) for each in (ready, late)]
	hires.append(factory.onboarding())
	for hire in hires[:2]:
		hire.submit()
		frappe.set_user("Administrator")
		factory.finish_tasks(hire, required_only=hire is hires[1])
		frappe.set_user(hr)
	factory.complete_lessons(ready.user_id, course)
	put(factory.assignment(member=late.user_id).name, "Overdue", due=-2, progress=50)
	report = read(ONBOARDINGS)
	rows = {row["onboarding"]: row for row in report.rows}
	assert set(rows) == {hire.name for hire in hires}
	done, behind, unknown = (rows[hire.name] for hire in hires)
	assert (done["ready"], done["missing"], done["tasks_percent"], done["training_percent"]) == (
		"Ready", "", 100, 100
	)  # fmt: skip
	assert behind["ready"] == "Tasks and training open"
	assert behind["missing"] == "1 of 2 tasks, 1 of 1 courses"
	assert (behind["tasks_percent"], behind["training_percent"], behind["overdue"]) == (50, 50, 1)
	assert behind["next_due"] == TODAY - timedelta(days=2)
	assert "Waiting for Employee" in unknown["missing"]
	assert unknown["training_percent"] is None
	assert report.sums == {
		"Hires": 3, "Ready to Start": 1, "Late With Training": 1, "Training Not Assigned Yet": 1
	}  # fmt: skip
	assert [row["onboarding"] for row in read(ONBOARDINGS, ready="Ready").rows] == [hires[0].name]
	assert not read(ONBOARDINGS, from_date="2030-01-01").rows
	assert len(read(ONBOARDINGS, from_date="2026-11-01", to_date="2026-11-30").rows) == 3


def test_courses_owed_before_the_onboarding_count_too(hr, people):
	frappe.set_user(hr)
	hire = factory.onboarding(employee=people.smith.name)
	(row,) = read(ONBOARDINGS).rows
	assert (row["onboarding"], row["courses"], row["completed"]) == (hire.name, 2, 0)


# Team Training Status


def test_a_manager_reads_the_team_and_hr_reads_all(people, hr):
	put(owed(people, "apprentice"), "Overdue", due=-5, progress=20)
	put(owed(people, "baker"), "Completed", due=3, completed_on=TODAY, progress=100)
	frappe.set_user(people.smith.user_id)
	report = read(TEAM)
	assert {row["person"] for row in report.rows} == {"Apprentice"}
	first = report.rows[0]
	assert (first["status"], first["days_late"], first["progress"], first["manager_name"]) == (
		"Overdue", 5, 20, "Smith"
	)  # fmt: skip
	frappe.set_user(hr)
	report = read(TEAM)
	assert {row["person"] for row in report.rows} == {"Smith", "Apprentice", "Baker"}
	assert report.sums == {
		"Open": 5, "Overdue": 1, "Completed": 1, "Waived": 0, "Completed on Time": "100%"
	}  # fmt: skip
	assert {row["person"] for row in read(TEAM, manager=people.smith.name).rows} == {"Apprentice"}
	assert {row["status"] for row in read(TEAM, status="Open").rows} == {"Pending", "Overdue"}
	assert {row["course"] for row in read(TEAM, course=people.courses[1]).rows} == {people.courses[1]}
	assert {row["person"] for row in read(TEAM, department=department("Bakery")).rows} == {"Baker"}
	assert not read(TEAM, company=factory.company("Elsewhere Ltd")).rows


def test_whoever_leads_nobody_gets_no_team(people):
	frappe.set_user(people.apprentice.user_id)
	with pytest.raises(frappe.PermissionError):
		read(TEAM)
	frappe.set_user(people.smith.user_id)
	with pytest.raises(frappe.PermissionError):
		read(TEAM, manager=people.boss.name)


def test_a_report_shows_a_page_and_says_so(people, hr, monkeypatch):
	monkeypatch.setattr(tables, "ROWS", 4)
	frappe.set_user(hr)
	report = read(TEAM)
	assert len(report.rows) == 4
	assert "Rows 1 to 4" in report.message
	assert "Page to 2" in report.message
	assert report.sums["Open"] == 6
	rest = read(TEAM, page="2")
	assert not rest.message
	assert rest.sums == report.sums
	assert rest.chart == report.chart
	both = [row["assignment"] for row in (*report.rows, *rest.rows)]
	assert both == [row["assignment"] for row in read(TEAM, rows="20").rows]
	assert len(both) == 6


def test_the_audit_has_pages(people, hr, monkeypatch):
	monkeypatch.setattr(tables, "ROWS", 4)
	frappe.set_user(hr)
	everything = read(AUDIT, rows=500).rows
	first, second = read(AUDIT), read(AUDIT, page=2)
	assert "rows 1 to 4" in first.message
	assert "Page to 2" in first.message
	assert first.rows + second.rows == everything[:8]
	assert not read(AUDIT, page=50).rows


@pytest.mark.parametrize("report", [TEAM, AUDIT])
@pytest.mark.parametrize("asked", [{"page": 0}, {"page": "x"}, {"rows": tables.MAX_ROWS + 1}, {"rows": -1}])
def test_a_page_that_there_cannot_be_is_refused(hr, report, asked):
	frappe.set_user(hr)
	with pytest.raises(frappe.ValidationError, match="whole number"):
		read(report, **asked)


@pytest.mark.parametrize("report", [ONBOARDINGS, TEAM])
def test_what_the_desk_scripts_share_is_handed_out_with_the_report(hr, report):
	frappe.set_user(hr)
	script = get_script(report)["script"]
	assert "{% include" not in script
	assert script.index("training.colour = ") < script.index(f'frappe.query_reports["{report}"]')


# All of them


def test_no_report_for_who_has_no_part_in_it(people):
	users = [factory.user(role) for role in ("Employee", "LMS Student", "Course Creator")]
	for user in (*users, "Guest"):
		frappe.set_user(user)
		for report in (ONBOARDINGS, TEAM, KPIS, AUDIT):
			with pytest.raises(frappe.PermissionError):
				read(report)


def test_hr_and_moderators_read_all_reports_on_assignments(people):
	put(owed(people, "smith"), "Overdue", due=-1)
	for user in [factory.user(role) for role in ("System Manager", "HR Manager", "HR User", "Moderator")]:
		frappe.set_user(user)
		assert len(read(TEAM).rows) == 6
		assert read(KPIS).sums["Overdue"] == "1"
		assert {row["kind"] for row in read(AUDIT).rows} == {"Assigned"}


def test_user_permissions_narrow_every_report(people, hr):
	elsewhere = factory.company("Elsewhere Ltd")
	stranger = factory.employee(factory.user(), company=elsewhere)
	frappe.set_user(hr)
	api.assign_mandatory_training(employees=[stranger.name])
	api.waive([row.name for row in factory.assignments()], "All of them")
	frappe.set_user("Administrator")
	reader = factory.user("HR User")
	frappe.get_doc(
		{"doctype": "User Permission", "user": reader, "allow": "Company", "for_value": elsewhere}
	).insert()
	frappe.set_user(reader)
	assert {row["employee"] for row in read(TEAM).rows} == {stranger.name}
	assert sum(row["people"] for row in read(KPIS).rows) == 1
	assert {row["employee"] for row in read(AUDIT).rows} == {stranger.name}
	assert figures.counts_of_courses(people.courses)[people.courses[0]]["open"] == 0
	assert sum(count for _month, count, _in_time in figures.completions_per_month(TODAY)) == 0
