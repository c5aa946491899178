"""The one history (rule 13): written along with what happened, in the order it happened, and never changed."""

import json

import frappe
import pytest
from frappe.utils import formatdate, get_datetime

from smooth_lms_hr.patches.v0_2 import write_events_of_older_assignments as patch
from smooth_lms_hr.record import events, rows
from smooth_lms_hr.record.events import Event
from smooth_lms_hr.showing import history
from smooth_lms_hr.sources.names import EVENT
from tests.site import factory
from tests.site.queries import Queries

ASSIGNMENT = "LMS Training Assignment"


@pytest.fixture
def owed(hire):
	factory.course("Fire Safety")
	factory.onboarding(employee=hire.name)
	frappe.db.delete(EVENT)
	return factory.assignment(member=hire.user_id)


def moved(owed, number: int) -> Event:
	return events.make(
		owed,
		events.DUE_DATE_MOVED,
		before="2026-12-23",
		after=f"2027-01-{number:02d}",
		reason=f"Reason {number}",
	)


def test_many_are_written_in_one_statement_and_read_in_the_order_written(owed):
	with Queries() as queries:
		events.write(moved(owed, number) for number in range(1, 21))
	assert queries.about(EVENT) == len(queries) == 1
	events.write([moved(owed, 21)])
	assert [row.reason for row in events.written_of([owed.name])] == [f"Reason {n}" for n in range(1, 22)]


def test_a_row_keeps_what_was_written_as_text_and_a_hash_of_it(owed):
	events.write([moved(owed, 1), moved(owed, 2)])
	first, second = frappe.get_all(EVENT, fields=["*"], order_by="name")
	written = json.loads(first.as_written)
	assert written["assignment"] == owed.name
	assert (written["before"], written["after"], written["reason"]) == (
		"2026-12-23",
		"2027-01-01",
		"Reason 1",
	)
	assert {key: str(first[key] or "") for key in written} == {
		key: str(value or "") for key, value in written.items()
	}
	assert first.row_hash == rows.hash_of(first.name, first.as_written) != second.row_hash


def test_nobody_writes_changes_renames_or_deletes_one(owed):
	events.write([moved(owed, 1)])
	name = frappe.db.get_value(EVENT, {})
	before = frappe.get_all(EVENT, fields=["*"])
	for user in ("Administrator", factory.user("System Manager"), factory.hr_manager()):
		frappe.set_user(user)
		doc = frappe.get_doc(EVENT, name)
		doc.reason = "Another"
		for forbidden in (
			doc.save,
			lambda: frappe.delete_doc(EVENT, name),
			lambda: frappe.delete_doc(EVENT, name, force=True, ignore_permissions=True),
			lambda: frappe.rename_doc(EVENT, name, "another", force=True),
			lambda: frappe.get_doc({"doctype": EVENT, **moved(owed, 2).__dict__}).insert(
				ignore_permissions=True
			),
		):
			with pytest.raises((frappe.PermissionError, frappe.ValidationError)):
				forbidden()
		frappe.set_user("Administrator")
	assert frappe.get_all(EVENT, fields=["*"]) == before


def test_the_timeline_says_it_in_the_readers_language_as_text(owed, monkeypatch):
	events.write(
		[
			events.make(
				owed, events.ASSIGNED, after="2026-12-23", cause_doctype="Employee Onboarding", cause="EO-1"
			),
			events.make(owed, events.WAIVED, before="Pending", after="Waived", reason="<b>Knows</b> it"),
		]
	)
	assigned, waived = [row["content"] for row in history.timeline(ASSIGNMENT, owed.name)]
	assert formatdate("2026-12-23") in assigned
	assert "EO-1" in assigned
	assert "&lt;b&gt;Knows&lt;/b&gt; it" in waived
	monkeypatch.setattr(history, "_", lambda text: {"{0} waived this.": "{0} hat befreit."}.get(text, text))
	assert "hat befreit" in history.timeline(ASSIGNMENT, owed.name)[1]["content"]


# What the upgrade makes of assignments from before


def version(name: str, day: str, *changed: tuple) -> None:
	doc = frappe.get_doc(
		{
			"doctype": "Version",
			"ref_doctype": ASSIGNMENT,
			"docname": name,
			"data": json.dumps({"changed": changed}),
		}
	).insert(ignore_permissions=True)
	frappe.db.set_value("Version", doc.name, "creation", f"{day} 10:00:00", update_modified=False)


def test_the_upgrade_takes_over_what_is_on_record(owed):
	frappe.db.set_value(
		ASSIGNMENT,
		owed.name,
		{
			"status": "Waived",
			"assigned_on": "2026-01-01 09:00:00",
			"waived_by": "Administrator",
			"waived_on": "2026-01-05 09:00:00",
			"waiver_reason": "Holds a licence",
			"original_due_date": "2026-01-31",
		},
	)
	frappe.db.delete("Version", {"ref_doctype": ASSIGNMENT})
	version(owed.name, "2026-01-02", ("due_date", formatdate("2026-01-31"), formatdate("2026-02-28")))
	version(owed.name, "2026-01-03", ("due_date", formatdate("2026-02-28"), "?"), ("reason", "a", "b"))
	version(owed.name, "2026-01-05", ("status", "Pending", "Waived"))
	patch.execute()
	rows = events.written_of([owed.name])
	assert [(row.event, row.before, row.after, row.reason) for row in rows] == [
		("Assigned", None, "2026-01-31", None),
		("Due Date Moved", "2026-01-31", "2026-02-28", None),
		("Due Date Moved", "2026-02-28", "?", None),
		("Waived", "Pending", "Waived", "Holds a licence"),
	]
	assert all(row.taken_over for row in rows)
	assert rows[0].cause == owed.onboarding
	assert [get_datetime(row.happened_on).day for row in rows] == [1, 2, 3, 5]


def test_the_upgrade_says_what_became_of_one_whose_history_is_gone(owed):
	frappe.db.delete("Version", {"ref_doctype": ASSIGNMENT})
	frappe.db.set_value(ASSIGNMENT, owed.name, {"status": "Completed", "completed_on": "2026-11-30"})
	patch.execute()
	assert [row.event for row in events.written_of([owed.name])] == ["Assigned", "Completed"]


def test_the_upgrade_done_again_writes_nothing_twice(owed):
	patch.execute()
	before = frappe.db.count(EVENT)
	assert before
	patch.execute()
	assert frappe.db.count(EVENT) == before
