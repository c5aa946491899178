"""Two users or two courses who owe the same become one (rule 14), with Frappe's own merge."""

import frappe
import pytest
from frappe.model.document import execute_action
from frappe.utils import getdate

from smooth_lms_hr import api, daily
from smooth_lms_hr.following import learning_doubles, merging
from smooth_lms_hr.record import reasons
from smooth_lms_hr.showing import history
from smooth_lms_hr.sources.names import EVENT
from tests.site import factory
from tests.site.debts import (
	ASSIGNMENT,
	ENROLLMENT,
	LESSON,
	VALIDITY,
	enrolled,
	learnt,
	merge,
	owe,
	rename,
	states,
	timeline,
)
from tests.site.queries import Queries

# What two people owe of a course, and what becomes of it.
COMBINATIONS = [
	# further progress, then the earlier due date
	({"progress": 10, "due": 30}, {"progress": 20, "due": 40}, ("Cancelled", "Pending")),
	({"status": "Overdue", "due": -3}, {"due": 4}, ("Overdue", "Cancelled")),
	# what counts still, and what does not
	({}, {"status": "Completed", "settled": -VALIDITY}, ("Cancelled", "Completed")),
	({}, {"status": "Completed", "settled": -VALIDITY - 1}, ("Pending", "Completed")),
	({}, {"status": "Waived", "settled": -1}, ("Cancelled", "Waived")),
	({}, {"status": "Waived", "settled": -VALIDITY - 1}, ("Pending", "Waived")),
	({}, {"status": "Cancelled"}, ("Pending", "Cancelled")),
	# what is settled stays settled
	(
		{"status": "Completed", "settled": -8},
		{"status": "Completed", "settled": -4},
		("Completed", "Completed"),
	),
	({"status": "Waived", "settled": -8}, {"status": "Completed", "settled": -9}, ("Waived", "Completed")),
	({"status": "Cancelled"}, {"status": "Cancelled"}, ("Cancelled", "Cancelled")),
]


class TestUsers:
	def test_what_both_owe_is_owed_once(self, two, hire):
		old, new = two
		course, alone = factory.course(validity_days=VALIDITY), factory.course()
		theirs = owe(hire.user_id, course, due=5)
		first = owe(old, course, due=9, assigned=-9)
		second = owe(new, course, due=8, assigned=-3)
		only_old = owe(old, alone, cycle=4)
		merge("User", old, new)
		assert states(member=new) == {
			first: ("Cancelled", 1),
			second: ("Pending", 2),
			only_old: ("Pending", 4),
		}
		assert states(member=old) == {}
		assert states(member=hire.user_id) == {theirs: ("Pending", 1)}
		merged = ("Merged", old, new, new)
		assert list(timeline(first)) == [("Cancelled", "Pending", "Cancelled", second), merged]
		assert list(timeline(second)) == list(timeline(only_old)) == [merged]
		assert list(timeline(theirs)) == []
		(event,) = frappe.get_all(EVENT, {"assignment": first, "event": "Cancelled"}, ["done_by", "reason"])
		assert frappe.get_roles(event.done_by).count("System Manager") == 1
		assert event.reason == reasons.OWED_TWICE

	@pytest.mark.parametrize("turned", [False, True])
	def test_the_better_standing_survives(self, two, hire, turned):
		old, new = two
		a, b = (new, old) if turned else (old, new)
		expected, innocent = {}, {}
		for one, other, after in COMBINATIONS:
			course = factory.course(lessons=0, validity_days=VALIDITY)
			names = owe(a, course, **one), owe(b, course, **{"assigned": -10, **other})
			expected |= {
				name: (status, cycle) for name, status, cycle in zip(names, after, (1, 2), strict=True)
			}
			innocent[owe(hire.user_id, course)] = ("Pending", 1)
		merge("User", old, new)
		assert states(member=new) == expected
		assert states(member=hire.user_id) == innocent

	def test_cycles_of_both_are_numbered_by_the_day_of_assignment(self, two):
		old, new = two
		course = factory.course()
		expected = {}
		for member, cycle, assigned in (
			(old, 1, -900), (new, 1, -800), (old, 2, -700), (old, 3, -600), (new, 2, -500), (new, 3, -10),
		):  # fmt: skip
			name = owe(member, course, "Cancelled", cycle=cycle, assigned=assigned)
			expected[name] = ("Cancelled", len(expected) + 1)
		merge("User", old, new)
		assert states(course=course) == expected

	def test_the_reason_names_what_stands_in_its_place(self, two):
		old, new = two
		done, waived = factory.course(), factory.course()
		first, second = owe(old, done), owe(old, waived)
		by = owe(new, done, "Completed", settled=-3), owe(new, waived, "Waived", settled=-2)
		merge("User", old, new)
		assert [timeline(name)[0][3] for name in (first, second)] == list(by)

	def test_the_timeline_shows_a_name_as_text(self, hire):
		old, new = factory.course(lessons=0), factory.course(lessons=0)
		marked = f"{factory.unique('fire')} & smoke"
		frappe.rename_doc("LMS Course", old, marked)
		name, by = owe(hire.user_id, marked), owe(hire.user_id, new, progress=1)
		merge("LMS Course", marked, new)
		said = [entry["content"] for entry in history.timeline(ASSIGNMENT, name)]
		assert by in said[0]
		assert marked.replace("&", "&amp;") in said[1]

	def test_names_are_those_of_who_remains(self, two, hire):
		old, new = two
		frappe.db.set_value("User", new, "full_name", "Anna Who Remains")
		moved, other = owe(old, factory.course()), owe(hire.user_id, factory.course())
		before = frappe.db.get_value(ASSIGNMENT, other, "member_name")
		merge("User", old, new)
		assert frappe.db.get_value(ASSIGNMENT, moved, "member_name") == "Anna Who Remains"
		assert frappe.db.get_value(ASSIGNMENT, other, "member_name") == before

	def test_a_renamed_user_owes_what_was_owed(self, hire):
		course = factory.course()
		name, other = owe(hire.user_id, course, cycle=3), owe(factory.user(), course)
		address = f"{factory.unique('married')}@example.com".lower()
		rename("User", hire.user_id, address)
		assert states(course=course) == {name: ("Pending", 3), other: ("Pending", 1)}
		assert factory.assignment(name=name).member == address
		assert frappe.db.get_value("Employee", hire.name, "user_id") == address


class TestInTheBackground:
	def test_asking_for_a_merge_changes_nothing_and_the_job_does_it(self, two):
		"""The desk fires before_rename in the request, commits, and renames in a job."""
		old, new = two
		course = factory.course(lessons=1)
		lesson = factory.lessons_of(course)[0]
		mine, theirs = owe(old, course, cycle=2), owe(new, course, cycle=2, assigned=-10)
		learnt(old, course, lesson, -9, "Incomplete"), learnt(new, course, lesson, -2, "Incomplete")
		before = everything(course)
		frappe.get_doc("User", old).run_method("before_rename", old, new, True)
		assert everything(course) != before
		frappe.db.commit()
		assert everything(course) == before
		execute_action("User", old, "_rename", name=new, merge=True)
		frappe.db.commit()
		assert not frappe.db.exists("User", old)
		assert states(course=course) == {mine: ("Pending", 1), theirs: ("Cancelled", 2)}

	def test_what_is_not_renamed_is_as_it_was(self, two, as_user):
		"""Whoever may not, or somebody who catches what Frappe refuses, and goes on."""
		old, new = two
		course = factory.course(lessons=1)
		owe(old, course), owe(new, course)
		for member in two:
			learnt(member, course, factory.lessons_of(course)[0])
		before = everything(course)
		as_user(factory.user("HR User"))
		with pytest.raises(frappe.ValidationError):
			frappe.rename_doc("User", old, new, merge=True)
		frappe.db.commit()
		assert everything(course) == before

	@pytest.mark.parametrize("follows", [True, False])
	def test_who_assigned_the_same_by_hand_has_asked_for_it_once(self, hire, as_user, follows):
		course = factory.course()
		both = [factory.user("HR Manager") for _ in range(2)]
		for user in both:
			as_user(user)
			api.assign_mandatory_training(employees=[hire.name], courses=[course])
		as_user("Administrator")
		old, new = both
		asked = lambda: frappe.get_all(  # noqa: E731
			"LMS Training Cause", {"cause": ("in", both), "cause_doctype": "User"}, pluck="cause"
		)
		assert sorted(asked()) == sorted(both)
		if follows:
			# One of the two asks no more; the other does still.
			frappe.db.set_value("LMS Training Cause", {"cause": new}, "ended_on", "2026-11-23 09:00:00")
			merge("User", old, new)
			assert asked() == [new]
			(left,) = frappe.get_all("LMS Training Cause", {"cause": ("in", both)}, ["ended_on"])
			assert left.ended_on is None
		else:
			merging.prepare("User", old, new)
			frappe.db.commit()
			assert sorted(asked()) == sorted(both)

	def test_asked_for_twice_in_one_transaction(self, two):
		old, new = two
		course = factory.course(lessons=2)
		lessons = factory.lessons_of(course)
		# All that the one did, the other did later, without owing it and without an enrolment.
		mine = owe(old, course, progress=50, enrollment=enrolled(old, course, 50))
		learnt(old, course, lessons[0], -9)
		for lesson in lessons:
			learnt(new, course, lesson, -2)
		frappe.get_doc("User", old).run_method("before_rename", old, new, True)
		merge("User", old, new)
		frappe.db.commit()
		assert frappe.db.count(LESSON, {"course": course}) == 2
		assert states(course=course) == {mine: ("Completed", 1)}


class TestCourses:
	def test_what_is_owed_of_both_is_owed_once(self, two, hire):
		a, b = two
		validity = {"validity_days": VALIDITY}
		old, new, other = factory.course(**validity), factory.course(**validity), factory.course()
		met = owe(a, old), owe(a, new, "Completed", settled=-5, assigned=-10)
		twice = owe(b, old, progress=40), owe(b, new, assigned=-10)
		alone, innocent = owe(hire.user_id, old, cycle=2), owe(a, other)
		merge("LMS Course", old, new)
		assert states(course=new) == {
			met[0]: ("Cancelled", 1),
			met[1]: ("Completed", 2),
			twice[0]: ("Pending", 1),
			twice[1]: ("Cancelled", 2),
			alone: ("Pending", 2),
		}
		assert states(course=other) == {innocent: ("Pending", 1)}
		assert {row.course_title for row in factory.assignments(course=new)} == {
			frappe.db.get_value("LMS Course", new, "title")
		}

	@pytest.mark.parametrize(("settled", "status"), [(-20, "Pending"), (-10, "Cancelled")])
	def test_until_when_a_completion_counts_was_fixed_with_it(self, two, settled, status):
		a, _b = two
		old, new = factory.course(validity_days=10), factory.course()
		done, due = owe(a, old, "Completed", settled=settled), owe(a, new, assigned=-10)
		merge("LMS Course", old, new)
		assert {name: state for name, (state, _cycle) in states(course=new).items()} == {
			done: "Completed",
			due: status,
		}

	def test_one_enrolment_a_person_is_left(self, two, hire):
		old, new = factory.course(), factory.course()
		for member in two:
			for course, progress in ((old, 30), (new, 20)):
				owe(member, course, progress=progress, enrollment=enrolled(member, course, progress))
		enrolled(hire.user_id, old)
		merge("LMS Course", old, new)
		rows = frappe.get_all(ENROLLMENT, {"course": new}, ["member", "progress"], order_by="progress")
		assert [row.progress for row in rows] == [0, 30, 30]
		names = set(frappe.get_all(ENROLLMENT, {"course": new}, pluck="name"))
		assert {row.enrollment for row in factory.assignments(course=new)} < names

	def test_the_open_debt_keeps_its_own_enrolment(self, two, hire):
		"""What was learned of the other course was for a completion that has run out."""
		member, _other = two
		old, new = factory.course(validity_days=VALIDITY), factory.course(validity_days=VALIDITY)
		further, own = enrolled(member, old, 100), enrolled(member, new, 20)
		owe(member, old, "Completed", settled=-VALIDITY - 1, assigned=-500, progress=100, enrollment=further)
		mine = owe(member, new, "In Progress", progress=20, enrollment=own)
		theirs = owe(hire.user_id, new, enrollment=enrolled(hire.user_id, new))
		merge("LMS Course", old, new)
		assert frappe.get_all(ENROLLMENT, {"course": new, "member": member}, pluck="name") == [own]
		assert states(course=new, status=("!=", "Completed")) == {
			mine: ("In Progress", 2),
			theirs: ("Pending", 1),
		}
		daily.run(getdate())
		# None of its lessons is done: what the enrolment says is not asked.
		assert states(name=mine) == {mine: ("Pending", 2)}
		assert factory.assignment(name=mine).enrollment == own

	def test_a_renamed_course_is_owed_as_before(self, hire):
		course, other = factory.course(), factory.course()
		name, innocent = owe(hire.user_id, course, cycle=2), owe(hire.user_id, other)
		title = frappe.db.get_value("LMS Course", course, "title")
		renamed = rename("LMS Course", course, f"{course}-anew", by="Moderator")
		row = factory.assignment(name=name)
		assert (row.course, row.course_title, row.cycle) == (renamed, title, 2)
		assert factory.assignment(name=innocent).course == other

	def test_more_pairs_take_more_steps_not_more_queries_each(self, monkeypatch):
		monkeypatch.setattr(merging, "PAIRS_PER_STEP", 25)
		monkeypatch.setattr(learning_doubles, "PAIRS_PER_STEP", 25)

		def queries_for(people):
			old, new = factory.course(lessons=0), factory.course(lessons=0)
			for number in range(people):
				for course in (old, new):
					fill(f"scale-{number:04}@example.com", course)
			with Queries() as queries:
				frappe.rename_doc("LMS Course", old, new, merge=True)
			assert set(states(course=new).values()) == {("Cancelled", 2), ("Pending", 1)}
			assert frappe.db.count(ENROLLMENT, {"course": new}) == people
			return len(queries)

		queries_for(1)  # warm
		few, full, two_steps = queries_for(5), queries_for(25), queries_for(50)
		assert full <= few + 5
		assert two_steps - full <= 25


def fill(member, course):
	enrolment = frappe.get_doc({"doctype": ENROLLMENT, "member": member, "course": course})
	enrolment.set_new_name()
	enrolment.db_insert()
	owe(member, course, enrollment=enrolment.name)


def everything(course):
	"""Return the rows of a course that a merge touches, as they are."""
	return [
		frappe.get_all(doctype, {"course": course}, ["*"], order_by="name")
		for doctype in (ASSIGNMENT, LESSON)
	]
