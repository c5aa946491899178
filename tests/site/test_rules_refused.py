"""Training rules that make no sense, or that are not for who makes them (rule 10)."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import daily
from tests.site import factory, two_companies
from tests.site.conftest import TODAY
from tests.site.factory import causes, designation, line, owed, rule

RULE = "LMS Training Rule"


@pytest.mark.parametrize(
	("fields", "said"),
	[
		({"audience": []}, "The audience names nobody"),
		({"audience": [line("Company", "_Test Company", 1)]}, "The audience names nobody"),
		({"contents": []}, "The contents are empty"),
		({"due_days": -1}, "must be between 0"),
		({"due_days": 4000}, "must be between 0"),
		({"counts_if_completed_within": 4000}, "must be between 0"),
		({"due_days": 10**12}, "must be between 0"),
		({"confirm_above": -1}, "must be between 0"),
		({"confirm_above": 10**12}, "must be between 0"),
		({"fixed_due_date": "02-30"}, "02-30"),
		({"fixed_due_date": "13-01"}, "13-01"),
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


def test_who_is_named_twice_is_refused(hr, course, driver):
	for exclude, said in ((0, "are the same"), (1, "contradict one another")):
		with pytest.raises(frappe.ValidationError, match=said):
			rule(courses=[course], audience=[("Employee", driver.name), ("Employee", driver.name, exclude)])


def test_two_rules_that_contradict_are_one_debt_by_the_sooner_date(hr, course, driver):
	"""One lets somebody in whom the other leaves out, and one cancels what the other keeps: each says what it asks for."""
	company = factory.company()
	wants = rule("Wants", [course], [("Company", company)], due_days=9, when_it_no_longer_fits="Keep")
	leaves_out = [("Company", company), ("Employee", driver.name, 1)]
	not_him = rule("Not him", [course], leaves_out, due_days=2, when_it_no_longer_fits="Cancel")
	(row,) = owed(driver)
	assert (row.due_date, causes(row.name)) == (TODAY + timedelta(days=9), [(RULE, wants.name, False)])
	not_him.audience = not_him.audience[:1]
	not_him.save()
	(row,) = owed(driver)
	assert row.due_date == TODAY + timedelta(days=2)
	for doc in (not_him, wants):
		doc.reload()
		doc.enabled = 0
		doc.save()
	# One was to be kept, the other not: what the one keeps stands.
	assert causes(row.name) == [(RULE, "Wants", False), (RULE, "Not him", True)]
	assert [each.name for each in owed(driver)] == [row.name]


def test_the_29th_of_february_is_a_day_of_the_year(hr, course, driver):
	rule("Yearly", [course], [("Designation", "Driver")], fixed_due_date="02-29")
	(row,) = owed(driver)
	assert str(row.due_date) == "2027-02-28"


def test_a_program_without_any_course_is_refused(hr):
	contents = [{"content_type": "LMS Program", "content": factory.program([])}]
	with pytest.raises(frappe.ValidationError, match="no program"):
		rule(contents=contents)


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


def test_who_could_not_be_assigned_is_asked_again_every_day(hr, hire):
	frappe.db.set_value("Employee", hire.name, "date_of_joining", None)
	course = factory.course(is_mandatory=0)
	made = factory.rule(
		courses=[course],
		audience=[("Employee", hire.name)],
		applies="Everybody It Fits",
		due_from="Date of Joining",
		due_days=9,
	)
	(kept,) = frappe.get_all("LMS Training Exception", {"rule": made.name}, ["name", "kind"])
	assert kept.kind == "No Date of Joining"
	for _day in range(2):
		assert daily.run()["not_done"] == []
	assert frappe.get_all("LMS Training Exception", {"rule": made.name}, pluck="name") == [kept.name]
	frappe.db.set_value("Employee", hire.name, "date_of_joining", TODAY)
	daily.run()
	assert [row.course for row in owed(hire)] == [course]
	assert not frappe.db.exists("LMS Training Exception", {"rule": made.name})
