"""People who move: to another department or company, from no employee to one, from one Employee record to another (rule 12)."""

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.record import reasons
from smooth_lms_hr.showing import history
from tests.site import factory
from tests.site.conftest import TODAY


def department(name: str, company: str | None = None) -> str:
	return (
		frappe.get_doc(
			{
				"doctype": "Department",
				"department_name": factory.unique(name),
				"company": company or factory.company(),
				"parent_department": frappe.db.get_value("Department", {"is_group": 1}),
			}
		)
		.insert(ignore_permissions=True)
		.name
	)


def change(employee, **values) -> None:
	doc = frappe.get_doc("Employee", employee.name)
	doc.update(values)
	doc.save(ignore_permissions=True)


def handed_over(assignment: str) -> list[tuple]:
	return [each for each in factory.events(assignment) if each[0] == "Handed Over"]


@pytest.fixture
def hr(as_user):
	"""Somebody of HR who may write to users as well: ERPNext 16 disables the user of an employee who is not active."""
	name = factory.hr_manager("System Manager")
	as_user(name)
	return name


class TestTransfer:
	@pytest.fixture
	def sales(self):
		return department("Sales")

	@pytest.fixture
	def worker(self, sales):
		return factory.employee(factory.user(), department=sales)

	@pytest.fixture
	def debts(self, worker, hr):
		"""Return the names of an open, a completed and a waived assignment of somebody in Sales."""
		names = []
		for title in ("Open", "Completed", "Waived"):
			course = factory.course(title, is_mandatory=0)
			api.assign_mandatory_training(employees=[worker.name], courses=[course])
			names.append(factory.assignment(member=worker.user_id, course=course).name)
		factory.complete_lessons(worker.user_id, factory.assignment(name=names[1]).course)
		api.waive([names[2]], "Knows it")
		return names

	def test_what_is_open_moves_and_what_is_settled_stays(self, debts, worker, sales):
		other = department("Ops")
		change(worker, department=other)
		assert [factory.assignment(name=name).department for name in debts] == [other, sales, sales]

	def test_the_history_says_who_moved_it_from_where_to_where(self, debts, worker, sales, hr):
		other = department("Ops")
		change(worker, department=other)
		assert handed_over(debts[0]) == [("Handed Over", sales, other, reasons.MOVED, hr)]
		assert [handed_over(name) for name in debts[1:]] == [[], []]
		said = history.timeline("LMS Training Assignment", debts[0])[-1]["content"]
		assert said.startswith(
			f"Moved from {sales} to {other}: The employee has moved. · Employee {worker.name}"
		)

	def test_to_another_company_and_designation_it_is_one_event(self, debts, worker, sales, hr):
		company, pilot = factory.company("_Test Other Company"), factory.designation("Pilot")
		there = department("There", company)
		before = worker.company
		change(worker, company=company, department=there, designation=pilot)
		row = factory.assignment(name=debts[0])
		assert (row.company, row.department, row.designation) == (company, there, pilot)
		(event,) = handed_over(row.name)
		assert event[1:3] == (f"{before}, {sales}", f"{company}, {there}, {pilot}")

	def test_a_department_that_is_taken_away_is_said(self, debts, worker, sales):
		change(worker, department=None)
		assert factory.assignment(name=debts[0]).department is None
		said = history.timeline("LMS Training Assignment", debts[0])[-1]["content"]
		assert said.startswith(f"Moved away from {sales}")

	def test_what_no_assignment_holds_moves_nothing(self, debts, worker):
		grade = factory.insert("Employee Grade", [{"name": "G7"}]) or "G7"
		change(worker, grade=grade)
		assert handed_over(debts[0]) == []

	def test_another_save_moves_nothing_again(self, debts, worker):
		change(worker, department=department("Ops"))
		change(worker, cell_number="1234567890")
		assert len(handed_over(debts[0])) == 1

	def test_it_takes_as_many_queries_for_many_as_for_few(self, worker, hr):
		from tests.site.queries import Queries

		def transfer():
			place = department("Place")
			with Queries() as queries:
				change(worker, department=place)
			# What Frappe and ERPNext ask of an Employee depends on what they remember.
			return queries.about("LMS Training")

		def assign(number: int):
			courses = [factory.course(is_mandatory=0, lessons=0) for _ in range(number)]
			api.assign_mandatory_training(employees=[worker.name], courses=courses)

		assign(2)
		transfer()
		few = transfer()
		assign(6)
		assert transfer() == few

	def test_a_save_of_hrs_goes_through_whatever_fails(self, debts, worker, sales, monkeypatch):
		from smooth_lms_hr.following import transfers

		def fail(*args):
			raise ZeroDivisionError("broken")

		monkeypatch.setattr(transfers, "_hand_over", fail)
		other = department("Ops")
		change(worker, department=other)
		assert frappe.db.get_value("Employee", worker.name, "department") == other
		assert factory.assignment(name=debts[0]).department == sales


class TestContractor:
	@pytest.fixture
	def contractor(self, hr):
		"""Return a user without Employee who owes a course and has completed another."""
		user = factory.user()
		for title in ("Open", "Completed"):
			course = factory.course(title, is_mandatory=0)
			api.assign_mandatory_training(members=[user], courses=[course])
		factory.complete_lessons(user, course)
		return user

	def test_who_becomes_an_employee_keeps_debts_and_proof(self, contractor, hr):
		employee = factory.employee(contractor, designation=factory.designation("Driver"))
		is_open, completed = factory.assignments(member=contractor)
		assert {row.employee for row in (is_open, completed)} == {employee.name}
		assert {row.employee_name for row in (is_open, completed)} == {employee.employee_name}
		assert (is_open.company, is_open.designation) == (employee.company, "Driver")
		assert (completed.company, completed.designation) == (None, None)
		for row in (is_open, completed):
			assert handed_over(row.name) == [("Handed Over", None, employee.name, reasons.NOW_EMPLOYEE, hr)]
		said = history.timeline("LMS Training Assignment", is_open.name)[-1]["content"]
		assert said.startswith(f"Moved to {employee.name}: The person is an employee now.")

	def test_the_event_is_the_employees_as_well(self, contractor):
		employee = factory.employee(contractor)
		assert frappe.db.count("LMS Training Event", {"event": "Handed Over", "employee": employee.name}) == 2

	def test_the_user_may_be_linked_later(self, contractor):
		employee = factory.employee()
		assert factory.assignments(employee=employee.name) == []
		change(employee, user_id=contractor)
		assert len(factory.assignments(employee=employee.name)) == 2

	def test_nothing_is_taken_over_while_the_record_is_not_active(self, contractor):
		employee = factory.employee(contractor, status="Inactive")
		assert factory.assignments(employee=employee.name) == []
		change(employee, status="Active")
		assert len(factory.assignments(employee=employee.name)) == 2

	def test_another_save_takes_over_nothing_again(self, contractor):
		employee = factory.employee(contractor)
		change(employee, cell_number="1234567890")
		assert [len(handed_over(row.name)) for row in factory.assignments(member=contractor)] == [1, 1]

	def test_a_course_that_is_mandatory_for_hires_is_one_debt(self, hr):
		user, course = factory.user(), factory.course()
		api.assign_mandatory_training(members=[user], courses=[course])
		employee = factory.employee(user)
		onboarding = factory.onboarding(employee=employee.name)
		row = factory.assignment(member=user)
		assert row.employee == employee.name
		assert ("Employee Onboarding", onboarding.name, False) in factory.causes(row.name)


# ERPNext lets nobody save a record whose user is another active one's.
GONE = {"status": "Left", "relieving_date": TODAY, "user_id": None}


class TestTwoRecords:
	@pytest.fixture
	def old(self, hr):
		"""Return the Employee record of somebody who owes a course and has completed another."""
		old = factory.employee(factory.user())
		for title in ("Open", "Completed"):
			course = factory.course(title, is_mandatory=0)
			api.assign_mandatory_training(employees=[old.name], courses=[course])
		factory.complete_lessons(old.user_id, course)
		return old

	@pytest.fixture
	def new(self, old):
		"""Return the record of the same user in another company, where the person is at work now."""
		change(old, status="Inactive")
		return factory.employee(old.user_id, company=factory.company("_Test Other Company"))

	def test_the_active_one_takes_over_what_is_open(self, old, new, hr):
		is_open, completed = factory.assignments(member=old.user_id)
		assert (is_open.employee, is_open.company) == (new.name, new.company)
		assert (completed.employee, completed.company) == (old.name, old.company)
		assert handed_over(is_open.name) == [("Handed Over", old.name, new.name, reasons.MOVED, hr)]

	def test_saving_the_one_that_has_left_cancels_nothing_of_the_others(self, old, new):
		change(old, **GONE)
		change(old, cell_number="1234567890")
		assert [row.status for row in factory.assignments(employee=new.name)] == ["Pending"]

	def test_saving_the_one_that_has_left_takes_nothing_over(self, old, new):
		change(old, **GONE)
		assert factory.assignments(member=old.user_id)[0].employee == new.name


def test_an_employee_who_is_their_own_manager_breaks_nothing(settings):
	"""ERPNext refuses it on a form; an import or a script may have written it."""
	from smooth_lms_hr import daily

	owner = factory.employee(factory.user())
	frappe.db.set_value("Employee", owner.name, "reports_to", owner.name)
	settings.manager_digest = "Daily"
	settings.save()
	course = factory.course(is_mandatory=0)
	factory.rule(courses=[course], audience=[("Employee", owner.name)])
	row = factory.assignment(member=owner.user_id)
	frappe.db.set_value("LMS Training Assignment", row.name, "due_date", TODAY)
	summary = daily.run()
	assert (summary["steps_failed"], summary["not_told"]) == (0, 0)
	# Nobody is told of their own training as of a team's.
	assert not frappe.db.exists(
		"LMS Training Notification", {"assignment": row.name, "audience": ("!=", "Member")}
	)
	frappe.set_user(owner.user_id)
	with pytest.raises(frappe.PermissionError, match="Nobody reports to you"):
		api.get_team_training_status()
	assert [each["name"] for each in api.get_my_training_assignments()] == [row.name]
