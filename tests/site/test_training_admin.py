"""/training-admin: what who oversees training sees of everybody's, what they may do there, and whom they find."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import frappe
import pytest
from frappe.utils import set_request
from frappe.website.serve import get_response

from smooth_lms_hr import desk
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.queries import number_of
from tests.site.two_companies import HERE, THERE

ASSIGNMENT = "LMS Training Assignment"
OVERSEERS = ("System Manager", "HR Manager", "HR User", "Moderator", "Training Auditor")
DECIDERS = ("System Manager", "HR Manager", "Moderator")


@pytest.fixture(autouse=True)
def _no_request_remains():
	yield
	for name in ("request", "request_ip"):
		if hasattr(frappe.local, name):
			delattr(frappe.local, name)


def page(user, **query):
	"""Return the answer to a browser that asks for the page."""
	frappe.set_user(user)
	set_request(method="GET", path="/training-admin", query_string=urlencode(query))
	frappe.local.form_dict = frappe._dict(query)
	return get_response()


def html_of(user, **query) -> str:
	answer = page(user, **query)
	assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
	return answer.get_data(as_text=True)


def rows_on(html: str) -> list[str]:
	return re.findall(r'<input type="checkbox" value="([^"]+)" data-status', html)


def people_on(html: str) -> list[str]:
	return re.findall(r"<td[^>]*>\s*<strong><bdi>([^<]+)</bdi></strong>", html)


def owes(employee, course, status="Pending", due=10, **values):
	doc = frappe.get_doc({"doctype": ASSIGNMENT, "member": employee.user_id, "course": course}).insert()
	values = {"status": status, "due_date": TODAY + timedelta(days=due), **values}
	frappe.db.set_value(ASSIGNMENT, doc.name, values)
	return doc.name


@pytest.fixture
def debts():
	"""What two people of two departments owe of two courses."""
	unit = factory.named("Department", "department_name", "Deep Sea", company=factory.company())
	ana, omar = (
		factory.employee(factory.user("Employee"), first_name=first, last_name=last, department=department)
		for first, last, department in (("Ana", "Quercia", unit), ("Omar", "Zwick", None))
	)
	safety, conduct = factory.course("Fire drill"), factory.course("Code of sailing")
	return frappe._dict(
		ana=ana,
		omar=omar,
		unit=unit,
		safety=safety,
		conduct=conduct,
		late=owes(ana, safety, "Overdue", -5),
		open=owes(omar, safety, "Pending", 9),
		done=owes(omar, conduct, "Completed", 3, completed_on=TODAY, progress=100),
		waived=owes(ana, conduct, "Waived", 5),
	)


# ---- who


def test_guests_are_led_to_login_and_back(as_user):
	answer = page("Guest", status="Overdue")
	assert answer.status_code == 302
	assert answer.location == "/login?redirect-to=%2Ftraining-admin%3Fstatus%3DOverdue"


@pytest.mark.parametrize("role", ["Employee", "LMS Student", "Course Creator"])
def test_who_oversees_nobody_is_refused_and_sees_nobody(debts, as_user, role):
	answer = page(factory.user(role), status="all")
	assert answer.status_code == 403
	html = answer.get_data(as_text=True)
	assert "those who oversee" in html
	for secret in ("Quercia", "Zwick", "Fire drill", debts.unit):
		assert secret not in html


def test_a_manager_is_sent_to_the_own_page(debts, as_user):
	boss = factory.employee(factory.user("Employee"))
	frappe.get_doc("Employee", debts.ana.name).update({"reports_to": boss.name}).save()
	assert page(boss.user_id).status_code == 403


@pytest.mark.parametrize("role", OVERSEERS)
def test_who_oversees_reads_and_who_decides_is_offered_it(debts, as_user, role):
	html = html_of(factory.user(role), company=debts.ana.company, status="all", person="Quercia")
	assert "Ana Quercia" in html
	assert "Fire drill" in html
	decides = role in DECIDERS
	assert ("data-decide" in html) is decides
	assert ('data-open="assign"' in html) is decides
	assert ("You read here" in html) is not decides


def test_who_has_no_desk_is_led_nowhere_in_it(debts, as_user):
	"""A Moderator is a user of the website: the role has no desk."""
	frappe.db.set_value("Role", "Moderator", "desk_access", 0)
	moderator = factory.user("Moderator")
	assert frappe.db.get_value("User", moderator, "user_type") == "Website User"
	html = html_of(moderator, person="Quercia")
	assert rows_on(html) == [debts.late]
	assert "/app" not in html


# ---- what is listed


def test_the_list_shows_what_is_open_the_late_first(debts, as_user):
	assert rows_on(html_of(factory.user("Moderator"), company=factory.company()))[:1] == [debts.late]
	html = html_of(factory.user("Moderator"), person="Quercia")
	assert rows_on(html) == [debts.late]
	assert "5 days late" in html


@pytest.mark.parametrize(
	("query", "wanted"),
	[
		({"status": "Overdue"}, ["late"]),
		({"status": "Completed"}, ["done"]),
		({"status": "Waived"}, ["waived"]),
		({"status": "all"}, ["late", "open", "done", "waived"]),
		({"status": "all", "course": "safety"}, ["late", "open"]),
		({"status": "all", "department": "unit"}, ["late", "waived"]),
		({"status": "all", "person": "zwick"}, ["open", "done"]),
		({"status": "all", "person": "omar-user"}, ["open", "done"]),
		({"status": "all", "person": "zwick", "course": "conduct"}, ["done"]),
		({"status": "all", "person": "Nobody of that name"}, []),
		({"status": "all", "person": "100%_\\"}, []),
	],
)
def test_it_is_narrowed_by_what_one_asks_for(debts, as_user, query, wanted):
	frappe.db.delete(
		ASSIGNMENT, {"name": ("not in", [debts[each] for each in ("late", "open", "done", "waived")])}
	)
	given = {key: debts.get(value, value) for key, value in query.items()}
	if given.get("person") == "omar-user":
		given["person"] = debts.omar.user_id
	assert rows_on(html_of(factory.user("HR Manager"), **given)) == [debts[each] for each in wanted]


def test_the_sums_are_of_what_one_asks_for_and_lead_to_it(debts, as_user):
	html = html_of(factory.user("HR Manager"), person="Quercia", status="Overdue")
	figures = re.findall(r'<strong class="[^"]*">(\d+)</strong> <span>([^<]+)</span>', html)
	assert {label: int(number) for number, label in figures} == {
		"Overdue": 1,
		"In Progress": 0,
		"Pending": 0,
		"Completed": 0,
		"Waived": 1,
	}
	assert re.search(r'<strong class="late">1</strong> <span>Overdue</span>', html)
	assert "/training-admin?status=Completed&amp;person=Quercia" in html
	# What is shown is marked, and leads back.
	assert re.search(r'<a href="/training-admin\?person=Quercia" aria-current="true">', html)


@pytest.mark.parametrize("query", [
	{"status": "Cancelled"}, {"status": "<b>"}, {"course": "nothing"}, {"company": "' or 1=1"}, {"department": "\0"},
	{"start": "-5"}, {"start": "ten"}, {"start": "9" * 40}, {"person": "<img src=x>" * 100}, {"tab": "elsewhere"},
	{"tab": "courses", "title": "%", "mandatory": "yes"}, {"tab": "courses", "start": "1e9"},
])  # fmt: skip
def test_nonsense_in_the_address_is_no_error(debts, as_user, query):
	html = html_of(factory.user("HR Manager"), **query)
	assert "<img src=x>" not in html
	assert "<b>" not in html


def test_text_of_others_is_text(as_user):
	course = factory.course("Ladders")
	frappe.db.set_value("LMS Course", course, "title", "<img src=x onerror=alert(1)>")
	worker = factory.employee(factory.user("Employee"), first_name="Ana", last_name="Quercia")
	owes(worker, course)
	frappe.db.set_value(
		ASSIGNMENT, {"course": course}, {"employee_name": "<i>Ana</i>", "course_title": "<img src=x>"}
	)
	for query in ({"person": "Quercia"}, {"tab": "courses"}):
		html = html_of(factory.user("HR Manager"), **query)
		assert "<img src=x" not in html
		assert "<i>Ana" not in html
		assert "&lt;img src=x" in html


def test_it_has_pages(debts, as_user):
	course = factory.course(lessons=0, is_mandatory=0)
	factory.insert(ASSIGNMENT, [
		{"name": factory.unique("MANY"), "member": debts.ana.user_id, "employee": debts.ana.name, "course": course,
			"cycle": cycle, "status": "Overdue", "due_date": TODAY - timedelta(days=cycle)}
		for cycle in range(1, 71)
	])  # fmt: skip
	hr = factory.user("HR Manager")
	first = html_of(hr, course=course)
	assert len(rows_on(first)) == 50
	assert "1 to 50 of 70" in first
	assert f"/training-admin?status=open&amp;course={course}&amp;start=50" in first
	assert len(rows_on(html_of(hr, course=course, start=50))) == 20


def test_many_rows_cost_the_queries_of_few(debts, as_user):
	hr, counts = factory.user("HR Manager"), []
	for number in (3, 46):
		frappe.set_user("Administrator")
		for _each in range(number):
			worker = factory.employee(factory.user("Employee"), last_name="Quercia")
			owes(worker, debts.safety)
			factory.course(factory.unique("Quick"), lessons=0)
		html_of(hr, person="Quercia")
		counts.append(
			(
				number_of(lambda: page(hr, person="Quercia", status="all")),
				number_of(lambda: page(hr, tab="courses")),
			)
		)
	# Once a page is full nothing is looked for behind it.
	assert all(many <= few for few, many in zip(*counts, strict=True))


def test_whom_user_permissions_leave_a_company_sees_nothing_of_the_other(world, as_user):
	hr = world.users["company-limited HR Manager"]
	for query in ({"status": "all"}, {"status": "all", "company": THERE}, {"tab": "courses"},
		{"status": "all", "person": world.people["there"].given}):  # fmt: skip
		html = html_of(hr, **query)
		shown = html.replace(f'value="{world.people["there"].given}"', "").replace(
			f"person={world.people['there'].given}", ""
		)
		for secret in (world.people["there"].assignment, world.people["there"].given, THERE):
			assert secret not in shown, (query, secret)
	assert world.people["team"].assignment in html_of(hr, status="all")


# ---- courses


def test_courses_are_listed_with_what_they_ask_for(debts, as_user):
	frappe.db.set_value("LMS Course", debts.safety, {"training_due_days": 14, "validity_days": 365})
	factory.course("Hidden draft", published=0)
	html = html_of(factory.user("Moderator"), tab="courses", title="Fire drill")
	assert people_on(html) == ["Fire drill"]
	for said in (">Mandatory<", "14", "365", "2 open", "1 overdue, 0 completed", "renewed from: Completion"):
		assert said in html
	assert "Hidden draft" not in html_of(factory.user("Moderator"), tab="courses")
	other = html_of(factory.user("Moderator"), tab="courses", title="Code of sailing")
	assert "30 (default)" in other
	assert "for ever" in other


def test_the_mandatory_ones_alone(debts, as_user):
	factory.course("Painting", is_mandatory=0)
	hr = factory.user("HR Manager")
	assert "Painting" in people_on(html_of(hr, tab="courses", title="Painting"))
	assert people_on(html_of(hr, tab="courses", title="Painting", mandatory=1)) == []


@pytest.mark.parametrize(("role", "changes"), [("Moderator", True), ("HR Manager", True), ("HR User", False)])
def test_who_may_change_courses_is_offered_it(debts, as_user, role, changes):
	assert ("data-training-due-days" in html_of(factory.user(role), tab="courses")) is changes


def test_who_sees_a_part_of_the_company_is_told_why_courses_are_closed(world, as_user):
	html = html_of(world.users["company-limited HR Manager"], tab="courses")
	assert "data-training-due-days" not in html
	assert "you see a part of it" in html


def test_an_auditor_has_no_courses_to_look_at_where_the_site_gives_no_right(debts, as_user):
	auditor = factory.user("Training Auditor")
	html = html_of(auditor, tab="courses")
	assert "tab=courses" not in html
	assert "data-training-due-days" not in html


# ---- whom one finds to assign to


def names(found):
	return [row["name"] for row in found["people"]]


def test_people_are_found_by_name_and_by_user(debts, as_user):
	as_user(factory.user("Moderator"))
	assert names(desk.find_people("querc")) == ["Ana Quercia"]
	assert desk.find_people(debts.omar.user_id)["people"] == [
		{"member": debts.omar.user_id, "name": "Omar Zwick", "department": None}
	]
	assert desk.find_people("Nobody of that name") == {"people": [], "more": False}


def test_who_left_or_cannot_log_in_is_not_found(debts, as_user):
	frappe.db.set_value("Employee", debts.ana.name, "status", "Left")
	frappe.db.set_value("User", debts.omar.user_id, "enabled", 0)
	as_user(factory.user("HR Manager"))
	assert names(desk.find_people("quercia")) == names(desk.find_people("zwick")) == []


def test_a_contractor_is_found(as_user):
	contractor = factory.user()
	frappe.db.set_value("User", contractor, "full_name", "Connie Tractor")
	as_user(factory.user("Moderator"))
	assert names(desk.find_people("tractor")) == ["Connie Tractor"]


@pytest.mark.parametrize("text", ["a", "", " ", None])
def test_a_letter_is_no_name(as_user, text):
	as_user(factory.user("Moderator"))
	with pytest.raises(frappe.ValidationError):
		desk.find_people(text)


@pytest.mark.parametrize("role", ["HR User", "Training Auditor", "Employee", "LMS Student", "Course Creator"])
def test_who_assigns_to_nobody_finds_nobody(debts, as_user, role):
	as_user(factory.user(role))
	with pytest.raises(frappe.PermissionError):
		desk.find_people("quercia")


def test_nobody_of_another_company_is_found(world, as_user):
	as_user(world.users["company-limited HR Manager"])
	assert names(desk.find_people(world.people["there"].given)) == []
	assert names(desk.find_people(world.people["team"].given)) != []


def test_more_than_are_shown_is_said(as_user):
	for _each in range(21):
		factory.employee(factory.user(), first_name="Legion", last_name=factory.unique("Of"))
	as_user(factory.user("HR Manager"))
	found = desk.find_people("Legion")
	assert (len(found["people"]), found["more"]) == (20, True)


def test_a_part_of_the_company_is_offered_to_who_may_read_employees(debts, as_user):
	assert 'value="part"' in html_of(factory.user("HR Manager"))
	assert 'value="part"' not in html_of(factory.user("Moderator"))


def test_of_a_part_nothing_is_offered_that_is_closed(world, as_user):
	html = html_of(world.users["company-limited HR Manager"])
	assert f'<option value="{HERE}">' in html
	assert f'<option value="{THERE}">' not in html
