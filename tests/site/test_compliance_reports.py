"""The reports on what people hold and on their hours: what they show, add up, and whom (rule 9)."""

from datetime import timedelta

import frappe
import pytest
from frappe.permissions import add_user_permission

from smooth_lms_hr import api
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.queries import Queries
from tests.site.reports import department, read

STATUS, HOURS = "Compliance Status", "Training Hours"
MATCH = "Employee Compliance"


@pytest.fixture
def hr():
	return factory.hr_manager()


@pytest.fixture
def team():
	"""A boss, two of the team in two departments, and somebody of nobody's team."""
	boss = factory.employee(factory.user("Employee"), first_name="Boss")
	found = frappe._dict(boss=boss)
	for name, reports_to, unit in (
		("Ada", boss.name, "Forge"),
		("Bob", boss.name, "Bakery"),
		("Cy", None, "Forge"),
	):
		found[name.lower()] = factory.employee(
			factory.user("Employee"), first_name=name, reports_to=reports_to, department=department(unit)
		)
	return found


@pytest.fixture
def types():
	return [
		factory.compliance_type(documents=["Licence"], title="Crane", alert_days_before=10),
		factory.compliance_type(documents=["Paper"], title="Forklift", needs_verification=1),
	]


def stand(employee, of_type, status, ends=None, **values):
	factory.compliance(employee.name, of_type)
	ends_on = ends is not None and TODAY + timedelta(days=ends)
	frappe.db.set_value(
		MATCH,
		{"employee": employee.name, "compliance_type": of_type},
		{"status": status, "next_renewal_date": ends_on or None, **values},
	)


def cells(row):
	return [value for key, value in sorted(row.items()) if key.startswith("type_") and key.count("_") == 1]


@pytest.fixture
def held(hr, team, types):
	frappe.set_user(hr)
	crane, forklift = types
	stand(team.ada, crane, "Complete", 100)
	stand(team.ada, forklift, "Awaiting Verification")
	stand(team.bob, crane, "Due for Renewal", 5)
	stand(team.cy, crane, "Expired", -3)
	stand(team.cy, forklift, "Complete", 20)
	return frappe._dict(hr=hr, team=team, crane=crane, forklift=forklift)


def test_people_down_and_types_across(held):
	report = read(STATUS)
	assert [row["employee"] for row in report.rows] == [held.team[name].name for name in ("ada", "bob", "cy")]
	assert report.columns[:3] == ["employee_name", "type_0", "type_1"]
	ada, bob, cy = map(cells, report.rows)
	day = frappe.utils.formatdate
	assert ada == [f"Complete, ends on {day(TODAY + timedelta(days=100))}", "Awaiting Verification"]
	assert bob == [f"Due for Renewal, ends on {day(TODAY + timedelta(days=5))}", None]
	assert cy[0] == f"Expired on {day(TODAY - timedelta(days=3))}"
	assert report.sums == {
		"People": 3, "Hold All They Have To": "33.3%", "Due for Renewal": 1, "Expired": 1, "Awaiting Verification": 1,
		"Pending": 0,
	}  # fmt: skip
	assert report.chart["data"]["labels"] == ["Crane", "Forklift"]


def test_a_type_that_the_first_person_need_not_hold_stays_a_column_of_words(held):
	from smooth_lms_hr.smooth_lms_hr.report.compliance_status.compliance_status import execute

	across = [column for column in execute({})[0] if column["fieldname"].startswith("type_")]
	assert [column["align"] for column in across] == ["left", "left"]


def test_what_it_is_narrowed_to(held):
	assert [row["employee"] for row in read(STATUS, status="Expired").rows] == [held.team.cy.name]
	report = read(STATUS, compliance_type=held.forklift)
	assert [row["employee_name"].split()[0] for row in report.rows] == ["Ada", "Cy"]
	assert "type_1" not in report.columns
	ends = read(STATUS, ends_by=str(TODAY + timedelta(days=7)))
	assert {row["employee"] for row in ends.rows} == {held.team.bob.name, held.team.cy.name}
	assert {row["employee"] for row in read(STATUS, department=department("Forge")).rows} == {
		held.team.ada.name, held.team.cy.name
	}  # fmt: skip


def test_an_earlier_cycle_and_what_has_ended_is_not_counted(held):
	frappe.db.set_value(MATCH, {"employee": held.team.cy.name}, "is_current", 0)
	assert held.team.cy.name not in {row["employee"] for row in read(STATUS).rows}


def test_a_page_is_followed_by_the_next(held):
	first, second = read(STATUS, rows=2), read(STATUS, rows=2, page=2)
	assert [len(first.rows), len(second.rows)] == [2, 1]
	assert "Rows 1 to 2" in first.message
	assert not second.message
	assert first.sums == second.sums


def test_who_leads_sees_the_team_and_who_does_not_themselves(held):
	frappe.set_user(held.team.boss.user_id)
	assert {row["employee"] for row in read(STATUS).rows} == {held.team.ada.name, held.team.bob.name}
	assert read(STATUS).sums["People"] == 2
	frappe.set_user(held.team.cy.user_id)
	assert [row["employee"] for row in read(STATUS).rows] == [held.team.cy.name]


def test_hr_of_one_company_sees_that_one(held):
	other = factory.company("Elsewhere Ltd")
	frappe.set_user("Administrator")
	frappe.db.set_value(MATCH, {"employee": held.team.bob.name}, "company", other)
	frappe.db.set_value("Employee", held.team.bob.name, "company", other)
	add_user_permission("Company", other, held.hr, ignore_permissions=True)
	frappe.set_user(held.hr)
	assert [row["employee"] for row in read(STATUS).rows] == [held.team.bob.name]


def test_as_many_queries_for_a_page_of_many(held):
	def asked():
		with Queries() as queries:
			read(STATUS)
		return len(queries)

	asked()
	before = asked()
	for number in range(5):
		someone = factory.employee(factory.user("Employee"), first_name=f"Dora {number}")
		stand(someone, held.crane, "Complete", 50)
	assert asked() == before


# Hours


def learn(employee, hours, day="2026-03-01", **values):
	course = factory.course(lessons=1)
	frappe.db.set_value("LMS Course", course, "training_hours", hours)
	api.assign_mandatory_training(employees=[employee.name], courses=[course])
	factory.complete_lessons(employee.user_id, course)
	frappe.db.set_value(
		"LMS Training Evidence",
		{"member": employee.user_id, "course": course},
		{"completed_on": day, **values},
	)


def test_hours_of_the_year_by_person(hr, team):
	learn(team.ada, 2)
	learn(team.ada, 1.5)
	learn(team.ada, 8, day="2025-12-31")
	learn(team.bob, 4, status="Revoked")
	frappe.db.set_single_value("LMS Training Settings", "training_hours_target", 3)
	frappe.clear_document_cache("LMS Training Settings", "LMS Training Settings")
	frappe.set_user(hr)
	report = read(HOURS)
	rows = {row["employee"]: row for row in report.rows}
	ada, bob = rows[team.ada.name], rows[team.bob.name]
	assert (ada["hours"], ada["completed"], ada["missing"]) == (3.5, 2, 0)
	assert (bob["hours"], bob["completed"], bob["missing"]) == (0, 0, 3)
	assert report.sums["Hours"] == 3.5
	assert report.sums["People"] == len(report.rows)
	last = {row["employee"]: row for row in read(HOURS, year=2025).rows}
	assert last[team.ada.name]["hours"] == 8


def test_whoever_has_left_is_counted_where_they_learned(hr, team):
	learn(team.cy, 5)
	frappe.db.set_value("Employee", [team.cy.name, team.bob.name], "status", "Left")
	frappe.set_user(hr)
	shown = {row["employee"] for row in read(HOURS).rows}
	assert team.cy.name in shown
	assert team.bob.name not in shown


def test_hours_are_seen_by_whom_the_people_are_seen(hr, team):
	learn(team.ada, 2)
	learn(team.cy, 2)
	frappe.set_user(team.boss.user_id)
	report = read(HOURS)
	assert {row["employee"] for row in report.rows} == {team.boss.name, team.ada.name, team.bob.name}
	assert report.sums["Hours"] == 2
	frappe.set_user(team.cy.user_id)
	assert [row["employee"] for row in read(HOURS).rows] == [team.cy.name]


@pytest.mark.parametrize("year", ["0", "abc", 99999])
def test_a_year_that_is_none_is_refused(hr, year):
	frappe.set_user(hr)
	with pytest.raises(frappe.ValidationError, match="year"):
		read(HOURS, year=year)
