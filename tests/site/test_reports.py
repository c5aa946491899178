"""The reports: what they count, and that nobody reads in them what the lists would not show (rule 9)."""

from datetime import timedelta

import frappe
import pytest
from frappe.desk.query_report import get_script
from frappe.desk.query_report import run as run_report

from smooth_lms_hr import api, daily
from smooth_lms_hr.showing import figures, tables
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.debts import owe

ASSIGNMENT = "LMS Training Assignment"
ONBOARDINGS, TEAM, KPIS, AUDIT = (
	"Onboarding Training Status",
	"Team Training Status",
	"Training KPIs",
	"Assignment Audit",
)


@pytest.fixture
def hr():
	return factory.hr_manager()


def read(report, **filters):
	"""Run a report as the desk does; rows as dicts, and the sums by label."""
	answer = run_report(report, filters=filters, ignore_prepared_report=True)
	rows = [row for row in answer["result"] if isinstance(row, dict)]
	return frappe._dict(
		rows=rows,
		sums={each["label"]: each["value"] for each in answer["report_summary"] or ()},
		chart=answer["chart"],
		message=answer["message"],
		columns=[column["fieldname"] for column in answer["columns"]],
	)


def department(name):
	if existing := frappe.db.get_value("Department", {"department_name": name}):
		return existing
	doc = frappe.get_doc({"doctype": "Department", "department_name": name, "company": factory.company()})
	return doc.insert(ignore_permissions=True).name


def put(name, status, due=10, assigned=0, **values):
	"""Put an assignment into a state: the due date and the day of assignment so many days from today."""
	values |= {"status": status, "due_date": TODAY + timedelta(days=due)}
	values["assigned_on"] = f"{TODAY + timedelta(days=assigned)} 09:00:00"
	frappe.db.set_value(ASSIGNMENT, name, values)


@pytest.fixture
def people(hr):
	"""Two departments with a manager each; everybody owes the same two courses, in various states."""
	courses = [factory.course("Safety", lessons=0), factory.course("Conduct", lessons=0)]
	found = frappe._dict(courses=courses)
	for name, reports_to, unit in (
		("boss", None, "Bridge"),
		("smith", "boss", "Forge"),
		("apprentice", "smith", "Forge"),
		("baker", "boss", "Bakery"),
	):
		found[name] = factory.employee(
			factory.user("Employee"),
			first_name=name.title(),
			reports_to=found[reports_to].name if reports_to else None,
			department=department(unit),
		)
	frappe.set_user(hr)
	api.assign_mandatory_training(employees=[found[name].name for name in ("smith", "apprentice", "baker")])
	frappe.set_user("Administrator")
	return found


def owed(people, name, course=0):
	return factory.assignment(employee=people[name].name, course=people.courses[course]).name


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
	assert figures.counts_of_course(people.courses[0])["open"] == 0
	assert sum(count for _month, count, _in_time in figures.completions_per_month(TODAY)) == 0
