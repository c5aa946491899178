"""Bad input and attackers: what nobody may answer, and who neither writes a request nor sees it."""

import json
from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.following import requests
from tests.site import factory
from tests.site.asking import ASSIGNMENT, REQUEST, TOO_FAR, answer, day, owed_by, stored
from tests.site.conftest import TODAY

DUE = TODAY + timedelta(days=30)


@pytest.fixture
def owed(hire, hr, as_user):
	return owed_by(hire)


def test_who_may_not_assign_answers_nothing(owed, as_user):
	name = factory.request(owed)
	for role in ("HR User", "Employee", "LMS Student", "Course Creator"):
		as_user(factory.user(role))
		for each in (name, "none"):
			assert answer(each) == f"There is no request {each}, or it is not yours."
			with pytest.raises(frappe.ValidationError, match="or it is not yours"):
				api.withdraw_request(each)
	assert stored(name).status == "Open"


def test_the_first_of_two_answers_wins_and_the_second_is_told_so(owed, hr, as_user):
	name = factory.request(owed)
	as_user(hr)
	answer(name, grant=False, words="No")
	second = factory.hr_manager()
	as_user(second)
	said = answer(name)
	assert "has answered it" in said
	assert "Refused" in said
	assert (stored(name).status, stored(name).decided_by) == ("Refused", hr)
	assert frappe.db.get_value(ASSIGNMENT, owed, "due_date") == DUE


def test_who_answers_at_the_same_moment_is_told_who_was_first(owed, hr, as_user, monkeypatch):
	"""The other's answer becomes visible between our look and our lock."""
	name = factory.request(owed)
	look, other = requests.may_answer, factory.hr_manager()

	def be_overtaken(row):
		monkeypatch.undo()
		as_user(other)
		answer(name, grant=False, words="No")
		as_user(hr)
		return look(row)

	as_user(hr)
	monkeypatch.setattr(requests, "may_answer", be_overtaken)
	assert "has answered it" in answer(name)
	assert (stored(name).status, stored(name).decided_by) == ("Refused", other)
	assert frappe.db.get_value(ASSIGNMENT, owed, "due_date") == DUE


def test_one_that_cannot_be_answered_keeps_no_other_waiting(owed, hr, as_user):
	first, second = factory.request(owed), factory.request(owed, "Exemption")
	as_user(hr)
	told = api.answer_request([second, "none", first], True, "Fine", due_date=day(50))
	assert [row["name"] for row in told["done"]] == [first]
	said = {row["name"]: row["message"] for row in told["failed"]}
	assert "about something else" in said[second]
	assert "not yours" in said["none"]
	assert stored(second).status == "Open"
	assert frappe.db.get_value(ASSIGNMENT, owed, ["due_date", "status"]) == (
		TODAY + timedelta(days=50), "Pending",
	)  # fmt: skip


@pytest.mark.parametrize("due", [-1, 0, 30])
def test_an_extension_does_not_end_before_what_it_extends(owed, hr, as_user, due):
	name = factory.request(owed)
	as_user(hr)
	if due < 0:
		with pytest.raises(frappe.ValidationError, match="past"):
			api.answer_request([name], True, None, day(due))
	else:
		assert "An extension ends later" in answer(name, due_date=day(due))
	assert stored(name).status == "Open"


def test_what_is_past_when_it_is_answered_is_not_granted(owed, hr, as_user, clock):
	extension = api.request_training(owed, "Extension", "Why", wanted_date=day(31))["request"]
	exemption = api.request_training(owed, "Exemption", "Why", wanted_date=day(10))["request"]
	clock(32)
	as_user(hr)
	assert "past" in answer(extension)
	assert "past" in answer(exemption)
	assert "Due date moved" in answer(extension, due_date=day(40))


@pytest.mark.parametrize(
	("arguments", "said"),
	[
		(([], True), "requests is required|No request"),
		((["x"] * 1 + [str(each) for each in range(500)], True), "at once"),
		((["x"], "perhaps"), "true or false"),
		((["x"], False, "No", day(50)), "belongs to an extension"),
		((["x"], True, "x" * 2001), "characters"),
		((["x"], True, None, TOO_FAR), "days ahead"),
	],
)
def test_an_answer_that_makes_no_sense_is_refused_by_name(hr, arguments, said):
	with pytest.raises(frappe.ValidationError, match=said):
		api.answer_request(*arguments)


# ---- the record


def test_nobody_writes_a_request_by_hand(owed, hr, as_user):
	name = factory.request(owed)
	new = {
		"doctype": REQUEST,
		"assignment": owed,
		"member": "x",
		"kind": "Exemption",
		"reason": "x",
		"status": "Granted",
	}
	for user in (
		frappe.db.get_value(REQUEST, name, "member"),
		hr,
		factory.user("System Manager"),
		"Administrator",
	):
		as_user(user)
		for write in (
			lambda: frappe.get_doc({**new, "flags": {"saved_by_rule": True}}).insert(),
			lambda: frappe.get_doc(REQUEST, name).update({"status": "Granted"}).save(),
			lambda: frappe.call("frappe.client.set_value", REQUEST, name, "status", "Granted"),
			lambda: frappe.call("frappe.client.set_value", REQUEST, name, json.dumps({"flags": {"saved_by_rule": 1}, "status": "Granted"})),
			lambda: frappe.delete_doc(REQUEST, name),
			lambda: frappe.rename_doc(REQUEST, name, "other"),
		):  # fmt: skip
			with pytest.raises((frappe.PermissionError, frappe.ValidationError)):
				write()
	assert stored(name).status == "Open"
	assert frappe.db.count(REQUEST) == 1


def test_a_request_is_seen_by_who_sees_its_assignment(owed, as_user, hire):
	name = factory.request(owed)
	far = factory.user("HR Manager")
	frappe.set_user("Administrator")
	elsewhere = factory.company("Elsewhere Ltd")
	frappe.get_doc(
		{"doctype": "User Permission", "user": far, "allow": "Company", "for_value": elsewhere}
	).insert()
	for user, sees in (
		(hire.user_id, True),
		(factory.user("HR User"), True),
		(factory.user("Moderator"), True),
		(far, False),
		(factory.user("Employee"), False),
		(factory.user("LMS Student"), False),
		(factory.user("Course Creator"), False),
	):
		as_user(user)
		assert bool(frappe.has_permission(REQUEST, "read", doc=name)) == sees, user
		if frappe.has_permission(REQUEST, "read"):
			assert frappe.get_list(REQUEST, pluck="name") == ([name] if sees else []), user
