"""Assigning courses to people whom somebody names."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.utils import add_days, getdate

from smooth_lms_hr.assigning import by_hand, demands
from smooth_lms_hr.assigning.assigning import AssignmentResult, assign, terms_now
from smooth_lms_hr.assigning.counting import count_plans
from smooth_lms_hr.sources import facts, people, words
from smooth_lms_hr.sources.departments import departments_from
from smooth_lms_hr.sources.filters import refuse_missing
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.people import Person, Problem
from smooth_lms_hr.sources.validation import MAX_NAMES
from smooth_lms_hr.training.plan import PUT_ON_FILE, TO_ASSIGN, Course, PlanReason

# Above this a request would outlive the web server's patience, and it is all or nothing.
MAX_PEOPLE_TIMES_COURSES = 2000
# What a dry run reads at once, so that a whole company fits in memory; the more, the more are alike. But not more than
# half of a larger company: where the list of people is most of a table, MariaDB reads all of that, and takes twice as long.
CHUNK, SMALL = 5000, 500
# What a part of the company can be named by.
PARTS = {
	"company": "Company",
	"department": "Department",
	"designation": "Designation",
	"branch": "Branch",
}
# Shown of a dry run, per person whom nothing can be assigned to.
MAX_PROBLEMS = 100


@dataclass(frozen=True)
class Selection:
	"""Who is to be assigned what.

	:param courses: names, None for every mandatory course
	"""

	members: list[str]
	employees: list[str]
	courses: list[str] | None
	due_date: date | None


def assign_courses(
	members: list[str], employees: list[str], courses: list[str] | None, due_date: date | None
) -> dict:
	"""Assign courses to people; see ``api.assign_mandatory_training`` for the arguments and the answer."""
	if not members and not employees:
		frappe.throw(_("Nobody is named: give members or employees."))
	wanted, unknown = _courses(courses)
	if not wanted and not courses:
		frappe.throw(_("No published course is marked as mandatory."))
	_refuse_too_many(len(members) + len(employees), len(courses or wanted))

	failed = [
		_row(course=name, message=_("There is no published course {0}.").format(name)) for name in unknown
	]
	found, problems = _people(members, employees)
	failed += [
		_row(member=name, message=words.describe_problem(what, name))
		for name, what in problems["member"].items()
	]
	failed += [
		_row(employee=name, message=words.describe_problem(what, name))
		for name, what in problems["employee"].items()
	]
	terms = terms_now()
	outcome = assign(demands.by_hand(found, wanted, terms, due_date), terms)
	return {
		"created": [_result_row(result, words.describe_assigned(result.plan)) for result in outcome.created],
		"existing": _existing_rows(outcome.existing),
		"failed": failed + [_result_row(result, result.error) for result in outcome.failed],
	}


def _existing_rows(results: list[AssignmentResult]) -> list[dict]:
	"""Return rows of what people owe or hold already; what the caller may not see of that stays unsaid."""
	names = [result.assignment for result in results]
	seen = set()
	if names and frappe.has_permission(ASSIGNMENT, "read"):
		seen.update(frappe.get_list(ASSIGNMENT, {"name": ("in", names)}, pluck="name", limit_page_length=0))
	rows = []
	for result in results:
		if result.assignment in seen:
			rows.append(_result_row(result, result.error or words.reason_not_to_assign(result.plan)))
		else:
			rows.append(_row(result.person, result.plan.course, message=_("already assigned")))
	return rows


def select(
	members: list[str],
	employees: list[str],
	part: dict[str, str | None],
	courses: list[str] | None,
	due_date: date | None,
	due_days: int | None,
) -> Selection:
	"""Return who is to be assigned what.

	:param part: any of company, department (with those below it), designation and branch: their employees, as far as
	        the session user may see them and they have not left
	:param due_days: days from today, where no date is given; empty for each course's own
	:raises frappe.ValidationError: for a due date that makes no sense, and a part of the company that there is not
	"""
	if any(part.values()):
		employees = list(dict.fromkeys([*employees, *_employees_in(part)]))
	elif len(members) + len(employees) > MAX_NAMES:
		frappe.throw(_("More than {0} people at once. Do it in parts.").format(MAX_NAMES))
	if due_days and not due_date:
		due_date = getdate(add_days(getdate(), due_days))
	return Selection(members, employees, courses, by_hand.check_due_date(due_date))


def _employees_in(part: dict[str, str | None]) -> list[str]:
	filters = {fieldname: value for fieldname, value in part.items() if value}
	for fieldname, value in filters.items():
		refuse_missing(PARTS[fieldname], value)
	if department := filters.get("department"):
		filters["department"] = ("in", departments_from(department))
	return frappe.get_list(
		"Employee",
		filters={**filters, "status": ("!=", "Left")},
		order_by="name",
		limit_page_length=0,
		pluck="name",
	)


def preview(selection: Selection) -> dict:
	"""Say what an assignment of courses to people would do. Writes nothing.

	:return: {"people" (who can be assigned to), "courses", "assignments" (that would be made: "new", "renewal" and
	        "put_on_file" of them), "open", "valid", "waived", "no_due_date" (pairs of person and course that stay as
	        they are), "no_user", "refused" (people; there are none such, or they are not the caller's), "unknown_courses", "problems": rows of who and message, the first
	        100}
	"""
	wanted, unknown = _courses(selection.courses)
	terms = terms_now()
	chosen = demands.of_choice(wanted, terms, selection.due_date)
	found, problems = _people(selection.members, selection.employees)
	decided = Counter()
	size = min(CHUNK, max(SMALL, len(found) // 2 + 1))
	for start in range(0, len(found), size):
		decided += count_plans(found[start : start + size], chosen, terms.today)
	rows = [
		{"who": name, "message": words.describe_problem(what, name)}
		for names in problems.values()
		for name, what in names.items()
	]
	why = Counter(what for names in problems.values() for what in names.values())
	refused = why.pop(Problem.NO_EMPLOYEE, 0)
	return {
		"people": len(found),
		"courses": len(wanted),
		"assignments": sum(decided[why] for why in TO_ASSIGN),
		"new": decided[PlanReason.NEW],
		"renewal": decided[PlanReason.RENEWAL],
		"put_on_file": sum(decided[why] for why in PUT_ON_FILE),
		"open": decided[PlanReason.OPEN],
		"valid": decided[PlanReason.VALID],
		"waived": decided[PlanReason.WAIVED],
		"no_due_date": decided[PlanReason.NO_DUE_DATE],
		"no_user": why.total(),
		"refused": refused,
		"unknown_courses": unknown,
		"problems": rows[:MAX_PROBLEMS],
	}


def _courses(names: list[str] | None) -> tuple[list[Course], list[str]]:
	"""Return the courses that are meant, and the names that stand for none."""
	if names is None:
		return facts.mandatory_courses(), []
	wanted = facts.published_courses(names)
	return wanted, sorted(set(names).difference(course.name for course in wanted))


def _refuse_too_many(people_count: int, course_count: int) -> None:
	if people_count * course_count > MAX_PEOPLE_TIMES_COURSES:
		frappe.throw(
			_("{0} people times {1} courses is more than {2} assignments at once. Do it in parts.").format(
				people_count, course_count, MAX_PEOPLE_TIMES_COURSES
			)
		)


def _people(members: list[str], employees: list[str]) -> tuple[list[Person], dict[str, dict[str, Problem]]]:
	"""Return everybody once whom the caller may see, and what is in the way of the others, by "member" and "employee"."""
	user = frappe.session.user
	from_employees, no_employees = people.by_employee(employees, user) if employees else ({}, {})
	from_members, no_members = people.by_user(members, user) if members else ({}, {})
	unique = {person.member: person for person in (*from_members.values(), *from_employees.values())}
	return list(unique.values()), {"member": no_members, "employee": no_employees}


def _result_row(result: AssignmentResult, message: str) -> dict:
	return _row(result.person, result.plan.course, result.assignment, message)


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
