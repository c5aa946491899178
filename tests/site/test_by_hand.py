"""Assignments that a person makes, in the desk, by Data Import or by REST."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr.sources import learning
from tests.site import factory
from tests.site.conftest import TODAY

ASSIGNMENT = "LMS Training Assignment"


@pytest.fixture
def course():
	return factory.course(disable_self_learning=1)


@pytest.fixture
def hr(course, as_user):
	name = factory.hr_manager()
	as_user(name)
	return name


@pytest.fixture
def worker():
	return factory.employee(factory.user())


def new(**fields):
	return frappe.get_doc({"doctype": ASSIGNMENT, **fields})


def test_what_is_left_open_is_filled_in_and_the_member_enrolled(worker, course, hr):
	doc = new(employee=worker.name, course=course).insert()
	assert (doc.member, doc.employee_name, doc.company) == (
		worker.user_id,
		worker.employee_name,
		worker.company,
	)
	assert (doc.status, doc.source, doc.assigned_by, doc.cycle) == ("Pending", "Manual", hr, 1)
	assert doc.due_date == TODAY + timedelta(days=30)
	assert doc.due_date_basis == "30 days after assignment (2026-11-23)"
	assert doc.reason.startswith("Assigned by ")
	assert frappe.db.exists("LMS Enrollment", doc.enrollment)
	doc.reload()
	doc.save()


def test_the_employee_follows_from_the_member(worker, course, hr):
	doc = new(member=worker.user_id, course=course, due_date="2027-01-15").insert()
	assert (doc.employee, str(doc.due_date)) == (worker.name, "2027-01-15")
	assert doc.due_date_basis == f"Chosen by {hr} on 2026-11-23"


def test_a_contractor_has_no_employee(course):
	member = factory.user()
	frappe.set_user(factory.hr_manager())
	doc = new(member=member, course=course).insert()
	assert (doc.employee, doc.company, doc.status) == (None, None, "Pending")


def test_a_course_need_not_be_mandatory(worker):
	course = factory.course(is_mandatory=0)
	frappe.set_user(factory.hr_manager())
	assert new(employee=worker.name, course=course).insert().status == "Pending"


def test_a_second_open_one_is_refused_by_name(worker, course, hr):
	first = new(employee=worker.name, course=course).insert()
	with pytest.raises(frappe.DuplicateEntryError, match=f"owes .* already: .*{first.name}"):
		new(employee=worker.name, course=course).insert()
	assert len(factory.assignments(member=worker.user_id)) == 1


def test_after_a_completion_it_can_be_asked_for_again(worker, course, hr):
	new(employee=worker.name, course=course).insert()
	factory.complete_lessons(worker.user_id, course)
	again = new(employee=worker.name, course=course).insert()
	assert (again.cycle, again.status, again.source) == (2, "Pending", "Renewal")
	factory.complete_lessons(worker.user_id, course)
	assert [row.status for row in factory.assignments(member=worker.user_id)] == ["Completed", "Completed"]


@pytest.mark.parametrize(
	("fields", "said"),
	[
		({}, "A person is required"),
		({"member": "nobody@example.com"}, "nobody@example.com"),
		({"member": "Guest"}, "no such employee or user.*Guest"),
		({"employee": "HR-EMP-NOBODY"}, "no such employee or user.*HR-EMP-NOBODY"),
		({"due_date": "2026-11-22", "employee": "worker"}, "in the past"),
		({"course": None, "employee": "worker"}, "A course is required"),
		({"course": "no-such-course", "employee": "worker"}, "no-such-course"),
		({"course": "<b>html</b>", "employee": "worker"}, "html"),
	],
)
def test_bad_input_is_refused_by_name(worker, course, hr, fields, said):
	if fields.get("employee") == "worker":
		fields = fields | {"employee": worker.name}
	with pytest.raises(frappe.ValidationError, match=said):
		new(**{"course": course, **fields}).insert()
	assert not factory.assignments()


def test_who_cannot_learn_is_refused_by_name(course, worker):
	unpublished = factory.course(published=0)
	disabled, left, other = factory.user(), factory.employee(factory.user()), factory.user()
	frappe.db.set_value("User", disabled, "enabled", 0)
	frappe.db.set_value("Employee", left.name, "status", "Left")
	without_user = factory.employee()
	frappe.set_user(factory.hr_manager())
	for fields, said in (
		({"member": disabled}, f"The user of .*{disabled}.* is disabled"),
		({"employee": left.name}, "has left the company"),
		({"employee": without_user.name}, "has no user"),
		({"employee": worker.name, "member": other}, f"The user of employee .*{worker.name}"),
		({"employee": worker.name, "course": unpublished}, "no published course"),
	):
		with pytest.raises(frappe.ValidationError, match=said):
			new(**{"course": course, **fields}).insert()
	assert not factory.assignments()


def test_where_learning_refuses_nothing_is_saved(worker, course, hr, monkeypatch):
	def refuse(member, course, name):
		frappe.throw("No seats left")

	monkeypatch.setattr(learning, "enrol", refuse)
	frappe.db.savepoint("request")
	with pytest.raises(frappe.ValidationError, match="No seats left"):
		new(employee=worker.name, course=course).insert()
	frappe.db.rollback(save_point="request")
	assert not factory.assignments()


def test_what_follows_from_facts_cannot_be_typed(worker, course, hr):
	doc = new(employee=worker.name, course=course, status="Completed", progress=100, cycle=7).insert()
	assert (doc.status, doc.progress, doc.cycle) == ("Pending", 0, 1)
	for fieldname, value in (("status", "Completed"), ("progress", 90), ("completed_on", "2026-11-23")):
		doc.reload()
		doc.set(fieldname, value)
		with pytest.raises(frappe.ValidationError, match="follows from facts"):
			doc.save()
	for fieldname, value in (("member", hr), ("course", factory_course())):
		doc.reload()
		doc.set(fieldname, value)
		with pytest.raises(frappe.CannotChangeConstantError):
			doc.save()


def factory_course():
	before = frappe.session.user
	frappe.set_user("Administrator")
	name = factory.course()
	frappe.set_user(before)
	return name


def test_moving_the_due_date_takes_overdue_back(worker, course, hr, clock):
	doc = new(employee=worker.name, course=course, due_date="2026-11-30").insert()
	clock(8)
	from smooth_lms_hr import daily

	daily.run()
	doc.reload()
	assert doc.status == "Overdue"
	doc.due_date = "2026-11-29"
	with pytest.raises(frappe.ValidationError, match="in the past"):
		doc.save()
	doc.reload()
	doc.due_date = "2026-12-24"
	doc.save()
	assert (doc.status, str(doc.original_due_date)) == ("Pending", "2026-11-30")
	assert doc.due_date_basis == f"Chosen by {hr} on 2026-12-01"
	doc.due_date = "2026-11-30"  # back to the original one, though that is past
	doc.save()
	assert doc.status == "Overdue"


def test_data_import_brings_employee_and_course(worker, course, hr, monkeypatch):
	monkeypatch.setattr(frappe.flags, "in_import", True)
	doc = new(employee=worker.name, course=course, due_date="2026-12-31")
	doc.insert()
	assert (doc.status, doc.member) == ("Pending", worker.user_id)


def test_user_permissions_keep_hr_out_of_another_company(course, worker):
	elsewhere = factory.company("Elsewhere Ltd")
	stranger = factory.employee(factory.user(), company=elsewhere)
	hr = factory.hr_manager()
	frappe.get_doc(
		{"doctype": "User Permission", "user": hr, "allow": "Company", "for_value": worker.company}
	).insert()
	frappe.set_user(hr)
	with pytest.raises(frappe.ValidationError, match=f"or not yours: .*{stranger.name}"):
		new(employee=stranger.name, course=course).insert()
	assert new(employee=worker.name, course=course).insert()
