"""Who gets whose record: HR and auditors of whom they see, everybody their own, and no word of anybody else."""

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.showing import binder_people
from smooth_lms_hr.sources.names import EVIDENCE
from tests.site import factory
from tests.site.binders import PDF, Binder, with_file
from tests.site.sealing import learned, tamper
from tests.site.two_companies import HERE, THERE, secrets_from

ALONE = "You can export your own training record alone."
NOT_THERE = "whose record you may export"
REFUSED = (frappe.PermissionError, frappe.ValidationError)


def export(*args, **kwargs) -> Binder:
	return Binder(api.export_evidence(*args, **kwargs))


def refusal(**kwargs) -> str:
	with pytest.raises(REFUSED) as refused:
		api.export_evidence(**kwargs)
	return str(refused.value)


@pytest.mark.parametrize("role", ["Employee", "LMS Student", "manager of the team", "Course Creator"])
def test_nobody_but_hr_and_auditors_exports_others(world, role, as_user):
	team, nobody = world.people["team"].employee, world.people["none"].employee
	as_user(world.users[role])
	said = {
		refusal(**asked)
		for asked in (
			{"employees": [team]},
			{"employees": [nobody]},
			{"company": HERE},
			{"company": "Nowhere Ltd"},
			{"department": "No Such Department"},
		)
	}
	assert said == {ALONE} or (role == "Course Creator" and len(said) == 1)


def test_a_guest_gets_nothing(world, as_user):
	as_user("Guest")
	for ask in (
		api.export_evidence,
		api.export_my_evidence,
		lambda: api.get_evidence_export("0123456789"),
	):
		with pytest.raises((frappe.PermissionError, frappe.DoesNotExistError)):
			ask()


@pytest.mark.parametrize("role", ["Employee", "manager of the team", "manager of another team"])
def test_everybody_gets_their_own_by_naming_nobody_or_themselves(world, role, as_user):
	mine = world.own[role].employee
	as_user(world.users[role])
	for binder in (export(), export(employees=[mine]), Binder(api.export_my_evidence())):
		assert binder.people() == {mine}
		said = binder.all_text()
		assert world.own[role].assignment in said
		assert not [secret for secret in secrets_from(world, role) if secret in said]
		# Who may not read seals has no list of them.
		assert "seals.csv" not in binder.names()


def test_a_manager_who_exports_takes_none_of_the_team_along(world, as_user):
	role = "manager of the team"
	as_user(world.users[role])
	said = Binder(api.export_my_evidence()).all_text()
	team = world.people["team"]
	assert not [secret for secret in (team.employee, team.assignment, team.given) if secret in said]


def test_a_contractor_has_a_record_of_their_own(as_user):
	course = factory.course("Site Rules", is_mandatory=0)
	member = factory.user()
	api.assign_mandatory_training(members=[member], courses=[course])
	other = factory.user()
	as_user(member)
	for binder in (export(), Binder(api.export_my_evidence())):
		assert [(row["Employee"], row["Title"]) for row in binder.index()] == [(member, "Site Rules")]
	as_user(other)
	assert [row["Record"] for row in export().index()] == ["Nothing on record"]


def test_what_somebody_owed_before_they_were_an_employee_is_theirs(hire, hr, as_user):
	course = factory.course("Site Rules", is_mandatory=0)
	name = api.assign_mandatory_training(members=[hire.user_id], courses=[course])["created"][0]["assignment"]
	tamper("LMS Training Assignment", name, "employee", None)
	as_user(hire.user_id)
	assert [row["Title"] for row in export().index()] == ["Site Rules"]


@pytest.mark.parametrize("role", ["company-limited HR Manager", "company-limited Training Auditor"])
def test_user_permissions_hold(world, role, as_user):
	there = world.people["there"]
	as_user(world.users[role])
	assert refusal(employees=[there.employee]).replace(there.employee, "X") == refusal(
		employees=["HR-EMP-NOBODY"]
	).replace("HR-EMP-NOBODY", "X")
	assert NOT_THERE in refusal(employees=[world.people["team"].employee, there.employee])
	assert refusal(company=THERE).replace(THERE, "X") == refusal(company="Nowhere Ltd").replace(
		"Nowhere Ltd", "X"
	)
	everybody = export()
	assert there.employee not in everybody.people()
	assert world.people["team"].employee in everybody.people()
	said = everybody.all_text()
	assert not [secret for secret in secrets_from(world, role) if secret in said]


def test_an_auditor_exports_and_writes_nothing_but_that(world, as_user):
	as_user(world.users["Training Auditor"])
	people = {world.people[where].employee for where in ("team", "other team", "there")}
	assert people <= export().people()
	assert export(company=THERE).people() == {world.people["there"].employee}


def test_all_that_is_given_has_to_hold(world, as_user):
	as_user(world.users["HR Manager"])
	here, there = world.people["team"].employee, world.people["there"].employee
	assert export(employees=[here, there], company=THERE).people() == {there}
	assert NOT_THERE in refusal(employees=[here], company=THERE)
	assert NOT_THERE in refusal(employees=["HR-EMP-NOBODY"], company=THERE)


def test_departments_are_meant_with_those_below_them(hr):
	values = {"doctype": "Department", "company": factory.company()}
	above = frappe.get_doc(values | {"department_name": factory.unique("Works"), "is_group": 1}).insert()
	below = frappe.get_doc(
		values | {"department_name": factory.unique("Press"), "parent_department": above.name}
	).insert()
	one = factory.employee(factory.user(), department=below.name)
	factory.employee(factory.user())
	assert export(department=above.name).people() == {one.name}


def test_who_has_left_has_a_record(hire, hr):
	factory.course("Safety")
	factory.onboarding(employee=hire.name)
	frappe.db.set_value("Employee", hire.name, "status", "Left")
	assert export([hire.name]).people() == {hire.name}


def test_a_site_that_takes_the_export_from_a_role_has_taken_this_one(owed, as_user, monkeypatch):
	auditor = factory.user("Training Auditor")
	has_permission = frappe.has_permission
	monkeypatch.setattr(
		frappe,
		"has_permission",
		lambda doctype=None, ptype="read", *args, **kwargs: (
			ptype != "export" and has_permission(doctype, ptype, *args, **kwargs)
		),
	)
	as_user(auditor)
	assert refusal(employees=[owed.employee]) == ALONE


def test_an_address_that_a_record_merely_says_brings_nobody_elses_file_along(owed, hr):
	secret = factory.private_file(factory.user(), "The salaries")
	name = learned(owed)
	tamper(EVIDENCE, name, "certificate_file", secret.file_url)
	binder = export([owed.employee])
	assert not [each for each in binder.names() if each.startswith("certificates/")]
	assert "The salaries" not in binder.all_text()
	assert binder.index()[0]["File Found"] == "missing"


def test_a_file_of_evidence_that_was_made_public_is_not_taken_from_elsewhere(owed, hr):
	name = with_file(learned(owed))
	frappe.db.set_value("File", {"attached_to_name": name}, "is_private", 0)
	assert PDF not in b"".join(api.export_evidence([owed.employee]).response)
	assert export([owed.employee]).index()[0]["File Found"] == "missing"


def test_nobody_at_all_is_refused(hr):
	assert "There is nobody whose record you may export." in refusal(company=factory.company("Empty Ltd"))


def test_more_than_anybody_can_read_is_refused(world, as_user, monkeypatch):
	monkeypatch.setattr(binder_people, "MOST", 1)
	as_user(world.users["HR Manager"])
	assert "in one export" in refusal()
