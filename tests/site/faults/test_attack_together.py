"""Two who do the same at once: one does it, the other is told."""

import os
import time
from collections import Counter

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.following import progress
from smooth_lms_hr.record import ledger
from smooth_lms_hr.telling import announcements, bells, by_request, collect, mails
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.faults.others import errors
from tests.site.processes import do, finish, start

ASSIGNMENT = "LMS Training Assignment"
LEDGER = "LMS Training Notification"
SETTINGS = "LMS Training Settings"
ONBOARDING = "Employee Onboarding"


def test_who_reminds_at_the_same_moment_is_told_so_and_one_mail_goes_out(owed, hr, monkeypatch):
	"""The other's reminder becomes visible between our look and our word."""
	frappe.set_user("Administrator")
	frappe.db.delete("Email Queue Recipient")
	before = errors()
	said_of = ledger.said_of

	def look(names):
		found = said_of(names)
		rows = collect.assignments({"name": owed[0].name})
		by_request._remind_member(rows, TODAY, bells.Bells([owed[0].member]))
		return found

	monkeypatch.setattr(ledger, "said_of", look)
	answer = api.send_reminder([row.name for row in owed])
	assert [row["name"] for row in answer["done"]] == [owed[1].name]
	name = factory.assignment(name=owed[0].name).member_name
	assert [row["message"] for row in answer["failed"]] == [f"{name} was reminded today already."]
	assert frappe.db.count("Email Queue Recipient", {"recipient": owed[0].member}) == 1
	assert errors() == before
	assert factory.assignment(name=owed[0].name).reminders_sent == 1


def test_what_another_run_has_said_meanwhile_is_no_failure(owed, monkeypatch, clock):
	frappe.set_user("Administrator")
	announcements.announce([row.name for row in owed])
	frappe.db.delete("Email Queue Recipient")
	before = errors()
	queue = mails.queue

	def be_overtaken(template, user, rows, *args, **kwargs):
		queued = queue(template, user, rows, *args, **kwargs)
		if user == owed[0].member:
			notices = [
				ledger.Notice(row.name, "Ladder", row.due_date, "Member", user, row.due_date, -1)
				for row in rows
			]
			ledger.write(notices, None)
		return queued

	clock(29)
	with monkeypatch.context() as patched:
		patched.setattr(mails, "queue", be_overtaken)
		summary = daily.run()
	assert summary["failed"] == []
	assert errors() == before
	assert frappe.get_all("Email Queue Recipient", pluck="recipient") == [owed[1].member]


def test_a_second_assignment_that_only_the_index_refuses_is_refused_in_words(hr, monkeypatch):
	course, member, other = factory.course("Safety"), factory.user(), factory.user()
	frappe.set_user(hr)
	first = frappe.get_doc({"doctype": ASSIGNMENT, "member": member, "course": course}).insert()
	frappe.get_doc({"doctype": ASSIGNMENT, "member": other, "course": course}).insert()
	name = frappe.utils.get_fullname(member)
	# As who began before the first was committed sees it.
	monkeypatch.setattr("smooth_lms_hr.assigning.by_hand.facts.held_assignments", lambda *args: {})
	frappe.local.message_log = []
	with pytest.raises(frappe.ValidationError, match=f"{name}.* owes .*Safety.* already: .*{first.name}"):
		frappe.get_doc({"doctype": ASSIGNMENT, "member": member, "course": course}).insert()
	assert "must be unique" not in str(frappe.local.message_log)


def test_what_is_decided_while_the_daily_run_reads_is_not_overwritten(owed, hr, monkeypatch, clock):
	clock(31)
	frappe.set_user("Administrator")
	for row in owed:
		factory.learn_silently(row.member, row.course, 1)
	read = progress._open_assignments

	def waive_meanwhile(*args):
		rows = read(*args)
		frappe.db.set_value(ASSIGNMENT, owed[0].name, "status", "Waived")
		return rows

	monkeypatch.setattr(progress, "_open_assignments", waive_meanwhile)
	daily.run()
	assert [row.status for row in factory.assignments()] == ["Waived", "Overdue"]
	assert [row.progress for row in factory.assignments()] == [0, 50]


@pytest.fixture
def crowd(several_processes):
	made = do("gather", timeout=600, people=8, courses=3, hires=24)
	yield made
	do("clear_away", **made)


def test_three_processes_jostle_and_nobody_is_shown_an_error(crowd):
	"""Onboardings, lessons, decisions, reminders and daily runs at once, for STRESS_SECONDS (15)."""
	seconds = int(os.environ.get("STRESS_SECONDS", 15))
	start_at = time.time() + 15
	workers = [
		start(
			"jostle",
			seed=number,
			seconds=seconds,
			start_at=start_at,
			hr=crowd["hr"][number],
			courses=crowd["courses"],
			members=crowd["members"],
			hires=crowd["hires"][number::3],
		)
		for number in range(3)
	]
	answers = [finish(worker, timeout=seconds + 240) for worker in workers]
	done = sum((Counter(answer["done"]) for answer in answers), Counter())
	errors = [error for answer in answers for error in answer["errors"]]
	print(f"{seconds} s: {dict(done)}")
	assert errors == []
	assert do("settle", **crowd) == []
	assert {"onboard", "learn", "extend", "remind", "waive", "run_daily"} <= set(done)
