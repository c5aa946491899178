"""A completed course counts like another that is owed (rule 5): when it is asked for, and while it is open."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import api, daily, desk
from smooth_lms_hr.assigning import assigning, demands
from smooth_lms_hr.assigning.counting import count_plans
from smooth_lms_hr.following import equivalents
from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources.people import Person
from smooth_lms_hr.training.plan import PlanReason
from tests.site import factory
from tests.site.conftest import TODAY, harness
from tests.site.queries import number_of

ASSIGNMENT, EVENT = "LMS Training Assignment", "LMS Training Event"


@pytest.fixture
def first_aid():
	return factory.course("First Aid", is_mandatory=0)


def counting(other, **fields):
	"""Make a course that another one counts like."""
	row = {"course": other, "from_date": fields.pop("from_date", None)}
	return factory.course(fields.pop("title", "Safety"), is_mandatory=0, equivalents=[row], **fields)


def assign(member, course):
	answer = api.assign_mandatory_training([member], courses=[course])
	assert not answer["failed"]
	return (answer["created"] + answer["existing"])[0]


def learn(member, course):
	if not frappe.db.exists("LMS Enrollment", {"member": member, "course": course}):
		frappe.get_doc({"doctype": "LMS Enrollment", "member": member, "course": course}).insert(
			ignore_permissions=True
		)
	factory.complete_lessons(member, course)


def stands(member, course):
	(row,) = frappe.get_all(
		ASSIGNMENT, {"member": member, "course": course}, ["status", "completed_on", "progress", "enrollment"]
	)
	return row.status, row.completed_on, row.progress, bool(row.enrollment)


def events(member, course):
	return frappe.get_all(
		EVENT,
		{"member": member, "course": course},
		["event", "after", "cause_doctype", "cause"],
		order_by="name",
		as_list=True,
	)


def test_what_was_learned_before_is_put_on_file_without_an_enrolment(hr, first_aid):
	member, safety = factory.user(), counting(first_aid)
	learn(member, first_aid)
	row = assign(member, safety)
	assert row["message"].startswith("First Aid, completed on ")
	assert stands(member, safety) == ("Completed", TODAY, 0, False)
	assert not frappe.db.exists("LMS Enrollment", {"member": member, "course": safety})
	assert events(member, safety)[-1] == ("Completed", "Completed", "LMS Course", first_aid)
	reason = frappe.db.get_value(ASSIGNMENT, row["assignment"], "reason")
	assert reason.endswith(f"First Aid, completed on {TODAY}, counts like this course.")
	# It is on file: to ask again changes nothing.
	assert assign(member, safety)["assignment"] == row["assignment"]
	daily.run()
	assert len(events(member, safety)) == 2


def test_the_last_lesson_of_the_other_completes_what_is_open(hr, first_aid):
	member, safety = factory.user(), counting(first_aid)
	assign(member, safety)
	factory.complete_lessons(member, safety, 1)
	learn(member, first_aid)
	assert stands(member, safety) == ("Completed", TODAY, 50, True)
	assert events(member, safety)[-1] == ("Completed", "Completed", "LMS Course", first_aid)
	assert frappe.db.get_value(EVENT, {"member": member, "event": "Completed"}, "reason") == (
		"Another course, which counts like this one, was completed."
	)


def test_half_of_the_other_completes_nothing_whatever_learning_says(hr, first_aid):
	member, safety = factory.user(), counting(first_aid)
	assign(member, safety)
	learn_half = frappe.get_doc({"doctype": "LMS Enrollment", "member": member, "course": first_aid})
	learn_half.insert(ignore_permissions=True)
	factory.complete_lessons(member, first_aid, 1)
	frappe.db.set_value("LMS Enrollment", learn_half.name, "progress", 100)
	equivalents.follow(member, first_aid)
	daily.run()
	assert stands(member, safety)[0] == "Pending"


def test_it_holds_in_one_direction_and_for_the_person_alone(hr, first_aid):
	member, colleague, safety = factory.user(), factory.user(), counting(first_aid)
	for each in (member, colleague):
		assign(each, first_aid)
		assign(each, safety)
	factory.complete_lessons(member, safety)
	assert stands(member, first_aid)[0] == "Pending"
	factory.complete_lessons(colleague, first_aid)
	assert stands(colleague, safety)[0] == "Completed"
	assert stands(member, first_aid)[0] == "Pending"


def test_a_third_course_counts_only_where_that_is_said(hr, first_aid):
	member = factory.user()
	safety = counting(first_aid)
	driving = counting(safety, title="Driving")
	learn(member, first_aid)
	assign(member, safety)
	assign(member, driving)
	daily.run()
	assert (stands(member, safety)[0], stands(member, driving)[0]) == ("Completed", "Pending")


def test_a_course_that_two_others_count_like_is_one_course_still(hr, first_aid):
	alike = [{"course": first_aid}, {"course": factory.course("Rescue", is_mandatory=0)}]
	safety = factory.course("Safety", equivalents=alike)
	(course,) = facts.mandatory_courses()
	assert (course.name, course.has_equivalents) == (safety, True)
	assert [each.has_equivalents for each in facts.published_courses([first_aid])] == [False]


@pytest.mark.parametrize(("days", "status"), [(0, "Completed"), (1, "Pending")])
def test_it_counts_from_a_day_on(hr, first_aid, days, status):
	member = factory.user()
	safety = counting(first_aid, from_date=TODAY + timedelta(days=days))
	learn(member, first_aid)
	assign(member, safety)
	assert stands(member, safety)[0] == status


def test_said_later_it_is_found_by_the_daily_run_where_no_job_was_queued(hr, first_aid):
	member, safety = factory.user(), factory.course("Safety", is_mandatory=0)
	learn(member, first_aid)
	assign(member, safety)
	frappe.get_doc(
		{
			"doctype": "LMS Training Equivalent",
			"parenttype": "LMS Course",
			"parentfield": "equivalents",
			"parent": safety,
			"course": first_aid,
		}
	).db_insert()
	assert stands(member, safety)[0] == "Pending"
	assert daily.run()["Completed"] == 1
	assert stands(member, safety)[:2] == ("Completed", TODAY)


def test_said_later_it_is_done_in_the_background(hr, first_aid):
	member, safety = factory.user(), factory.course("Safety", is_mandatory=0)
	learn(member, first_aid)
	assign(member, safety)
	frappe.set_user("Administrator")
	doc = frappe.get_doc("LMS Course", safety)
	doc.append("equivalents", {"course": first_aid})
	doc.save()
	frappe.db.commit()
	harness.run_jobs()
	assert stands(member, safety)[:2] == ("Completed", TODAY)


def test_made_by_hand_it_is_put_on_file_too(hr, first_aid):
	member, safety = factory.user(), counting(first_aid)
	learn(member, first_aid)
	doc = frappe.get_doc({"doctype": ASSIGNMENT, "member": member, "course": safety}).insert()
	assert (doc.status, doc.completed_on, doc.enrollment) == ("Completed", TODAY, None)
	assert events(member, safety)[-1] == ("Completed", "Completed", "LMS Course", first_aid)
	assert not frappe.db.exists("LMS Enrollment", {"member": member, "course": safety})


def test_what_somebody_chose_to_have_done_again_is_not_completed_by_what_is_on_file(hr, first_aid):
	member, safety = factory.user(), counting(first_aid)
	learn(member, first_aid)
	assign(member, safety)
	again = frappe.get_doc({"doctype": ASSIGNMENT, "member": member, "course": safety}).insert()
	assert (again.cycle, again.status) == (2, "Pending")
	daily.run()
	assert frappe.db.get_value(ASSIGNMENT, again.name, "status") == "Pending"


def test_a_rule_that_wants_it_lately_is_not_met_by_what_is_older(hr, first_aid):
	employee = factory.employee(
		factory.user(), designation=factory.named("Designation", "designation_name", "Driver")
	)
	safety = counting(first_aid)
	learn(employee.user_id, first_aid)
	frappe.db.set_value(
		"LMS Course Progress",
		{"member": employee.user_id},
		"creation",
		f"{TODAY - timedelta(days=31)} 12:00:00",
	)
	lately = {"counts_if_completed_within": 30, "audience": [("Designation", "Driver")]}
	factory.rule(courses=[safety], **lately)
	assert stands(employee.user_id, safety)[0] == "Pending"
	daily.run()
	assert stands(employee.user_id, safety)[0] == "Pending"


def test_both_courses_say_so(hr, first_aid):
	safety = counting(first_aid, from_date=TODAY)
	(row,) = desk.get_course_training(first_aid)["counts_like"]
	assert (row["parent"], row["title"], row["from_date"]) == (safety, "Safety", TODAY)
	assert desk.get_course_training(safety)["counts_like"] == []


def test_why_is_explained(hr, first_aid):
	employee = factory.employee(factory.user())
	safety = counting(first_aid)
	assign(employee.user_id, safety)

	def said():
		(row,) = [row for row in api.explain_training(employee.name)["courses"] if row["course"] == safety]
		return [one["words"] for one in row["why"] if one["cause"] == first_aid]

	assert said() == ["First Aid counts like this course; it is not completed"]
	learn(employee.user_id, first_aid)
	assert said()[0].startswith("First Aid, which counts like this course, was completed on ")


@pytest.mark.parametrize("named", ["itself", "twice"])
def test_what_makes_no_sense_is_refused(first_aid, named):
	safety = counting(first_aid)
	doc = frappe.get_doc("LMS Course", safety)
	doc.append("equivalents", {"course": safety if named == "itself" else first_aid})
	with pytest.raises(frappe.ValidationError, match="Row 2: "):
		doc.save()


def test_a_course_that_is_deleted_counts_like_nothing_and_that_is_said():
	first_aid = factory.course("First Aid", lessons=0)
	safety = counting(first_aid)
	frappe.delete_doc("LMS Course", first_aid)
	assert not frappe.get_doc("LMS Course", safety).equivalents
	(said,) = frappe.get_all("Comment", {"reference_name": safety, "comment_type": "Info"}, pluck="content")
	assert said == "First Aid counted like this course, and was deleted."


def test_merged_courses_leave_each_once_and_none_of_itself(first_aid):
	old = factory.course("Old First Aid", is_mandatory=0)
	safety = counting(first_aid, from_date=TODAY)
	doc = frappe.get_doc("LMS Course", safety)
	doc.append("equivalents", {"course": old, "from_date": TODAY - timedelta(days=9)})
	doc.save()
	of_itself = frappe.get_doc("LMS Course", first_aid)
	of_itself.append("equivalents", {"course": old})
	of_itself.save()
	frappe.rename_doc("LMS Course", old, first_aid, merge=True)
	rows = frappe.get_all("LMS Training Equivalent", fields=["parent", "course", "from_date"])
	assert [(row.parent, row.course, row.from_date) for row in rows] == [
		(safety, first_aid, TODAY - timedelta(days=9))
	]


def test_a_dry_run_says_the_same(hr, first_aid):
	safety = counting(first_aid, validity_days=30)
	people = [Person(factory.user(), "One") for _ in range(3)]
	learn(people[0].member, first_aid)
	learn(people[1].member, safety)
	courses, terms = facts.published_courses([safety, first_aid]), assigning.terms_now()
	counted = count_plans(people, demands.of_choice(courses, terms, None), terms.today)
	assert counted == {PlanReason.EQUIVALENT: 1, PlanReason.LEARNED_BEFORE: 2, PlanReason.NEW: 3}
	preview = api.preview_campaign({"members": [person.member for person in people]}, courses=[safety])
	assert (preview["put_on_file"], preview["new"]) == (2, 1)


def test_the_number_of_queries_does_not_grow(hr, first_aid):
	safety, people = counting(first_aid), [factory.user() for _ in range(6)]
	for each in people:
		assign(each, safety)
		learn(each, first_aid)
	names = frappe.get_all(ASSIGNMENT, {"course": safety}, pluck="name", order_by="name")
	frappe.db.set_value(ASSIGNMENT, {"name": ("in", names)}, {"status": "Pending", "completed_on": None})
	one = number_of(lambda: equivalents.complete(names[:1], TODAY))
	assert number_of(lambda: equivalents.complete(names[1:], TODAY)) == one
	assert {stands(each, safety)[0] for each in people} == {"Completed"}


def test_a_lesson_asks_nothing_more_until_the_course_is_done(hr, first_aid, monkeypatch):
	member, asked = factory.user(), []
	monkeypatch.setattr(equivalents, "follow", lambda *who: asked.append(who))
	enrolment = {"doctype": "LMS Enrollment", "member": member, "course": first_aid}
	frappe.get_doc(enrolment).insert(ignore_permissions=True)
	factory.complete_lessons(member, first_aid, 1)
	assert not asked
	factory.complete_lessons(member, first_aid)
	assert set(asked) == {(member, first_aid)}
