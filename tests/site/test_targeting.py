"""Other apps say whom a mandatory course is meant for, by the hook mandatory_training_courses."""

import frappe

from smooth_lms_hr import api
from smooth_lms_hr.assigning import targeting
from smooth_lms_hr.training.plan import Course
from tests.site import factory


def forklifts_are_for_the_warehouse(person, courses):
	"""What another app's function looks like."""
	return [course for course in courses if course.title != "Forklift" or person.designation == "Warehouse"]


def adds_what_nobody_marked(person, courses):
	return [*courses, Course("invented", "Invented")]


def hook(monkeypatch, *functions):
	get_hooks = frappe.get_hooks
	for function in functions:
		# Frappe looks for functions in installed apps only.
		monkeypatch.setattr(targeting, function.__name__, function, raising=False)

	def with_ours(name=None, *args, **kwargs):
		if name == targeting.HOOK:
			return [f"{targeting.__name__}.{function.__name__}" for function in functions]
		return get_hooks(name, *args, **kwargs)

	monkeypatch.setattr(frappe, "get_hooks", with_ours)


def test_a_course_is_left_out_for_whom_it_is_not_meant_and_the_note_says_so(monkeypatch):
	hook(monkeypatch, forklifts_are_for_the_warehouse, adds_what_nobody_marked)
	forklift, safety = factory.course("Forklift"), factory.course("Safety")
	designation = factory.named("Designation", "designation_name", "Warehouse")
	driver, clerk = (factory.employee(factory.user(), designation=each) for each in (designation, None))
	docs = [factory.onboarding(employee=each.name) for each in (driver, clerk)]
	assert {row.course for row in factory.assignments(member=driver.user_id)} == {forklift, safety}
	assert {row.course for row in factory.assignments(member=clerk.user_id)} == {safety}
	assert not frappe.db.exists("LMS Enrollment", {"member": clerk.user_id, "course": forklift})
	assert [doc.training_status for doc in docs] == ["Assigned", "Assigned"]
	assert "Forklift: not meant for this person" in docs[1].training_note
	rows = {row["course"]: row for row in api.get_onboarding_training(docs[1].name)["courses"]}
	assert (rows[forklift]["action"], rows[forklift]["why"]) == ("not needed", "not meant for this person")


def test_whom_nothing_is_meant_for_has_nothing_to_assign(monkeypatch):
	hook(monkeypatch, forklifts_are_for_the_warehouse)
	factory.course("Forklift")
	clerk = factory.employee(factory.user())
	assert factory.onboarding(employee=clerk.name).training_status == "Nothing to Assign"


def test_a_rule_that_breaks_does_not_break_hrs_save(monkeypatch):
	def breaks_down(person, courses):
		raise RuntimeError("out of order")

	hook(monkeypatch, breaks_down)
	factory.course()
	doc = factory.onboarding(employee=factory.employee(factory.user()).name)
	assert doc.training_status == "Not Assigned Yet"
	assert doc.training_note.startswith("Nothing was assigned: out of order")
