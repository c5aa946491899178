"""Who was present at a Training Event of Frappe HR has evidence of it (rule 16)."""

import json
from datetime import timedelta

import frappe
import pytest
from frappe.desk.notifications import get_open_count
from frappe.utils import getdate

from smooth_lms_hr import daily
from smooth_lms_hr.following import classroom
from smooth_lms_hr.patches.v0_3 import write_evidence_of_past_events
from smooth_lms_hr.record import reasons
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.queries import Queries

EVIDENCE = "LMS Training Evidence"


@pytest.fixture
def people(hr):
	"""Return two employees, of whom the second has no user."""
	return factory.employee(factory.user()), factory.employee()


def proof(event, status: str | None = None) -> list:
	"""Return the evidence of an event, in the order written."""
	filters = {"cause_doctype": "Training Event", "cause": event.name}
	if status:
		filters["status"] = status
	return frappe.get_all(EVIDENCE, filters, ["*"], order_by="name")


def attended(people, **fields):
	return factory.training_event({people[0].name: "Present", people[1].name: "Absent"}, **fields)


def test_who_was_present_has_evidence_and_who_was_absent_has_none(people):
	event = attended(people)
	(kept,) = proof(event)
	assert (kept.kind, kept.status, kept.assignment, kept.course) == ("Classroom", "Valid", None, None)
	assert (kept.employee, kept.member) == (people[0].name, people[0].user_id)
	assert (kept.course_title, getdate(kept.completed_on)) == (event.event_name, getdate("2026-11-16"))
	assert kept.training_hours == 8
	said = frappe.parse_json(kept.content)
	assert (said["location"], said["trainer"], said["begins"]) == ("Room 7", "Ada", "2026-11-16 09:00")
	assert kept.row_hash


def test_who_has_no_user_has_evidence_too(people):
	event = factory.training_event({people[1].name: "Present"})
	(kept,) = proof(event)
	assert (kept.employee, kept.member) == (people[1].name, None)


@pytest.mark.parametrize(
	"fields", [{"event_status": "Scheduled"}, {"event_status": "Cancelled"}, {"submit": False}]
)
def test_an_event_that_was_not_held_proves_nothing(people, fields):
	assert proof(attended(people, **fields)) == []


def test_it_is_written_once_it_is_called_completed(people):
	event = attended(people, event_status="Scheduled")
	event.event_status = "Completed"
	event.save()
	assert len(proof(event)) == 1
	event.reload()
	event.save()
	daily.run()
	assert len(proof(event)) == 1


def test_an_event_of_next_month_proves_nothing_before_that(people, clock):
	event = attended(people, start_time="2026-12-13 09:00:00", end_time="2026-12-14 12:00:00")
	for day in (0, 20):
		clock(day)
		daily.run()
		assert proof(event) == []
	clock(21)
	daily.run()
	assert len(proof(event)) == 1
	# Two mornings.
	assert proof(event)[0].training_hours == 6


def test_a_result_says_who_was_there_and_for_how_long(people):
	event = attended(people, event_status="Scheduled")
	result = factory.training_result(event.name, {people[0].name: 6.5, people[1].name: 3})
	# The event itself says that the other one was absent.
	(kept,) = proof(event)
	assert (kept.employee, kept.training_hours) == (people[0].name, 6.5)
	assert frappe.parse_json(kept.results) == [
		{"doctype": "Training Result", "name": result.name, "hours": 6.5, "grade": "A"}
	]


def test_a_result_that_is_cancelled_proves_nothing_any_more(people):
	event = attended(people, event_status="Scheduled")
	result = factory.training_result(event.name, {people[0].name: 6.5})
	result.reload()
	result.cancel()
	assert [(one.status, one.revoked_reason) for one in proof(event)] == [("Revoked", reasons.NOT_PRESENT)]


def test_a_result_after_the_evidence_writes_no_second_one(people):
	event = attended(people)
	factory.training_result(event.name, {people[0].name: 6.5})
	assert len(proof(event)) == 1


def test_attendance_that_is_corrected_revokes_it_and_writes_it_anew(people, hr):
	event = attended(people)
	# A row that is there stays as it was submitted, in Frappe HR: who corrects it takes it out and adds another one.
	for said, count in (("Absent", 1), ("Present", 2)):
		event.reload()
		event.employees = [row for row in event.employees if row.employee != people[0].name]
		event.append("employees", {"employee": people[0].name, "attendance": said})
		event.save()
		assert len(proof(event)) == count
	first, second = proof(event)
	assert (first.status, first.revoked_reason, first.revoked_by) == ("Revoked", reasons.NOT_PRESENT, hr)
	assert second.status == "Valid"
	(told,) = frappe.get_all("LMS Training Event", {"cause": first.name}, ["*"])
	assert (told.event, told.assignment, told.employee) == ("Revoked", None, people[0].name)
	assert (told.before, told.reason, told.cause_doctype) == ("2026-11-16", reasons.NOT_PRESENT, EVIDENCE)


def test_an_event_that_is_cancelled_revokes_all_of_it(people):
	event = factory.training_event({one.name: "Present" for one in people})
	event.reload()
	event.cancel()
	assert {(one.status, one.revoked_reason) for one in proof(event)} == {
		("Revoked", reasons.EVENT_CANCELLED)
	}
	assert len(proof(event)) == 2


def test_an_event_that_is_called_off_after_all_revokes_all_of_it(people):
	event = attended(people)
	# Whatever a result says of it.
	factory.training_result(event.name, {people[0].name: 6.5})
	event.reload()
	event.event_status = "Cancelled"
	event.save()
	assert [(one.status, one.revoked_reason) for one in proof(event)] == [
		("Revoked", reasons.EVENT_CANCELLED)
	]


def test_somebody_named_twice_has_one(people):
	event = attended(people, submit=False)
	event.append("employees", {"employee": people[0].name, "attendance": "Present"})
	event.save()
	event.submit()
	assert len(proof(event)) == 1


def test_frappe_hrs_own_save_does_not_fail_because_of_us(people, monkeypatch):
	def fail(*args, **kwargs):
		raise RuntimeError("Broken")

	with monkeypatch.context() as broken:
		broken.setattr(classroom, "follow", fail)
		event = attended(people)
	assert event.docstatus == 1
	assert proof(event) == []
	daily.run()
	(kept,) = proof(event)
	assert kept.status == "Valid"


def test_what_sql_has_changed_is_found_by_the_daily_run_and_is_nobodys_deed(people):
	event = attended(people)
	frappe.db.set_value("Training Event", event.name, "event_status", "Cancelled")
	daily.run()
	(kept,) = proof(event)
	assert (kept.status, kept.revoked_by) == ("Revoked", "Administrator")


def test_what_nobody_has_touched_for_long_is_not_looked_at_every_day(people, clock):
	old = attended(people)
	clock(30)
	new = attended(people, start_time="2026-12-20 09:00:00", end_time="2026-12-20 12:00:00")
	frappe.db.set_value("Training Event", old.name, "modified", f"{TODAY} 10:00:00", update_modified=False)
	since = TODAY + timedelta(days=29)
	named = [name for names in classroom.chunks(since, TODAY + timedelta(days=30), 10) for name in names]
	assert new.name in named
	assert old.name not in named
	assert old.name in [name for names in classroom.chunks(None, TODAY, 10) for name in names]


def test_the_upgrade_writes_what_there_is_and_says_so(people, monkeypatch):
	with monkeypatch.context() as before:
		before.setattr(classroom, "follow", lambda *args, **kwargs: {})
		event = attended(people)
	assert proof(event) == []
	monkeypatch.setattr(frappe.db, "commit", lambda: None)
	for _time in range(2):
		write_evidence_of_past_events.execute()
		assert [one.taken_over for one in proof(event)] == [1]


def test_names_and_grades_are_text(people):
	event = attended(people, trainer_name="<img src=x onerror=alert(1)>", event_status="Scheduled")
	factory.training_result(event.name, {people[0].name: 1}, grade="<b>A</b>")
	(kept,) = proof(event)
	for text in (kept.course_title, kept.content, kept.results):
		assert "<img" not in text
		assert "<b>" not in text


def test_the_number_of_queries_does_not_grow_with_people(hr):
	counts = []
	# The first time Frappe reads what it remembers from then on.
	for number in (1, 1, 12):
		names = [factory.employee().name for _ in range(number)]
		event = factory.training_event(dict.fromkeys(names, "Present"), event_status="Scheduled")
		frappe.db.set_value("Training Event", event.name, "event_status", "Completed")
		with Queries() as queries:
			assert classroom.follow([event.name], TODAY) == {"evidence_written": number}
		counts.append(len(queries))
	assert counts[1] == counts[2]


def test_an_employee_who_is_renamed_keeps_it(people):
	event = attended(people)
	frappe.set_user("Administrator")
	frappe.rename_doc("Employee", people[0].name, "HR-EMP-RENAMED-1", force=True)
	assert [one.employee for one in proof(event)] == ["HR-EMP-RENAMED-1"]
	daily.run()
	assert [one.status for one in proof(event)] == ["Valid"]


def test_two_employee_records_that_become_one_keep_both_and_lose_both(people):
	event = factory.training_event({one.name: "Present" for one in people})
	frappe.set_user("Administrator")
	frappe.rename_doc("Employee", people[1].name, people[0].name, merge=True, force=True)
	daily.run()
	assert [(one.status, one.employee) for one in proof(event)] == [("Valid", people[0].name)] * 2
	event.reload()
	event.cancel()
	assert [one.status for one in proof(event)] == ["Revoked"] * 2


def test_the_event_links_to_its_evidence(people):
	event = factory.training_event({one.name: "Present" for one in people})
	factory.training_event({people[0].name: "Present"})
	data = frappe.get_meta("Training Event").get_dashboard_data()
	assert [EVIDENCE] in [group["items"] for group in data.transactions]
	found = get_open_count("Training Event", event.name, items=json.dumps([EVIDENCE]))
	assert [row["count"] for row in found["count"]["external_links_found"]] == [2]
