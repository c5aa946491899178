"""What goes wrong in a daily run goes wrong for the one it is about: the others are done, and it is said what was not."""

import frappe
import pytest
from frappe.utils.synchronization import filelock

from smooth_lms_hr import daily
from smooth_lms_hr.assigning import assignments
from smooth_lms_hr.telling import mails
from tests.site import factory
from tests.site.conftest import harness
from tests.site.faults.others import errors, hang
from tests.site.mailbox import owe_and_know, read_mails

pytestmark = pytest.mark.usefixtures("settings")

ASSIGNMENT, LEDGER = "LMS Training Assignment", "LMS Training Notification"


@pytest.fixture
def people(boss):
	"""Five people of one team, who know that they owe a course."""
	found = [factory.employee(factory.user(), reports_to=boss.name) for _ in range(5)]
	owe_and_know(*found)
	frappe.db.delete("Error Log")
	return found


def row_of(employee):
	return factory.assignment(employee=employee.name)


def poison(monkeypatch, *names):
	"""Let the writing of these assignments fail."""
	change = assignments.change

	def refuse(rows, *args, **kwargs):
		if bad := [row.name for row in rows if row.name in names]:
			raise RuntimeError(f"{bad[0]} is broken")
		change(rows, *args, **kwargs)

	monkeypatch.setattr(assignments, "change", refuse)


@pytest.mark.parametrize("chunk", [1, 2, 3, 1000])
def test_a_row_that_breaks_stands_alone_and_all_others_are_done(people, monkeypatch, clock, chunk):
	monkeypatch.setattr(daily, "CHUNK", chunk)
	bad, *good = people
	name = row_of(bad).name
	for each in people:
		factory.learn_silently(each.user_id, row_of(each).course, 1)
	frappe.db.commit()
	with monkeypatch.context() as patched:
		poison(patched, name)
		summary = daily.run(clock(1))
	assert [row_of(each).status for each in people] == ["Pending", *["In Progress"] * 4]
	assert summary["In Progress"] == 4
	assert summary["not_done"] == [f"Comparing progress and due dates ({name}): {name} is broken"]
	assert summary["steps_failed"] == errors() == 1
	with monkeypatch.context() as patched:
		poison(patched, name)
		# Compared once more, and flagged: both in vain.
		summary = daily.run(clock(31))
	assert [row_of(each).status for each in people] == ["Pending", *["Overdue"] * 4]
	assert summary["steps_failed"] == 2
	daily.run()
	assert row_of(bad).status == "Overdue"
	assert good


def test_what_breaks_everywhere_is_not_tried_row_by_row(people, monkeypatch, clock):
	monkeypatch.setattr(daily, "ALONE", 2)
	monkeypatch.setattr(daily, "CHUNK", 2)
	monkeypatch.setattr(daily, "KEPT", 3)
	for each in people:
		factory.learn_silently(each.user_id, row_of(each).course, 1)
	frappe.db.commit()
	names = sorted(row_of(each).name for each in people)
	poison(monkeypatch, *names)
	tried = []
	step = daily.reconcile
	monkeypatch.setattr(
		daily, "reconcile", lambda part, today: (tried.append(len(part)), step(part, today))[1]
	)
	summary = daily.run(clock(1))
	assert tried == [2, 1, 1, 2, 1]
	assert summary["steps_failed"] == 4
	assert summary["not_done"][-1] == (
		f"Comparing progress and due dates ({names[2]} to {names[3]}): {names[2]} is broken"
	)
	assert len(summary["not_done"]) == 3


@pytest.mark.parametrize("finding", ["chunks_of_open", "chunks_of_late"])
def test_where_it_is_not_even_found_what_there_is_to_do_the_rest_is_done(people, monkeypatch, clock, finding):
	def fail(*args):
		raise RuntimeError("no such table")
		yield

	monkeypatch.setattr(daily, finding, fail)
	summary = daily.run(clock(31))
	assert summary["not_done"] == ["Comparing progress and due dates: no such table"]
	assert summary["mails"] == len(people) + 1


def breaking_for(*words):
	def handler(doc, method):
		if any(word in frappe.as_json(doc.as_dict()) for word in words):
			raise RuntimeError("no such channel")

	return handler


# What a daily run brings about, and whom a broken hook on it may keep from being told.
EVENTS = {
	"the bell": ("Notification Log", "after_insert", 1),
	"the mail": ("Email Queue", "before_insert", 1),
	"a change of an assignment": (ASSIGNMENT, "on_change", 0),
	"an update of an assignment": (ASSIGNMENT, "on_update", 0),
}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("log_is_broken_too", [False, True])
def test_a_broken_hook_silences_nobody_else(people, monkeypatch, clock, event, log_is_broken_too):
	doctype, method, silenced = EVENTS[event]
	bad, *good = people
	with monkeypatch.context() as patched:
		hang(patched, breaking_for(bad.user_id), doctype, method)
		if log_is_broken_too:
			hang(patched, breaking_for("Error Log"), "Error Log", "before_insert", "third_app.handler")
		summary = daily.run(clock(31))
		harness.run_jobs()
	assert {row.status for row in factory.assignments()} == {"Overdue"}
	assert (summary["not_told"], summary["not_done"]) == (silenced, [])
	assert set(factory_mails()) >= {each.user_id for each in good}
	# Of an assignment's change many hear, one of whom breaks; of a mail and a bell the person does, who is told later.
	assert (bad.user_id in factory_mails()) != bool(silenced)
	assert errors(method=("not like", "%Filelock%")) == (0 if log_is_broken_too else 1)
	read_mails()
	daily.run()
	assert factory_mails() == [bad.user_id] * silenced


def factory_mails():
	return frappe.get_all("Email Queue Recipient", pluck="recipient", order_by="recipient")


def test_a_mail_to_a_manager_that_cannot_be_made_is_made_by_the_next_run(people, boss, monkeypatch, clock):
	queue = mails.queue

	def refuse(template, user, *args, **kwargs):
		if user == boss.user_id:
			raise RuntimeError("no such picture")
		return queue(template, user, *args, **kwargs)

	clock(31)
	with monkeypatch.context() as patched:
		patched.setattr(mails, "queue", refuse)
		assert daily.run()["failed"] == [f"{boss.user_id}: no such picture"]
	assert not frappe.db.exists(LEDGER, {"recipient": boss.user_id})
	read_mails()
	daily.run()
	assert [to for to, *_rest in read_mails()] == [boss.user_id]


def test_of_very_many_who_cannot_be_told_the_first_are_named_and_all_are_counted(people, monkeypatch, clock):
	monkeypatch.setattr("smooth_lms_hr.telling.send.KEPT", 2)
	monkeypatch.setattr(mails, "queue", lambda *args, **kwargs: 1 / 0)
	summary = daily.run(clock(31))
	assert (summary["not_told"], len(summary["failed"])) == (len(people) + 1, 2)


def test_who_runs_while_another_run_is_under_way_is_told_so_and_does_nothing(people, clock):
	for each in people:
		factory.learn_silently(each.user_id, row_of(each).course, 1)
	today = clock(1)
	with filelock(daily.LOCK, timeout=0), pytest.raises(daily.AlreadyRunning, match="under way already"):
		daily.run(today)
	assert {row_of(each).status for each in people} == {"Pending"}
	# Whoever held the lock is done.
	assert daily.run(today)["In Progress"] == len(people)
