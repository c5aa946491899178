"""An assignment that a person makes: in the desk, by Data Import or by REST."""

from datetime import date
from typing import NoReturn

import frappe
from frappe import _
from frappe.model import no_value_fields
from frappe.utils import escape_html, formatdate, get_link_to_form, getdate

from smooth_lms_hr.assigning import assignments
from smooth_lms_hr.assigning.assigning import Order, announce, new_document, put_on_file
from smooth_lms_hr.sources import facts, learning, people, validation, words
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.people import Person
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.due_dates import MAX_DAYS, Basis, Due
from smooth_lms_hr.training.plan import Course, Step, Why, plan_course


def complete(doc) -> None:
	"""Fill a new assignment from its member (or employee), its course and, if given, its due date.

	:param doc: a new LMS Training Assignment
	:raises frappe.ValidationError: for a person who cannot learn, a course that is not published, a due date in the
	        past, or a course that the person owes already
	:raises frappe.PermissionError: where the course is closed to the user
	"""
	person, course = doc.flags.person or find_person(doc), _course(doc)
	manual = order(check_due_date(doc.due_date))
	step = _step(person, course, manual)
	decided = new_document(person, step, manual)
	# All of it, also where nothing is decided: Frappe has put its own defaults there (a contractor has no company).
	for field in doc.meta.fields:
		if field.fieldtype not in no_value_fields and not field.get("is_custom_field"):
			doc.set(field.fieldname, decided.get(field.fieldname))
	# Only now is it known what all this is about.
	doc.check_permission("create")
	doc.flags.assigned_step = step


def enrol(doc) -> None:
	"""Enrol the member of an assignment that was made by hand, once it is sure that it is the only one.

	:raises frappe.ValidationError: where Learning refuses; then nothing is saved
	"""
	step = doc.flags.assigned_step
	if not step:
		return
	assignments.record_assigned([doc])
	learning.ensure_learner_role([doc.member])
	announce([doc.name])
	if not step.enrolled:
		learning.enrol(doc.member, doc.course, doc.enrollment)
	if step.starts_over:
		learning.start_over(doc.member, [doc.course], [doc.enrollment])
		frappe.msgprint(
			_("{0} was {1} on {2}. Its lessons start over for cycle {3}.").format(
				escape_html(step.course.title),
				_("Completed").lower(),
				formatdate(step.debt.settled_on if step.debt else step.enrolment.completed_on),
				step.cycle,
			),
			alert=True,
		)


def order(due_date: date | None) -> Order:
	"""Return the order that the session user gives by choosing people and courses."""
	return Order(
		source="Manual",
		cause=_("Assigned by {0}").format(frappe.utils.get_fullname(frappe.session.user)),
		assigned_by=frappe.session.user,
		today=getdate(),
		default_due_days=get_settings().default_due_days,
		due_date=due_date,
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
	who: str, course_title: str, debt, error: type[Exception] = frappe.DuplicateEntryError
) -> NoReturn:
	"""Say that somebody owes a course already.

	:param who: in words
	:param debt: the assignment, with its name, status and due date
	:param error: to raise
	"""
	frappe.throw(
		_("{0} owes {1} already: {2}, {3}, due {4}.").format(
			frappe.bold(escape_html(who)),
			frappe.bold(escape_html(course_title)),
			get_link_to_form(ASSIGNMENT, debt.name),
			_(debt.status),
			formatdate(debt.due_date),
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
			_("Who is to learn? Set {0} or {1}.").format(_("Member"), _("Employee")), frappe.MandatoryError
		)
	if problem := problems.get(asked_for):
		frappe.throw(words.problem(problem, frappe.bold(escape_html(asked_for))), title=_("Cannot Assign"))
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
		frappe.throw(_("Which course? Set {0}.").format(_("Course")), frappe.MandatoryError)
	courses = facts.published_courses([doc.course])
	if not courses:
		course = frappe.bold(escape_html(doc.course))
		frappe.throw(_("There is no published course {0}.").format(course), title=_("Cannot Assign"))
	return courses[0]


def _step(person: Person, course: Course, order: Order) -> Step:
	pair = (person.member, course.name)
	steps = plan_course(
		course,
		facts.debts([person.member], [course.name]).get(pair, ()),
		facts.enrolments([person.member], [course.name]).get(pair),
		order.today,
		order.default_due_days,
		order.due_date,
		renew=True,
	)
	for step in steps[:-1]:
		put_on_file(person, step, order)
	step = steps[-1]
	if step.debt and not (step.assigns or frappe.has_permission(ASSIGNMENT, "read", doc=step.debt.name)):
		# Of another company's time with this person: that there is one has to be said, and nothing else.
		frappe.throw(
			_("{0} need not be assigned {1} again.").format(
				frappe.bold(escape_html(words.person(person))), frappe.bold(escape_html(course.title))
			),
			title=_("Cannot Assign"),
		)
	if step.why is Why.OPEN:
		refuse_second(words.person(person), course.title, step.debt)
	if not step.assigns:
		frappe.throw(f"{escape_html(course.title)}: {words.kept(step)}", title=_("Cannot Assign"))
	return step
