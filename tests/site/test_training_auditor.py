"""Who looks at the record and writes nothing: the role Training Auditor, given and taken with the app."""

import frappe
import pytest
from frappe.permissions import add_permission

from smooth_lms_hr import api, desk
from smooth_lms_hr.setup import defaults, given
from smooth_lms_hr.setup.roles import AUDITOR
from smooth_lms_hr.showing import verification
from smooth_lms_hr.sources.names import ASSIGNMENT, EVENT, EVIDENCE, SEAL
from tests.site import factory
from tests.site.sealing import learned, seal_all, tamper
from tests.site.two_companies import limit

REFUSED = (frappe.PermissionError, frappe.ValidationError)
OURS = {"module": "Smooth LMS HR", "istable": 0}


@pytest.fixture
def auditor():
	return factory.user(AUDITOR.name)


def test_auditors_read_all_that_anybody_reads_and_have_no_other_right():
	for doctype in frappe.get_all("DocType", OURS, pluck="name"):
		rights = [row for row in frappe.get_meta(doctype).permissions if row.role == AUDITOR.name]
		readers = [row for row in frappe.get_meta(doctype).permissions if row.read]
		assert len(rights) == (1 if readers else 0), doctype
		for row in rights:
			allowed = {right for right in frappe.permissions.rights if row.get(right)}
			assert {"read"} <= allowed <= {"read", "report", "export"}, doctype


def test_no_list_of_ours_shows_courses_by_a_link():
	"""Frappe reads the title of the course along, and refuses the whole list to who may read no courses."""
	shown = {"parent": ("in", frappe.get_all("DocType", OURS, pluck="name")), "in_list_view": 1}
	assert frappe.get_all("DocField", {**shown, "fieldname": "course_title"})
	assert not frappe.get_all(
		"DocField", {**shown, "fieldtype": "Link", "options": "LMS Course"}, pluck="parent"
	)


def test_an_auditor_sees_everybody_and_decides_nothing(owed, auditor, as_user):
	name = learned(owed)
	as_user(auditor)
	assert frappe.get_list(ASSIGNMENT, pluck="name") == [owed.name]
	assert frappe.get_list(EVIDENCE, pluck="name") == [name]
	assert frappe.get_list(EVENT, pluck="name")
	assert api.get_team_training_status()["total"] == 1
	for refused in (
		lambda: api.assign_mandatory_training(members=[owed.member]),
		lambda: frappe.get_doc(ASSIGNMENT, owed.name).save(),
		desk.run_daily_now,
	):
		with pytest.raises(REFUSED):
			refused()
	assert api.waive([owed.name], "I say so")["failed"]


def test_an_auditor_of_one_company_sees_that_one(owed, auditor, as_user):
	elsewhere = factory.company("Elsewhere Ltd")
	stranger = factory.employee(factory.user(), company=elsewhere)
	factory.onboarding(employee=stranger.name, company=elsewhere)
	limit(auditor, elsewhere)
	as_user(auditor)
	assert frappe.get_list(ASSIGNMENT, pluck="employee") == [stranger.name]
	assert set(frappe.get_list(EVENT, pluck="employee")) == {stranger.name}


# Verifying


@pytest.mark.parametrize("role", ["System Manager", "HR Manager", AUDITOR.name])
def test_who_may_read_seals_verifies(owed, hours, as_user, role):
	learned(owed)
	hours(24)
	seal_all()
	name = frappe.get_all(EVENT, pluck="name", order_by="name")[0]
	user = factory.user(role)
	as_user(user)
	assert api.verify_audit_trail()["ok"]
	tamper(EVENT, name, "reason", "Forged")
	(row,) = api.verify_audit_trail()["broken"]
	assert row == {"doctype": EVENT, "name": name, "column": "reason", "why": "It is not what was written."}
	assert desk.verify_audit_trail() == api.verify_audit_trail()
	assert api.verify_audit_trail(from_date="2099-01-01")["seals"] == 0


@pytest.mark.parametrize("role", ["HR User", "Employee", "Moderator", "LMS Student", "Guest"])
def test_nobody_else_does(role, as_user):
	as_user("Guest" if role == "Guest" else factory.user(role))
	for method in (api.verify_audit_trail, desk.verify_audit_trail):
		with pytest.raises(frappe.PermissionError):
			method()


def test_what_is_no_day_is_named(auditor, as_user):
	as_user(auditor)
	for value in ("yesterday", 5, {"a": 1}):
		with pytest.raises(frappe.ValidationError, match="from_date"):
			api.verify_audit_trail(from_date=value)


def test_what_is_large_is_verified_in_the_background_and_its_reader_told(owed, auditor, as_user, monkeypatch):
	told = []
	monkeypatch.setattr(verification, "AT_ONCE", 0)
	monkeypatch.setattr(
		frappe, "publish_realtime", lambda event, message, user: told.append((event, message, user))
	)
	monkeypatch.setattr(frappe, "enqueue", lambda method, **values: frappe.call(method, **values))
	as_user(auditor)
	assert desk.verify_audit_trail() is None
	event, message, user = told[-1]
	assert (event, user) == ("smooth_lms_hr_verification", auditor)
	assert message["result"]["ok"]
	monkeypatch.setattr(verification.verifying, "verify", lambda *args, **kwargs: 1 / 0)
	with pytest.raises(ZeroDivisionError):
		desk.verify_audit_trail()
	assert "division" in told[-1][1]["error"]


# Given and taken


@pytest.fixture
def role_is_ours():
	given.forget()
	given.begin()
	frappe.delete_doc("Role", AUDITOR.name, force=True, ignore_permissions=True)
	given.once(AUDITOR.key, AUDITOR.add)


def test_the_role_comes_with_the_app_and_goes_with_it(role_is_ours, auditor):
	user = factory.user(AUDITOR.name, "HR User")
	assert given.is_ours(AUDITOR.key)
	AUDITOR.remove()
	assert not frappe.db.exists("Role", AUDITOR.name)
	assert not frappe.db.exists("Has Role", {"role": AUDITOR.name})
	assert "HR User" in frappe.get_roles(user)


def test_a_role_that_the_site_has_given_rights_of_its_own_stays(role_is_ours, auditor):
	add_permission("Task", AUDITOR.name, 0, "read")
	AUDITOR.remove()
	assert frappe.db.exists("Role", AUDITOR.name)
	assert AUDITOR.name in frappe.get_roles(auditor)


def test_a_role_that_the_site_had_before_is_not_ours():
	given.forget()
	given.begin()
	given.once(AUDITOR.key, AUDITOR.add)
	assert not given.is_ours(AUDITOR.key)


def test_a_role_that_was_switched_off_is_set_back_by_who_asks_for_it():
	assert AUDITOR.words not in defaults.changed()
	frappe.db.set_value("Role", AUDITOR.name, "disabled", 1)
	assert AUDITOR.words in defaults.changed()
	defaults.restore()
	assert AUDITOR.words not in defaults.changed()
	assert frappe.has_permission(SEAL, "read", user=factory.user(AUDITOR.name))
