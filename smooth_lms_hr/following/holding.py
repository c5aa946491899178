"""HR keeps the record of a person, whatever the retention says, and lifts that again: each with its reason in the history."""

from collections.abc import Callable, Sequence

import frappe
from frappe import _

from smooth_lms_hr.following import deletion_requests
from smooth_lms_hr.record import holds, people
from smooth_lms_hr.record.people import NOBODIES, Person
from smooth_lms_hr.sources import visibility
from smooth_lms_hr.sources.attempts import REFUSALS, attempt, retry_request
from smooth_lms_hr.sources.people import full_names
from smooth_lms_hr.sources.plain_text import plain_text

# Who answers for what the company keeps, and for how long.
MAY_HOLD = ("System Manager", "HR Manager")
MAX_AT_ONCE = 500


def hold(employees: Sequence[str], members: Sequence[str], reason: str) -> dict[str, list[dict]]:
	"""Put people on hold; see ``api.hold_record``."""

	def put(person: Person, employee: str | None, member: str | None) -> str:
		if holds.of_person(person, locked=True):
			frappe.throw(_("It is on hold already."))
		holds.put(employee, member, reason)
		marked = holds.mark_evidence(person, True, reason)
		waiting = deletion_requests.put_on_hold(person, reason)
		if waiting:
			return _("On hold, with {0} pieces of evidence and a request for deletion.").format(marked)
		return _("On hold, with {0} pieces of evidence.").format(marked)

	reason = plain_text(reason)
	return _each(employees, members, put)


def release(employees: Sequence[str], members: Sequence[str], reason: str) -> dict[str, list[dict]]:
	"""Lift all holds on people; see ``api.release_record``."""

	def lift(person: Person, employee: str | None, member: str | None) -> str:
		if frappe.session.user in person.members:
			frappe.throw(
				_("This is your own record: ask a colleague to lift the hold."), frappe.PermissionError
			)
		if visibility.employees_of(person.employees, frappe.session.user) != person.employees:
			# Under another record, of another company perhaps, it is somebody else's to keep too.
			frappe.throw(_not_seen())
		if not (found := holds.of_person(person, locked=True)):
			frappe.throw(_("It is not on hold."))
		holds.lift(found, reason)
		marked = holds.mark_evidence(person, False, reason)
		deletion_requests.take_up_again(person, reason)
		return _("No longer on hold, with {0} pieces of evidence.").format(marked)

	reason = plain_text(reason)
	return _each(employees, members, lift)


def state(employee: str) -> dict | None:
	"""Return who keeps the record of an employee since when and why; None where nobody does, or the caller may not know.

	:return: {"reason", "held_by" (full name), "held_on"} of the oldest hold
	"""
	if not _may_hold() or not visibility.employees_of([employee], frappe.session.user):
		return None
	found = holds.of_person(people.find(employees=[employee]))
	if not found:
		return None
	first = found[0]
	held_by = full_names([first.held_by]).get(first.held_by, first.held_by)
	return {"reason": first.reason, "held_by": held_by, "held_on": first.held_on}


def _may_hold() -> bool:
	return not set(MAY_HOLD).isdisjoint(frappe.get_roles())


def _each(
	employees: Sequence[str],
	members: Sequence[str],
	decide: Callable[[Person, str | None, str | None], str],
) -> dict[str, list[dict]]:
	if not _may_hold():
		frappe.throw(
			_("This is for {0}.").format(", ".join(_(role) for role in MAY_HOLD)), frappe.PermissionError
		)
	if not (employees or members):
		frappe.throw(_("Nobody is named."))
	if len(employees) + len(members) > MAX_AT_ONCE:
		number = len(employees) + len(members)
		frappe.throw(_("{0} people are more than {1} at once. Do it in parts.").format(number, MAX_AT_ONCE))
	return retry_request(lambda: _decide(sorted(set(employees)), sorted(set(members)), decide))


def _decide(employees: Sequence[str], members: Sequence[str], decide) -> dict[str, list[dict]]:
	result = {"done": [], "failed": []}
	seen_employees, seen_members = _seen(employees, members)
	for name, is_seen in (
		*((name, name in seen_employees) for name in employees),
		*((name, name in seen_members) for name in members),
	):
		if not is_seen:
			result["failed"].append({"name": name, "message": _not_seen()})
			continue
		with attempt(_("Deciding on {0} failed").format(name), quiet=REFUSALS) as deciding:
			said = decide(*_whom(name, name in seen_employees))
		outcome = ("failed", deciding.words) if deciding.error else ("done", said)
		result[outcome[0]].append({"name": name, "message": outcome[1]})
	return result


def _not_seen() -> str:
	return _("There is no such person, or you may not see them.")


def _whom(name: str, is_employee: bool) -> tuple[Person, str | None, str | None]:
	"""Return a person, and the Employee record and the user that their hold names: whichever changes, the other is theirs."""
	person = people.find(employees=[name]) if is_employee else people.find(members=[name])
	employee = name if is_employee else max(person.employees, default=None)
	member = name if not is_employee else frappe.db.get_value("Employee", name, "user_id")
	return person, employee, member or None


def _seen(employees: Sequence[str], members: Sequence[str]) -> tuple[set[str], set[str]]:
	"""Return which of some employees and users there are whom the session user may see."""
	user = frappe.session.user
	there = (
		set(frappe.get_all("User", {"name": ("in", [*members, ""])}, pluck="name", order_by="name"))
		- NOBODIES
	)
	rows = frappe.get_all(
		"Employee", {"user_id": ("in", sorted(there) or [""])}, ["name", "user_id"], order_by="name"
	)
	theirs = {row.name: row.user_id for row in rows}
	seen = visibility.employees_of({*employees, *theirs}, user)
	sees = visibility.contractors(user)
	without = {member for member in there - set(theirs.values()) if sees(member)}
	# Of somebody with several records all must be seen.
	hidden = {member for employee, member in theirs.items() if employee not in seen}
	return seen & set(employees), without | (set(theirs.values()) - hidden)
