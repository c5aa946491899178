"""What older versions stored of names, titles and reasons, with their markup: an upgrade makes it plain text."""

import json

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.patches.v0_2 import make_stored_text_plain
from smooth_lms_hr.patches.v0_3 import put_equivalents_after_the_statement, show_days_of_every_course
from smooth_lms_hr.setup import custom_fields
from tests.site import factory
from tests.site.test_attack_text import (
	ASSIGNMENT,
	INNOCENT,
	MARKUP,
	ONBOARDING,
	OPENS_A_TAG,
	READABLE,
	texts_of,
	titled,
)


def test_what_an_older_version_stored_is_made_plain_once_and_for_all(hire, hr, clock, monkeypatch):
	monkeypatch.setattr(make_stored_text_plain, "CHUNK", 2)
	innocent = titled(factory.course(), INNOCENT)
	doc = factory.onboarding(employee=hire.name)
	for number in range(4):
		course = factory.course()
		api.assign_mandatory_training(employees=[hire.name], courses=[course])
		frappe.db.set_value(
			ASSIGNMENT, {"course": course}, {"course_title": f"{number} {MARKUP}", "reason": MARKUP}
		)
	owed = factory.assignment(course=innocent)
	frappe.db.set_value(ASSIGNMENT, owed.name, "reason", INNOCENT, update_modified=False)
	frappe.db.set_value(ONBOARDING, doc.name, "training_note", MARKUP)
	frappe.db.set_single_value("LMS Training Settings", "last_run_summary", json.dumps({"failed": [MARKUP]}))
	remarks = [
		frappe.get_doc(ASSIGNMENT, owed.name).add_comment("Info", content).name
		for content in ("Cancelled", "R&amp;D <b>day</b><br>off")
	]
	frappe.db.set_value("Comment", remarks[0], "content", f"Cancelled: {MARKUP} has left")
	bell = frappe.get_doc(
		{"doctype": "Notification Log", "for_user": hr, "document_type": ASSIGNMENT, "subject": "x"}
	).insert(ignore_permissions=True)
	frappe.db.set_value("Notification Log", bell.name, "subject", MARKUP)
	said = frappe.get_doc(ASSIGNMENT, owed.name).add_comment("Comment", "x").name
	frappe.db.set_value("Comment", said, "content", MARKUP)
	before = {row.name: row.modified for row in factory.assignments()}
	clock(1)

	for _again in range(2):
		make_stored_text_plain.execute()
		rows = factory.assignments()
		assert {row.name: row.modified for row in rows} == before
		assert not [text for row in rows for text in texts_of(row) if OPENS_A_TAG.search(text)]
		titles = {row.course_title for row in rows}
		assert {f"{number} {READABLE}" for number in range(4)} | {INNOCENT} <= titles
		assert factory.assignment(name=owed.name).reason == INNOCENT
		assert frappe.db.get_value(ONBOARDING, doc.name, "training_note") == READABLE
		summary = frappe.db.get_singles_dict("LMS Training Settings").last_run_summary
		assert json.loads(summary) == {"failed": [READABLE]}
		cancelled, kept = (frappe.db.get_value("Comment", name, "content") for name in remarks)
		assert "onerror" not in cancelled
		assert "has left" in cancelled
		assert kept == "R&amp;D <b>day</b><br>off"
		assert frappe.db.get_value("Notification Log", bell.name, "subject") == READABLE
		assert frappe.db.get_value("Comment", said, "content") == MARKUP, "what people say there is Frappe's"


def test_the_patch_is_run_by_migrations():
	patches = frappe.get_app_path("smooth_lms_hr", "patches.txt")
	with open(patches, encoding="utf-8") as file:
		_before, _section, after = file.read().partition("[post_model_sync]")
	assert make_stored_text_plain.__name__ in after.split()


def test_the_days_of_a_course_are_shown_after_an_upgrade_unless_somebody_hid_them():
	fields = {"training_due_days": "is_mandatory", "validity_days": "eval:doc.published"}
	for fieldname, shown_if in fields.items():
		frappe.db.set_value("Custom Field", f"LMS Course-{fieldname}", "depends_on", shown_if)
	show_days_of_every_course.execute()
	meta = frappe.get_meta("LMS Course")
	assert not meta.get_field("training_due_days").depends_on
	assert meta.get_field("validity_days").depends_on == "eval:doc.published"


@pytest.mark.parametrize(("stood_after", "stands_after"), [("renew_from", "attestation"), ("tags", "tags")])
def test_equivalents_follow_the_statement_after_an_upgrade_unless_somebody_moved_them(
	stood_after, stands_after
):
	field = "LMS Course-training_equivalents_section"
	frappe.db.set_value("Custom Field", field, "insert_after", stood_after)
	put_equivalents_after_the_statement.execute()
	assert frappe.db.get_value("Custom Field", field, "insert_after") == stands_after


def test_a_site_with_the_fields_of_today_has_nothing_to_be_set_back():
	assert not [field.key for field in custom_fields.FIELDS if field.is_changed()]
