"""A lesson, and a decision about the same assignment between what the lesson reads of it and what it writes."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr.assigning import assignments
from smooth_lms_hr.following import progress
from smooth_lms_hr.sources.names import ASSIGNMENT
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.faults.others import hang

LATE, LATER = TODAY - timedelta(days=1), TODAY + timedelta(days=9)


@pytest.fixture(params=[False, True], ids=["nobody listens", "another app listens"])
def owed(request, monkeypatch):
	"""A course of four lessons, begun by nobody and late since today; with what another app has heard of it."""
	member, course = factory.user(), factory.course(lessons=4)
	doc = frappe.get_doc({"doctype": ASSIGNMENT, "member": member, "course": course}).insert()
	frappe.db.set_value(ASSIGNMENT, doc.name, {"due_date": LATE, "status": "Overdue"})
	heard = []
	if request.param:
		hang(monkeypatch, lambda doc, method: heard.append(doc.status), event="on_update")
	return frappe._dict(name=doc.name, member=member, course=course, heard=heard, listens=request.param)


def meanwhile(monkeypatch, name: str, **values) -> None:
	"""Let somebody else write into an assignment right after it was read for a lesson, once."""
	read = progress._owed

	def be_overtaken(*args, **options):
		rows = read(*args, **options)
		if values:
			frappe.db.set_value(ASSIGNMENT, name, dict(values))
			values.clear()
		return rows

	monkeypatch.setattr(progress, "_owed", be_overtaken)


def learn(owed, *places: int) -> None:
	"""Complete lessons of the course, by their place from 1 on, as the learner."""
	from lms.lms.doctype.course_lesson.course_lesson import save_progress

	names = factory.lessons_of(owed.course)
	frappe.set_user(owed.member)
	for place in places:
		save_progress(names[place - 1], owed.course)
	frappe.set_user("Administrator")


def stored(name: str) -> tuple:
	return frappe.db.get_value(ASSIGNMENT, name, ["status", "progress", "due_date"])


def kinds(name: str) -> list[str]:
	return [event[0] for event in factory.events(name)]


@pytest.mark.parametrize("decided", ["Waived", "Cancelled", "Completed"])
@pytest.mark.parametrize("lesson", [1, 2, 4])
def test_what_is_settled_stays_as_it_was_decided(owed, monkeypatch, decided, lesson):
	learn(owed, *range(1, lesson))
	before = kinds(owed.name)
	meanwhile(monkeypatch, owed.name, status=decided, progress=0)
	learn(owed, lesson)
	assert stored(owed.name) == (decided, 0, LATE)
	assert kinds(owed.name) == before
	assert not frappe.db.count("LMS Training Evidence", {"assignment": owed.name})


def test_a_due_date_that_moves_in_the_same_moment_is_the_one_that_counts(owed, monkeypatch):
	meanwhile(monkeypatch, owed.name, due_date=LATER, status="Pending")
	learn(owed, 1)
	assert stored(owed.name) == ("In Progress", 25, LATER)
	assert kinds(owed.name) == ["Begun"]
	assert owed.heard == (["In Progress"] if owed.listens else [])


def test_a_due_date_that_moves_before_anybody_called_it_overdue_counts_too(owed, monkeypatch):
	frappe.db.set_value(ASSIGNMENT, owed.name, "status", "Pending")
	meanwhile(monkeypatch, owed.name, due_date=LATER)
	learn(owed, 1)
	assert stored(owed.name) == ("In Progress", 25, LATER)
	assert kinds(owed.name) == ["Begun"]


def test_a_due_date_that_moves_under_the_last_lesson_is_in_its_event(owed, monkeypatch):
	learn(owed, 1, 2, 3)
	meanwhile(monkeypatch, owed.name, due_date=LATER, status="In Progress")
	learn(owed, 4)
	assert stored(owed.name) == ("Completed", 100, LATER)
	assert factory.events(owed.name)[-1][:3] == ("Completed", "In Progress", "Completed")
	assert frappe.db.count("LMS Training Evidence", {"assignment": owed.name}) == 1


def test_who_begins_in_two_windows_at_once_has_begun_once(owed, monkeypatch):
	# Of another lesson: the clock stands still here, and what is written as it stands changes nothing.
	meanwhile(monkeypatch, owed.name, progress=24)
	learn(owed, 1)
	assert stored(owed.name) == ("Overdue", 25, LATE)
	assert kinds(owed.name) == []


def test_where_nothing_was_decided_nothing_is_locked_and_read_again(owed, monkeypatch):
	"""Also of a progress that no number of the computer's is equal to: the database compares what it has itself."""
	locked = []
	monkeypatch.setattr(assignments, "lock", lambda names: locked.append(names) or {})
	factory.add_lessons(owed.course, 3)
	learn(owed, *range(1, 8))
	assert locked == []
	assert stored(owed.name)[:2] == ("Completed", 100)
