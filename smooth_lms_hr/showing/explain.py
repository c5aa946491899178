"""Why somebody owes a course, and why not: every rule and cause that is asked, fits or not, and by what (rule 10)."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import formatdate

from smooth_lms_hr.assigning import causes
from smooth_lms_hr.sources import equivalents, facts, people, rules, words
from smooth_lms_hr.sources.names import ASSIGNMENT, EXCEPTION, ONBOARDING, RULE
from smooth_lms_hr.sources.people import Problem
from smooth_lms_hr.training.audience import Mismatch
from smooth_lms_hr.training.rules import NotNew
from smooth_lms_hr.training.status import COMPLETED, OPEN, WAIVED

# Of an audience of very many, the first are named.
NAMED = 3


class Reason(NamedTuple):
	"""What is said of a course: by which record, whether that asks for the course, and why."""

	course: str
	cause: str
	fits: bool
	words: str


def explain(employee: str | None, member: str | None) -> dict:
	"""Say of each course that a person owes, or that anything might ask of them, why it is owed or not.

	Who may not read rules learns of what the person holds alone.

	:return: see ``api.explain_training``
	:raises frappe.ValidationError: where there is nobody of that name whom the session user may see
	"""
	employee, member = _person(employee, member)
	held = _held(employee, member)
	reasons = list(_of_causes(held))
	if frappe.has_permission(RULE, "read"):
		said = {(one.course, one.cause) for one in reasons}
		reasons += [one for one in _of_what_could_ask(employee) if (one.course, one.cause) not in said]
	reasons += _of_what_is_settled(held)
	reasons += _of_equivalents(member, {one.course for one in reasons})
	by_course = defaultdict(list)
	for one in reasons:
		by_course[one.course].append({"cause": one.cause, "fits": one.fits, "words": one.words})
	latest = {row.course: row for row in held}
	titles = facts.titles(by_course)
	return {
		"employee": employee,
		"member": member,
		"courses": [
			{
				"course": course,
				"course_title": titles.get(course, course),
				"owed": bool((row := latest.get(course)) and row.status in OPEN),
				"assignment": row and row.name,
				"status": row and row.status,
				"due_date": row and row.due_date,
				"why": by_course[course],
			}
			for course in sorted(
				by_course, key=lambda course: (course not in latest, titles.get(course, course))
			)
		],
	}


def _person(employee: str | None, member: str | None) -> tuple[str | None, str | None]:
	"""Return the employee and the user who are meant, as far as there is one and the session user may see them."""
	user = frappe.session.user
	found, problems = people.by_employee([employee], user) if employee else people.by_user([member], user)
	asked_for = employee or member
	if problems.get(asked_for) is Problem.NO_EMPLOYEE:
		frappe.throw(
			words.describe_problem(Problem.NO_EMPLOYEE, frappe.bold(frappe.utils.escape_html(asked_for)))
		)
	if person := found.get(asked_for):
		return person.employee, person.member
	if employee:
		return employee, frappe.db.get_value("Employee", employee, "user_id")
	return None, member


def _held(employee: str | None, member: str | None) -> list[frappe._dict]:
	"""Return what is on record of the person as far as the session user may see it, the latest of each course last."""
	whose = {"member": member} if member else {"employee": employee}
	return frappe.get_list(
		ASSIGNMENT,
		filters=whose,
		fields=["name", "course", "status", "due_date", "cycle", "completed_on", "waived_on"],
		order_by="course, cycle",
		limit_page_length=0,
	)


def _of_causes(held: list[frappe._dict]) -> Iterator[Reason]:
	rows = {row.name: row for row in held if row.status in OPEN}
	for assignment, ones in causes.of(list(rows)).items():
		for (_doctype, name), row in ones.items():
			if not row.ended_on:
				said = [words.as_read(row.words)] if row.words else []
				if row.due_date:
					said.append(_("due {0}").format(formatdate(row.due_date)))
				yield Reason(rows[assignment].course, name, True, ", ".join(said))


def _of_what_could_ask(employee: str | None) -> Iterator[Reason]:
	"""Yield what rules and the baseline say of an employee; of who is none, nobody is asked."""
	if not employee:
		return
	asked = rules.asked([employee]).get(employee)
	for rule in rules.read_rules():
		for course in rule.courses:
			said = _why_not(rule, asked)
			yield Reason(course.name, rule.name, not said, said or _("Rule {0} fits").format(rule.title))
	onboarding = frappe.db.get_value(
		ONBOARDING, {"employee": employee, "docstatus": ("!=", 2)}, "name", order_by="creation desc"
	)
	for course in facts.mandatory_courses():
		said = _("Mandatory for new hires: {0}").format(onboarding or _("there is no onboarding"))
		yield Reason(course.name, onboarding or _("Mandatory", context="Training"), bool(onboarding), said)
	for row in frappe.get_list(
		EXCEPTION,
		filters={"employee": employee},
		fields=["rule", "course", "why", "since"],
		order_by="since",
		limit_page_length=0,
	):
		if row.course:
			said = _("Could not be assigned since {0}: {1}").format(formatdate(row.since), row.why)
			yield Reason(row.course, row.rule, False, said)


def _why_not(rule, asked) -> str | None:
	if not rule.enabled:
		return _("Rule {0} is switched off").format(rule.title)
	if not asked:
		return _("the employee is not active")
	why = rule.mismatch(asked)
	if isinstance(why, NotNew):
		return _("joined on {0} and not onboarded since the rule was made on {1}").format(
			formatdate(why.joined_on) if why.joined_on else "–", formatdate(why.made_on)
		)
	return in_words(why) if why else None


def in_words(why: Mismatch) -> str:
	"""Say why an audience leaves somebody out."""
	values = ", ".join(why.values[:NAMED])
	if len(why.values) > NAMED:
		values = _("{0} and {1} more").format(values, len(why.values) - NAMED)
	kind = _(why.kind)
	if why.excluded:
		return _("{0} is {1}, the rule excludes {2}").format(kind, why.has, values)
	if not why.has:
		return _("{0} is not set, the rule wants {1}").format(kind, values)
	return _("{0} is {1}, the rule wants {2}").format(kind, why.has, values)


def _of_what_is_settled(held: list[frappe._dict]) -> Iterator[Reason]:
	for row in held:
		if row.status == COMPLETED:
			said = _("completed on {0} ({1})").format(formatdate(row.completed_on), row.name)
			yield Reason(row.course, row.name, False, said)
		elif row.status == WAIVED:
			said = _("waived on {0} ({1})").format(formatdate(row.waived_on), row.name)
			yield Reason(row.course, row.name, False, said)


def _of_equivalents(member: str | None, courses: set[str]) -> Iterator[Reason]:
	"""Yield which other courses count like those that are spoken of, and which of them the person has completed when."""
	done = equivalents.completed({(member, course) for course in courses}) if member else {}
	for course, rows in equivalents.of(courses).items():
		completed = {one.course: one.completed_on for one in done.get((member, course), ())}
		for row in rows:
			title = row.title or row.course
			if day := completed.get(row.course):
				said = _("{0}, which counts like this course, was completed on {1}").format(
					title, formatdate(day)
				)
			elif row.from_date:
				said = _("{0} counts like this course if completed from {1}; it is not").format(
					title, formatdate(row.from_date)
				)
			else:
				said = _("{0} counts like this course; it is not completed").format(title)
			yield Reason(course, row.course, False, said)
