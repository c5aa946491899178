from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import api
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.queries import number_of


@pytest.fixture
def hr():
	return factory.hr_manager()


@pytest.fixture
def worker():
	return factory.employee(factory.user())


def test_my_assignments_are_mine_and_the_most_urgent_comes_first(worker, hr, clock):
	late = factory.course("Late", training_due_days=5)
	done = factory.course("Done", training_due_days=1)
	factory.course("Soon", training_due_days=20)
	frappe.set_user(hr)
	factory.onboarding(employee=worker.name)
	frappe.set_user("Administrator")
	other = factory.employee(factory.user())
	factory.onboarding(employee=other.name)
	factory.complete_lessons(worker.user_id, done)
	clock(8)
	frappe.set_user(worker.user_id)
	rows = api.get_my_training_assignments()
	assert [(row.course_title, row.days_left) for row in rows] == [("Late", -3), ("Soon", 12)]
	assert rows[0].course_url == f"/lms/courses/{late}"
	assert rows[0].assigned_by_name == frappe.db.get_value("User", hr, "full_name")
	assert set(rows[0]) == {
		"name", "course", "course_title", "course_url", "due_date", "days_left", "status", "progress",
		"completed_on", "assigned_by_name", "valid_until", "renewal", "counts_until", "statement", "reason",
	}  # fmt: skip
	rows = api.get_my_training_assignments(include_completed=True)
	assert [(row.course_title, row.days_left, row.completed_on) for row in rows] == [
		("Late", -3, None),
		("Soon", 12, None),
		("Done", None, TODAY),
	]


def test_my_assignments_cost_the_same_for_one_and_for_many(worker):
	def count(courses):
		frappe.set_user("Administrator")
		for _ in range(courses):
			factory.course(lessons=0)
		factory.onboarding(employee=worker.name)
		frappe.set_user(worker.user_id)
		return number_of(api.get_my_training_assignments)

	assert count(1) == count(20)


def test_assigning_to_many_reports_per_person(worker, hr):
	course, closed = factory.course("Open to all"), factory.course("Closed", disable_self_learning=1)
	contractor, disabled = factory.user(), factory.user()
	frappe.db.set_value("User", disabled, "enabled", 0)
	frappe.set_user(hr)
	answer = api.assign_mandatory_training(
		members=[contractor, disabled, "nobody@example.com", "Guest", contractor],
		employees=frappe.as_json([worker.name, "HR-EMP-NOBODY"]),
		due_date="2027-01-31",
	)
	assert {(row["member"], row["course"]) for row in answer["created"]} == {
		(member, each) for member in (contractor, worker.user_id) for each in (course, closed)
	}
	assert not answer["existing"]
	failed = {row["member"] or row["employee"]: row["message"] for row in answer["failed"]}
	assert set(failed) == {disabled, "nobody@example.com", "Guest", "HR-EMP-NOBODY"}
	assert "disabled" in failed[disabled]
	row = factory.assignment(member=contractor, course=course)
	assert (row.source, row.assigned_by, str(row.due_date)) == ("Manual", hr, "2027-01-31")
	again = api.assign_mandatory_training(members=[contractor])
	assert [row["assignment"] for row in again["existing"]] == [
		row.name for row in factory.assignments(member=contractor)
	]
	assert not again["created"]


@pytest.mark.parametrize(
	("arguments", "said"),
	[
		({}, "Nobody is named"),
		({"members": []}, "Nobody is named"),
		({"members": "[not json"}, "members is not a list"),
		({"members": [1]}, "members has to be a list of names"),
		({"members": [None]}, "members has to be a list of names"),
		({"members": ["a@example.com"], "due_date": "2026-11-22"}, "in the past"),
		({"members": ["a@example.com"], "due_date": "soon"}, "not a (valid )?date"),
		(
			{"members": [f"{i}@example.com" for i in range(10_000)]},
			"10000 people times 1 courses is more than",
		),
	],
)
def test_input_that_makes_no_sense_is_refused_by_name(hr, arguments, said):
	factory.course()
	frappe.set_user(hr)
	with pytest.raises(frappe.ValidationError, match=said):
		api.assign_mandatory_training(**arguments)
	assert not factory.assignments()


def test_a_course_that_is_not_published_is_named(worker, hr):
	draft = factory.course(published=0)
	frappe.set_user(hr)
	answer = api.assign_mandatory_training(employees=worker.name, courses=[draft, "<b>none</b>"])
	assert {row["course"] for row in answer["failed"]} == {draft, "<b>none</b>"}
	assert not answer["created"]


def test_a_moderator_may_assign_without_any_right_in_hr(worker):
	factory.course()
	frappe.set_user(factory.user("Moderator"))
	assert api.assign_mandatory_training(employees=[worker.name])["created"]


def test_user_permissions_bite_on_whom_to_assign(worker, hr):
	factory.course()
	stranger = factory.employee(factory.user(), company=factory.company("Elsewhere Ltd"))
	frappe.get_doc(
		{"doctype": "User Permission", "user": hr, "allow": "Company", "for_value": worker.company}
	).insert()
	frappe.set_user(hr)
	answer = api.assign_mandatory_training(employees=[worker.name, stranger.name])
	assert [row["employee"] for row in answer["created"]] == [worker.name]
	assert [(row["employee"], row["message"]) for row in answer["failed"]] == [
		(stranger.name, f"There is no such employee or user, or not yours: {stranger.name}")
	]


def everything():
	return {
		doctype: frappe.db.count(doctype)
		for doctype in (
			"LMS Training Assignment",
			"LMS Enrollment",
			"Comment",
			"Error Log",
			"Version",
			"Has Role",
		)
	}


def test_a_dry_run_before_anybody_is_known_writes_nothing(hr):
	course = factory.course("Safety", training_due_days=10)
	frappe.set_user(hr)
	doc = factory.onboarding()
	before = everything()
	answer = api.get_onboarding_training(doc.name)
	assert everything() == before
	assert (answer["training_status"], answer["employee"], answer["member"]) == (
		"Waiting for Employee", None, None
	)  # fmt: skip
	assert "No Employee is linked yet" in answer["problem"]
	assert answer["missing"] == "Employee"
	(row,) = answer["courses"]
	assert (row["course"], row["action"], row["due_date"]) == (
		course,
		"to assign",
		TODAY + timedelta(days=10),
	)


def test_a_dry_run_says_what_would_be_done_and_why_not(worker, hr):
	open_one, done, bad, new = (factory.course(title) for title in ("Open", "Done", "Bad", "New"))
	frappe.db.set_value("LMS Course", new, "published", 0)
	frappe.db.set_value("LMS Course", bad, "training_due_days", -1)
	frappe.set_user(hr)
	doc = factory.onboarding(employee=worker.name)
	factory.complete_lessons(worker.user_id, done)
	factory.complete_lessons(worker.user_id, open_one, 1)
	frappe.set_user("Administrator")
	frappe.db.set_value("LMS Course", new, "published", 1)
	frappe.set_user(hr)
	before = everything()
	answer = api.get_onboarding_training(doc.name)
	assert everything() == before
	rows = {row["course"]: row for row in answer["courses"]}
	assert {course: row["action"] for course, row in rows.items()} == {
		open_one: "assigned", done: "not needed", bad: "failed", new: "to assign",
	}  # fmt: skip
	assert (rows[open_one]["status"], rows[open_one]["progress"]) == ("In Progress", 50)
	assert "completed on" in rows[done]["why"]
	assert answer["member"] == worker.user_id

	answer = api.assign_onboarding_training(doc.name)
	assert {row["course"]: row["action"] for row in answer["courses"]}[new] == "assigned"
	assert factory.assignment(course=new).assigned_by == hr


def test_assign_now_after_it_was_switched_off(worker, hr):
	factory.course()
	frappe.db.set_single_value("LMS Training Settings", "enabled", 0)
	frappe.clear_document_cache("LMS Training Settings", "LMS Training Settings")
	frappe.set_user(hr)
	doc = factory.onboarding(employee=worker.name)
	assert api.assign_onboarding_training(doc.name)["training_status"] == "Not Assigned (disabled)"
	frappe.db.set_single_value("LMS Training Settings", "enabled", 1)
	frappe.clear_document_cache("LMS Training Settings", "LMS Training Settings")
	assert api.assign_onboarding_training(doc.name)["training_status"] == "Assigned"
	assert len(factory.assignments(member=worker.user_id)) == 1


def test_onboardings_are_hrs_alone(worker, hr):
	factory.course()
	frappe.set_user(hr)
	doc = factory.onboarding(employee=worker.name)
	for user in (worker.user_id, "Guest"):
		frappe.set_user(user)
		for method in (api.get_onboarding_training, api.assign_onboarding_training):
			with pytest.raises(frappe.PermissionError):
				method(doc.name)
	frappe.set_user(hr)
	with pytest.raises(frappe.DoesNotExistError):
		api.get_onboarding_training("HR-EMP-ONB-NONE")
