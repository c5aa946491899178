"""What a training rule names is renamed, merged or deleted, or is very much (rules 10 and 14)."""

import frappe
import pytest

from smooth_lms_hr.assigning import exceptions, rules
from smooth_lms_hr.assigning.asking import Asking
from smooth_lms_hr.assigning.assigning import terms_now
from smooth_lms_hr.assigning.exceptions import Unmet
from smooth_lms_hr.sources.rules import read_rules
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.factory import designation, owed, rule
from tests.site.queries import number_of

VALUES = 3000


def department(**fields) -> str:
	values = {
		"doctype": "Department",
		"department_name": factory.unique("Dept"),
		"company": factory.company(),
	}
	return frappe.get_doc({**values, **fields}).insert(ignore_permissions=True).name


def lines_of(doc):
	doc.reload()
	return [(line.applies_to, line.value, line.exclude) for line in doc.audience]


def as_administrator(do, *args, **kwargs):
	before = frappe.session.user
	frappe.set_user("Administrator")
	answer = do(*args, **kwargs)
	frappe.set_user(before)
	return answer


def test_a_rule_follows_a_department_that_is_renamed(hr, course):
	old = department()
	doc = rule("Depot", [course], [("Department", old)], when_it_no_longer_fits="Cancel")
	employee = factory.employee(factory.user(), department=old)
	# ERPNext adds the company's letters.
	new = as_administrator(frappe.rename_doc, "Department", old, factory.unique("Renamed"))
	assert lines_of(doc) == [("Department", new, 0)]
	rules.ask_everybody(lambda _what, step: step())
	assert len(owed(employee)) == 1
	assert len(owed(factory.employee(factory.user(), department=new))) == 1
	doc.save()


@pytest.mark.parametrize("kind", ["Department", "Designation"])
def test_what_is_merged_is_named_once_and_fits_all_who_are_in_it_now(hr, course, kind):
	make, field = (
		(department, "department")
		if kind == "Department"
		else (lambda: designation(factory.unique("Job")), "designation")
	)
	gone, stays = make(), make()
	both = rule("Both", [course], [(kind, gone), (kind, stays)])
	excluded = rule("Excluded", [course], [("Company", factory.company()), (kind, gone, 1), (kind, stays, 1)])
	torn = rule("Torn", [course], [(kind, gone), (kind, stays, 1)])
	employee = factory.employee(factory.user(), **{field: gone})
	as_administrator(frappe.rename_doc, kind, gone, stays, merge=True)
	assert lines_of(both) == [(kind, stays, 0)]
	assert lines_of(excluded)[1:] == [(kind, stays, 1)]
	both.save()
	excluded.save()
	# What HR has to decide is left to HR.
	assert len(lines_of(torn)) == 2
	with pytest.raises(frappe.ValidationError, match="contradict"):
		torn.save()
	rules.ask_everybody(lambda _what, step: step())
	(row,) = owed(employee)
	assert len(owed(factory.employee(factory.user(), **{field: stays}))) == 1
	assert row.due_date > TODAY


def test_courses_that_become_one_are_asked_for_once(hr, driver):
	gone, stays = factory.course("Old", is_mandatory=0), factory.course("New", is_mandatory=0)
	doc = rule("Drivers", [gone, stays], [("Designation", "Driver")])
	as_administrator(frappe.rename_doc, "LMS Course", gone, stays, merge=True)
	doc.reload()
	assert [line.content for line in doc.contents] == [stays]
	doc.save()
	assert [row.course for row in owed(driver)] == [stays]


def test_courses_that_become_one_stand_in_the_exceptions_once(hr):
	gone, stays = factory.course("Old", is_mandatory=0), factory.course("New", is_mandatory=0)
	employee = factory.employee(None)
	doc = rule("Everybody", [gone, stays])
	exceptions.settle(
		{},
		[
			Unmet(employee.name, doc.name, course, exceptions.REFUSED, "Refused by Learning")
			for course in (gone, stays)
		],
	)
	other = Unmet(factory.employee(None).name, doc.name, gone, exceptions.REFUSED, "Refused by Learning")
	exceptions.settle({}, [other])
	as_administrator(frappe.rename_doc, "LMS Course", gone, stays, merge=True)
	rows = frappe.get_all("LMS Training Exception", {"kind": exceptions.REFUSED}, ["employee", "course"])
	assert {(row.employee, row.course) for row in rows} == {(employee.name, stays), (other.employee, stays)}
	assert len(rows) == 2


def test_rules_are_not_merged(hr, course):
	gone, stays = rule("Old", [course]), rule("New", [course])
	with pytest.raises(frappe.ValidationError, match="cannot be merged"):
		as_administrator(frappe.rename_doc, gone.doctype, gone.name, stays.name, merge=True)
	assert frappe.db.exists(gone.doctype, gone.name)
	assert as_administrator(frappe.rename_doc, gone.doctype, gone.name, "Renamed") == "Renamed"


def test_a_department_that_a_rule_names_is_not_deleted(hr, course):
	name = department()
	rule("Depot", [course], [("Department", name)])
	with pytest.raises(frappe.LinkExistsError):
		as_administrator(frappe.delete_doc, "Department", name)


def asked_in(doc, employee) -> int:
	return number_of(lambda: Asking([employee.name], read_rules([doc.name]), terms_now()).is_settled())


def test_a_rule_may_name_thousands(hr, course):
	names = [factory.unique("Job") for _ in range(VALUES)]
	factory.insert("Designation", [{"name": name, "designation_name": name} for name in names])
	few = rule("Few", [course], [("Designation", name) for name in names[:3]])
	doc = rule("Thousands", [course], [("Designation", name) for name in names])
	assert frappe.db.count("LMS Training Audience", {"parent": doc.name}) == VALUES
	first, last = (factory.employee(factory.user(), designation=name) for name in (names[0], names[-1]))
	assert (len(owed(first)), len(owed(last))) == (1, 1)
	assert set(rules.whom(doc)) == {first.name, last.name}
	assert asked_in(doc, last) == asked_in(few, first)
	doc.reload()
	doc.save()
	assert frappe.db.get_value(doc.doctype, doc.name, "fits_now") == 2
