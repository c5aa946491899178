"""Employees, departments, designations and companies with another name, or merged; and who was told by which name."""

import frappe
import pytest
from frappe.utils import getdate

from smooth_lms_hr import daily
from smooth_lms_hr.record import ledger
from smooth_lms_hr.record.ledger import LADDER, Notice
from smooth_lms_hr.sources.names import NOTIFICATION as LEDGER
from tests.site import differences, factory
from tests.site.debts import ASSIGNMENT, day, merge, owe, rename, states


def part_of_company(doctype):
	"""Return a new Department or Designation."""
	doc = frappe.get_doc(
		{
			"doctype": doctype,
			f"{frappe.scrub(doctype)}_name": factory.unique("Unit"),
			"company": factory.company(),
		}
	)
	return doc.insert().name


class TestOtherRecords:
	def test_two_employee_records_of_one_person(self, hire):
		again = factory.employee(factory.user(), first_name="Anna")
		course = factory.course()
		a = owe(hire.user_id, course, employee=hire.name, employee_name=hire.employee_name)
		b = owe(again.user_id, course, employee=again.name, employee_name=again.employee_name)
		merge("Employee", hire.name, again.name, by="HR Manager")
		rows = {row.name: row for row in factory.assignments(course=course)}
		assert {row.employee for row in rows.values()} == {again.name}
		assert {row.employee_name for row in rows.values()} == {"Anna"}
		assert {(row.status, row.cycle) for row in rows.values()} == {("Pending", 1)}
		assert [rows[a].member, rows[b].member] == [hire.user_id, again.user_id]

	def test_a_renamed_employee_keeps_what_was_owed(self, hire):
		name = owe(hire.user_id, factory.course(), employee=hire.name, employee_name=hire.employee_name)
		rename("Employee", hire.name, f"{hire.name}-A", by="HR Manager")
		row = factory.assignment(name=name)
		assert (row.employee, row.employee_name) == (f"{hire.name}-A", hire.employee_name)

	@pytest.mark.parametrize("merged", [False, True])
	@pytest.mark.parametrize(("doctype", "role"), [("Department", "HR Manager"), ("Designation", "HR User")])
	def test_departments_and_designations(self, doctype, role, merged, hire, as_user):
		old, new = part_of_company(doctype), part_of_company(doctype)
		course, field = factory.course(), frappe.scrub(doctype)
		mine = owe(hire.user_id, course, **{field: old})
		other = owe(factory.user(), course, **{field: part_of_company(doctype)})
		reader = factory.user("HR User")
		frappe.get_doc(
			{"doctype": "User Permission", "user": reader, "allow": doctype, "for_value": old}
		).insert(ignore_permissions=True)
		name = rename(doctype, old, new if merged else f"{old} anew", merged, by=role)
		assert frappe.db.get_value(ASSIGNMENT, mine, field) == name
		assert frappe.db.get_value(ASSIGNMENT, other, field) not in (name, old)
		as_user(reader)
		assert frappe.get_list(ASSIGNMENT, pluck="name") == [mine]

	def test_a_company_with_another_name(self, hire, as_user):
		old = factory.company(factory.unique("Company"))
		mine, other = (
			owe(hire.user_id, factory.course(), company=old),
			owe(factory.user(), factory.course(), company=factory.company("_Test Company")),
		)
		reader = factory.user("HR User")
		frappe.get_doc(
			{"doctype": "User Permission", "user": reader, "allow": "Company", "for_value": old}
		).insert(ignore_permissions=True)
		new = rename("Company", old, factory.unique("Company"))
		assert frappe.db.get_value(ASSIGNMENT, mine, "company") == new
		as_user(reader)
		assert frappe.get_list(ASSIGNMENT, pluck="name") == [mine]
		assert frappe.db.get_value(ASSIGNMENT, other, "company") == "_Test Company"

	def test_two_companies(self, hire, as_user):
		if not differences.can_merge_companies():
			pytest.skip("this ERPNext cannot merge companies")
		old, new = factory.company(factory.unique("Company")), factory.company(factory.unique("Company"))
		course = factory.course()
		mine, theirs = owe(hire.user_id, course, company=old), owe(factory.user(), course, company=new)
		other = owe(factory.user(), course, company=factory.company("_Test Company"))
		reader = factory.user("HR User")
		frappe.get_doc(
			{"doctype": "User Permission", "user": reader, "allow": "Company", "for_value": old}
		).insert(ignore_permissions=True)
		merge("Company", old, new)
		assert {row.name for row in factory.assignments(company=new)} == {mine, theirs}
		assert frappe.db.get_value(ASSIGNMENT, other, "company") == "_Test Company"
		as_user(reader)
		assert set(frappe.get_list(ASSIGNMENT, pluck="name")) == {mine, theirs}

	def test_what_is_deleted_is_still_said_to_be(self, two, hire):
		old, new = two
		course, gone = factory.course(), factory.course(lessons=0)
		owe(old, course), owe(new, course)
		merge("User", old, new)
		kept = owe(hire.user_id, course)
		for_gone = owe(new, gone)
		frappe.delete_doc("LMS Course", gone)
		assert states(name=for_gone)[for_gone][0] == "Cancelled"
		frappe.delete_doc("User", new, force=True)
		assert {status for status, _cycle in states(member=new).values()} == {"Cancelled"}
		assert states(name=kept) == {kept: ("Pending", 1)}


def told(assignment: str, user: str, offset_days: int = 14, audience: str = "HR") -> None:
	due = getdate(day(30))
	ledger.write([Notice(assignment, LADDER, due, audience, user, due, offset_days)], None)


def entries(**filters) -> list[tuple]:
	return sorted(
		tuple(str(value) if value is None else value for value in row)
		for row in frappe.get_all(
			LEDGER, filters, ["assignment", "offset_days", "audience", "recipient"], as_list=True
		)
	)


class TestTheLedger:
	def test_who_has_another_name_was_told_all_the_same(self, hire):
		boss, colleague = factory.user(), factory.user()
		name = owe(hire.user_id, factory.course())
		for user in (boss, colleague):
			told(name, user)
			told(name, user, 7, "Manager")
		address = f"{factory.unique('married')}.{boss}"
		rename("User", boss, address)
		for user in (address, colleague):
			assert entries(recipient=user) == sorted([(name, 14, "HR", user), (name, 7, "Manager", user)])
		assert entries(recipient=boss) == []

	def test_who_was_told_by_two_names_is_one(self, two, hire):
		old, new = two
		name, other = (owe(hire.user_id, factory.course()) for _ in range(2))
		colleague = factory.user()
		for user in (*two, colleague):
			told(name, user)
		told(other, old)
		merge("User", old, new)
		assert entries(assignment=name) == sorted([(name, 14, "HR", new), (name, 14, "HR", colleague)])
		assert entries(assignment=other) == [(other, 14, "HR", new)]

	def test_what_was_told_is_as_before_where_the_merge_does_not_follow(self, two, hire):
		old, new = two
		name = owe(hire.user_id, factory.course())
		for user in two:
			told(name, user)
		before = entries(assignment=name)
		frappe.get_doc("User", old).run_method("before_rename", old, new, True)
		assert entries(assignment=name) != before
		frappe.db.commit()
		assert entries(assignment=name) == before

	def test_hr_is_not_told_again_after_a_change_of_name(self, hire, clock):
		factory.mail_account()
		boss = factory.hr_manager()
		owe(hire.user_id, factory.course(), "Pending", due=-15, assigned=-50, due_date_set_on=day(-50))
		daily.run(getdate())
		said = frappe.db.count(LEDGER, {"recipient": boss})
		assert said
		address = f"{factory.unique('married')}.{boss}"
		rename("User", boss, address)
		daily.run(getdate())
		assert frappe.db.count(LEDGER, {"recipient": address}) == said
