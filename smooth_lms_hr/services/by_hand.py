"""An assignment that a person makes: in the desk, by Data Import or by REST."""

from datetime import date

import frappe
from frappe import _
from frappe.model import no_value_fields
from frappe.utils import escape_html, formatdate, get_link_to_form, getdate

from smooth_lms_hr.services import facts, learning, people, words
from smooth_lms_hr.services.assigning import Order, announce, new_document, put_on_file
from smooth_lms_hr.services.facts import ASSIGNMENT
from smooth_lms_hr.services.people import Person
from smooth_lms_hr.services.settings import get_settings
from smooth_lms_hr.training.due_dates import Basis, Due
from smooth_lms_hr.training.plan import Course, Step, Why, plan_course


def complete(doc) -> None:
	"""Fill a new assignment from its member (or employee), its course and, if given, its due date.

	:param doc: a new LMS Training Assignment
	:raises frappe.ValidationError: for a person who cannot learn, a course that is not published, a due date in the
	        past, or a course that the person owes already
	:raises frappe.PermissionError: where the person's company, department or the like is closed to the user
	"""
	person, course = _person(doc), _course(doc)
	manual = order(refuse_past(doc.due_date))
	step = _step(person, course, manual)
	decided = new_document(person, step, manual)
	# All of it, also where nothing is decided: Frappe has put its own defaults there (a contractor has no company).
	for field in doc.meta.fields:
		if field.fieldtype not in no_value_fields and not field.get("is_custom_field"):
			doc.set(field.fieldname, decided.get(field.fieldname))
	# Only now is it known whose company and department this is about.
	doc.check_permission("create")
	doc.flags.assigned_step = step


def enrol(doc) -> None:
	"""Enrol the member of an assignment that was made by hand, once it is sure that it is the only one.

	:raises frappe.ValidationError: where Learning refuses; then nothing is saved
	"""
	step = doc.flags.assigned_step
	if not step:
		return
	learning.ensure_learner_role([doc.member])
	announce([doc.name])
	if not step.enrolment:
		learning.enrol(doc.member, doc.course, doc.enrollment)
	elif step.starts_over:
		learning.start_over(doc.member, [doc.course], [doc.enrollment])
		frappe.msgprint(
			_("{0} was {1} on {2}. Its lessons start over for cycle {3}.").format(
				step.course.title, _("Completed").lower(), formatdate(step.debt.settled_on), step.cycle
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


def refuse_past(due_date: str | date | None) -> date | None:
	"""Return a due date that somebody asks for, as a date.

	:raises frappe.ValidationError: where it is before today, in the site's time zone
	"""
	due_date = getdate(due_date) if due_date else None
	if due_date and due_date < getdate():
		frappe.throw(
			_("The due date {0} is in the past.").format(frappe.bold(formatdate(due_date))),
			title=_("Due Date"),
		)
	return due_date


def _person(doc) -> Person:
	if doc.employee:
		found, problems = people.by_employee([doc.employee])
		asked_for = doc.employee
	elif doc.member:
		found, problems = people.by_user([doc.member])
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
				frappe.bold(doc.employee), frappe.bold(person.member), frappe.bold(doc.member)
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
	if step.why is Why.OPEN:
		frappe.throw(
			_("{0} owes {1} already: {2}, {3}, due {4}.").format(
				frappe.bold(words.person(person)),
				frappe.bold(escape_html(course.title)),
				get_link_to_form(ASSIGNMENT, step.debt.name),
				_(step.debt.status),
				formatdate(step.debt.due_date),
			),
			frappe.DuplicateEntryError,
			title=_("Already Assigned"),
		)
	if not step.assigns:
		frappe.throw(f"{escape_html(course.title)}: {words.kept(step)}", title=_("Cannot Assign"))
	return step
