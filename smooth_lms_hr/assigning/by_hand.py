"""An assignment that a person makes: in the desk, by Data Import or by REST."""

from datetime import date
from typing import NoReturn

import frappe
from frappe import _
from frappe.model import no_value_fields
from frappe.utils import escape_html, formatdate, get_link_to_form, getdate

from smooth_lms_hr.assigning import assignments, demands, leaves
from smooth_lms_hr.assigning.assigning import (
	AssignmentTerms,
	again,
	announce,
	new_document,
	plan_assignments,
	put_on_file,
	terms_now,
)
from smooth_lms_hr.assigning.starting_over import start_over
from smooth_lms_hr.sources import facts, learning, people, validation, words
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.people import Person
from smooth_lms_hr.training.due_dates import MAX_DAYS, Basis, Due
from smooth_lms_hr.training.plan import AssignmentPlan, Course, PlanReason


def complete(doc) -> None:
	"""Fill a new assignment from its member (or employee), its course and, if given, its due date.

	:param doc: a new LMS Training Assignment
	:raises frappe.ValidationError: for a person who cannot learn, a course that is not published, a due date in the
	        past, or a course that the person owes already
	:raises frappe.PermissionError: where the course is closed to the user
	"""
	person, course = doc.flags.person or find_person(doc), _course(doc)
	terms = terms_now()
	*learned_before, planned = _plan(person, course, terms, check_due_date(doc.due_date))
	for earlier in learned_before:
		doc.flags.filed = put_on_file(person, earlier, terms)
	decided = new_document(person, planned, terms)
	# All of it, also where nothing is decided: Frappe has put its own defaults there (a contractor has no company).
	for field in doc.meta.fields:
		if field.fieldtype not in no_value_fields and not field.get("is_custom_field"):
			doc.set(field.fieldname, decided.get(field.fieldname))
	doc.set("causes", decided.causes)
	# Only now is it known what all this is about.
	doc.check_permission("create")
	doc.flags.update(assignment_plan=planned, equivalent=planned.equivalent)


def enrol(doc) -> None:
	"""Enrol the member of an assignment that was made by hand, once it is sure that it is the only one.

	:raises frappe.ValidationError: where Learning refuses; then nothing is saved
	"""
	planned = doc.flags.assignment_plan
	if not planned:
		return
	assignments.record_assigned([doc])
	if planned.follows_completion:
		assignments.record_renewed({planned.held.name: doc.name})
	leaves.extend_new([(doc, planned)], getdate())
	learning.ensure_learner_role([doc.member])
	announce([doc.name])
	if planned.enrols:
		learning.enrol(doc.member, doc.course, doc.enrollment)
	if planned.starts_over:
		start_over([again(doc, planned, doc.flags.filed)])
		frappe.msgprint(
			_("{0} was {1} on {2}. Its lessons start over for cycle {3}.").format(
				escape_html(planned.course.title),
				_("Completed").lower(),
				formatdate(planned.held.settled_on if planned.held else planned.enrolment.completed_on),
				planned.cycle,
			),
			alert=True,
		)


def basis_of_choice(due_date: date, today: date) -> str:
	"""Say that the session user chose a due date today."""
	return words.due_date_basis(Due(due_date, Basis.GIVEN, today), frappe.session.user)


def check_due_date(due_date: str | date | None) -> date | None:
	"""Return a due date that somebody asks for, as a date.

	:raises frappe.ValidationError: where it is no date, before today in the site's time zone, or too far ahead
	"""
	due_date = validation.day("due_date", due_date) if due_date else None
	if due_date and due_date < getdate():
		frappe.throw(
			_("The due date {0} is in the past.").format(frappe.bold(formatdate(due_date))),
			title=_("Due Date"),
		)
	if due_date and (due_date - getdate()).days > MAX_DAYS:
		frappe.throw(
			_("The due date {0} is more than {1} days ahead.").format(
				frappe.bold(formatdate(due_date)), MAX_DAYS
			),
			title=_("Due Date"),
		)
	return due_date


def refuse_second(
	who: str, course_title: str, held, error: type[Exception] = frappe.DuplicateEntryError
) -> NoReturn:
	"""Say that somebody owes a course already.

	:param who: in words
	:param held: the assignment, with its name, status and due date
	:param error: to raise
	"""
	frappe.throw(
		_("{0} owes {1} already: {2}, {3}, due {4}.").format(
			frappe.bold(escape_html(who)),
			frappe.bold(escape_html(course_title)),
			get_link_to_form(ASSIGNMENT, held.name),
			_(held.status),
			formatdate(held.due_date),
		),
		error,
		title=_("Already Assigned"),
	)


def find_person(doc) -> Person:
	"""Find out who is to learn, before a word about the record is made.

	:param doc: a new LMS Training Assignment; what it names is checked
	:raises frappe.ValidationError: for a person who cannot learn, and, in the same words as where there is nobody of
	        that name, for one whom the session user may not see
	"""
	for fieldname in ("member", "employee", "course"):
		value = doc.get(fieldname)
		doc.set(fieldname, validation.name(fieldname, value) if value else None)
	seen_by = None if doc.flags.ignore_permissions else frappe.session.user
	if doc.employee:
		found, problems = people.by_employee([doc.employee], seen_by)
		asked_for = doc.employee
	elif doc.member:
		found, problems = people.by_user([doc.member], seen_by)
		asked_for = doc.member
	else:
		frappe.throw(
			_("A person is required: set {0} or {1}.").format(_("Member"), _("Employee")),
			frappe.MandatoryError,
		)
	if problem := problems.get(asked_for):
		frappe.throw(
			words.describe_problem(problem, frappe.bold(escape_html(asked_for))), title=_("Cannot Assign")
		)
	person = found[asked_for]
	if doc.member and doc.member != person.member:
		frappe.throw(
			_("The user of employee {0} is {1}, not {2}.").format(
				*(frappe.bold(escape_html(name)) for name in (doc.employee, person.member, doc.member))
			)
		)
	return person


def _course(doc) -> Course:
	if not doc.course:
		frappe.throw(_("A course is required: set {0}.").format(_("Course")), frappe.MandatoryError)
	courses = facts.published_courses([doc.course])
	if not courses:
		course = frappe.bold(escape_html(doc.course))
		frappe.throw(_("There is no published course {0}.").format(course), title=_("Cannot Assign"))
	return courses[0]


def _plan(
	person: Person, course: Course, terms: AssignmentTerms, due_date: date | None
) -> list[AssignmentPlan]:
	"""Decide what is to be written: what was learned before anybody assigned it, and the assignment that is asked for.

	:raises frappe.ValidationError: where nothing is to be assigned
	"""
	wishes = demands.by_hand([person], [course], terms, due_date)
	plans = [planned for _person, planned in plan_assignments(wishes, terms.today, renew=True)]
	asked_for = plans[-1]
	if asked_for.held and not asked_for.assigns and not _may_read(asked_for.held.name):
		# Of another company's time with this person: that there is one has to be said, and nothing else.
		frappe.throw(
			_("{0} need not be assigned {1} again.").format(
				frappe.bold(escape_html(words.name_person(person))), frappe.bold(escape_html(course.title))
			),
			title=_("Cannot Assign"),
		)
	if asked_for.reason is PlanReason.OPEN:
		refuse_second(words.name_person(person), course.title, asked_for.held)
	if not asked_for.assigns:
		reason = words.reason_not_to_assign(asked_for)
		frappe.throw(f"{escape_html(course.title)}: {reason}", title=_("Cannot Assign"))
	return plans


def _may_read(assignment: str) -> bool:
	return bool(frappe.has_permission(ASSIGNMENT, "read", doc=assignment))
