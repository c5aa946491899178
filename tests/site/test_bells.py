"""The bell: written in sets, each entry as Frappe writes one, heard by whoever listens, rung for nobody who does not want it."""

import frappe
import pytest
from frappe.desk.doctype.notification_log.notification_log import make_notification_logs
from frappe.desk.doctype.notification_settings.notification_settings import (
	is_email_notifications_enabled_for_type,
)

from smooth_lms_hr import api, daily
from smooth_lms_hr.telling import bells, send
from tests.site import factory
from tests.site.mailbox import owe_and_know, read_mails
from tests.site.queries import Queries

pytestmark = pytest.mark.usefixtures("settings")

LOG, PREFERENCES = "Notification Log", "Notification Settings"
COURSES = ("Fire", "Water")
# What differs from one entry to the next.
ITS_OWN = ("name", "creation", "modified")


@pytest.fixture
def told(monkeypatch):
	"""Who was told in the browser, in order; told.learning is who heard it on Learning's own pages."""

	class Heard(list):
		def __init__(self):
			super().__init__()
			self.learning = set()

	heard = Heard()

	def listen(event=None, message=None, room=None, user=None, after_commit=False, **_options):
		if event == "notification":
			assert after_commit
			heard.append(user)
		elif event == "publish_lms_notifications":
			assert after_commit
			heard.learning.add(user)

	monkeypatch.setattr(frappe, "publish_realtime", listen)
	return heard


def people(number):
	return [factory.employee(factory.user()) for _ in range(number)]


def entries(**filters):
	return frappe.get_all(LOG, filters, ["*"], order_by="for_user, subject")


def prefer(user, **values):
	"""Set what somebody prefers, in the record that Frappe makes for each user."""
	if not frappe.db.exists(PREFERENCES, user):
		frappe.get_doc({"doctype": PREFERENCES, "name": user}).insert(ignore_permissions=True)
	frappe.db.set_value(PREFERENCES, user, values)


def one_by_one(self):
	"""Ring as Frappe does, a document each."""
	for entry in self._waiting:
		make_notification_logs(
			frappe._dict({key: value for key, value in entry.items() if key != "for_user"}),
			[entry["for_user"]],
		)
	self._waiting = []


def test_entries_in_sets_are_those_that_frappe_writes_one_by_one(clock, told, monkeypatch):
	both = people(2)
	owe_and_know(*both, titles=COURSES)
	for each in both:
		prefer(each.user_id, seen=1)
	clock(29)
	outcomes = []
	for ring in (one_by_one, bells.Bells.ring):
		told.clear()
		told.learning.clear()
		monkeypatch.setattr(bells.Bells, "ring", ring)
		summary = daily.run()
		written = [{key: row[key] for key in row if key not in ITS_OWN} for row in entries()]
		seen = frappe.get_all(PREFERENCES, {"name": ("in", [each.user_id for each in both])}, pluck="seen")
		outcomes.append((summary["bells"], written, seen, sorted(set(told)), sorted(told.learning)))
		frappe.db.delete(LOG)
		frappe.db.delete("LMS Training Notification", {"kind": "Ladder"})
		for each in both:
			prefer(each.user_id, seen=1)
	assert outcomes[0] == outcomes[1]
	count, written, seen, rung, _on_learnings_pages = outcomes[1]
	assert (count, len(written), seen) == (4, 4, [0, 0])
	assert rung == sorted(each.user_id for each in both)


def test_many_bells_cost_the_queries_of_few(clock, told):
	"""Without mails: those are made one by one, with a savepoint each."""
	frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
	costs = []
	for number, titles in ((2, COURSES), (9, ())):
		clock(0)
		frappe.db.delete("LMS Training Assignment")
		owe_and_know(*people(number), titles=titles)
		told.clear()
		clock(29)
		with Queries() as queries:
			summary = daily.run()
		assert summary["bells"] == len(entries()) == 2 * number
		assert len(told) == number
		costs.append(queries.about(LOG) + queries.about(PREFERENCES))
	assert costs[0] == costs[1] <= 4


def test_whom_frappe_would_not_ring_for_is_not_rung_for(clock, told):
	silent, loud = people(2)
	owe_and_know(silent, loud)
	told.clear()
	prefer(silent.user_id, enabled=0)
	prefer(loud.user_id, enabled=1, enable_email_notifications=1)
	clock(29)
	summary = daily.run()
	assert [row.for_user for row in entries()] == told == [loud.user_id]
	assert summary["bells"] == 1
	# The mail is ours and has a setting of its own; of an "Alert" Frappe sends none, whatever somebody prefers.
	assert sorted(to for to, *_rest in read_mails()) == sorted([silent.user_id, loud.user_id])
	assert not is_email_notifications_enabled_for_type(loud.user_id, "Alert")


def test_each_reads_the_bell_in_their_own_language(clock, told):
	one, other = people(2)
	owe_and_know(one, other)
	frappe.db.set_value("User", other.user_id, "language", "de")
	frappe.get_doc(
		{
			"doctype": "Translation",
			"language": "de",
			"source_text": "tomorrow",
			"translated_text": "morgen",
		}
	).insert()
	clock(29)
	daily.run()
	subjects = {row.for_user: row.subject for row in entries()}
	assert subjects[other.user_id] == "Safety: morgen"
	assert subjects[one.user_id].startswith("Safety: ")
	assert "morgen" not in subjects[one.user_id]


def test_nothing_is_rung_of_what_was_not_said(clock, told, monkeypatch):
	bad, good = people(2)
	owe_and_know(bad, good)
	told.clear()
	clock(29)
	queue = send.mails.queue

	def refuse(template, user, *arguments):
		if user == bad.user_id:
			raise OSError("mailbox unavailable")
		return queue(template, user, *arguments)

	monkeypatch.setattr(send.mails, "queue", refuse)
	assert daily.run()["bells"] == 1
	assert [row.for_user for row in entries()] == told == [good.user_id]


def test_where_the_bells_fail_nothing_is_said_and_all_of_it_the_next_time(clock, told, monkeypatch):
	both = people(2)
	owe_and_know(*both)
	clock(29)
	with monkeypatch.context() as patched:
		patched.setattr(bells, "bulk_insert", lambda *args, **options: 1 / 0)
		assert daily.run()["not_done"] == ["Reminding 2 people: division by zero"]
	assert read_mails() == []
	assert not frappe.db.count("LMS Training Notification", {"kind": "Ladder"})
	summary = daily.run()
	assert (summary["mails"], summary["bells"]) == (2, 2)
	assert len(entries()) == 2


@pytest.mark.parametrize("on", [LOG, "*"])
def test_another_app_hears_of_every_bell_and_breaks_only_its_own(clock, monkeypatch, on):
	bad, good = people(2)
	owe_and_know(bad, good, titles=COURSES)
	heard = []

	def listen(doc, method):
		if doc.doctype == LOG:
			if doc.for_user == bad.user_id:
				raise RuntimeError("no such channel")
			heard.append((doc.for_user, doc.subject))

	get_doc_hooks, get_attr = frappe.get_doc_hooks, frappe.get_attr

	def with_theirs():
		hooks = {name: dict(events) for name, events in get_doc_hooks().items()}
		events = hooks.setdefault(on, {})
		events["after_insert"] = [*events.get("after_insert", []), "other_app.handler"]
		return hooks

	clock(29)
	with monkeypatch.context() as patched:
		patched.setattr(frappe, "get_doc_hooks", with_theirs)
		patched.setattr(
			frappe, "get_attr", lambda path: listen if path == "other_app.handler" else get_attr(path)
		)
		summary = daily.run()
	assert sorted(heard) == [(row.for_user, row.subject) for row in entries()]
	assert len(heard) == 2
	assert summary["failed"] == [f"{bad.user_id}: no such channel"]
	assert [to for to, *_rest in read_mails()] == [good.user_id]
	# Once nobody breaks it any more they are told: mail and bell.
	assert daily.run()["bells"] == 2
	assert [to for to, *_rest in read_mails()] == [bad.user_id]


def test_a_webhook_a_script_or_a_notification_on_the_bell_makes_documents_of_it(clock, monkeypatch):
	(worker,) = people(1)
	owe_and_know(worker)
	clock(29)
	frappe.get_doc(
		{
			"doctype": "Notification",
			"name": factory.unique("Notification"),
			"subject": "Rung",
			"message": "Look",
			"document_type": LOG,
			"event": "New",
			"condition": "doc.document_type == 'LMS Training Assignment'",
			"channel": "System Notification",
			"recipients": [{"receiver_by_document_field": "for_user"}],
		}
	).insert()
	daily.run()
	subjects = [row.subject for row in entries(for_user=worker.user_id)]
	assert "Rung" in subjects
	assert len(subjects) == 2


def test_who_is_reminded_by_somebody_hears_the_bell(told, hr):
	frappe.set_user("Administrator")
	both = people(2)
	owe_and_know(*both)
	told.clear()
	frappe.set_user(hr)
	names = [row.name for each in both for row in factory.assignments(member=each.user_id)]
	assert len(api.send_reminder(names)["done"]) == 2
	assert sorted(row.for_user for row in entries()) == sorted(told) == sorted(each.user_id for each in both)
