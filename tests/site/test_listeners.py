"""What a site hangs on assignments hears of changes that were written for many at once."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import daily
from smooth_lms_hr.sources import listeners
from smooth_lms_hr.sources.names import ASSIGNMENT, EVENT
from tests.site import factory
from tests.site.conftest import TODAY, harness
from tests.site.faults.others import hang
from tests.site.queries import Queries


@pytest.fixture
def late(hr):
	"""Three people who owe a course that is late since today."""
	frappe.set_user("Administrator")
	course = factory.course("Safety")
	members = [factory.user() for _ in range(3)]
	names = []
	for member in members:
		doc = frappe.get_doc({"doctype": ASSIGNMENT, "member": member, "course": course}).insert()
		frappe.db.set_value(
			ASSIGNMENT, doc.name, "due_date", TODAY - timedelta(days=1), update_modified=False
		)
		names.append(doc.name)
	harness.run_jobs()
	return frappe._dict(course=course, members=members, names=names)


def notify(**fields):
	return frappe.get_doc(
		{
			"doctype": "Notification",
			"name": factory.unique("Notification"),
			"subject": "{{ doc.course_title }} is {{ doc.status }}",
			"message": "Look",
			"document_type": ASSIGNMENT,
			"event": "Value Change",
			"value_changed": "status",
			"channel": "System Notification",
			"recipients": [{"receiver_by_document_field": "member"}],
			**fields,
		}
	).insert()


def bells(member: str) -> list[str]:
	logs = frappe.get_all(
		"Notification Log", {"for_user": member, "document_type": ASSIGNMENT}, pluck="subject"
	)
	return [subject for subject in logs if "Safety is" in subject]


def test_a_notification_on_the_status_hears_of_what_became_overdue(late):
	notify()
	daily.run()
	assert [bells(member) for member in late.members] == [[], [], []]
	harness.run_jobs()
	assert [bells(member) for member in late.members] == [["Safety is Overdue"]] * 3
	# Of what has not changed since nothing is said again.
	daily.run()
	harness.run_jobs()
	assert [len(bells(member)) for member in late.members] == [1, 1, 1]


def test_a_notification_on_something_else_is_silent(late):
	notify(value_changed="waiver_reason")
	daily.run()
	harness.run_jobs()
	assert [bells(member) for member in late.members] == [[], [], []]


def test_a_notification_on_a_method_hears_of_it_too(late):
	notify(event="Method", method="on_update", value_changed=None)
	daily.run()
	harness.run_jobs()
	assert [bells(member) for member in late.members] == [["Safety is Overdue"]] * 3


def test_another_apps_handler_hears_each_and_one_that_breaks_silences_nobody(late, monkeypatch):
	heard = []

	def handler(doc, method):
		if doc.name == late.names[0]:
			raise RuntimeError("broken")
		heard.append((doc.name, doc.get_doc_before_save().status, doc.status))

	hang(monkeypatch, handler, event="on_update")
	daily.run()
	harness.run_jobs()
	assert sorted(heard) == [(name, "Pending", "Overdue") for name in late.names[1:]]
	of_these = {"reference_doctype": ASSIGNMENT, "reference_name": ("in", late.names)}
	assert frappe.get_all("Error Log", of_these, pluck="reference_name") == [late.names[0]]


def test_what_is_told_later_is_in_the_history_once(late, monkeypatch):
	hang(monkeypatch, lambda doc, method: None, event="on_change")
	daily.run()
	harness.run_jobs()
	for name in late.names:
		assert frappe.db.count(EVENT, {"assignment": name, "event": "Overdue"}) == 1


@pytest.mark.parametrize(
	("doctype", "fields"),
	[
		("Notification", None),
		(
			"Webhook",
			{
				"webhook_doctype": ASSIGNMENT,
				"webhook_docevent": "on_change",
				"request_url": "https://example.com/hook",
				"request_structure": "Form URL-Encoded",
				"webhook_data": [{"fieldname": "status", "key": "status"}],
			},
		),
		(
			"Server Script",
			{
				"script_type": "DocType Event",
				"reference_doctype": ASSIGNMENT,
				"doctype_event": "After Save",
				"script": "pass",
			},
		),
		("Milestone Tracker", {"document_type": ASSIGNMENT, "track_field": "status"}),
		(
			"Energy Point Rule",
			{
				"rule_name": "Completed",
				"reference_doctype": ASSIGNMENT,
				"for_doc_event": "Custom",
				"condition": "doc.status == 'Completed'",
				"points": 5,
				"user_field": "member",
			},
		),
	],
)
def test_who_listens_is_found(doctype, fields, monkeypatch):
	if not frappe.db.exists("DocType", doctype):
		pytest.skip(f"this Frappe has no {doctype}")
	assert not listeners.hears_of(ASSIGNMENT, listeners.OF_CHANGED)
	if doctype == "Notification":
		doc = notify()
		switch = {"enabled": 0}
	else:
		doc = frappe.get_doc({"doctype": doctype, "name": factory.unique(doctype), **fields})
		doc.insert()
		switch = {"disabled": 1} if doc.meta.has_field("disabled") else {"enabled": 0}
	assert listeners.hears_of(ASSIGNMENT, listeners.OF_CHANGED)
	frappe.db.set_value(doctype, doc.name, switch)
	assert not listeners.hears_of(ASSIGNMENT, listeners.OF_CHANGED)


def test_where_nobody_listens_nothing_is_queued_and_it_costs_the_same_for_many(late):
	with Queries() as queries:
		daily.run()
	assert harness.run_jobs() == 0
	assert frappe.db.get_value(ASSIGNMENT, late.names[0], "status") == "Overdue"
	assert queries.about("tabWebhook") <= 1


@pytest.mark.parametrize("event", listeners.OF_SAVED)
def test_of_a_lesson_another_app_hears_in_the_same_save(late, monkeypatch, event):
	heard = []

	def handler(doc, method):
		heard.append((doc.name, doc.get_doc_before_save().status, doc.status))

	hang(monkeypatch, handler, event=event)
	factory.complete_lessons(late.members[0], late.course, 1)
	assert heard == [(late.names[0], "Pending", "Overdue")]
	assert frappe.db.count(EVENT, {"assignment": late.names[0], "event": "Overdue"}) == 1


def test_a_lesson_that_nobody_listens_to_is_written_without_a_document(late):
	with Queries() as queries:
		factory.complete_lessons(late.members[0], late.course, 1)
	assert frappe.db.get_value(ASSIGNMENT, late.names[0], "status") == "Overdue"
	# Whoever reads the document reads its causes.
	assert queries.about("tabLMS Training Cause") == 0
	assert queries.about("tabWebhook") == 1
