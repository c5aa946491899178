"""Assigning courses to people whom somebody names."""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate

from smooth_lms_hr.services import facts, people, words
from smooth_lms_hr.services.assigning import Order, Result, assign
from smooth_lms_hr.services.facts import ASSIGNMENT
from smooth_lms_hr.services.people import Person
from smooth_lms_hr.services.settings import get_settings
from smooth_lms_hr.training.plan import Course

# Above this a request would outlive the web server's patience, and it is all or nothing.
MAX_PEOPLE_TIMES_COURSES = 2000


def run(members: list[str], employees: list[str], courses: list[str] | None, due_date: date | None) -> dict:
	"""Assign courses to people; see ``api.assign_mandatory_training`` for the arguments and the answer."""
	if not members and not employees:
		frappe.throw(_("Nobody is named: give members or employees."))
	wanted = facts.mandatory_courses() if courses is None else facts.published_courses(courses)
	if not wanted and not courses:
		frappe.throw(_("No published course is marked as mandatory."))
	_refuse_too_many(len(members) + len(employees), len(courses or wanted))

	failed = [
		_row(course=name, message=_("There is no published course {0}.").format(name))
		for name in set(courses or []).difference(course.name for course in wanted)
	]
	found, problems = _people(members, employees)
	failed += problems
	order = Order(
		source="Manual",
		cause=_("Assigned by {0}").format(frappe.utils.get_fullname(frappe.session.user)),
		assigned_by=frappe.session.user,
		today=getdate(),
		default_due_days=get_settings().default_due_days,
		due_date=due_date,
	)
	allowed = []
	for person in found:
		if _may_assign(person):
			allowed.append(person)
		else:
			failed.append(
				_row(
					person,
					message=_("You are not permitted to assign training to {0}.").format(
						words.person(person)
					),
				)
			)
	outcome = assign(allowed, wanted, order)
	return {
		"created": [_of(result, words.assigned(result.step)) for result in outcome.created],
		"existing": [_of(result, result.error or words.kept(result.step)) for result in outcome.existing],
		"failed": failed + [_of(result, result.error) for result in outcome.failed],
	}


def _refuse_too_many(people_count: int, course_count: int) -> None:
	if people_count * course_count > MAX_PEOPLE_TIMES_COURSES:
		frappe.throw(
			_("{0} people times {1} courses is more than {2} assignments at once. Do it in parts.").format(
				people_count, course_count, MAX_PEOPLE_TIMES_COURSES
			)
		)


def _people(members: list[str], employees: list[str]) -> tuple[Iterable[Person], list[dict]]:
	"""Return everybody once, and a row for each who cannot be assigned training."""
	from_employees, no_employees = people.by_employee(employees) if employees else ({}, {})
	from_members, no_members = people.by_user(members) if members else ({}, {})
	unique = {person.member: person for person in (*from_members.values(), *from_employees.values())}
	rows = [_row(member=name, message=words.problem(what, name)) for name, what in no_members.items()]
	rows += [_row(employee=name, message=words.problem(what, name)) for name, what in no_employees.items()]
	return unique.values(), rows


def _may_assign(person: Person) -> bool:
	"""Return whether the caller's User Permissions leave them this person's company, department and so on."""
	doc = frappe.get_doc(
		{
			"doctype": ASSIGNMENT,
			"member": person.member,
			"employee": person.employee,
			"company": person.company,
			"department": person.department,
			"designation": person.designation,
		}
	)
	return frappe.has_permission(ASSIGNMENT, "create", doc=doc)


def _of(result: Result, message: str) -> dict:
	return _row(result.person, result.step.course, result.assignment, message)


def _row(
	person: Person | None = None,
	course: Course | str | None = None,
	assignment: str | None = None,
	message: str = "",
	member: str | None = None,
	employee: str | None = None,
) -> dict:
	return {
		"member": person.member if person else member,
		"employee": person.employee if person else employee,
		"course": course.name if isinstance(course, Course) else course,
		"assignment": assignment,
		"message": message,
	}
