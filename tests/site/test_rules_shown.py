"""What a training rule would do, and why somebody owes what they owe, in words (rule 10)."""

import frappe
import pytest

from smooth_lms_hr import api
from tests.site import factory
from tests.site.factory import designation, line, rule

RULE = "LMS Training Rule"


def preview(doc_or_name):
	found = api.preview_rule(doc_or_name)
	return {key: value for key, value in found.items() if value and key != "rows"}, found["rows"]


def test_a_preview_says_what_a_rule_would_do_and_writes_nothing(hr, course, driver):
	waiting = factory.employee(designation="Driver")
	values = {
		"title": "Drivers",
		"applies": "Everybody It Fits",
		"audience": [line("Designation", "Driver")],
		"contents": [{"content_type": "LMS Course", "content": course}],
		"due_days": 3,
	}
	counts, rows = preview(values)
	assert counts == {"people": 2, "fits": 2, "new": 1, "no_user": 1, "exceptions": 1}
	assert [(row["kind"], row["employee"]) for row in rows] == [
		("new", driver.name),
		("exception", waiting.name),
	]
	assert not factory.assignments()
	assert not frappe.db.exists(RULE, "Drivers")
	doc = frappe.get_doc({"doctype": RULE, **values, "when_it_no_longer_fits": "Cancel"}).insert()
	assert preview(doc.name)[0] == {"people": 2, "fits": 2, "open": 1, "no_user": 1, "exceptions": 1}
	# What HR changes in the form is looked at before it is saved.
	doc.audience[0].value = designation("Clerk")
	assert preview(doc.as_dict(convert_dates_to_str=True))[0] == {"people": 2, "no_longer_fits": 1}


def test_a_preview_refuses_what_could_not_be_saved(hr, course):
	good = {
		"title": "Drivers",
		"audience": [line("Company", factory.company())],
		"contents": [{"content_type": "LMS Course", "content": course}],
	}
	for bad in (
		{"audience": []},
		{"audience": [line("User", "Administrator")]},
		{"due_from": "Yesterday"},
		{"contents": [{"content_type": "Company", "content": factory.company()}]},
	):
		with pytest.raises(frappe.ValidationError):
			api.preview_rule({**good, **bad})
	assert api.preview_rule(good)


def explained(employee, course):
	(row,) = [row for row in api.explain_training(employee=employee)["courses"] if row["course"] == course]
	return row["owed"], [(why["cause"], why["fits"], why["words"]) for why in row["why"]]


def test_why_she_did_not_get_it_is_one_click_away(hr, course, driver):
	clerks = rule("Clerks", [course], [("Designation", designation("Clerk"))])
	assert explained(driver.name, course) == (
		False,
		[(clerks.name, False, "Designation is Driver, the rule wants Clerk")],
	)
	drivers = rule("Drivers", [course], [("Designation", "Driver")], due_days=7)
	owed_, why = explained(driver.name, course)
	assert owed_
	assert [(cause, fits) for cause, fits, _words in why] == [(drivers.name, True), (clerks.name, False)]
	# ERPNext 16 disables the user along with it, which HR may not.
	frappe.db.set_value("Employee", driver.name, "status", "Inactive")
	assert explained(driver.name, course)[1][1][2] == "the employee is not active"


def test_a_learner_hears_why_of_the_own_training_alone(hr, course, driver, as_user):
	rule("Clerks", [factory.course(is_mandatory=0)], [("Designation", designation("Clerk"))])
	rule("Drivers", [course], [("Designation", "Driver")], due_days=7)
	other = factory.employee(factory.user())
	as_user(driver.user_id)
	answer = api.explain_training()
	assert [row["course"] for row in answer["courses"]] == [course]
	assert answer["courses"][0]["why"][0]["words"].startswith("Rule Drivers, due ")
	for whom in ({"employee": other.name}, {"member": other.user_id}, {"employee": "nobody"}):
		with pytest.raises(frappe.ValidationError, match="not yours"):
			api.explain_training(**whom)
