"""The main job: HR creates an Employee Onboarding, and the person owes the mandatory training (rules 1, 3-8)."""

from datetime import date

import frappe
import pytest

from smooth_lms_hr.assigning import onboarding as onboardings
from tests.site import differences, factory
from tests.site.conftest import TODAY
from tests.site.faults.others import ENROLLMENT, hang
from tests.site.queries import Queries


def comments(doc):
	return frappe.get_all(
		"Comment",
		filters={"reference_doctype": doc.doctype, "reference_name": doc.name, "comment_type": "Info"},
		pluck="content",
	)


def test_a_new_hire_is_enrolled_and_owes_every_published_mandatory_course(hire, as_user):
	safety = factory.course("Safety first")
	conduct = factory.course("Code of Conduct", training_due_days=7)
	factory.course("Optional", is_mandatory=0)
	factory.course("Draft", published=0)
	hr = factory.hr_manager()

	as_user(hr)
	doc = factory.onboarding(employee=hire.name)

	rows = {row.course: row for row in factory.assignments(member=hire.user_id)}
	assert set(rows) == {safety, conduct}
	row = rows[safety]
	assert row.status == "Pending"
	assert row.due_date == date(2026, 12, 23)
	assert row.original_due_date == row.due_date
	assert row.due_date_basis == "30 days after assignment (2026-11-23)"
	assert rows[conduct].due_date == date(2026, 11, 30)
	assert (row.source, row.onboarding, row.assigned_by, row.cycle) == ("Onboarding", doc.name, hr, 1)
	assert (row.employee, row.employee_name, row.company) == (hire.name, hire.employee_name, hire.company)
	assert row.course_title == "Safety first"
	assert doc.name in row.reason
	assert row.name.startswith("TA-")
	owner = hire.user_id if differences.enrolments_belong_to_learners() else "Administrator"
	for course in (safety, conduct):
		enrolled = frappe.get_all(
			"LMS Enrollment", {"member": hire.user_id, "course": course}, ["name", "owner", "progress"]
		)
		assert [(each.name, each.owner) for each in enrolled] == [(rows[course].enrollment, owner)]

	assert doc.training_status == "Assigned"
	stored = frappe.db.get_value(
		doc.doctype, doc.name, ["training_status", "training_note", "modified"], as_dict=True
	)
	assert stored.training_status == "Assigned"
	assert "Safety first: due" in stored.training_note
	assert "Code of Conduct" in stored.training_note
	(comment,) = comments(doc)
	assert "2 newly assigned" in comment


def test_the_form_can_be_saved_and_submitted_right_after(hire, hr):
	factory.course()
	doc = factory.onboarding(employee=hire.name)
	doc.save()
	doc.submit()
	assert len(factory.assignments(member=hire.user_id)) == 1


def test_the_session_is_hrs_own_again(hire, hr):
	factory.course(disable_self_learning=1)
	frappe.local.form_dict = frappe._dict(cmd="something")
	before = dict(frappe.local.session), frappe.local.form_dict
	factory.onboarding(employee=hire.name)
	assert frappe.session.user == hr
	assert (dict(frappe.local.session), frappe.local.form_dict) == before


def test_learning_lets_us_in_where_it_would_refuse_hr(hire, hr):
	closed = factory.course(disable_self_learning=1)
	frappe.set_user("Administrator")
	paid = factory.course()
	frappe.db.set_value("LMS Course", paid, {"paid_course": 1, "course_price": 10, "currency": "INR"})
	frappe.set_user(hr)
	if differences.learning_asks_who_enrols():
		with pytest.raises(frappe.ValidationError):
			frappe.get_doc({"doctype": "LMS Enrollment", "member": hire.user_id, "course": closed}).insert(
				ignore_permissions=True
			)
	doc = factory.onboarding(employee=hire.name)
	assert doc.training_status == "Assigned"
	assert {row.course for row in factory.assignments(member=hire.user_id)} == {closed, paid}


def test_a_course_that_refuses_is_named_and_the_others_go_on(hire, hr, monkeypatch):
	good, bad, better = (factory.course(title) for title in ("A good one", "Bad <b>one</b>", "C better one"))

	def refuse_bad(doc, method):
		if doc.course == bad:
			frappe.throw("No seats left")

	hang(monkeypatch, refuse_bad, ENROLLMENT)
	doc = factory.onboarding(employee=hire.name)
	assert doc.training_status == "Partly Assigned"
	assert {row.course for row in factory.assignments(member=hire.user_id)} == {good, better}
	# Neither the enrolment that was half way in nor the message that was meant for somebody else is left.
	assert not frappe.db.exists("LMS Enrollment", {"member": hire.user_id, "course": bad})
	assert "No seats left" not in str(frappe.local.message_log)
	assert "Bad ‹b>one‹/b>: No seats left" in doc.training_note
	(comment,) = comments(doc)
	assert "No seats left" in comment
	assert "<b>one</b>" not in comment
	assert frappe.db.exists("Error Log", {"reference_doctype": "LMS Course", "reference_name": bad})


def test_whatever_goes_wrong_hrs_save_goes_on(hire, hr, monkeypatch):
	factory.course()

	def break_down(*args, **kwargs):
		raise RuntimeError("out of order")

	monkeypatch.setattr(onboardings.demands.facts, "mandatory_courses", break_down)
	doc = factory.onboarding(employee=hire.name)
	assert frappe.db.exists(doc.doctype, doc.name)
	assert doc.training_status == "Not Assigned Yet"
	assert "out of order" in doc.training_note
	assert frappe.db.exists("Error Log", {"reference_name": doc.name})


def test_what_a_site_hangs_on_new_assignments_hears_of_them_and_may_break(hire, hr):
	factory.course("Safety")
	frappe.set_user("Administrator")
	notification = frappe.get_doc(
		{
			"doctype": "Notification",
			"name": factory.unique("Notification"),
			"subject": "Owed: {{ doc.course_title }}",
			"message": "Look",
			"document_type": "LMS Training Assignment",
			"event": "New",
			"channel": "System Notification",
			"recipients": [{"receiver_by_document_field": "member"}],
		}
	).insert()
	frappe.set_user(hr)
	factory.onboarding(employee=hire.name)
	heard = {"for_user": hire.user_id, "subject": ("like", "%Owed: Safety%")}
	assert frappe.db.exists("Notification Log", heard)

	frappe.set_user("Administrator")
	other = factory.employee(factory.user())
	notification.db_set("condition", "no_such_name > 1")
	frappe.clear_document_cache("Notification", notification.name)
	frappe.set_user(hr)
	assert factory.onboarding(employee=other.name).training_status == "Assigned"
	assert factory.assignment(member=other.user_id).status == "Pending"


def test_nothing_of_ours_remains_if_hrs_save_fails_later(hire, hr):
	factory.course()
	frappe.db.savepoint("before_hr")
	factory.onboarding(employee=hire.name)
	assert factory.assignments(member=hire.user_id)
	frappe.db.rollback(save_point="before_hr")
	assert not factory.assignments(member=hire.user_id)
	assert not frappe.db.exists("LMS Enrollment", {"member": hire.user_id})


def test_an_enrolment_is_kept_with_its_progress(hire, hr):
	course = factory.course(lessons=2)
	frappe.set_user("Administrator")
	enrolment = frappe.get_doc(
		{"doctype": "LMS Enrollment", "member": hire.user_id, "course": course}
	).insert()
	factory.complete_lessons(hire.user_id, course, 1)
	frappe.set_user(hr)
	factory.onboarding(employee=hire.name)
	row = factory.assignment(member=hire.user_id)
	assert (row.status, row.progress, row.enrollment) == ("In Progress", 50, enrolment.name)
	assert frappe.db.count("LMS Enrollment", {"member": hire.user_id}) == 1


def test_what_was_learned_before_is_put_on_file_as_completed(hire, hr, clock):
	course = factory.course()
	frappe.set_user("Administrator")
	frappe.get_doc({"doctype": "LMS Enrollment", "member": hire.user_id, "course": course}).insert()
	factory.complete_lessons(hire.user_id, course)
	frappe.set_user(hr)
	clock(10)
	doc = factory.onboarding(employee=hire.name)
	row = factory.assignment(member=hire.user_id)
	assert (row.status, row.completed_on, row.progress) == ("Completed", TODAY, 100)
	assert doc.training_status == "Assigned"


def test_without_a_mandatory_course_there_is_nothing_to_assign(hire, hr):
	factory.course(is_mandatory=0)
	doc = factory.onboarding(employee=hire.name)
	assert doc.training_status == "Nothing to Assign"
	assert "No published course" in doc.training_note


def test_switched_off_it_assigns_nothing_and_says_so(hire, hr):
	factory.course()
	switch(enabled=0)
	doc = factory.onboarding(employee=hire.name)
	assert doc.training_status == "Not Assigned (disabled)"
	assert not factory.assignments(member=hire.user_id)
	assert not frappe.db.exists("LMS Enrollment", {"member": hire.user_id})


def test_an_employee_who_has_left_is_not_assigned_anything(hire, hr):
	factory.course()
	frappe.db.set_value("Employee", hire.name, "status", "Left")
	doc = factory.onboarding(employee=hire.name)
	assert doc.training_status == "Nothing to Assign"
	assert "left" in doc.training_note
	assert not factory.assignments(member=hire.user_id)


def test_the_learners_role_is_given_where_it_is_missing(hr):
	factory.course()
	frappe.set_user("Administrator")
	user = factory.user(learner=False)
	employee = factory.employee()
	frappe.db.set_value("Employee", employee.name, "user_id", user)
	assert "LMS Student" not in frappe.get_roles(user)
	frappe.set_user(hr)
	factory.onboarding(employee=employee.name)
	frappe.clear_cache(user=user)
	assert "LMS Student" in frappe.get_roles(user)
	assert len(factory.assignments(member=user)) == 1


def test_an_ordinary_update_assigns_nothing_more(hire, hr):
	factory.course()
	doc = factory.onboarding(employee=hire.name)
	doc.submit()
	factory.course()
	factory.finish_tasks(doc)
	doc.reload()
	doc.save()
	assert len(factory.assignments(member=hire.user_id)) == 1
	assert len(comments(doc)) == 1


def test_what_we_wrote_on_the_onboarding_cannot_be_overwritten(hire, hr):
	factory.course()
	doc = factory.new_onboarding(employee=hire.name, training_status="Nothing to Assign", training_note="x")
	doc.insert()
	assert doc.training_status == "Assigned"
	for action in ("save", "submit", "save", "cancel"):
		if action == "cancel":
			frappe.set_user("Administrator")
		doc.training_status, doc.training_note = "Nothing to Assign", "<script>alert(1)</script>"
		getattr(doc, action)()
		stored = frappe.db.get_value(doc.doctype, doc.name, ["training_status", "training_note"])
		assert stored[0] == "Assigned", action
		assert "script" not in stored[1]


def test_a_course_title_is_only_ever_text(hire, hr):
	title = """Bob's "safe" & sound <img src=x onerror=alert(1)> training"""
	course = factory.course(title)
	doc = factory.onboarding(employee=hire.name)
	stored = frappe.db.get_value("LMS Course", course, "title").replace("<img", "‹img")
	assert stored in frappe.db.get_value(doc.doctype, doc.name, "training_note")
	assert all("<img" not in comment for comment in comments(doc))
	assert factory.assignment(member=hire.user_id).course_title == stored


def test_days_that_make_no_due_date_are_refused_where_typed_and_survived_where_not(hire, hr):
	frappe.set_user("Administrator")
	for days in (-1, 100_000):
		with pytest.raises(frappe.ValidationError, match="Due Within"):
			factory.course(training_due_days=days)
	good, bad = factory.course("Good days"), factory.course("Bad days")
	frappe.db.set_value("LMS Course", bad, "training_due_days", -7)
	frappe.set_user(hr)
	doc = factory.onboarding(employee=hire.name)
	assert factory.assignment(member=hire.user_id).course == good
	assert doc.training_status == "Partly Assigned"
	assert "Bad days: its due date would not be" in doc.training_note


def test_the_settings_refuse_absurd_days():
	for days in (-1, 0, 3651):
		with pytest.raises(frappe.ValidationError, match="Default Due Days"):
			switch(default_due_days=days)
	switch(default_due_days=14)


def test_a_hundred_courses_cost_no_more_assignment_queries_than_two(hr):
	def hire_and_count(courses):
		frappe.set_user("Administrator")
		for _ in range(courses):
			factory.course(lessons=0)
		employee = factory.employee(factory.user())
		frappe.set_user(hr)
		with Queries() as queries:
			doc = factory.onboarding(employee=employee.name)
		assert doc.training_status == "Assigned"
		return queries.about("LMS Training Assignment")

	few = hire_and_count(2)
	many = hire_and_count(98)
	assert len(factory.assignments()) == 2 + 100
	assert many <= few


def switch(**values):
	settings = frappe.get_doc("LMS Training Settings")
	settings.update(values)
	settings.flags.ignore_permissions = True
	settings.save()
