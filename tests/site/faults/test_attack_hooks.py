"""Another app's broken hook harms its own document only. Frappe 15 lets hooks commit and roll back in the middle of a save."""

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.sources import attempts
from smooth_lms_hr.telling import announcements
from tests.site import factory
from tests.site.faults.others import errors, hang, status_of

ASSIGNMENT = "LMS Training Assignment"
LEDGER = "LMS Training Notification"
SETTINGS = "LMS Training Settings"
ONBOARDING = "Employee Onboarding"


def test_a_broken_hook_harms_its_own_document_only(hr, monkeypatch):
	heard = []

	def listen(doc, method):
		frappe.get_doc({"doctype": "ToDo", "description": doc.name, "allocated_to": doc.member}).insert(
			ignore_permissions=True
		)
		if doc.course == bad:
			raise RuntimeError("no such field")
		heard.append(doc.course)

	first, bad, last = (factory.course(title) for title in ("A", "B", "C"))
	hang(monkeypatch, listen)
	member = factory.user()
	frappe.set_user(hr)
	answer = api.assign_mandatory_training([member], courses=[first, bad, last])
	assert len(answer["created"]) == 3
	assert heard == [first, last]
	# What the broken one had done is undone; what the others did is not.
	done = {
		row.course: frappe.db.exists("ToDo", {"description": row.name})
		for row in factory.assignments(member=member)
	}
	assert {course for course, todo in done.items() if todo} == {first, last}
	broken = factory.assignment(member=member, course=bad)
	assert errors(reference_doctype=ASSIGNMENT, reference_name=broken.name) == 1


def test_a_broken_notification_condition_keeps_no_other_document_from_being_told(hr):
	frappe.set_user("Administrator")
	notification = frappe.get_doc(
		{
			"doctype": "Notification",
			"name": factory.unique("Notification"),
			"subject": "Owed: {{ doc.course_title }}",
			"message": "Look",
			"document_type": ASSIGNMENT,
			"event": "New",
			"channel": "System Notification",
			"recipients": [{"receiver_by_document_field": "member"}],
		}
	).insert()
	# The form refuses what has no meaning for an empty document; this one breaks at the real one.
	notification.db_set("condition", "doc.course_title == 'Good' or no_such_name")
	frappe.clear_document_cache("Notification", notification.name)
	bad, good = factory.course("A bad one"), factory.course("Good")
	member = factory.user()
	frappe.set_user(hr)
	assert len(api.assign_mandatory_training([member], courses=[bad, good])["created"]) == 2
	told = frappe.get_all("Notification Log", {"for_user": member, "type": "Alert"}, pluck="subject")
	assert ["Owed: Good" in subject for subject in told] == [True]


def commit(doc, method):
	frappe.db.commit()


def commit_and_break(doc, method):
	frappe.db.commit()
	frappe.get_doc({"doctype": "ToDo", "description": f"after {doc.name}"}).insert(ignore_permissions=True)
	raise RuntimeError("and then it broke")


@pytest.mark.parametrize("handler", [commit, commit_and_break])
def test_a_hook_that_commits_is_survived(hire, hr, monkeypatch, handler):
	first, second = factory.course("A"), factory.course("B")
	hang(monkeypatch, handler)
	doc = factory.onboarding(employee=hire.name)
	assert doc.training_status == "Assigned"
	assert {row.course for row in factory.assignments(member=hire.user_id)} == {first, second}
	assert not frappe.db.exists("ToDo", {"description": ("like", "after %")})
	assert doc.training_status == status_of(doc)
	answer = api.assign_mandatory_training([factory.user()], courses=[first, second])
	assert len(answer["created"]) == 2


def test_a_hook_on_enrolments_that_commits_and_breaks_is_told_as_it_is(hire, hr, monkeypatch):
	bad, good = factory.course("A bad one"), factory.course("Good")

	def handler(doc, method):
		if doc.course == bad:
			commit_and_break(doc, method)

	hang(monkeypatch, handler, "LMS Enrollment")
	doc = factory.onboarding(employee=hire.name)
	assert doc.training_status == "Partly Assigned"
	assert [row.course for row in factory.assignments(member=hire.user_id)] == [good]
	assert "saved by another app" in doc.training_note
	frappe.set_user("Administrator")
	monkeypatch.undo()
	daily.run()
	# The enrolment that the other app had committed is found, and kept.
	assert {row.course for row in factory.assignments(member=hire.user_id)} == {bad, good}
	assert frappe.db.count("LMS Enrollment", {"member": hire.user_id}) == 2


def test_a_hook_that_rolls_everything_back_is_not_called_a_success(hire, hr, monkeypatch):
	factory.course("A")
	hang(monkeypatch, lambda doc, method: frappe.db.rollback())
	with pytest.raises(attempts.TransactionLost, match="undone"):
		factory.onboarding(employee=hire.name)


@pytest.mark.parametrize("break_it", [False, True])
def test_a_lost_savepoint_is_survived_by_the_attempt_itself(break_it):
	user = factory.user()
	with attempts.attempt("An attempt") as outcome:
		frappe.db.set_value("User", user, "first_name", "Committed")
		frappe.db.commit()
		frappe.db.set_value("User", user, "first_name", "Not committed")
		if break_it:
			raise RuntimeError("broken")
	assert frappe.db.get_value("User", user, "first_name") == ("Committed" if break_it else "Not committed")
	assert bool(outcome.error) == break_it
	assert outcome.undone != break_it
	if break_it:
		assert "saved by another app" in outcome.words


def test_an_attempt_inside_which_everything_was_rolled_back_says_so():
	with pytest.raises(attempts.TransactionLost), attempts.attempt("An attempt"):
		frappe.db.rollback()
	with attempts.attempt("An attempt") as outcome:
		frappe.db.commit()
		frappe.db.rollback()
	assert outcome.error is None


def test_a_hook_that_breaks_one_decision_leaves_the_other(owed, hr, monkeypatch):
	def handler(doc, method):
		if doc.name == owed[0].name:
			commit_and_break(doc, method)

	hang(monkeypatch, handler, event="on_update")
	answer = api.waive([row.name for row in owed], "why")
	assert [row["name"] for row in answer["done"]] == [owed[1].name]
	(refused,) = answer["failed"]
	assert "and then it broke" in refused["message"]
	assert "saved by another app" in refused["message"]


@pytest.mark.parametrize("handler", [commit_and_break, lambda doc, method: frappe.throw("no")])
def test_a_hook_that_breaks_costs_no_learner_a_lesson(owed, monkeypatch, handler):
	first, second = owed
	with monkeypatch.context() as patched:
		hang(patched, handler, event="on_update")
		factory.complete_lessons(first.member, first.course)
	factory.complete_lessons(second.member, second.course)
	frappe.set_user("Administrator")
	for row in owed:
		assert frappe.db.get_value("LMS Enrollment", row.enrollment, "progress") == 100
	daily.run()
	assert {row.status for row in factory.assignments()} == {"Completed"}


def test_a_hook_on_mails_that_breaks_at_one_person_silences_nobody_else(owed, monkeypatch, clock):
	def handler(doc, method):
		if owed[0].member in str(doc.recipients and doc.recipients[0].recipient):
			commit_and_break(doc, method)

	hang(monkeypatch, handler, "Email Queue")
	frappe.set_user("Administrator")
	frappe.db.delete("Email Queue Recipient")
	clock(29)
	summary = daily.run()
	assert [each.split(":")[0] for each in summary["failed"]] == [owed[0].member] * 2
	assert frappe.db.exists("Email Queue Recipient", {"recipient": owed[1].member})
	assert {row.recipient for row in frappe.get_all(LEDGER, fields=["recipient"])} == {owed[1].member}


def test_a_template_that_breaks_for_one_person_silences_nobody_else(owed, clock):
	frappe.set_user("Administrator")
	frappe.db.set_value("User", owed[0].member, "first_name", "Bobby")
	template = frappe.get_doc("Email Template", "Training Reminder")
	template.subject = "{{ first_name }}{% if first_name == 'Bobby' %}{{ no_such.thing }}{% endif %}"
	template.save()
	announcements.announce([row.name for row in owed])
	frappe.db.delete("Email Queue Recipient")
	clock(29)
	summary = daily.run()
	assert [each.split(":")[0] for each in summary["failed"]] == [owed[0].member]
	assert frappe.get_all("Email Queue Recipient", pluck="recipient") == [owed[1].member]
