"""Rules that ask for a whole program or batch of Learning: joined as one, owed course by course."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr.assigning import rules
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.factory import causes, designation, line, owed

RULE = "LMS Training Rule"
PROGRAM, BATCH = "LMS Program", "LMS Batch"


def rule_for(kind, name, **fields):
	return frappe.get_doc(
		{
			"doctype": RULE,
			"title": factory.unique("Rule"),
			"applies": "Everybody It Fits",
			"audience": [line("Designation", designation("Driver"))],
			"contents": [{"content_type": kind, "content": name}],
			**fields,
		}
	).insert()


def ask_everybody():
	rules.ask_everybody(lambda _what, step: step())


def members(doctype, **filters):
	return frappe.get_all(doctype, filters, pluck="member", order_by="creation, member")


def test_a_program_is_joined_and_each_of_its_courses_owed_in_its_order(hr, driver):
	first, second, draft = (
		factory.course("Zero first", is_mandatory=0),
		factory.course("A second", is_mandatory=0),
		factory.course("Draft", is_mandatory=0, published=0),
	)
	program = factory.program([first, second, draft])
	rule_for(PROGRAM, program, due_days=9)
	assert [row.course for row in owed(driver)] == [first, second]
	assert {row.due_date for row in owed(driver)} == {TODAY + timedelta(days=9)}
	assert members("LMS Program Member", parent=program) == [driver.user_id]
	assert frappe.db.get_value(PROGRAM, program, "member_count") == 1
	ask_everybody()
	assert members("LMS Program Member", parent=program) == [driver.user_id]
	# What is published later is owed from then on.
	frappe.db.set_value("LMS Course", draft, "published", 1)
	ask_everybody()
	assert [row.course for row in owed(driver)] == [first, second, draft]


def test_who_has_left_the_program_is_joined_again(hr, driver):
	program = factory.program([factory.course(is_mandatory=0)])
	rule_for(PROGRAM, program)
	frappe.db.delete("LMS Program Member", {"parent": program})
	ask_everybody()
	assert members("LMS Program Member", parent=program) == [driver.user_id]


def test_a_batch_is_joined_and_its_courses_are_due_on_its_last_day(hr, driver):
	course = factory.course(is_mandatory=0)
	batch = factory.batch([course])
	rule_for(BATCH, batch, due_days=90)
	(row,) = owed(driver)
	assert (row.due_date, row.due_date_basis) == (TODAY + timedelta(days=7), "The last day of the batch")
	assert members("LMS Batch Enrollment", batch=batch) == [driver.user_id]
	assert frappe.db.count("LMS Enrollment", {"member": driver.user_id, "course": course}) == 1


def test_what_the_rule_also_asks_for_by_itself_is_owed_though_the_batch_is_full(hr, driver):
	in_both, in_batch = (factory.course(is_mandatory=0) for _ in range(2))
	batch = factory.batch([in_both, in_batch], seat_count=1)
	other = factory.employee(factory.user(), designation="Driver")
	rule_for(
		BATCH,
		batch,
		due_days=9,
		contents=[
			{"content_type": BATCH, "content": batch},
			{"content_type": "LMS Course", "content": in_both},
		],
	)
	(seated,) = members("LMS Batch Enrollment", batch=batch)
	late = other if seated == driver.user_id else driver
	(row,) = owed(late)
	assert (row.course, row.due_date) == (in_both, TODAY + timedelta(days=9))
	assert [each.kind for each in frappe.get_all("LMS Training Exception", fields=["kind"])] == ["Refused"]


def test_a_full_batch_is_an_exception_until_there_is_a_seat(hr, driver):
	course = factory.course(is_mandatory=0)
	batch = factory.batch([course], seat_count=1)
	other = factory.employee(factory.user(), designation="Driver")
	doc = rule_for(BATCH, batch)
	(seated,) = members("LMS Batch Enrollment", batch=batch)
	(late,) = {driver.user_id, other.user_id} - {seated}
	assert not factory.assignments(member=late)
	(row,) = frappe.get_all("LMS Training Exception", fields=["*"])
	assert (row.rule, row.kind) == (doc.name, "Refused")
	assert row.why == f"The batch {batch} is full: all of its 1 seats are taken."
	errors = frappe.db.count("Error Log")
	ask_everybody()
	assert frappe.db.count("Error Log") == errors
	frappe.db.set_value(BATCH, batch, "seat_count", 2)
	ask_everybody()
	assert factory.assignment(member=late).course == course
	assert not frappe.db.count("LMS Training Exception")


def test_an_onboarding_brings_along_what_rules_ask_for(hr, driver):
	baseline, other = factory.course("Baseline"), factory.course("Other", is_mandatory=0)
	program = factory.program([other])
	rule_for(PROGRAM, program, applies="New Hires")
	doc = factory.onboarding(employee=driver.name)
	assert {row.course for row in owed(driver)} == {baseline, other}
	assert members("LMS Program Member", parent=program) == [driver.user_id]
	assert doc.training_status == "Assigned"
	assert "2 newly assigned" in doc.training_note


def test_a_course_that_a_rule_asks_for_twice_is_owed_for_it_once(hr, driver):
	course = factory.course(is_mandatory=0)
	program, batch = factory.program([course]), factory.batch([course])
	contents = [("LMS Course", course), (PROGRAM, program), (BATCH, batch)]
	doc = rule_for(
		PROGRAM,
		program,
		contents=[{"content_type": kind, "content": name} for kind, name in contents],
		due_days=9,
		when_it_no_longer_fits="Cancel",
	)
	(row,) = owed(driver)
	assert (row.due_date, row.reason) == (TODAY + timedelta(days=7), f"Rule {doc.title}.")
	assert causes(row.name) == [(RULE, doc.name, False)]
	factory.rule("Other", [course], [("Company", factory.company())])
	driver.designation = designation("Clerk")
	driver.save()
	assert causes(row.name) == [(RULE, doc.name, True), (RULE, "Other", False)]
	assert frappe.db.count("LMS Training Cause", {"cause": doc.name, "ended_on": ("is", "not set")}) == 0


def test_what_an_onboarding_alone_asks_for_in_vain_is_no_exception_of_a_rule(hr, driver):
	frappe.db.set_value("LMS Course", factory.course("Baseline"), "training_due_days", -1)
	rule_for("LMS Course", factory.course(is_mandatory=0))
	doc = factory.onboarding(employee=driver.name)
	assert doc.training_status == "Partly Assigned"
	assert not frappe.db.count("LMS Training Exception")


@pytest.mark.parametrize("kind", [PROGRAM, BATCH])
def test_one_without_published_courses_is_refused(hr, kind):
	draft = factory.course(published=0)
	name = factory.program([draft]) if kind == PROGRAM else factory.batch([draft])
	with pytest.raises(frappe.ValidationError, match="with published courses"):
		rule_for(kind, name)


def test_a_batch_that_is_over_is_refused(hr, clock):
	batch = factory.batch([factory.course(is_mandatory=0)])
	clock(8)
	with pytest.raises(frappe.ValidationError, match="was over on"):
		rule_for(BATCH, batch)
