"""The reminder ladder on a site: who is told what, exactly once."""

import frappe
import pytest

from smooth_lms_hr import daily
from smooth_lms_hr.setup import install
from smooth_lms_hr.telling import mails
from tests.site import factory
from tests.site.mailbox import owe, owe_and_know, read_mails, run_days

pytestmark = pytest.mark.usefixtures("settings")

ASSIGNMENT = "LMS Training Assignment"
LEDGER = "LMS Training Notification"


def test_the_ladder_day_by_day(worker, boss, clock):
	hr = factory.user("HR Manager")
	owe(worker, "Safety")
	member, reminder = worker.user_id, "Training Reminder: Safety"
	team, overdue = "Training of your team: 1 overdue, 0 due soon", "Overdue training: 1 to follow up"
	said = run_days(clock, *range(140))
	assert said.pop(0) == [(member, "Training: Safety")]
	assert said == {
		23: [(member, reminder)],
		29: [(member, reminder)],
		31: sorted([(member, reminder), (boss.user_id, team)]),
		**{
			30 + day: sorted([(member, reminder), *([(hr, overdue)] if day >= 14 else [])])
			for day in range(8, 91, 7)
		},
		44: [(hr, overdue)],
	}
	row = factory.assignment(member=member)
	assert row.reminders_sent == 2 + 13
	bells = frappe.get_all("Notification Log", {"for_user": member}, ["link", "type"])
	assert len(bells) == row.reminders_sent + 1
	assert {bell.link for bell in bells} == {f"/lms/courses/{row.course}"}


def test_one_mail_lists_all_that_is_due(worker, clock):
	owe_and_know(worker, titles=[f"Course {number}" for number in range(10)])
	said = run_days(clock, 23)
	assert said[23] == [(worker.user_id, "Training Reminder: 10 courses")]
	assert frappe.db.count(LEDGER, {"kind": "Ladder", "offset_days": -7}) == 10


def test_after_three_days_without_a_run_one_mail_says_the_truth(worker, clock):
	owe_and_know(worker)
	clock(20)
	daily.run()
	clock(33)
	daily.run()
	mine = [(subject, text) for _to, subject, text in read_mails(worker.user_id)]
	assert [subject for subject, _text in mine] == ["Training Reminder: Safety"]
	assert "3 days late" in mine[0][1]


@pytest.mark.parametrize("end", ["complete", "waive", "cancel"])
def test_what_is_settled_ends_the_ladder(worker, clock, end):
	owe(worker, "Safety")
	row = factory.assignment(member=worker.user_id)
	assert run_days(clock, 29)
	if end == "complete":
		factory.complete_lessons(worker.user_id, row.course)
	else:
		frappe.db.set_value(ASSIGNMENT, row.name, "status", {"waive": "Waived", "cancel": "Cancelled"}[end])
	assert run_days(clock, 31, 38, 44) == {}


def test_an_extended_due_date_starts_over(worker, clock):
	from smooth_lms_hr import api

	owe(worker, "Safety")
	assert set(run_days(clock, 29, 31)) == {29, 31}
	api.extend_due_date([factory.assignment(member=worker.user_id).name], "2027-02-03", "on leave")
	# None of these days is a Sunday, on which nothing is said where a company has its weekly offs.
	assert set(run_days(clock, 32, 38, 64, 65, 66, 71, 73)) == {65, 71, 73}


def test_a_second_run_on_the_same_day_says_nothing(worker, clock):
	owe(worker, "Safety")
	assert run_days(clock, 31)
	before = frappe.db.count(LEDGER)
	assert run_days(clock, 31) == {}
	assert frappe.db.count(LEDGER) == before


def test_who_left_or_cannot_log_in_is_not_written_to(worker, clock):
	owe(worker, "Safety")
	frappe.db.set_value("User", worker.user_id, "enabled", 0)
	assert run_days(clock, 29, 31) == {}
	frappe.db.set_value("User", worker.user_id, "enabled", 1)
	frappe.db.set_value("Employee", worker.name, "status", "Left")
	assert run_days(clock, 38) == {}
	assert not frappe.db.exists("Notification Log", {"for_user": worker.user_id})


def test_without_an_account_to_send_from_only_the_bell_rings(worker, clock):
	owe_and_know(worker)
	frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
	assert run_days(clock, 29) == {}
	assert frappe.db.count("Notification Log", {"for_user": worker.user_id}) == 1
	(entry,) = frappe.get_all(LEDGER, {"kind": "Ladder"}, ["offset_days", "email_queue", "recipient"])
	assert (entry.offset_days, entry.email_queue, entry.recipient) == (-1, None, worker.user_id)
	assert daily.status()["outgoing_account"] is False


def test_one_bad_address_does_not_stop_the_others(worker, clock, monkeypatch):
	other = factory.employee(factory.user())
	owe_and_know(worker, other)
	queue = mails.queue

	def refuse(template, user, *args, **kwargs):
		if user == worker.user_id:
			queue(template, user, *args, **kwargs)
			raise frappe.ValidationError("mailbox unavailable")
		return queue(template, user, *args, **kwargs)

	clock(29)
	with monkeypatch.context() as patched:
		patched.setattr(mails, "queue", refuse)
		summary = daily.run()
	assert [to for to, *_rest in read_mails()] == [other.user_id]
	assert summary["failed"] == [f"{worker.user_id}: mailbox unavailable"]
	assert not frappe.db.exists(LEDGER, {"recipient": worker.user_id, "kind": "Ladder", "offset_days": -1})
	assert run_days(clock, 30)[30] == [(worker.user_id, "Training Reminder: Safety")]


def test_who_has_no_manager_is_brought_before_the_department_or_hr(clock):
	approver, hr = factory.user(), factory.user("HR Manager")
	department = frappe.get_doc(
		{
			"doctype": "Department",
			"department_name": factory.unique("Department"),
			"company": factory.company(),
			"leave_approvers": [{"approver": approver}],
		}
	).insert()
	one, other = (
		factory.employee(factory.user(), department=department.name),
		factory.employee(factory.user()),
	)
	owe(one, "Safety")
	factory.onboarding(employee=other.name)
	said = run_days(clock, 31)[31]
	assert {to for to, subject in said if "team" in subject} == {approver}
	assert [(to, subject) for to, subject in said if to == hr] == [(hr, "Overdue training: 1 to follow up")]


def test_the_weekly_digest_lists_the_team_once_a_week(worker, boss, clock, settings):
	settings.manager_digest = "Weekly"
	settings.save()
	colleague = factory.employee(factory.user(), reports_to=boss.name)
	owe(worker, "Safety")
	factory.onboarding(employee=colleague.name)
	to_boss = {}
	for day in range(20, 52):
		clock(day)
		daily.run()
		if found := read_mails(boss.user_id):
			assert len(found) == 1
			to_boss[day] = found[0]
	# TODAY is a Monday; day 23, the first with something due within a week, is in the fourth week.
	assert set(to_boss) == {23, 28, 31, 35, 42, 49}
	assert to_boss[23][1] == "Training of your team: 0 overdue, 2 due soon"
	assert to_boss[31][1] == "Training of your team: 2 overdue, 0 due soon"
	for each in (worker, colleague):
		assert each.employee_name in to_boss[42][2]


def test_hr_is_told_of_what_user_permissions_leave_them(worker, clock):
	elsewhere = factory.company("Elsewhere Ltd")
	other = factory.employee(factory.user(), company=elsewhere)
	all_seeing, narrow = factory.user("HR Manager"), factory.user("HR Manager")
	frappe.get_doc(
		{"doctype": "User Permission", "user": narrow, "allow": "Company", "for_value": elsewhere}
	).insert()
	owe(worker, "Safety")
	factory.onboarding(employee=other.name)
	clock(44)
	daily.run()
	texts = {to: text for to, _subject, text in read_mails() if to in (all_seeing, narrow)}
	assert set(texts) == {all_seeing, narrow}
	assert worker.employee_name in texts[all_seeing]
	assert other.employee_name in texts[all_seeing]
	assert worker.employee_name not in texts[narrow]
	assert other.employee_name in texts[narrow]
	daily.run()
	assert read_mails() == []


def test_where_the_mail_to_one_of_hr_fails_that_one_is_told_the_next_time(worker, clock, monkeypatch):
	"""Of what HR is told itself, and of what comes to HR because nobody manages the person."""
	one, other = sorted([factory.user("HR Manager"), factory.user("HR Manager")])
	queue = mails.queue
	refused = None

	def refuse(template, user, *arguments, **keywords):
		if user == refused:
			raise OSError("mailbox unavailable")
		return queue(template, user, *arguments, **keywords)

	def hr_told():
		return [(to, subject) for to, subject, _text in read_mails() if to in (one, other)]

	monkeypatch.setattr(mails, "queue", refuse)
	alone = factory.employee(factory.user())
	owe(worker, "Safety")
	factory.onboarding(employee=alone.name)
	for day, refused, reached, late in ((31, one, other, 1), (44, other, one, 2)):
		subject = f"Overdue training: {late} to follow up"
		clock(day)
		assert daily.run()["failed"] == [f"{refused}: mailbox unavailable"]
		assert hr_told() == [(reached, subject)]
		failed, refused = refused, None
		daily.run()
		assert hr_told() == [(failed, subject)]
		daily.run()
		assert hr_told() == []


def test_a_manager_who_comes_later_is_not_told_what_hr_was_told_instead(boss, clock):
	hr = factory.user("HR Manager")
	alone = factory.employee(factory.user())
	owe(alone, "Safety")
	assert (hr, "Overdue training: 1 to follow up") in run_days(clock, 31)[31]
	alone.db_set("reports_to", boss.name)
	assert run_days(clock, 32) == {}


def test_no_learner_reads_another_learners_name(worker, clock):
	other = factory.employee(factory.user(), first_name="Zaphod")
	owe(worker, "Safety")
	factory.onboarding(employee=other.name)
	for day in (0, 23, 31, 38):
		clock(day)
		daily.run()
		for text in (text for to, _subject, text in read_mails() if to == worker.user_id):
			assert "Zaphod" not in text


def test_hr_edits_the_text_and_an_update_leaves_it(worker, clock):
	template = frappe.get_doc("Email Template", "Training Reminder")
	template.subject = "Bitte: {{ what }}"
	template.response_html = "<p>Hallo {{ first_name }}: {{ rows[0].course_title }}</p>"
	template.save()
	install.after_migrate()
	owe_and_know(worker, titles=["Safety <b>first</b>"])
	clock(29)
	daily.run()
	((_to, subject, text),) = read_mails()
	assert subject.startswith("Bitte: Safety")
	assert "Hallo" in text
	frappe.delete_doc("Email Template", "Training Reminder")
	assert "Training Reminder: Safety" in dict(run_days(clock, 31)[31])[worker.user_id]


def test_a_due_date_on_any_clock(worker, clock, monkeypatch):
	"""The same date gives the same answer, whatever time of that day the job runs at, in whichever zone."""
	owe(worker, "Safety")
	import frappe.utils.data

	for zone in ("Asia/Kolkata", "America/St_Johns", "Europe/Berlin"):
		frappe.db.set_single_value("System Settings", "time_zone", zone)
		for time in ("00:00:00", "02:30:00", "23:59:59"):
			for day, status in (("2026-12-23", "Pending"), ("2026-12-24", "Overdue")):
				moment = frappe.utils.get_datetime(f"{day} {time}")
				monkeypatch.setattr(frappe.utils.data, "now_datetime", lambda moment=moment: moment)
				frappe.db.set_value(ASSIGNMENT, {"member": worker.user_id}, "status", "Pending")
				daily.run()
				assert factory.assignment(member=worker.user_id).status == status, (zone, day, time)


def test_a_run_never_overlaps_another(worker):
	from frappe.utils.synchronization import filelock

	with filelock(daily.LOCK), pytest.raises(daily.AlreadyRunning, match="under way"):
		daily.run()


def test_who_starts_a_run_is_told_how_it_goes(worker, clock, monkeypatch):
	owe_and_know(worker)
	clock(29)
	told = []

	def listen(event=None, message=None, user=None, **_room):
		if event == daily.EVENT:
			told.append(message)
			assert user == "hr@example.com"

	monkeypatch.setattr(frappe, "publish_realtime", listen)
	daily.run_for("hr@example.com")
	*steps, last = told
	percents = [state["percent"] for state in steps]
	assert percents == sorted(percents)
	assert (percents[0], percents[-1]) == (0, 100)
	assert last["summary"]["mails"] == 1
	assert not last["happened"]["more"]
	assert {(row["who"], row["what"]) for row in last["happened"]["rows"]} == {
		(worker.employee_name, f"Mail to {worker.user_id}"),
	}
	monkeypatch.setattr(daily, "_reconcile_all", lambda today, steps: 1 / 0)
	with pytest.raises(ZeroDivisionError):
		daily.run_for("hr@example.com")
	assert told[-1] == {"error": "The daily run failed: division by zero"}


def test_the_settings_refuse_a_ladder_that_makes_no_sense(settings):
	for rows, said in (
		([{"offset_days": 1, "notify_member": 1}, {"offset_days": 1, "notify_hr": 1}], "already"),
		([{"offset_days": 1, "notify_member": 0}], "choose who"),
		([{"offset_days": 10**6, "notify_member": 1}], "too many"),
	):
		settings.set("reminder_ladder", rows)
		with pytest.raises(frappe.ValidationError, match=said):
			settings.save()
		settings.reload()
