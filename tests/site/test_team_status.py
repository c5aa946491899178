"""Who is late with what: get_team_training_status, and the page /my-team-training that shows the same."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import set_request
from frappe.website.serve import get_response

from smooth_lms_hr import api
from smooth_lms_hr.www import my_team_training
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.queries import number_of

ASSIGNMENT = "LMS Training Assignment"


def department(name):
	if existing := frappe.db.get_value("Department", {"department_name": name}):
		return existing
	doc = frappe.get_doc({"doctype": "Department", "department_name": name, "company": factory.company()})
	return doc.insert(ignore_permissions=True).name


def owes(employee, course, status="Pending", due=10, **values):
	"""Make an assignment and put it into a state, with the due date so many days from today."""
	doc = frappe.get_doc({"doctype": ASSIGNMENT, "member": employee.user_id, "course": course}).insert()
	values = {"status": status, "due_date": TODAY + timedelta(days=due), **values}
	frappe.db.set_value(ASSIGNMENT, doc.name, values)
	return doc.name


@pytest.fixture
def team():
	"""A boss, two of her people, one more below, and somebody who reports to nobody here."""
	people = {}
	for name, reports_to, unit in (
		("boss", None, None),
		("lead", "boss", "Training Works"),
		("worker", "lead", "Training Works"),
		("clerk", "boss", "Training Office"),
		("stranger", None, None),
	):
		people[name] = factory.employee(
			factory.user("Employee"),
			first_name=name.title(),
			reports_to=people[reports_to].name if reports_to else None,
			department=department(unit) if unit else None,
		)
	return frappe._dict(people)


@pytest.fixture
def debts(team):
	"""What those people owe, by what it is called in the tests."""
	safety, conduct = factory.course("Safety"), factory.course("Conduct")
	return frappe._dict(
		safety=safety,
		conduct=conduct,
		late=owes(team.worker, safety, "Overdue", -5, progress=50),
		later=owes(team.clerk, safety, "Overdue", -2),
		soon=owes(team.lead, safety, "In Progress", 1, progress=10),
		open=owes(team.clerk, conduct, "Pending", 9),
		done=owes(team.worker, conduct, "Completed", 3, completed_on=TODAY, progress=100),
		done_late=owes(team.lead, conduct, "Completed", -3, completed_on=TODAY, progress=100),
		own=owes(team.boss, safety, "Overdue", -7),
		foreign=owes(team.stranger, safety, "Overdue", -7),
		waived=owes(team.stranger, conduct, "Waived", 5),
	)


def names(found):
	return [row.name for row in found["rows"]]


def test_a_manager_sees_the_team_at_any_depth_and_the_late_first(team, debts, as_user):
	as_user(team.boss.user_id)
	found = api.get_team_training_status()
	assert names(found) == [debts[key] for key in ("late", "later", "soon", "open", "done_late", "done")]
	assert found["total"] == 6
	assert found["summary"] == {
		"total": 6,
		"pending": 1,
		"in_progress": 1,
		"awaiting_signature": 0,
		"completed": 2,
		"overdue": 2,
		"waived": 0,
		"on_time_rate": 50.0,
	}
	first = found["rows"][0]
	assert first == {
		"name": debts.late,
		"member": team.worker.user_id,
		"member_name": first.member_name,
		"employee": team.worker.name,
		"employee_name": team.worker.employee_name,
		"department": team.worker.department,
		"manager": team.lead.name,
		"manager_name": team.lead.employee_name,
		"course": debts.safety,
		"course_title": "Safety",
		"due_date": TODAY - timedelta(days=5),
		"days_left": -5,
		"status": "Overdue",
		"progress": 50,
	}
	assert [row.days_left for row in found["rows"]] == [-5, -2, 1, 9, None, None]


def test_a_manager_may_name_a_manager_of_the_own_team_only(team, debts, as_user):
	as_user(team.boss.user_id)
	assert names(api.get_team_training_status(manager=team.lead.name)) == [debts.late, debts.done]
	assert len(names(api.get_team_training_status(manager=team.boss.name))) == 6
	as_user(team.lead.user_id)
	assert names(api.get_team_training_status()) == [debts.late, debts.done]
	for other in (team.boss.name, team.stranger.name, team.clerk.name, "HR-EMP-NONE"):
		with pytest.raises(frappe.PermissionError):
			api.get_team_training_status(manager=other)


def test_who_leads_nobody_is_refused(team, debts, as_user):
	for user in (team.worker.user_id, team.stranger.user_id, "Guest"):
		as_user(user)
		for manager in (None, team.boss.name):
			with pytest.raises(frappe.PermissionError):
				api.get_team_training_status(manager=manager)


def test_a_manager_who_has_left_leads_nobody(team, debts, as_user):
	frappe.db.set_value("Employee", team.boss.name, "status", "Left")
	as_user(team.boss.user_id)
	with pytest.raises(frappe.PermissionError):
		api.get_team_training_status()


def test_overseers_see_all_or_the_team_they_name(team, debts, as_user):
	for user in [factory.user(role) for role in ("System Manager", "HR Manager", "HR User", "Moderator")]:
		as_user(user)
		everybody = api.get_team_training_status(page_length=500)
		assert set(debts.values()) - {debts.safety, debts.conduct} <= set(names(everybody))
		assert everybody["summary"]["waived"] >= 1
		for manager in (team.lead.name, team.lead.user_id):
			assert names(api.get_team_training_status(manager=manager)) == [debts.late, debts.done]
		with pytest.raises(frappe.ValidationError, match="HR-EMP-NONE"):
			api.get_team_training_status(manager="HR-EMP-NONE")


def test_user_permissions_narrow_what_an_overseer_sees(team, debts, as_user):
	elsewhere = factory.company("Elsewhere Ltd")
	other = factory.employee(factory.user(), company=elsewhere)
	wanted = owes(other, debts.safety)
	hr = factory.user("HR User")
	frappe.get_doc(
		{"doctype": "User Permission", "user": hr, "allow": "Company", "for_value": elsewhere}
	).insert()
	as_user(hr)
	found = api.get_team_training_status()
	assert names(found) == [wanted]
	assert (found["total"], found["summary"]["total"]) == (1, 1)


def test_filters_narrow_rows_and_the_status_leaves_the_summary_alone(team, debts, as_user):
	as_user(team.boss.user_id)
	works = api.get_team_training_status(department=team.worker.department)
	assert names(works) == [debts[key] for key in ("late", "soon", "done_late", "done")]
	assert works["summary"]["total"] == 4
	assert names(api.get_team_training_status(course=debts.conduct, status="Pending")) == [debts.open]
	overdue = api.get_team_training_status(status="Overdue")
	assert names(overdue) == [debts.late, debts.later]
	assert (overdue["total"], overdue["summary"]["total"]) == (2, 6)
	assert api.get_team_training_status(company=team.boss.company)["total"] == 6


def test_pages_are_cut_from_the_same_order(team, debts, as_user):
	as_user(team.boss.user_id)
	whole = names(api.get_team_training_status())
	parts = [api.get_team_training_status(start=start, page_length="2") for start in (0, 2, "4", 6)]
	assert [name for part in parts for name in names(part)] == whole
	assert {part["total"] for part in parts} == {6}
	assert len(names(api.get_team_training_status(page_length=10**6))) == 6


@pytest.mark.parametrize(
	("argument", "value"),
	[
		("department", "No such department"),
		("company", "No such company"),
		("course", "no-such-course"),
		("status", "Finished"),
		("status", "Cancelled"),
		("start", "-1"),
		("start", "ten"),
		("page_length", "0"),
		("page_length", "1.5"),
	],
)
def test_bad_input_is_named(team, as_user, argument, value):
	as_user(factory.user("HR Manager"))
	with pytest.raises(frappe.ValidationError, match=value):
		api.get_team_training_status(**{argument: value})


def test_a_name_with_markup_comes_back_harmless(as_user):
	as_user(factory.user("HR Manager"))
	with pytest.raises(frappe.ValidationError) as raised:
		api.get_team_training_status(department="<img src=x>")
	assert "<img" not in str(raised.value)


def test_what_was_cancelled_does_not_count(team, debts, as_user):
	frappe.db.set_value(ASSIGNMENT, debts.late, "status", "Cancelled")
	as_user(team.boss.user_id)
	found = api.get_team_training_status()
	assert debts.late not in names(found)
	assert found["summary"]["total"] == found["total"] == 5


def test_nothing_completed_has_no_rate(team, as_user):
	owes(team.worker, factory.course())
	as_user(team.boss.user_id)
	assert api.get_team_training_status()["summary"]["on_time_rate"] is None


def many(employee, course, number):
	"""Write so many assignments at once."""
	start = frappe.db.count(ASSIGNMENT, {"member": employee.user_id, "course": course}) + 1
	fields = ["name", "member", "employee", "course", "cycle", "status", "due_date", "company"]
	rows = [
		(
			factory.unique("MANY"), employee.user_id, employee.name, course, cycle, "Overdue",
			TODAY - timedelta(days=cycle), employee.company,
		)
		for cycle in range(start, start + number)
	]  # fmt: skip
	frappe.db.bulk_insert(ASSIGNMENT, fields, rows)


def test_2000_rows_cost_the_queries_of_20(team, as_user):
	course = factory.course()
	counts = []
	for number in (20, 1980):
		many(team.worker, course, number)
		as_user(team.boss.user_id)
		api.get_team_training_status(page_length=500)  # warm: DocTypes, roles
		counts.append(
			(
				number_of(lambda: api.get_team_training_status(page_length=500)),
				number_of(lambda: page(status="all")),
			)
		)
		as_user("Administrator")
	assert counts[0] == counts[1]
	assert counts[1][0] <= 10


# ---- the page


def page(**arguments):
	"""Return the context of /my-team-training as the session user gets it."""
	frappe.local.form_dict = frappe._dict(arguments)
	context = frappe._dict()
	my_team_training.get_context(context)
	return context


def test_the_page_shows_what_is_open_first(team, debts, as_user):
	as_user(team.boss.user_id)
	context = page()
	assert names(context) == [debts[key] for key in ("late", "later", "soon", "open")]
	assert [row.due_in_words for row in context.rows] == [
		"5 days late",
		"2 days late",
		"tomorrow",
		"in 9 days",
	]
	assert context.remindable
	assert not context.may_switch
	assert context.departments == sorted({team.worker.department, team.clerk.department})
	assert names(page(status="Completed")) == [debts.done_late, debts.done]
	assert len(names(page(status="all", department=team.clerk.department))) == 2


def test_a_link_that_makes_no_sense_shows_the_page_all_the_same(team, debts, as_user):
	as_user(team.boss.user_id)
	assert len(names(page(status="Nonsense", department="Nowhere", start="-3", team="all"))) == 4


def test_the_pages_are_linked(team, as_user):
	many(team.worker, factory.course(), 120)
	as_user(team.boss.user_id)
	context = page(status="Overdue", start="50")
	assert (context.first, context.last, context.total) == (51, 100, 120)
	assert context.previous_url == "/my-team-training?status=Overdue"
	assert context.next_url == "/my-team-training?status=Overdue&start=100"
	assert page(status="Overdue", start="100").next_url is None


def test_who_leads_nobody_is_told_so(team, as_user):
	as_user(team.worker.user_id)
	context = page()
	assert context.refused
	assert context.http_status_code == 403
	assert "rows" not in context


def test_hr_may_look_at_everybody_or_at_the_own_team(team, debts, as_user):
	as_user(factory.user("HR Manager"))
	assert page().everybody
	assert page().remindable
	as_user(factory.user("HR User"))
	assert {debts.late, debts.foreign} <= set(names(page()))
	as_user("Administrator")
	frappe.get_doc("User", team.boss.user_id).add_roles("HR User")
	as_user(team.boss.user_id)
	assert debts.own not in names(page())
	assert debts.own in names(page(team="all"))
	assert page().may_switch


def test_what_people_are_called_is_no_markup_on_the_page(team, as_user):
	name = owes(team.worker, factory.course())
	frappe.db.set_value(ASSIGNMENT, name, {"course_title": "<i>Course</i>", "employee_name": "<b>Worker</b>"})
	as_user(team.boss.user_id)
	frappe.local.form_dict = frappe._dict()
	set_request(method="GET", path="/my-team-training")
	try:
		response = get_response()
	finally:
		del frappe.local.request
	html = response.get_data(as_text=True)
	assert response.status_code == 200
	assert f'data-assignment="{name}"' in html
	assert "<b>Worker" not in html
	assert "<i>Course" not in html
	assert "&lt;b&gt;Worker&lt;/b&gt;" in html


@pytest.fixture
def signatures(team, debts):
	"""What awaits a signature: in time, and since its due date."""
	course = factory.course("Policy", attestation="I have read it")
	waiting = {"status": "Awaiting Signature", "progress": 100}
	return frappe._dict(
		late=owes(team.lead, course, due=-4, **waiting), in_time=owes(team.worker, course, due=2, **waiting)
	)


def test_what_awaits_a_signature_is_late_by_its_date(team, debts, signatures, as_user):
	as_user(team.boss.user_id)
	found = api.get_team_training_status()
	late = [debts.late, signatures.late, debts.later]
	assert names(found)[:6] == [*late, debts.soon, signatures.in_time, debts.open]
	summary = found["summary"]
	assert (summary["total"], summary["overdue"], summary["awaiting_signature"]) == (8, 3, 2)
	assert [row.days_left for row in found["rows"][:3]] == [-5, -4, -2]


@pytest.mark.parametrize("start", range(4))
@pytest.mark.parametrize(
	("status", "expected"),
	[
		("Overdue", ("late", "signed late", "later")),
		("Awaiting Signature", ("signed late", "signed in time")),
		("In Progress", ("soon",)),
	],
)
def test_a_status_lists_as_many_as_it_counts(team, debts, signatures, as_user, status, expected, start):
	as_user(team.boss.user_id)
	of = debts | {"signed late": signatures.late, "signed in time": signatures.in_time}
	found = api.get_team_training_status(status=status, start=start)
	assert names(found) == [of[each] for each in expected[start:]]
	assert found["total"] == len(expected)


def test_the_page_says_how_many_await_a_signature(team, signatures, as_user):
	as_user(team.boss.user_id)
	set_request(method="GET", path="/my-team-training")
	try:
		html = get_response().get_data(as_text=True)
	finally:
		del frappe.local.request
	assert "<dt>Awaiting Signature</dt><dd>2</dd>" in html
