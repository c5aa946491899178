"""Of enrolments whose rows are written together, what is refused or breaks is undone by itself, and the others are made."""

import frappe
import pytest

from smooth_lms_hr.sources import attempts, inserting
from tests.site import factory
from tests.site.enrolling import alone, enrolled, rows_written, together
from tests.site.faults.others import ENROLLMENT, errors, hang
from tests.site.queries import Queries


@pytest.fixture
def courses():
	return [factory.course(title) for title in ("A", "B", "C")]


def test_who_is_refused_is_refused_alone(courses, monkeypatch):
	first, bad, last = courses

	def refuse(doc, method):
		if doc.course == bad:
			frappe.throw("No seats left")

	hang(monkeypatch, refuse, ENROLLMENT, "validate")
	member, before = factory.user(), errors(reference_name=bad)
	with Queries() as queries:
		answers = together(member, *courses)
	assert rows_written(queries) == 1
	assert [str(one.tried.error or "") for one in answers] == ["", "No seats left", ""]
	assert enrolled(member) == {first, last}
	assert "No seats left" not in str(frappe.local.message_log)
	assert errors(reference_name=bad) == before + 1


@pytest.mark.parametrize("event", ["after_insert", "on_update", "on_change"])
def test_what_breaks_after_the_row_undoes_that_enrolment_and_all_that_was_done_for_it(
	courses, monkeypatch, event
):
	first, bad, last = courses

	def listen(doc, method):
		frappe.get_doc({"doctype": "ToDo", "description": doc.name}).insert(ignore_permissions=True)
		if doc.course == bad:
			frappe.msgprint("Half way in")
			raise RuntimeError("no such field")

	hang(monkeypatch, listen, ENROLLMENT, event)
	member = factory.user()
	answers = together(member, *courses)
	assert [bool(one.tried.error) for one in answers] == [False, True, False]
	assert enrolled(member) == {first, last}
	assert [bool(frappe.db.exists("ToDo", {"description": one.name})) for one in answers] == [
		True,
		False,
		True,
	]
	assert "Half way in" not in str(frappe.local.message_log)


def test_what_was_written_before_the_row_goes_with_it(courses, monkeypatch):
	"""What a hook writes and says before the row is undone too where one of its other hooks breaks after it."""
	first, bad, last = courses

	def write(doc, method):
		frappe.get_doc({"doctype": "ToDo", "description": doc.course}).insert(ignore_permissions=True)

	def say(doc, method):
		if doc.course == bad:
			frappe.msgprint(f"About {doc.course}")

	def break_down(doc, method):
		if doc.course == bad:
			raise RuntimeError("no such field")

	hang(monkeypatch, break_down, ENROLLMENT)
	with monkeypatch.context() as patched:
		hang(patched, write, ENROLLMENT, "validate")
		member = factory.user()
		together(member, *courses)
	assert enrolled(member) == {first, last}
	assert {course for course in courses if frappe.db.exists("ToDo", {"description": course})} == {
		first,
		last,
	}
	hang(monkeypatch, say, ENROLLMENT, "validate")
	member = factory.user()
	together(member, *courses)
	assert enrolled(member) == {first, last}
	assert f"About {bad}" not in str(frappe.local.message_log)


def test_whom_another_app_has_enrolled_meanwhile_is_not_enrolled_twice(courses, monkeypatch):
	first, second, _third = courses

	def bundle(doc, method):
		if doc.course == second:
			frappe.get_doc({"doctype": ENROLLMENT, "member": doc.member, "course": first}).insert(
				ignore_permissions=True
			)

	hang(monkeypatch, bundle, ENROLLMENT, "validate")
	member = factory.user()
	answers = together(member, *courses)
	assert [bool(one.tried.error) for one in answers] == [True, False, False]
	assert "was enrolled by another app" in answers[0].tried.words
	assert sorted(frappe.get_all(ENROLLMENT, {"member": member}, pluck="course")) == sorted(courses)


def test_where_the_statement_fails_the_culprit_is_found(courses, monkeypatch):
	first, bad, last = courses

	def spoil(doc, method):
		if doc.course == bad:
			# No database takes a second row of that name.
			doc.name = taken

	(earlier,) = alone(factory.user(), first)
	taken = earlier.name
	hang(monkeypatch, spoil, ENROLLMENT, "before_save")
	member = factory.user()
	answers = together(member, *courses)
	assert [bool(one.tried.error) for one in answers] == [False, True, False]
	assert enrolled(member) == {first, last}
	assert frappe.db.get_value(ENROLLMENT, taken, "member") == earlier.member


def test_a_deadlock_goes_up(courses, monkeypatch):
	def lose(*args):
		raise frappe.QueryDeadlockError("1213")

	for event in ("validate", "on_update"):
		with monkeypatch.context() as patched:
			hang(patched, lose, ENROLLMENT, event)
			with pytest.raises(frappe.QueryDeadlockError):
				together(factory.user(), *courses)
	monkeypatch.setattr(inserting, "write_rows", lose)
	with pytest.raises(frappe.QueryDeadlockError):
		together(factory.user(), *courses)


@pytest.mark.parametrize("event", ["validate", "after_insert"])
def test_a_hook_that_rolls_everything_back_is_not_called_a_success(courses, monkeypatch, event):
	hang(monkeypatch, lambda doc, method: frappe.db.rollback(), ENROLLMENT, event)
	with pytest.raises(attempts.TransactionLost):
		together(factory.user(), *courses)


def test_a_hook_that_rolls_back_to_a_savepoint_of_its_own_keeps_what_it_has_written(courses, monkeypatch):
	"""Frappe counts its writes from 0 again then: the same number is not the same state."""

	def listen(doc, method):
		frappe.get_doc({"doctype": "ToDo", "description": doc.course}).insert(ignore_permissions=True)
		frappe.db.savepoint("theirs")
		frappe.db.rollback(save_point="theirs")
		while frappe.db.transaction_writes < counted[-1]:
			frappe.db.set_value("ToDo", {"description": doc.course}, "priority", "High")
		if doc.course == last:
			raise RuntimeError("no such field")

	last, counted = courses[-1], []
	begin = attempts.SharedSavepoint.begin

	def count(self):
		begin(self)
		counted.append(int(frappe.db.transaction_writes))

	monkeypatch.setattr(attempts.SharedSavepoint, "begin", count)
	hang(monkeypatch, listen, ENROLLMENT)
	together(factory.user(), *courses)
	assert [bool(frappe.db.exists("ToDo", {"description": each})) for each in courses] == [True, True, False]
