"""What who oversees training sees on /training-admin: everybody's assignments, and the courses they are of."""

import frappe
from frappe import _
from frappe.utils import cint

from smooth_lms_hr.showing import figures, team
from smooth_lms_hr.sources import people, visibility
from smooth_lms_hr.sources.validation import refuse

COURSE = "LMS Course"
# People that a text may fit: who types a letter is asked for more of the name.
MAX_PEOPLE = 500
SHORTEST, SHOWN = 2, 20
COURSE_FIELDS = ["name", "title", "is_mandatory", "training_due_days", "validity_days", "renew_from"]


def choices(user: str) -> dict[str, list[tuple[str, str]]]:
	"""Return what a list of assignments can be narrowed to, as pairs of name and label, by fieldname."""
	courses = visibility.all_there(COURSE, user, "title")
	return {
		"company": [(row.name, row.name) for row in visibility.all_there("Company", user)],
		"department": [(row.name, row.name) for row in visibility.all_there("Department", user)],
		"course": sorted(((row.name, row.title or row.name) for row in courses), key=lambda pair: pair[1].lower()),
	}  # fmt: skip


def assignments(
	narrowed: dict, person: str | None, statuses: list[str] | None, start: int, length: int
) -> dict:
	"""Return what everybody owes and did whom the session user may see; see ``team.training_status``.

	:param narrowed: company, department and course
	:param person: a part of somebody's name or user, None for everybody
	:return: also "too_many": whether more people have such a name than are looked for
	"""
	named = people.named_like(person, MAX_PEOPLE) if person else None
	found = team.training_status(None, {**narrowed, "people": named}, statuses, start, length)
	return {**found, "too_many": bool(named) and max(len(names) for names in named) >= MAX_PEOPLE}


def courses(title: str | None, mandatory_only: bool, start: int, length: int) -> dict:
	"""Return the published courses that the session user may read, those that are mandatory first.

	:param title: a part of it, None for all
	:return: {"rows": of COURSE_FIELDS with open, overdue and completed, "total"}
	:raises frappe.PermissionError: for who may read no courses
	"""
	filters: dict = {"published": 1}
	if title:
		filters["title"] = ("like", f"%{title}%")
	if mandatory_only:
		filters["is_mandatory"] = 1
	rows = frappe.get_list(
		COURSE,
		filters=filters,
		fields=COURSE_FIELDS,
		order_by="is_mandatory desc, title asc, name asc",
		limit_start=start,
		limit_page_length=length,
	)
	counts = figures.counts_of_courses([row.name for row in rows])
	for row in rows:
		row.update(counts[row.name])
		for fieldname in ("is_mandatory", "training_due_days", "validity_days"):
			row[fieldname] = cint(row[fieldname])
	# Names alone, as far as they may be read: a count that every version of Frappe says alike.
	total = len(frappe.get_list(COURSE, filters=filters, pluck="name", limit_page_length=0))
	return {"rows": rows, "total": total}


def courses_to_assign(user: str) -> list[frappe._dict]:
	"""Return name, title and is_mandatory of the published courses that there are for somebody, by title."""
	rows = visibility.all_there(COURSE, user, "title", "is_mandatory", published=1)
	return sorted(rows, key=lambda row: (row.title or row.name).lower())


def people_to_assign(text: str) -> dict:
	"""Find people whom the session user may assign training to; see ``desk.find_people``."""
	if len(text) < SHORTEST:
		refuse(_("Write at least {0} characters of the name.").format(SHORTEST))
	members, _employees = people.named_like(text, MAX_PEOPLE)
	found, _problems = people.by_user(members, frappe.session.user) if members else ({}, {})
	shown = sorted(found.values(), key=lambda person: (person.employee_name or person.member_name).lower())
	return {
		"people": [
			{
				"member": person.member,
				"name": person.employee_name or person.member_name,
				"department": person.department,
			}
			for person in shown[:SHOWN]
		],
		"more": len(shown) > SHOWN,
	}
