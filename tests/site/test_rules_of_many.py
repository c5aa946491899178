"""Training rules that are about many people: who waits for what, and what it costs (rule 10)."""

import frappe
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import rule_runs, rules
from smooth_lms_hr.assigning.asking import Asking
from smooth_lms_hr.assigning.assigning import terms_now
from smooth_lms_hr.sources.rules import read_rules
from tests.site import factory
from tests.site.conftest import harness
from tests.site.factory import designation, owed, rule
from tests.site.queries import number_of

RULE = "LMS Training Rule"


def test_many_people_wait_for_hrs_yes(hr, course):
	people = [factory.employee(factory.user(), designation=designation("Driver")) for _ in range(3)]
	doc = rule("Drivers", [course], [("Designation", "Driver")], confirm_above=2)
	assert not any(owed(each) for each in people)
	doc.reload()
	assert (doc.fits_now, doc.waiting_people) == (3, 3)
	bell = frappe.get_all("Notification Log", {"document_name": doc.name}, ["subject", "for_user"])
	assert hr in [row.for_user for row in bell]
	assert bell[0].subject == "Drivers would assign training to 3 people at once and has to be confirmed"
	# It is asked for once, whatever day it is.
	rules.ask_everybody(lambda _what, step: step())
	assert len(bell) == len(frappe.get_all("Notification Log", {"document_name": doc.name}))
	api.apply_rule(doc.name)
	harness.run_jobs()
	assert all(owed(each) for each in people)
	doc.reload()
	assert doc.waiting_people == 0


def test_apply_now_is_for_who_may_write_rules(hr, course, driver, as_user):
	doc = rule("Drivers", [course], [("Designation", "Driver")], confirm_above=0)
	assert not owed(driver)
	assert api.apply_rule(doc.name)["run"]
	assert harness.run_jobs()
	assert owed(driver)
	as_user(driver.user_id)
	with pytest.raises(frappe.PermissionError):
		api.apply_rule(doc.name)
	with pytest.raises(frappe.PermissionError):
		api.preview_rule(doc.name)


def test_a_rule_that_fits_nobody_is_applied_as_well(hr, course):
	doc = rule("Nobody", [course], [("Designation", designation("Nobody's"))])
	run = api.apply_rule(doc.name)["run"]
	harness.run_jobs()
	assert frappe.db.get_value("LMS Training Run", run, "finished") == 1


def test_apply_now_assigns_nothing_where_training_is_switched_off(hr, course, driver):
	doc = rule("Drivers", [course], [("Designation", "Driver")], confirm_above=0)
	run = api.apply_rule(doc.name)["run"]
	frappe.db.set_single_value("LMS Training Settings", "enabled", 0)
	frappe.clear_document_cache("LMS Training Settings", "LMS Training Settings")
	# What waits in the queue is refused as well.
	for refused in (lambda: api.apply_rule(doc.name), lambda: rule_runs.work_part(run, 0)):
		with pytest.raises(frappe.ValidationError, match="switched off in LMS Training Settings"):
			refused()
	assert api.preview_rule(doc.name)["new"] == 1
	assert not owed(driver)


def test_more_than_a_few_are_asked_in_the_background(hr, course, monkeypatch):
	monkeypatch.setattr(rules, "AT_ONCE", 2)
	people = [factory.employee(factory.user(), designation=designation("Driver")) for _ in range(3)]
	doc = rule("Drivers", [course], [("Designation", "Driver")], when_it_no_longer_fits="Cancel")
	assert not any(owed(each) for each in people)
	while harness.run_jobs():
		pass
	assert all(owed(each) for each in people)
	doc.reload()
	assert doc.fits_now == 3
	doc.enabled = 0
	doc.save()
	with pytest.raises(frappe.ValidationError, match="Switch it off first"):
		doc.delete()
	while harness.run_jobs():
		pass
	assert not any(owed(each) for each in people)
	doc.delete()


def test_a_rule_that_nothing_open_rests_on_is_deleted_at_once(hr, course, driver, monkeypatch):
	doc = rule("Drivers", [course], [("Designation", "Driver")])
	factory.complete_lessons(driver.user_id, course)
	monkeypatch.setattr(rules, "AT_ONCE", 0)
	doc.delete()
	assert not frappe.db.exists(RULE, doc.name)


def test_without_a_queue_the_daily_run_asks(hr, course, monkeypatch):
	monkeypatch.setattr(rules, "AT_ONCE", 0)
	driver = factory.employee(factory.user(), designation=designation("Driver"))

	def refuse(*args, **kwargs):
		raise RedisConnectionError("Connection refused.")

	with pytest.MonkeyPatch.context() as patched:
		patched.setattr(frappe, "enqueue", refuse)
		rule("Drivers", [course], [("Designation", "Driver")])
		frappe.db.commit()
	assert not owed(driver)
	frappe.set_user("Administrator")
	daily.run()
	assert owed(driver)


@pytest.mark.parametrize("number", [1, 30])
def test_one_employee_costs_the_same_however_many_rules_there_are(hr, number):
	values = [designation(f"Value {each}") for each in range(40)]
	for _rule in range(number):
		lines = [("Company", factory.company()), *(("Designation", value) for value in values)]
		rule(courses=[factory.course(is_mandatory=0)], audience=lines)
	employee = factory.employee(factory.user(), designation=values[7])
	assert len(owed(employee)) == number
	asked = number_of(lambda: Asking([employee.name], read_rules(enabled=True), terms_now()).is_settled())
	assert asked < 15
