"""Completion that was never earned: numbers written into tables, decisions and deletions meanwhile."""

import frappe
import pytest

from smooth_lms_hr import api, daily
from tests.site import factory
from tests.site.forging.doors import ENROLLMENT, enrol, enrolment_of, state
from tests.site.test_never_twice import finish, start


def test_a_hundred_percent_written_into_the_table_completes_nothing(learner, colleague, hard):
	frappe.db.set_value(ENROLLMENT, {"member": learner, "course": hard}, "progress", 100)
	daily.run()
	assert state(learner)[:2] == ("Pending", 0)
	assert state(colleague)[:2] == ("In Progress", 25)
	# Nor when Learning says next that something has changed.
	frappe.get_doc(ENROLLMENT, enrolment_of(learner, hard)).run_method("on_change")
	assert state(learner)[:2] == ("Pending", 0)


def test_an_enrolment_moved_by_sql_completes_nothing(learner, colleague, easy, hard):
	own = enrolment_of(learner, hard)
	frappe.db.delete(ENROLLMENT, {"name": own})
	forged = enrolment_of(learner, easy)
	frappe.db.set_value(ENROLLMENT, forged, "course", hard)
	frappe.get_doc(ENROLLMENT, forged).run_method("on_change")
	daily.run()
	assert state(learner) == ("Pending", 0, forged)
	# And where it is for another course or somebody else now, the link to it goes.
	for values in ({"course": easy}, {"course": hard, "member": colleague}):
		frappe.db.set_value(ENROLLMENT, forged, values)
		daily.run()
		assert state(learner) == ("Pending", 0, None), values
		frappe.db.set_value("LMS Training Assignment", {"member": learner}, "enrollment", forged)
	assert state(colleague)[:2] == ("In Progress", 25)


def test_a_forged_enrolment_puts_no_completion_on_file(learner, hard, easy, hr):
	forger = factory.employee(factory.user())
	frappe.set_user("Administrator")
	enrol(forger.user_id, hard)
	frappe.db.set_value(ENROLLMENT, {"member": forger.user_id}, "progress", 100)
	honest = factory.employee(factory.user())
	enrol(honest.user_id, hard)
	factory.learn_silently(honest.user_id, hard)
	people = [forger.name, honest.name]
	frappe.set_user(hr)
	preview = api.preview_campaign({"employees": people})
	assert (preview["new"], preview["put_on_file"]) == (1, 1)
	forgers, honests = (factory.onboarding(employee=name) for name in people)
	assert "put on file" not in forgers.training_note
	assert "put on file" in honests.training_note
	assert state(forger.user_id)[:2] == ("Pending", 0)
	assert state(honest.user_id)[:2] == ("Completed", 100)


def test_a_dry_run_and_a_form_believe_no_number(hard, hr):
	forger = factory.employee(factory.user())
	frappe.set_user("Administrator")
	enrol(forger.user_id, hard)
	frappe.db.set_value(ENROLLMENT, {"member": forger.user_id}, "progress", 100)
	frappe.db.set_value("LMS Course", hard, "is_mandatory", 0)
	onboarding = factory.onboarding(employee=forger.name)
	frappe.db.set_value("LMS Course", hard, "is_mandatory", 1)
	frappe.set_user(hr)
	(row,) = api.get_onboarding_training(onboarding.name)["courses"]
	assert (row["action"], row["status"], row["progress"]) == ("to assign", "Pending", 0)
	doc = frappe.get_doc(
		{"doctype": "LMS Training Assignment", "employee": forger.name, "course": hard}
	).insert()
	assert (doc.status, doc.progress, doc.cycle) == ("Pending", 0, 1)


@pytest.fixture
def committed(several_processes):
	made = finish(start("make_hire", courses=2, onboardings=1, lessons=2))
	((applicant, offer),) = made["offers"]
	finish(
		start(
			"onboard", hr=made["hr"], employee=made["employee"], applicant=applicant, offer=offer, start_at=0
		)
	)
	yield made
	finish(start("clean_up", **made))


@pytest.mark.parametrize(
	("step", "days", "done", "status"),
	[("flag_overdue", 40, 1, "Overdue"), ("reconcile", 0, {"In Progress": 1}, "In Progress")],
)
def test_what_is_decided_in_the_same_moment_stays(committed, step, days, done, status):
	decided, other = finish(start("owed", member=committed["member"]))["assignments"]
	finish(start("learn", member=committed["member"], courses=committed["courses"]))
	decision = start("waive_and_think", hr=committed["hr"], assignment=decided["name"], seconds=3)
	# It comes upon the decision while this is not committed, and has to wait for it.
	run = start("catch_up", step=step, days=days)
	assert finish(decision)["done"]
	took, found = finish(run)
	assert took > 1, "they did not meet: this says nothing"
	assert found == done
	rows = {row["name"]: row for row in finish(start("owed", member=committed["member"]))["assignments"]}
	assert rows[decided["name"]]["status"] == "Waived"
	assert rows[other["name"]]["status"] == status


def test_a_deleted_employee_takes_nobody_elses_along(learner, colleague):
	gone, stays = (frappe.db.get_value("Employee", {"user_id": user}) for user in (learner, colleague))
	frappe.delete_doc("Employee", gone, force=True)
	assert factory.assignment(member=learner).employee is None
	assert factory.assignment(member=colleague).employee == stays


def test_a_deleted_enrolment_takes_nobody_elses_along(learner, colleague, hard):
	frappe.get_doc(ENROLLMENT, enrolment_of(learner, hard)).delete()
	assert factory.assignment(member=learner).enrollment is None
	assert factory.assignment(member=colleague).enrollment == enrolment_of(colleague, hard)


@pytest.mark.parametrize(
	("field", "allowed", "refused"),
	[("training_due_days", (0, 1, 3650), (-1, 3651)), ("validity_days", (0, 1, 3650), (-1, 3651))],
)
def test_days_of_a_course_end_where_they_are_said_to(field, allowed, refused):
	title = "<img src=x onerror=alert(1)>"
	doc = frappe.get_doc("LMS Course", factory.course(lessons=0))
	for days in allowed:
		doc.set(field, days)
		doc.save()
	for days in refused:
		doc.set(field, days)
		doc.title = title
		with pytest.raises(frappe.ValidationError, match=f"not {days}") as refusal:
			doc.save()
		assert title not in str(refusal.value)
		assert "&lt;img src=x onerror=alert(1)&gt;" in str(refusal.value)


def test_a_course_taken_back_is_named_as_text(learner, hard):
	doc = frappe.get_doc("LMS Course", hard)
	# In quotes it is JSON, which Frappe saves as it is.
	doc.title = '"<img src=x onerror=alert(1)>"'
	doc.save()
	frappe.local.message_log = []
	doc.is_mandatory = 0
	doc.save()
	said = frappe.as_json(frappe.local.message_log)
	assert "still owed: 1 open" in said
	assert "&lt;img src=x onerror=alert(1)&gt;" in said
	assert "<img src=x" not in said
