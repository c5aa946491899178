"""What /my-team-training shows: whose training somebody looks at there, and theirs person by person."""

from collections.abc import Mapping, Sequence

import frappe
from frappe.utils import cint

from smooth_lms_hr.showing import pages, team
from smooth_lms_hr.showing.overview import MAX_PEOPLE
from smooth_lms_hr.sources import people
from smooth_lms_hr.sources.reporting_lines import below, teams_of
from smooth_lms_hr.sources.visibility import sees_all

ALL = "all"
MAX_SEARCH = 140
# What is counted as late, of what ``team.Asked`` counts.
LATE = team.COUNTED[team.OVERDUE]


def asked(user: str, args: Mapping) -> frappe._dict | None:
	"""Return whose training somebody looks at; None for who neither leads nor oversees anybody.

	:param args: team (ALL, or nothing for the own team), department and person (a part of a name): what makes no sense
	        narrows nothing
	:return: oversees, leads, everybody, teams (see ``team.places``), departments (that there are), department, person,
	        too_many (whether more people have such a name than are looked for), filters (for ``team.training_status``)
	"""
	oversees, own = sees_all(user), teams_of(user)
	leads = bool(own)
	if not (oversees or leads):
		return None
	everybody = oversees and (args.get("team") == ALL or not leads)
	teams = None if everybody else own
	departments = team.departments(teams)
	department = args.get("department") if args.get("department") in departments else None
	person = args.get("person")
	person = (person.strip()[:MAX_SEARCH] or None) if isinstance(person, str) else None
	named = _named_like(person, teams) if person else None
	return frappe._dict(
		oversees=oversees,
		leads=leads,
		everybody=everybody,
		teams=teams,
		departments=departments,
		department=department,
		person=person,
		too_many=bool(named) and teams is None and max(len(names) for names in named) >= MAX_PEOPLE,
		filters={"department": department, "people": named},
	)


def _named_like(text: str, teams: Sequence[frappe._dict] | None) -> tuple[list[str], list[str]]:
	"""Return the users and the employees of such a name: of a team all of them, of everybody as many as are looked for."""
	if teams is None:
		return people.named_like(text, MAX_PEOPLE)
	employee, like = frappe.qb.DocType("Employee"), f"%{text}%"
	query = frappe.qb.from_(employee).select(employee.name, employee.user_id).where(below(employee, teams))
	query = query.where(
		employee.employee_name.like(like) | employee.name.like(like) | employee.user_id.like(like)
	)
	rows = query.orderby(employee.name).run()
	return [user for _name, user in rows if user], [name for name, _user in rows]


def grouped(whose: frappe._dict, statuses: Sequence[str] | None, rows: Sequence[frappe._dict]) -> list[dict]:
	"""Return the rows of a page person by person, who has the worst first.

	:param whose: as ``asked`` returns it
	:param statuses: which rows are listed, None for all
	:param rows: of the page, as ``team.training_status`` returns them, the worst first
	:return: {"name", "record_url" (of the page of all that is on record of them), "department", "manager_name", "open", "late" (of all that they owe), "listed" (how many of theirs there
	        are to list), "rows" (of this page)}
	"""
	by_member: dict[str, list[frappe._dict]] = {}
	for row in rows:
		by_member.setdefault(row.member, []).append(row)
	if not by_member:
		return []
	of_these = {"department": whose.department, "members": list(by_member)}
	counts: dict[str, dict[str, int]] = {member: {} for member in by_member}
	for counted in team.Asked(whose.teams, of_these).counts_by_member():
		counts[counted.member][counted.status] = cint(counted.number)
	listed = team.counted_as(statuses or team.STATUSES)

	def number(member: str, wanted) -> int:
		return sum(counts[member].get(each, 0) for each in wanted)

	return [
		{
			"name": own[0].employee_name or own[0].member_name or member,
			"record_url": pages.record_url(own[0].employee, member),
			"department": own[0].department,
			"manager_name": own[0].manager_name,
			"open": number(member, team.COUNTED_AS_OPEN),
			"late": number(member, LATE),
			"listed": number(member, listed),
			"rows": own,
		}
		for member, own in by_member.items()
	]
