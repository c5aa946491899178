"""The embedded site's stand-ins do what Learning, Frappe HR and ERPNext do. On a bench this holds them to the truth."""

import importlib.util
import json
from pathlib import Path

import frappe
import pytest

from tests.site import differences, factory
from tests.site.conftest import ENGINE

STAND_INS = Path(__file__).parents[2] / "embedded" / "apps"
DOCTYPES = {
	path.stem: json.loads(path.read_text()) for path in sorted(STAND_INS.glob("*/*/doctype/*/*.json"))
}
COMPARED = ("fieldtype", "options", "reqd")

against_the_real_ones = pytest.mark.skipif(
	ENGINE == "embedded", reason="compares the stand-ins with the real DocTypes, which only a bench has"
)


def custom_fields() -> dict:
	"""Return what the stand-in of Frappe HR adds to ERPNext's DocTypes; not imported: `hrms` may be the real one."""
	spec = importlib.util.spec_from_file_location("stand_in_fields", STAND_INS / "hrms" / "custom_fields.py")
	module = importlib.util.module_from_spec(spec)
	spec.loader.exec_module(module)
	return module.CUSTOM_FIELDS


def deviations(doctype: str, fields: list[dict]) -> list[str]:
	meta, found = frappe.get_meta(doctype), []
	for field in fields:
		real = meta.get_field(field["fieldname"])
		if not real:
			found.append(f"{field['fieldname']}: not there")
			continue
		for key in COMPARED:
			allowed = {field.get(key) or None, differences.SINCE_16.get((doctype, field["fieldname"], key))}
			if (real.get(key) or None) not in allowed:
				found.append(f"{field['fieldname']}.{key}: {field.get(key)!r}, really {real.get(key)!r}")
	return found


@against_the_real_ones
@pytest.mark.parametrize("name", DOCTYPES)
def test_a_stand_in_has_the_fields_of_the_real_doctype(name):
	doctype = DOCTYPES[name]
	assert deviations(doctype["name"], doctype["fields"]) == []


@against_the_real_ones
@pytest.mark.parametrize("name", DOCTYPES)
def test_a_stand_in_is_of_the_real_doctypes_kind(name):
	doctype, meta = DOCTYPES[name], frappe.get_meta(DOCTYPES[name]["name"])
	for key in ("istable", "issingle", "is_submittable", "module"):
		assert (doctype.get(key) or 0) == (meta.get(key) or 0), key


@against_the_real_ones
@pytest.mark.parametrize("name", DOCTYPES)
def test_a_stand_in_lets_nobody_do_more_than_the_real_doctype(name):
	if differences.old_rights(DOCTYPES[name]["name"]):
		pytest.skip("the stand-ins are of the newest Learning, which gives other rights than this one")
	real = {row.role: row for row in frappe.get_meta(DOCTYPES[name]["name"]).permissions if not row.permlevel}
	for row in DOCTYPES[name]["permissions"]:
		for right in ("select", "read", "write", "create", "delete", "submit", "cancel", "if_owner"):
			allowed = real.get(row["role"], {}).get(right)
			assert bool(row.get(right)) == bool(allowed), (row["role"], right)


@against_the_real_ones
@pytest.mark.parametrize("doctype", ["Department", "Employee"])
def test_the_added_fields_are_the_real_ones(doctype):
	assert deviations(doctype, custom_fields()[doctype]) == []


def enrol(member: str, course: str):
	return frappe.get_doc({"doctype": "LMS Enrollment", "member": member, "course": course}).insert(
		ignore_permissions=True
	)


@pytest.fixture
def events(monkeypatch):
	"""The names of the events that an enrolment runs, in order."""
	from lms.lms.doctype.lms_enrollment.lms_enrollment import LMSEnrollment

	seen = []
	run_method = LMSEnrollment.run_method

	def note(self, method, *args, **kwargs):
		seen.append(method)
		return run_method(self, method, *args, **kwargs)

	monkeypatch.setattr(LMSEnrollment, "run_method", note)
	return seen


class TestEnrolment:
	def test_a_new_user_is_a_learner(self):
		assert "LMS Student" in frappe.get_roles(factory.user())

	@pytest.mark.parametrize(
		"fields", [{"disable_self_learning": 1}, {"published": 0}], ids=["closed", "draft"]
	)
	@pytest.mark.parametrize("role", ["HR Manager", "System Manager"])
	def test_is_refused_by_the_session_users_roles(self, fields, role, as_user):
		course, member = factory.course(**fields), factory.user()
		as_user(factory.user(role))
		if not differences.learning_asks_who_enrols():
			assert enrol(member, course).name
			return
		with pytest.raises(frappe.ValidationError):
			enrol(member, course)

	@pytest.mark.parametrize("role", ["Moderator", "Course Creator", "Batch Evaluator"])
	def test_is_open_to_learnings_staff(self, role, as_user):
		course, member = factory.course(disable_self_learning=1, published=0), factory.user()
		as_user(factory.user(role))
		assert enrol(member, course).name

	def test_happens_once(self):
		if not differences.learning_enrols_once():
			pytest.skip("this Learning looks beside a row without a name, where Frappe 15 finds none")
		course, member = factory.course(), factory.user()
		enrol(member, course)
		with pytest.raises(frappe.ValidationError, match=r"already (enrolled|a Student)"):
			enrol(member, course)

	def test_belongs_to_the_learner(self):
		course, member = factory.course(), factory.user()
		owner = member if differences.enrolments_belong_to_learners() else frappe.session.user
		assert enrol(member, course).owner == owner

	def test_progress_is_not_the_learners_to_type(self, as_user):
		if differences.learners_type_progress():
			pytest.skip("this Learning takes the number that a learner types")
		course, member = factory.course(), factory.user()
		doc = enrol(member, course)
		as_user(member)
		doc.reload()
		doc.progress = 100
		doc.save()
		assert not frappe.db.get_value("LMS Enrollment", doc.name, "progress")


class TestProgress:
	def test_a_finished_lesson_runs_on_change_with_the_row_written(self, events):
		course, member = factory.course(lessons=2), factory.user()
		name = enrol(member, course).name
		events.clear()
		factory.complete_lessons(member, course, 1)
		assert "on_change" in events
		assert frappe.db.get_value("LMS Enrollment", name, "progress") == 50

	def test_all_lessons_are_a_hundred_percent(self):
		course, member = factory.course(lessons=3), factory.user()
		name = enrol(member, course).name
		factory.complete_lessons(member, course)
		assert frappe.db.get_value("LMS Enrollment", name, "progress") == 100

	def test_without_an_enrolment_there_is_none(self, as_user):
		from lms.lms.doctype.course_lesson.course_lesson import save_progress

		course = factory.course(lessons=1)
		as_user(factory.user())
		assert save_progress(factory.lessons_of(course)[0], course) == 0

	def test_a_certificate_is_asked_for(self, as_user):
		from lms.lms.doctype.lms_certificate.lms_certificate import create_certificate

		course, member = factory.course(lessons=1, enable_certification=1), factory.user()
		enrol(member, course)
		as_user(member)
		if differences.certificates_want_completion():
			with pytest.raises(frappe.ValidationError):
				create_certificate(course)
		factory.complete_lessons(member, course)
		assert not frappe.db.exists("LMS Certificate", {"member": member, "course": course})
		create_certificate(course)
		assert frappe.db.exists("LMS Certificate", {"member": member, "course": course})


class TestOnboarding:
	def employee_of(self, onboarding):
		return frappe.db.get_value("Employee Onboarding", onboarding.name, "employee")

	def test_nobody_is_linked_when_it_is_created(self):
		assert not factory.onboarding().employee

	def test_an_employee_of_the_applicant_is_found_on_insert(self):
		applicant = factory.applicant()
		employee = factory.employee(job_applicant=applicant)
		assert factory.onboarding(job_applicant=applicant).employee == employee.name

	def test_there_is_one_for_an_applicant(self):
		another = frappe.copy_doc(factory.onboarding())
		with pytest.raises(frappe.ValidationError, match="already exists"):
			another.insert()

	def test_the_employees_validate_links_a_submitted_one(self, monkeypatch):
		from hrms.hr.doctype.employee_onboarding.employee_onboarding import EmployeeOnboarding

		doc = factory.onboarding(activities=[])
		doc.submit()
		seen, run_method = [], EmployeeOnboarding.run_method

		def note(self, method, *args, **kwargs):
			# on the first insert of the employee the link is there before what it links to
			seen.append((method, bool(frappe.db.exists("Employee", {"job_applicant": doc.job_applicant}))))
			return run_method(self, method, *args, **kwargs)

		monkeypatch.setattr(EmployeeOnboarding, "run_method", note)
		employee = factory.employee(job_applicant=doc.job_applicant)
		assert self.employee_of(doc) == employee.name
		assert ("on_change", False) in seen
		assert "on_update" not in [method for method, _exists in seen]

	def test_the_employees_validate_leaves_a_draft_alone(self):
		doc = factory.onboarding(activities=[])
		factory.employee(job_applicant=doc.job_applicant)
		assert not self.employee_of(doc)
		doc.reload()
		doc.save()
		assert self.employee_of(doc)

	def test_one_whose_tasks_were_done_before_is_never_linked(self):
		doc = factory.onboarding()
		doc.submit()
		factory.finish_tasks(doc)
		assert frappe.db.get_value(doc.doctype, doc.name, "boarding_status") == "Completed"
		factory.employee(job_applicant=doc.job_applicant)
		assert not self.employee_of(doc)

	def test_tasks_come_with_submit_and_go_with_cancel(self):
		doc = factory.onboarding()
		doc.submit()
		project = doc.project or frappe.db.get_value(doc.doctype, doc.name, "project")
		assert frappe.db.count("Task", {"project": project}) == len(doc.activities) > 0
		doc.reload()
		doc.cancel()
		assert not frappe.db.exists("Project", project)

	@pytest.mark.parametrize(
		("role", "allowed"), [("HR Manager", True), ("HR User", False), ("Employee", False)]
	)
	def test_is_for_hr_managers(self, role, allowed):
		user = factory.user(role)
		assert bool(frappe.has_permission("Employee Onboarding", "create", user=user)) is allowed


class TestEmployee:
	def test_its_user_gets_the_role_and_loses_it(self):
		user = factory.user()
		employee = factory.employee(user)
		assert "Employee" in frappe.get_roles(user)
		employee.reload()
		employee.user_id = None
		employee.save()
		assert "Employee" not in frappe.get_roles(user)

	def test_its_user_is_restricted_to_its_own_record(self):
		user = factory.user()
		employee = factory.employee(user)
		own = {"user": user, "allow": "Employee", "for_value": employee.name}
		assert frappe.db.exists("User Permission", own)

	def test_a_user_is_one_employee(self):
		user = factory.user()
		factory.employee(user)
		with pytest.raises(frappe.DuplicateEntryError):
			factory.employee(user)

	def test_a_manager_leaves_after_the_team(self):
		manager = factory.employee()
		factory.employee(reports_to=manager.name)
		manager.reload()
		manager.update({"status": "Left", "relieving_date": frappe.utils.nowdate()})
		with pytest.raises(frappe.ValidationError):
			manager.save()

	def test_a_manager_sees_the_team_below(self, as_user):
		user = factory.user()
		manager = factory.employee(user)
		below = factory.employee(reports_to=factory.employee(reports_to=manager.name).name)
		stranger = factory.employee()
		as_user(user)
		seen = frappe.get_list("Employee", pluck="name")
		assert below.name in seen
		assert stranger.name not in seen
