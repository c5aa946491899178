"""Escalations as tasks: one ToDo per assignment and person, which closes itself once nothing is owed any more."""

import json

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import escalations
from smooth_lms_hr.showing import kpis
from smooth_lms_hr.sources import listeners
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.mailbox import owe_and_know, read_mails

ASSIGNMENT = "LMS Training Assignment"
MARKUP = '"<img src=x onerror=alert(1)>"'


@pytest.fixture(autouse=True)
def on(settings):
	settings.escalate_as_todo = 1
	settings.save()
	return settings


@pytest.fixture
def owed(worker):
	"""What the worker owes, and has been told of."""
	owe_and_know(worker)
	return factory.assignment(member=worker.user_id)


@pytest.fixture(params=["in a set", "one by one"])
def heard(request, monkeypatch):
	"""Whether somebody listens to ToDos: then each is written as a document."""
	if request.param == "one by one":
		asked = listeners.hears_of
		monkeypatch.setattr(
			escalations, "hears_of", lambda doctype, methods: doctype == "ToDo" or asked(doctype, methods)
		)


def todos(**filters):
	return frappe.get_all("ToDo", {"reference_type": ASSIGNMENT, **filters}, ["*"], order_by="creation, name")


def run(clock, *days):
	for day in days:
		clock(day)
		daily.run()


def test_an_escalation_is_a_task_of_the_manager(heard, owed, boss, clock):
	run(clock, 31)
	(todo,) = todos()
	assert (todo.allocated_to, todo.reference_name, todo.status, todo.priority, str(todo.date)) == (
		boss.user_id, owed.name, "Open", "High", "2026-12-24",
	)  # fmt: skip
	for said in (owed.employee_name, "Safety", frappe.utils.formatdate(owed.due_date)):
		assert said in todo.description
	assert json.loads(factory.assignment(name=owed.name)._assign) == [boss.user_id]
	assert [subject for to, subject, _text in read_mails(boss.user_id)], "the mail is sent all the same"


def test_it_is_one_however_often_the_ladder_comes_round(owed, boss, clock, on):
	hr = factory.user("HR Manager")
	run(clock, 31, 32, 38, 44, 45, 52, 59)
	assert sorted(todo.allocated_to for todo in todos()) == sorted([boss.user_id, hr])


def test_a_task_that_somebody_closed_is_not_opened_again(owed, boss, clock):
	hr = factory.user("HR Manager")
	run(clock, 44)
	frappe.get_doc("ToDo", todos(allocated_to=hr)[0].name).update({"status": "Closed"}).save()
	read_mails()
	run(clock, 45, 52, 59)
	assert [todo.status for todo in todos(allocated_to=hr)] == ["Closed"]
	assert len(read_mails(hr)) == 3, "the mail comes round all the same"


def test_a_new_due_date_that_is_missed_too_is_a_new_task(owed, boss, clock):
	run(clock, 31)
	frappe.get_doc("ToDo", todos()[0].name).update({"status": "Closed"}).save()
	api.extend_due_date([owed.name], "2027-01-31", "Abroad")
	run(clock, 70)
	assert [todo.status for todo in todos(allocated_to=boss.user_id)] == ["Closed", "Open"]


def test_while_one_is_open_there_is_no_second(owed, boss, clock):
	run(clock, 31)
	api.extend_due_date([owed.name], "2027-01-31", "Abroad")
	run(clock, 70)
	assert [todo.status for todo in todos(allocated_to=boss.user_id)] == ["Open"]


@pytest.mark.parametrize("end", ["complete", "waive", "cancel"])
def test_it_closes_itself_when_nothing_is_owed_any_more(heard, owed, boss, clock, end):
	own = frappe.get_doc(
		{"doctype": "ToDo", "allocated_to": boss.user_id, "reference_type": ASSIGNMENT,
			"reference_name": owed.name, "description": "Call her"}
	).insert()  # fmt: skip
	run(clock, 31)
	if end == "complete":
		factory.complete_lessons(owed.member, owed.course)
	elif end == "waive":
		api.waive([owed.name], "Knows it")
	else:
		frappe.db.set_value("Employee", owed.employee, "status", "Left")
		doc = frappe.get_doc("Employee", owed.employee)
		doc.relieving_date = TODAY
		doc.save()
	assert factory.assignment(name=owed.name).status in ("Completed", "Waived", "Cancelled")
	assert {todo.status for todo in todos() if todo.name != own.name} == {"Closed"}
	assert frappe.db.get_value("ToDo", own.name, "status") == "Open", "what people ask one another is theirs"
	assert json.loads(factory.assignment(name=owed.name)._assign) == [boss.user_id]


def test_what_breaks_at_tasks_keeps_nobody_from_learning_and_is_made_good(owed, boss, clock, monkeypatch):
	run(clock, 31)
	asked = listeners.hears_of
	monkeypatch.setattr(
		escalations, "hears_of", lambda doctype, methods: doctype == "ToDo" or asked(doctype, methods)
	)
	with monkeypatch.context() as broken:
		todo = type(frappe.get_doc("ToDo", todos()[0].name))

		def refuse(self):
			raise RuntimeError("not today")

		broken.setattr(todo, "validate", refuse)
		factory.complete_lessons(owed.member, owed.course)
	assert factory.assignment(name=owed.name).status == "Completed"
	assert [todo.status for todo in todos()] == ["Open"]
	summary = daily.run()
	assert [todo.status for todo in todos()] == ["Closed"]
	assert summary["tasks_closed"] == 1


def test_what_breaks_at_tasks_keeps_no_escalation_from_being_mailed(owed, boss, clock, monkeypatch):
	monkeypatch.setattr(escalations, "hears_of", lambda doctype, methods: True)

	def refuse(self):
		raise RuntimeError("not today")

	monkeypatch.setattr(type(frappe.new_doc("ToDo")), "validate", refuse)
	run(clock, 31)
	assert [subject for to, subject, _text in read_mails(boss.user_id)]
	assert todos() == []
	assert frappe.db.exists("Error Log", {"reference_doctype": ASSIGNMENT, "reference_name": owed.name})
	assert not frappe.db.exists("LMS Training Notification", {"kind": "Task"})


def test_switched_off_there_are_none(owed, boss, clock, on):
	on.reload()
	on.escalate_as_todo = 0
	on.save()
	run(clock, 31, 44)
	assert todos() == []


def test_a_digest_is_no_escalation(owed, boss, clock, on):
	on.reload()
	on.manager_digest, on.reminder_ladder = "Daily", []
	on.save()
	run(clock, 25, 31)
	assert todos() == []


def test_names_of_others_are_text_in_it(owed, boss, clock):
	frappe.db.set_value(ASSIGNMENT, owed.name, {"employee_name": MARKUP, "course_title": MARKUP})
	run(clock, 31)
	assert "<img" not in todos()[0].description


def test_no_more_queries_for_many_than_for_one(boss, clock, worker, monkeypatch):
	people = [worker, *(factory.employee(factory.user(), reports_to=boss.name) for _ in range(4))]
	owe_and_know(*people)
	run(clock, 31)
	assert len(todos()) == 5
	names = [todo.reference_name for todo in todos()]
	counted = []
	sql = frappe.db.sql
	monkeypatch.setattr(frappe.db, "sql", lambda *args, **named: counted.append(args) or sql(*args, **named))
	for part in (names[:1], names[1:]):
		frappe.db.set_value(ASSIGNMENT, {"name": ("in", part)}, "status", "Waived")
		counted.clear()
		assert escalations.close(part) == len(part)
		counted.append(len(counted))
	assert counted[-1] <= 12


def test_the_figures_count_them_and_those_that_are_open(owed, boss, clock):
	other = factory.employee(factory.user(), reports_to=boss.name)
	factory.onboarding(employee=other.name)
	run(clock, 31)
	api.waive([owed.name], "Knows it")
	figures = kpis.by_month(TODAY.replace(day=1), TODAY, clock(31))
	total = [(figure.tickets, figure.tickets_open) for figure in figures.values() if figure.tickets]
	assert total == [(2, 1)]


def test_nobody_counts_what_they_may_not_see(owed, boss, clock, as_user):
	run(clock, 31)
	as_user(factory.employee(factory.user()).user_id)
	figures = kpis.by_month(TODAY.replace(day=1), TODAY, clock(31))
	assert sum(figure.tickets for figure in figures.values()) == 0
