"""Evidence of a classroom is about no assignment: who sees the person sees it, and nobody else, by whatever way (rule 9)."""

import frappe
import pytest

from smooth_lms_hr.record import evidence, reasons
from tests.site import factory
from tests.site.test_attack_records import (
	by_client_get,
	by_client_list,
	by_client_value,
	by_counting,
	by_reading,
	by_rest_1,
	in_list,
	in_the_form,
)
from tests.site.two_companies import ROLES

EVENT = "LMS Training Event"
EVIDENCE = "LMS Training Evidence"
# Those that every role has which may read it: to export and to print are rights of their own.
WAYS = (
	in_list,
	by_client_list,
	by_reading,
	by_client_get,
	by_client_value,
	by_counting,
	by_rest_1,
	in_the_form,
)
# Who may read no evidence at all, of whatever it is.
NONE = ("Guest", "Course Creator")


@pytest.fixture
def seen(world):
	"""Return the evidence of everybody at a training event, by whose it is, each with the event of its revocation."""
	people = {where: person for where, person in world.people.items() if where != "none"}
	people |= {
		f"own of {role}": person
		for role, person in world.own.items()
		if person.get("employee") and person.given != "Nobody"
	}
	event = factory.training_event({person.employee: "Present" for person in people.values()})
	found = {
		where: frappe.db.get_value(EVIDENCE, {"cause": event.name, "employee": person.employee})
		for where, person in people.items()
	}
	assert all(found.values())
	evidence.revoke({"cause": event.name}, reasons.NOT_PRESENT)
	return {
		EVIDENCE: found,
		EVENT: {where: frappe.db.get_value(EVENT, {"cause": name}) for where, name in found.items()},
	}


def meant_for(role: str, world) -> set[str]:
	if role in NONE:
		return set()
	mine = {where for where in (f"own of {role}",) if world.own[role].get("given") not in (None, "Nobody")}
	theirs = set(ROLES[role])
	if not role.startswith("manager") and theirs:
		# Who oversees everybody sees the others, too; the one of one company is of theirs.
		theirs |= {
			f"own of {other}" for other in ("Employee", "manager of the team", "manager of another team")
		}
	return mine | theirs


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_the_person_sees_it(world, seen, as_user, role):
	as_user(world.users[role])
	for doctype, names in seen.items():
		for way in WAYS:
			try:
				shown = way(doctype, list(names.values()))
			except frappe.PermissionError:
				assert role in NONE, way.__name__
				shown = ()
			found = {where for where, name in names.items() if name in shown}
			assert found == meant_for(role, world), (doctype, way.__name__)


def test_user_permissions_of_an_employee_keep_to_their_own(world, seen, as_user):
	person = world.people["team"]
	frappe.get_doc(
		{
			"doctype": "User Permission",
			"user": person.member,
			"allow": "Employee",
			"for_value": person.employee,
		}
	).insert(ignore_permissions=True)
	as_user(person.member)
	assert frappe.get_list(EVIDENCE, {"kind": "Classroom"}, pluck="name") == [seen[EVIDENCE]["team"]]


def test_strict_user_permissions_hide_who_has_no_company(world, as_user):
	frappe.set_user("Administrator")
	employee = factory.employee()
	event = factory.training_event({employee.name: "Present"})
	frappe.db.set_value("Employee", employee.name, "department", None)
	place = frappe.get_doc(
		{"doctype": "Department", "department_name": factory.unique("Place"), "company": employee.company}
	).insert(ignore_permissions=True)
	limited = factory.user("HR User")
	frappe.get_doc(
		{"doctype": "User Permission", "user": limited, "allow": "Department", "for_value": place.name}
	).insert(ignore_permissions=True)
	name = frappe.db.get_value(EVIDENCE, {"cause": event.name})
	for strict, sees in ((0, True), (1, False)):
		frappe.db.set_single_value("System Settings", "apply_strict_user_permissions", strict)
		frappe.clear_cache()
		as_user(limited)
		assert bool(frappe.get_list(EVIDENCE, {"name": name})) is sees
		assert frappe.has_permission(EVIDENCE, "read", doc=name) is sees


def test_of_an_employee_who_is_deleted_who_sees_all_sees_it(world, seen, as_user):
	name = seen[EVIDENCE]["team"]
	frappe.db.delete("Employee", {"name": world.people["team"].employee})
	for role, sees in (
		("HR Manager", True),
		("company-limited HR Manager", False),
		("manager of the team", False),
	):
		as_user(world.users[role])
		assert bool(frappe.get_list(EVIDENCE, {"name": name})) is sees, role
		assert frappe.has_permission(EVIDENCE, "read", doc=name) is sees, role


def test_a_large_team_is_asked_of_each_row(world, seen, as_user, monkeypatch):
	from smooth_lms_hr.sources import conditions

	monkeypatch.setattr(conditions, "FEW_PEOPLE", 0)
	for role in ("manager of the team", "Employee"):
		as_user(world.users[role])
		shown = frappe.get_list(EVIDENCE, {"kind": "Classroom"}, pluck="name", limit_page_length=0)
		assert {where for where, name in seen[EVIDENCE].items() if name in shown} == meant_for(role, world)
