"""Learners ask for more time, to be excused, or that something learned elsewhere counts; and what the answers do."""

from datetime import timedelta

import frappe
import pytest
from frappe.desk.form.load import get_attachments

from smooth_lms_hr import api, daily
from smooth_lms_hr.record import reasons
from smooth_lms_hr.showing import history
from tests.site import factory
from tests.site.asking import REQUEST, answer, let_managers_answer, stored
from tests.site.conftest import TODAY

DUE = TODAY + timedelta(days=30)
LATER = TODAY + timedelta(days=60)


@pytest.fixture
def owed(hire, hr):
	"""Return what the hire owes, as it stands."""
	course = factory.course("Safety")
	factory.onboarding(employee=hire.name)
	name = factory.assignment(member=hire.user_id, course=course).name
	return lambda: factory.assignment(name=name)


def events_of(assignment, *kinds):
	return frappe.get_all(
		"LMS Training Event",
		filters={"assignment": assignment, "event": ("in", kinds)},
		fields=["event", "before", "after", "reason", "done_by", "cause_doctype", "cause"],
		order_by="name",
	)


def test_a_request_is_on_record_with_whom_and_what_it_is_about(owed, hire):
	name = factory.request(owed().name, reason="Abroad <b>till</b> May", wanted_date=str(LATER))
	row, about = stored(name), owed()
	assert (row.status, row.kind, row.wanted_date, row.reason) == (
		"Open", "Extension", LATER, "Abroad ‹b>till‹/b> May",
	)  # fmt: skip
	for field in ("member", "member_name", "employee", "employee_name", "course", "course_title"):
		assert row[field] == about[field], field
	assert (row.decided_by, row.decided_on, row.answer) == (None, None, None)
	(event,) = events_of(about.name, "Requested", "Answered")
	assert (event.event, event.before, event.after) == ("Requested", None, "Extension")
	assert (event.reason, event.done_by) == (row.reason, hire.user_id)
	assert (event.cause_doctype, event.cause) == (REQUEST, name)


def test_a_granted_extension_moves_the_due_date(owed, hr):
	name = factory.request(owed().name, wanted_date=str(LATER))
	assert "Due date moved" in answer(name, words="Take your time")
	row, request = owed(), stored(name)
	assert (row.due_date, row.due_date_set_on, row.status) == (LATER, TODAY, "Pending")
	assert (request.status, request.decided_by, request.answer) == ("Granted", hr, "Take your time")
	assert request.decided_on
	answered, moved = events_of(row.name, "Answered", "Due Date Moved")
	assert (answered.before, answered.after, answered.done_by) == ("Extension", "Granted", hr)
	assert (moved.before, moved.after, moved.reason) == (str(DUE), str(LATER), "Take your time")
	assert (moved.cause_doctype, moved.cause) == (REQUEST, name)


def test_an_extension_may_be_granted_to_another_day(owed):
	name = factory.request(owed().name, wanted_date=str(LATER))
	answer(name, due_date=str(DUE + timedelta(days=7)))
	assert owed().due_date == DUE + timedelta(days=7)


def test_what_is_overdue_is_so_no_longer(owed, clock):
	clock(31)
	daily.run()
	assert owed().status == "Overdue"
	answer(factory.request(owed().name, wanted_date=str(LATER)))
	assert owed().status == "Pending"


def test_granted_without_words_the_learners_reason_stands_in_the_history(owed):
	name = factory.request(owed().name, reason="On a project", wanted_date=str(LATER))
	answer(name, words=None)
	(moved,) = events_of(owed().name, "Due Date Moved")
	assert (moved.reason, stored(name).answer) == ("On a project", None)


@pytest.mark.parametrize("until", [LATER, None])
def test_a_granted_exemption_is_a_waiver_until_the_wanted_date(owed, hr, until):
	name = factory.request(owed().name, "Exemption", wanted_date=str(until) if until else None)
	answer(name, words="You teach it")
	row = owed()
	assert (row.status, row.waived_until, row.waived_by) == ("Waived", until, hr)
	assert row.waiver_reason == "You teach it"
	(waived,) = events_of(row.name, "Waived")
	assert (waived.reason, waived.cause) == ("You teach it", name)
	assert stored(name).status == "Granted"


def test_what_was_done_elsewhere_is_completed_on_its_day(owed, hire):
	done = TODAY - timedelta(days=100)
	factory.complete_lessons(hire.user_id, owed().course, 1)
	name = factory.request(owed().name, "Done Elsewhere", completed_on=str(done))
	assert "Completed on" in answer(name, words="Seen the certificate")
	row = owed()
	assert (row.status, row.completed_on, row.progress, row.valid_until) == ("Completed", done, 50, None)
	(completed,) = events_of(row.name, "Completed")
	assert (completed.before, completed.reason, completed.cause) == (
		"In Progress", "Seen the certificate", name,
	)  # fmt: skip


def test_how_long_it_counts_says_the_proof_and_else_the_course(hire, hr):
	done, until = TODAY - timedelta(days=10), TODAY + timedelta(days=90)
	courses = [factory.course(validity_days=365) for _each in range(2)]
	factory.onboarding(employee=hire.name)
	for course, values, expected in (
		(courses[0], {"valid_until": str(until)}, until),
		(courses[1], {}, done + timedelta(days=365)),
	):
		name = factory.assignment(member=hire.user_id, course=course).name
		answer(factory.request(name, "Done Elsewhere", completed_on=str(done), **values))
		row = factory.assignment(name=name)
		assert (row.valid_until, row.to_renew) == (expected, 1)


def test_a_refusal_changes_nothing_but_says_why(owed, hr):
	before = owed()
	name = factory.request(before.name, wanted_date=str(LATER))
	assert answer(name, grant=False, words="It is the law") == "Refused."
	assert owed() == before
	assert (stored(name).status, stored(name).answer) == ("Refused", "It is the law")
	with pytest.raises(frappe.MandatoryError, match="A refusal needs"):
		api.answer_request([factory.request(before.name)], False, " ")


def test_after_an_answer_the_same_may_be_asked_again(owed):
	answer(factory.request(owed().name), grant=False)
	name = factory.request(owed().name)
	assert stored(name).status == "Open"
	assert frappe.db.count(REQUEST, {"assignment": owed().name}) == 2


def test_several_kinds_may_be_open_and_a_decision_closes_the_others(owed):
	first = factory.request(owed().name)
	second = factory.request(owed().name, "Exemption")
	answer(second)
	assert owed().status == "Waived"
	assert (stored(first).status, stored(first).answer) == ("Withdrawn", reasons.WAIVED_MEANWHILE)
	assert stored(second).status == "Granted"


def test_a_learner_withdraws_and_may_ask_anew(owed, hire):
	name = factory.request(owed().name)
	frappe.set_user(hire.user_id)
	assert api.withdraw_request(name) == {"request": name}
	assert (stored(name).status, stored(name).decided_by) == ("Withdrawn", hire.user_id)
	assert events_of(owed().name, "Answered")[0].after == "Withdrawn"
	with pytest.raises(frappe.ValidationError, match="withdrawn"):
		api.withdraw_request(name)
	assert factory.request(owed().name) != name


@pytest.mark.parametrize(
	("settle", "why"),
	[
		(lambda row: factory.complete_lessons(row.member, row.course), reasons.COMPLETED_MEANWHILE),
		(lambda row: api.waive([row.name], "Why"), reasons.WAIVED_MEANWHILE),
		(lambda row: api.cancel_training([row.name], "Why"), reasons.CANCELLED_MEANWHILE),
	],
	ids=["completed", "waived", "cancelled"],
)
def test_what_is_settled_meanwhile_asks_nobody_any_more(owed, settle, why):
	name = factory.request(owed().name)
	settle(owed())
	row = stored(name)
	assert (row.status, row.answer, row.open_key) == ("Withdrawn", why, None)
	assert row.decided_on
	(closed,) = events_of(owed().name, "Answered")
	assert (closed.after, closed.reason, closed.done_by) == ("Withdrawn", why, "Administrator")
	assert "needs no answer any more" in history.sentence(frappe._dict(closed, taken_over=0), "Administrator")


def test_who_leaves_asks_for_nothing_any_more(owed, hire):
	name = factory.request(owed().name)
	# ERPNext 16 disables the user with it, which HR alone may not.
	frappe.set_user("Administrator")
	employee = frappe.get_doc("Employee", hire.name)
	employee.update({"status": "Left", "relieving_date": TODAY})
	employee.save(ignore_permissions=True)
	assert (stored(name).status, stored(name).answer) == ("Withdrawn", reasons.CANCELLED_MEANWHILE)


def test_what_was_settled_past_us_is_closed_by_the_daily_run(owed):
	name = factory.request(owed().name, "Exemption")
	frappe.db.set_value("LMS Training Assignment", owed().name, "status", "Cancelled")
	for grant in (True, False):
		assert "nothing is owed" in answer(name, grant)
	assert stored(name).status == "Open"
	assert daily.run()["requests_closed"] == 1
	assert stored(name).status == "Withdrawn"
	assert "requests_closed" not in daily.run()


def test_the_history_says_who_asked_for_what_and_who_answered(owed):
	answer(factory.request(owed().name, wanted_date=str(LATER)), words="Fine")
	said = [each["content"] for each in history.timeline("LMS Training Assignment", owed().name)]
	assert any("asked about this: Extension: On a project" in each for each in said), said
	assert any("granted what was asked for: Extension: Fine" in each for each in said), said


# ---- files


def test_a_file_goes_with_the_request_and_is_read_by_who_reads_it(owed, hire):
	file = factory.private_file(hire.user_id)
	done = {"completed_on": str(TODAY), "file": file.name}
	name = factory.request(owed().name, "Done Elsewhere", **done)
	file.reload()
	assert (file.attached_to_doctype, file.attached_to_name, file.is_private) == (REQUEST, name, 1)
	assert stored(name).file == file.file_url
	assert [row.name for row in get_attachments(REQUEST, name)] == [file.name]
	other = factory.user("Employee")
	assert frappe.has_permission("File", "read", doc=file.name, user=factory.hr_manager())
	assert frappe.has_permission("File", "read", doc=file.name, user=hire.user_id)
	assert not frappe.has_permission("File", "read", doc=file.name, user=other)


def test_a_file_may_be_named_by_its_address(owed, hire):
	file = factory.private_file(hire.user_id)
	name = factory.request(owed().name, "Exemption", file=file.file_url)
	assert stored(name).file == file.file_url


def test_what_was_handed_in_stays_as_it_was(owed, hire):
	file = factory.private_file(hire.user_id)
	name = factory.request(owed().name, "Exemption", file=file.name)
	for user in (hire.user_id, factory.hr_manager()):
		frappe.set_user(user)
		for right in ("write", "delete"):
			assert not frappe.has_permission("File", right, doc=file.name), (user, right)
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc(
				{
					"doctype": "File", "file_name": "more.txt", "is_private": 1, "content": "More",
					"attached_to_doctype": REQUEST, "attached_to_name": name,
				}
			).insert()  # fmt: skip


# ---- managers


def test_a_manager_answers_extensions_where_the_settings_allow_it(team, boss, as_user):
	name = factory.request(team().name, wanted_date=str(LATER))
	as_user(boss.user_id)
	assert "not yours" in answer(name)
	let_managers_answer()
	assert "Due date moved" in answer(name)
	assert team().due_date == LATER


def test_a_manager_answers_nothing_else_and_nobody_elses(team, boss, as_user, hire):
	let_managers_answer()
	exemption = factory.request(team().name, "Exemption")
	factory.onboarding(employee=hire.name)
	others = factory.request(factory.assignment(member=hire.user_id).name)
	as_user(boss.user_id)
	for name in (exemption, others, "none"):
		assert answer(name) == f"There is no request {name}, or it is not yours."


def test_who_manages_themselves_answers_nothing_for_themselves(boss, as_user):
	let_managers_answer()
	factory.course("Safety")
	factory.onboarding(employee=boss.name)
	owed = factory.assignment(member=boss.user_id).name
	# The same person's record in another company, where they report to themselves.
	second = factory.employee(reports_to=boss.name)
	frappe.db.set_value("LMS Training Assignment", owed, "employee", second.name)
	name = factory.request(owed)
	as_user(boss.user_id)
	assert "not yours" in answer(name)


@pytest.mark.parametrize(
	("kind", "values"),
	[("Extension", {}), ("Exemption", {}), ("Done Elsewhere", {"completed_on": str(TODAY)})],
)
def test_hr_answers_nothing_for_themselves(as_user, kind, values):
	hr = factory.hr_manager()
	factory.course("Safety")
	factory.onboarding(employee=factory.employee(hr).name)
	owed = factory.assignment(member=hr).name
	name = factory.request(owed, kind, **values)
	as_user(hr)
	for grant in (True, False):
		assert "your own training" in answer(name, grant)
	assert stored(name).status == "Open"
	assert factory.assignment(name=owed).status == "Pending"
