"""Training rules (rules 10 and 12): whom they fit, one debt for many causes, what becomes of what no longer fits, and who waits for what."""

from datetime import timedelta

import frappe
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from smooth_lms_hr import daily
from smooth_lms_hr.assigning import rules
from smooth_lms_hr.assigning.asking import Asking
from smooth_lms_hr.assigning.assigning import terms_now
from smooth_lms_hr.sources.rules import read_rules
from tests.site import factory
from tests.site.conftest import TODAY, harness
from tests.site.factory import line, rule
from tests.site.queries import number_of

RULE = "LMS Training Rule"


def designation(name):
	return factory.named("Designation", "designation_name", name)


@pytest.fixture
def course():
	return factory.course("Forklift", is_mandatory=0)


@pytest.fixture
def driver():
	return factory.employee(factory.user(), designation=designation("Driver"))


def owed(employee):
	return factory.assignments(member=employee.user_id, status=("!=", "Cancelled"))


def causes(assignment):
	return [
		(row.cause_doctype, row.cause, bool(row.ended_on))
		for row in frappe.get_doc("LMS Training Assignment", assignment).causes
	]


def test_a_rule_assigns_to_whom_it_fits_as_it_is_saved(hr, course, driver):
	clerk = factory.employee(factory.user(), designation=designation("Clerk"))
	doc = rule("Drivers", [course], [("Designation", "Driver")], due_days=7)
	(row,) = owed(driver)
	assert (row.course, row.source, row.rule, row.due_date) == (
		course, "Rule", doc.name, TODAY + timedelta(days=7),
	)  # fmt: skip
	assert (row.reason, row.assigned_by) == ("Rule Drivers.", hr)
	assert row.due_date_basis == f"7 days after assignment ({TODAY})"
	assert frappe.db.exists("LMS Enrollment", {"member": driver.user_id, "course": course})
	assert causes(row.name) == [(RULE, doc.name, False)]
	assert not owed(clerk)
	doc.reload()
	assert (doc.fits_now, doc.waiting_people) == (1, 0)
	assert doc.last_applied_on


def test_asking_again_changes_nothing(hr, course, driver):
	doc = rule(courses=[course])
	before = factory.assignments(), frappe.db.count("LMS Training Event")
	doc.save()
	rules.ask_everybody(lambda _what, step: step())
	assert (factory.assignments(), frappe.db.count("LMS Training Event")) == before


def test_a_transfer_has_its_new_courses_when_the_save_returns(hr, course):
	clerk = factory.employee(factory.user(), designation=designation("Clerk"))
	rule("Drivers", [course], [("Designation", designation("Driver"))], due_from="Transfer", due_days=3)
	assert not owed(clerk)
	clerk.designation = "Driver"
	clerk.save()
	(row,) = owed(clerk)
	assert row.due_date_basis == f"3 days after the transfer ({TODAY})"


def test_an_employee_who_is_saved_without_a_change_is_asked_nothing(hr, course, driver, monkeypatch):
	rule(courses=[course])
	monkeypatch.setattr(rules, "Asking", None)
	driver.cell_number = "0100"
	driver.save()


@pytest.mark.parametrize(("word", "left"), [("Keep", 1), ("Cancel What Is Not Begun", 0), ("Cancel", 0)])
def test_what_no_longer_fits_follows_the_rules_word(hr, course, driver, word, left):
	doc = rule("Drivers", [course], [("Designation", "Driver")], when_it_no_longer_fits=word)
	(row,) = owed(driver)
	driver.designation = designation("Clerk")
	driver.save()
	assert len(owed(driver)) == left
	if not left:
		assert causes(row.name) == [(RULE, doc.name, True)]
		(event,) = factory.events(row.name)
		assert event[:4] == (
			"Cancelled",
			"Pending",
			"Cancelled",
			"The rule does not fit any more, and nothing else asks for it.",
		)


def test_what_is_begun_is_kept_where_the_rule_says_so(hr, course, driver):
	rule("Drivers", [course], [("Designation", "Driver")], when_it_no_longer_fits="Cancel What Is Not Begun")
	factory.complete_lessons(driver.user_id, course, 1)
	driver.designation = designation("Clerk")
	driver.save()
	assert owed(driver)[0].status == "In Progress"


def test_one_debt_stands_as_long_as_one_of_its_causes_does(hr, course, driver):
	slow = rule(
		"Drivers", [course], [("Designation", "Driver")], due_days=30, when_it_no_longer_fits="Cancel"
	)
	quick = rule("Everybody", [course], due_days=5, when_it_no_longer_fits="Cancel")
	(row,) = owed(driver)
	assert row.due_date == TODAY + timedelta(days=5)
	assert row.original_due_date == TODAY + timedelta(days=30)
	assert causes(row.name) == [(RULE, slow.name, False), (RULE, quick.name, False)]
	(event,) = factory.events(row.name)
	assert event[:3] == ("Due Date Moved", str(TODAY + timedelta(days=30)), str(TODAY + timedelta(days=5)))
	quick.enabled = 0
	quick.save()
	(row,) = owed(driver)
	# It moves nothing back.
	assert row.due_date == TODAY + timedelta(days=5)
	assert causes(row.name) == [(RULE, slow.name, False), (RULE, quick.name, True)]
	slow.delete()
	assert not owed(driver)
	assert factory.assignment(name=row.name).status == "Cancelled"


def test_an_onboarding_and_a_rule_make_one_debt_with_the_earlier_date(hr, driver):
	safety = factory.course("Safety")
	doc = rule("Safety first", [safety], [("Designation", "Driver")], due_days=5, applies="New Hires")
	assert not owed(driver)  # joined before the rule was made
	onboarding = factory.onboarding(employee=driver.name)
	(row,) = owed(driver)
	assert (row.due_date, row.original_due_date) == (TODAY + timedelta(days=5),) * 2
	assert causes(row.name) == [(RULE, doc.name, False), ("Employee Onboarding", onboarding.name, False)]
	assert (
		row.reason == f"Rule Safety first; Mandatory course, {onboarding.name} of {onboarding.employee_name}."
	)


def test_what_is_assigned_by_hand_outlives_the_rule(hr, course, driver):
	doc = rule("Drivers", [course], [("Designation", "Driver")], when_it_no_longer_fits="Cancel")
	from smooth_lms_hr import api

	api.assign_mandatory_training(employees=[driver.name], courses=[course])
	driver.designation = designation("Clerk")
	driver.save()
	(row,) = owed(driver)
	assert causes(row.name) == [(RULE, doc.name, True), ("User", hr, False)]


def test_who_has_no_user_is_an_exception_until_there_is_one(hr, course):
	employee = factory.employee(designation=designation("Driver"))
	doc = rule("Drivers", [course], [("Designation", "Driver")])
	(row,) = frappe.get_all("LMS Training Exception", fields=["*"])
	assert (row.employee, row.rule, row.kind) == (employee.name, doc.name, "No User")
	assert row.why == f"{employee.name} has no user to log in with."
	employee.user_id = factory.user()
	employee.save()
	assert not frappe.db.count("LMS Training Exception")
	assert owed(employee)


def test_a_due_date_that_would_be_past_is_an_exception(hr, course, clock):
	doc = rule(
		"Drivers", [course], [("Designation", designation("Driver"))], due_from="Date of Joining", due_days=5
	)
	clock(10)
	employee = factory.employee(
		factory.user(), designation="Driver", date_of_joining=TODAY + timedelta(days=1)
	)
	assert not owed(employee)
	(row,) = frappe.get_all("LMS Training Exception", fields=["*"])
	assert (row.kind, row.course, row.rule) == ("Due Date Past", course, doc.name)


def test_many_people_wait_for_hrs_yes(hr, course):
	people = [factory.employee(factory.user(), designation=designation("Driver")) for _ in range(3)]
	doc = rule("Drivers", [course], [("Designation", "Driver")], confirm_above=2)
	assert not any(owed(each) for each in people)
	doc.reload()
	assert (doc.fits_now, doc.waiting_people) == (3, 3)
	bell = frappe.get_all("Notification Log", {"document_name": doc.name}, ["subject", "for_user"])
	assert hr in [row.for_user for row in bell]
	assert bell[0].subject == "Drivers would assign training to 3 people at once and waits for your yes"
	from smooth_lms_hr import api

	api.apply_rule(doc.name)
	harness.run_jobs()
	assert all(owed(each) for each in people)
	doc.reload()
	assert doc.waiting_people == 0


def test_done_before_counts_if_it_is_not_too_long_ago(hr, course, driver, clock):
	factory.employee(factory.user())
	from smooth_lms_hr import api

	api.assign_mandatory_training(employees=[driver.name], courses=[course])
	factory.complete_lessons(driver.user_id, course)
	clock(20)
	rule("Within a month", [course], [("Designation", "Driver")], counts_if_completed_within=30)
	assert [row.status for row in owed(driver)] == ["Completed"]
	rule("Within a fortnight", [course], [("Designation", "Driver")], counts_if_completed_within=14)
	assert [(row.status, row.cycle) for row in owed(driver)] == [("Completed", 1), ("Pending", 2)]


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


def test_a_rule_that_breaks_does_not_break_hrs_save(hr, course, monkeypatch):
	rule(courses=[course])

	def break_down(*args):
		raise RuntimeError("out of order")

	monkeypatch.setattr(rules, "Asking", break_down)
	employee = factory.employee(factory.user())
	assert frappe.db.exists("Employee", employee.name)
	monkeypatch.undo()
	rules.ask_everybody(lambda _what, step: step())
	assert owed(employee)


def preview(doc_or_name):
	from smooth_lms_hr import api

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
	from smooth_lms_hr import api

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


def test_apply_now_is_for_who_may_write_rules(hr, course, driver, as_user):
	from smooth_lms_hr import api

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


def test_who_is_left_a_company_makes_no_rule_for_another(as_user):
	from tests.site import two_companies

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


def test_two_who_become_one_owe_it_for_all_that_asked(hr, course):
	from smooth_lms_hr import api

	first, second = factory.employee(factory.user(), designation=designation("Driver")), factory.user()
	doc = rule("Drivers", [course], [("Designation", "Driver")])
	api.assign_mandatory_training(members=[second], courses=[course], due_date=TODAY + timedelta(days=2))
	frappe.set_user("Administrator")
	frappe.rename_doc("User", second, first.user_id, merge=True)
	(row,) = owed(first)
	assert sorted(causes(row.name)) == [(RULE, doc.name, False), ("User", hr, False)]


def explained(employee, course):
	from smooth_lms_hr import api

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
	from smooth_lms_hr import api

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


def test_a_course_that_a_rule_names_can_be_deleted(hr, course, driver):
	from lms.lms.api import delete_course

	doc = rule("Drivers", [course, factory.course("Other", is_mandatory=0)], [("Designation", "Driver")])
	frappe.set_user("Administrator")
	delete_course(course)
	rules.ask_everybody(lambda _what, step: step())
	assert [row.course_title for row in owed(driver)] == ["Other"]
	assert frappe.get_doc(RULE, doc.name).contents[0].content == course
