"""Training rules that make no sense, or that are not for who makes them (rule 10)."""

from datetime import timedelta

import frappe
import pytest

from tests.site import factory, two_companies
from tests.site.conftest import TODAY
from tests.site.factory import causes, designation, line, owed, rule

RULE = "LMS Training Rule"


@pytest.mark.parametrize(
	("fields", "said"),
	[
		({"audience": []}, "Whom is it for"),
		({"audience": [line("Company", "_Test Company", 1)]}, "Whom is it for"),
		({"contents": []}, "What is to be learned"),
		({"due_days": -1}, "must be between 0"),
		({"due_days": 4000}, "must be between 0"),
		({"counts_if_completed_within": 4000}, "must be between 0"),
		({"fixed_due_date": "02-30"}, "02-30"),
		({"fixed_due_date": "1 May"}, "1 May"),
		({"fixed_due_date": "05-01", "due_days": 366}, "must be between 0 and 365"),
		({"audience": [line("Designation", "No such thing")]}, "No such thing"),
		({"contents": [{"content_type": "LMS Course", "content": "none"}]}, "none"),
	],
)
def test_what_makes_no_sense_is_refused_by_name(hr, course, fields, said):
	factory.company("_Test Company")
	values = {
		"doctype": RULE,
		"title": "A rule",
		"audience": [line("Company", factory.company())],
		"contents": [{"content_type": "LMS Course", "content": course}],
		**fields,
	}
	with pytest.raises(frappe.ValidationError, match=said):
		frappe.get_doc(values).insert()
	assert not frappe.db.exists(RULE, "A rule")


def test_lines_that_say_the_same_or_the_opposite_are_refused(hr, course):
	company = factory.company()
	for exclude, said in ((0, "are the same"), (1, "contradict one another")):
		with pytest.raises(frappe.ValidationError, match=said):
			rule(courses=[course], audience=[("Company", company), ("Company", company, exclude)])


def test_an_unpublished_course_is_refused(hr):
	with pytest.raises(frappe.ValidationError, match="no published course"):
		rule(courses=[factory.course(published=0)])


def test_who_is_left_a_company_makes_no_rule_for_another(as_user):
	world = two_companies.build()
	course = factory.course(is_mandatory=0)
	as_user(world.users["company-limited HR Manager"])
	rule(courses=[course], audience=[("Company", two_companies.HERE)])
	for audience in ([("Company", two_companies.THERE)], [("Designation", designation("Driver"))]):
		with pytest.raises(frappe.PermissionError, match="not yours"):
			rule(courses=[course], audience=audience)


def test_causes_are_not_written_by_hand(hr, course, driver):
	rule("Drivers", [course], [("Designation", "Driver")])
	(row,) = owed(driver)
	doc = frappe.get_doc("LMS Training Assignment", row.name)
	doc.causes = []
	doc.due_date = TODAY + timedelta(days=40)
	doc.save()
	assert len(causes(row.name)) == 1
