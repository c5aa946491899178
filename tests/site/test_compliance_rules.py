"""A rule's contents may be a Compliance Type: whom it fits has to hold it, and owes its courses."""

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.sources.names import COMPLIANCE
from tests.site import factory

WHAT = {"content_type": "Compliance Type"}


@pytest.fixture
def licence(course, hr):
	return factory.compliance_type([course], ["Passport"])


def rule(*types: str, **fields):
	audience = fields.pop("audience", [("Designation", factory.designation("Driver"))])
	return factory.rule(audience=audience, contents=[{**WHAT, "content": each} for each in types], **fields)


def holds(employee) -> list[tuple]:
	return [
		(row.compliance_type, row.status, row.is_current)
		for row in frappe.get_all(
			COMPLIANCE,
			{"employee": employee.name},
			["compliance_type", "status", "is_current"],
			order_by="creation",
		)
	]


def test_whom_it_fits_has_to_hold_it_and_owes_its_courses(driver, hire, licence, course):
	made = rule(licence, due_days=20)
	assert holds(driver) == [(licence, "Pending", 1)]
	assert holds(hire) == []
	row = factory.stands(driver.name, licence)
	assert (row.rule, row.company, row.reason) == (made.name, driver.company, f"Rule {made.title}")
	owed = factory.assignment(member=driver.user_id)
	assert (owed.course, owed.rule) == (course, made.name)
	daily.run()
	assert holds(driver) == [(licence, "Pending", 1)]
	assert len(factory.assignments(member=driver.user_id)) == 1


def test_who_comes_to_fit_has_to_hold_it_from_then_on(hire, licence):
	rule(licence)
	hire.reload()
	hire.designation = factory.designation("Driver")
	hire.save(ignore_permissions=True)
	assert holds(hire) == [(licence, "Pending", 1)]


def test_documents_alone_need_no_user(hr):
	passport = factory.compliance_type(documents=["Passport"])
	nobody = factory.employee(designation=factory.designation("Driver"))
	rule(passport)
	assert holds(nobody) == [(passport, "Pending", 1)]
	assert not frappe.get_all("LMS Training Exception", {"employee": nobody.name})


def test_who_has_no_user_stands_among_the_exceptions_of_the_courses(licence):
	nobody = factory.employee(designation=factory.designation("Driver"))
	made = rule(licence)
	assert holds(nobody) == [(licence, "Pending", 1)]
	assert frappe.get_all("LMS Training Exception", {"employee": nobody.name}, pluck="rule") == [made.name]


@pytest.mark.parametrize(("word", "current"), [("Keep", 1), ("Cancel What Is Not Begun", 0), ("Cancel", 0)])
def test_what_no_longer_fits_follows_the_rules_word(driver, licence, word, current):
	made = rule(licence, when_it_no_longer_fits=word)
	made.enabled = 0
	made.save()
	assert holds(driver) == [(licence, "Pending", current)]
	assert bool(factory.stands(driver.name, licence).ended_on) == (not current)
	made.enabled = 1
	made.save()
	assert holds(driver) == [(licence, "Pending", 1)]
	assert factory.stands(driver.name, licence).ended_on is None


def test_what_is_begun_stays_where_the_rule_says_so(driver, licence):
	made = rule(licence, when_it_no_longer_fits="Cancel What Is Not Begun")
	factory.verified_document(driver.name, "Passport")
	daily.run()
	made.enabled = 0
	made.save()
	assert holds(driver) == [(licence, "Pending", 1)]


def test_what_another_rule_asks_for_too_stays(driver, licence):
	made = rule(licence, when_it_no_longer_fits="Cancel")
	rule(licence)
	made.enabled = 0
	made.save()
	assert holds(driver) == [(licence, "Pending", 1)]


def test_what_hr_asked_for_by_hand_is_no_rules_to_end(driver, licence):
	factory.compliance(driver.name, licence)
	made = rule(licence, when_it_no_longer_fits="Cancel")
	assert factory.stands(driver.name, licence).rule is None
	made.enabled = 0
	made.save()
	assert holds(driver) == [(licence, "Pending", 1)]


@pytest.mark.parametrize(("word", "current"), [("Keep", 1), ("Cancel", 0)])
def test_a_rule_that_is_deleted_leaves_what_its_word_leaves(driver, licence, word, current):
	made = rule(licence, when_it_no_longer_fits=word)
	frappe.delete_doc("LMS Training Rule", made.name)
	assert holds(driver) == [(licence, "Pending", current)]
	assert factory.stands(driver.name, licence).rule is None


def test_very_many_wait_for_a_yes(driver, licence):
	passport = factory.compliance_type(documents=["Passport"])
	factory.employee(factory.user(), designation=factory.designation("Driver"))
	made = rule(passport, confirm_above=1)
	assert holds(driver) == []
	assert frappe.db.get_value("LMS Training Rule", made.name, "waiting_people") == 2


def test_a_preview_says_who_will_have_to_hold_what(driver, licence):
	made = rule(licence, enabled=0)
	doc = made.as_dict() | {"enabled": 1}
	preview = api.preview_rule(frappe.as_json(doc))
	assert preview["new"] == 2
	assert any(licence in row["words"] for row in preview["rows"])
	assert holds(driver) == []
	made.enabled = 1
	made.save()
	preview = api.preview_rule(made.name)
	assert (preview["new"], preview["open"]) == (0, 2)


def test_explaining_names_the_rule_that_asks_for_the_course(driver, licence, course):
	made = rule(licence)
	(said,) = api.explain_training(employee=driver.name)["courses"]
	assert (said["course"], said["owed"]) == (course, True)
	assert [why["cause"] for why in said["why"]] == [made.name]


def test_a_type_that_is_not_there_is_refused_by_name(hr):
	with pytest.raises(frappe.ValidationError, match="No Such Type"):
		rule("No Such Type")


def test_a_type_that_a_rule_asks_for_is_not_deleted(driver, hr):
	passport = factory.compliance_type(documents=["Passport"])
	made = rule(passport, enabled=0)
	with pytest.raises(frappe.ValidationError, match=made.name):
		frappe.delete_doc("Compliance Type", passport)


def test_what_was_learned_before_is_complete_at_once(driver, course, hr):
	licence = factory.compliance_type([course])
	factory.learn_silently(driver.user_id, course)
	rule(licence)
	assert holds(driver) == [(licence, "Complete", 1)]
