"""What went past the gate (rule 8), by SQL or where HR was only warned: it is listed once, and goes once it is done.

Looked for among the people whose training is open, never among all onboardings that there ever were. Nothing is undone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator

import frappe
from frappe import _
from frappe.utils import formatdate, get_datetime

from smooth_lms_hr.assigning import exceptions, gating
from smooth_lms_hr.assigning.exceptions import Unmet
from smooth_lms_hr.following.gate import COMPLETED, CONFIRMED_ON, was_owed
from smooth_lms_hr.sources.names import EXCEPTION, ONBOARDING

# So many courses are named of a person.
NAMED = 5


def forget() -> None:
	"""Take everything from the list: where the gate is off, there is none to go past."""
	frappe.db.delete(EXCEPTION, {"kind": ("in", exceptions.OF_GATE)})


def chunks_of_listed(size: int) -> Iterator[list[str]]:
	"""Yield the employees who are listed, in chunks, by name.

	:param size: how many at most in one
	"""
	last = ""
	while names := frappe.get_all(
		EXCEPTION,
		filters={"kind": ("in", exceptions.OF_GATE), "employee": (">", last)},
		pluck="employee",
		distinct=True,
		order_by="employee",
		limit_page_length=size,
	):
		yield names
		last = names[-1]


def look_at(assignments: Collection[str]) -> dict[str, int]:
	"""List what went past the gate of the people of open assignments, in a fixed number of queries.

	:param assignments: names; those that do not gate say nothing
	:return: how many were found, as "past the gate"
	"""
	rows = gating.open_where(lambda table: table.name.isin(list(assignments)))
	employees = {row.employee for row in rows if row.employee}
	if members := {row.member for row in rows}:
		employees.update(
			frappe.get_all("Employee", {"user_id": ("in", list(members))}, pluck="name", order_by="name")
		)
	return look_at_employees(sorted(employees))


def look_at_employees(employees: Collection[str]) -> dict[str, int]:
	"""List what went past the gate of employees, and take what is solved from the list.

	:param employees: names
	:return: as for ``look_at``
	"""
	if not employees:
		return {}
	people = frappe.get_all(
		"Employee",
		filters={"name": ("in", list(employees)), "status": ("!=", "Left")},
		fields=["name", "user_id", CONFIRMED_ON],
		order_by="name",
	)
	open_ones = _open_of(people)
	found = [*_completed(open_ones), *_confirmed(people, open_ones)]
	exceptions.settle(exceptions.known(employees, [""]), found)
	return {"past the gate": len(found)}


def _open_of(people: list[frappe._dict]) -> dict[str, list[frappe._dict]]:
	"""Return the open assignments that gate, by employee: what is linked to the record, and what its user owes."""
	if not people:
		return {}
	of_user = defaultdict(list)
	for person in people:
		if person.user_id:
			of_user[person.user_id].append(person.name)
	found = {person.name: [] for person in people}
	for row in gating.open_of_people(list(found), list(of_user)):
		for name in {*of_user[row.member], row.employee} & found.keys():
			found[name].append(row)
	return found


def _completed(open_ones: dict[str, list[frappe._dict]]) -> Iterator[Unmet]:
	"""Yield the onboardings that are completed, though training was open when they were last written to."""
	completed = {"boarding_status": COMPLETED, "docstatus": ("!=", 2)}
	fields = ["name", "employee", "modified"]
	owing = [name for name, rows in open_ones.items() if rows]
	rows = _onboardings({**completed, "employee": ("in", owing)}, fields) if owing else []
	# Frappe HR never links one whose tasks were all done before there was an Employee.
	of_onboarding = {
		row.onboarding: name for name, found in open_ones.items() for row in found if row.onboarding
	}
	if of_onboarding:
		unlinked = {**completed, "employee": ("is", "not set"), "name": ("in", list(of_onboarding))}
		rows += [{**row, "employee": of_onboarding[row.name]} for row in _onboardings(unlinked, fields)]
	for values in rows:
		row = frappe._dict(values)
		kept_by = [one for one in open_ones[row.employee] if one.since <= get_datetime(row.modified)]
		if kept_by:
			why = _("The onboarding {0} is completed, and this training is open: {1}").format(
				row.name, _titles(kept_by)
			)
			yield Unmet(row.employee, "", None, exceptions.COMPLETED_PAST_THE_GATE, why, row.name)


def _onboardings(filters: dict, fields: list[str]) -> list[frappe._dict]:
	return frappe.get_all(ONBOARDING, filters=filters, fields=fields, order_by="name")


def _confirmed(people: list[frappe._dict], open_ones: dict[str, list[frappe._dict]]) -> Iterator[Unmet]:
	"""Yield who is confirmed as of a day on which the training was owed already."""
	for person in people:
		day = person[CONFIRMED_ON]
		kept_by = [one for one in open_ones[person.name] if day and was_owed(one.since, day)]
		if kept_by:
			why = _("Confirmed as of {0}, and this training is open: {1}").format(
				formatdate(day), _titles(kept_by)
			)
			yield Unmet(person.name, "", None, exceptions.CONFIRMED_PAST_THE_GATE, why)


def _titles(rows: list[frappe._dict]) -> str:
	titles = list(dict.fromkeys(row.course_title or row.course for row in rows))
	said = ", ".join(titles[:NAMED])
	return said if len(titles) <= NAMED else _("{0} and {1} more").format(said, len(titles) - NAMED)
