"""The rules' decisions in words that HR and learners read."""

from frappe import _
from frappe.utils import escape_html, formatdate

from smooth_lms_hr.sources.people import Person, Problem
from smooth_lms_hr.training.due_dates import MAX_DAYS, MIN_DUE_DAYS, Basis, Due
from smooth_lms_hr.training.plan import Step, Why


def due_date_basis(due: Due, chosen_by: str | None = None) -> str:
	if due.basis is Basis.GIVEN:
		return _("Chosen by {0} on {1}").format(chosen_by, due.assigned_on)
	return _("{0} days after assignment ({1})").format(due.days, due.assigned_on)


def reason(step: Step, cause: str) -> str:
	"""Why the person owes the course.

	:param cause: what led to the assignment, in words
	"""
	if step.why is Why.LEARNED_BEFORE:
		return _("{0}. Completed in Learning before it was assigned, on {1}.").format(
			cause, step.completed_on
		)
	if step.why is Why.RENEWAL and step.debt:
		return _("{0}. Renewal: {1} was {2} on {3}.").format(
			cause, step.debt.name, _(step.debt.status).lower(), step.debt.settled_on
		)
	if step.why is Why.RENEWAL:
		return _("{0}. Renewal: the completion in Learning is no longer valid.").format(cause)
	return cause + "."


def kept(step: Step) -> str:
	"""Why nothing is to be assigned, or what state it is in already."""
	debt, validity = step.debt, step.course.validity_days
	if step.why is Why.OPEN:
		return _("already assigned ({0}, {1}, due {2})").format(
			debt.name, _(debt.status), formatdate(debt.due_date)
		)
	if step.why is Why.WAIVED:
		return _("waived on {0} ({1})").format(formatdate(debt.settled_on), debt.name)
	if step.why is Why.VALID:
		said = _("completed on {0} ({1})").format(formatdate(debt.settled_on), debt.name)
		return (
			said + ", " + (_("valid for {0} days").format(validity) if validity > 0 else _("does not expire"))
		)
	if step.why is Why.BAD_DUE_DAYS:
		return _(
			"its due date would not be {0} to {1} days after assignment: see {2} of the course and {3}"
		).format(MIN_DUE_DAYS, MAX_DAYS, _("Due Within (Days)"), _("LMS Training Settings"))
	if step.why is Why.NOT_MEANT:
		return _("not meant for this person")
	raise ValueError(step.why)


def assigned(step: Step) -> str:
	if step.why is Why.LEARNED_BEFORE:
		return _("completed in Learning on {0}, put on file").format(formatdate(step.completed_on))
	if step.why is Why.RENEWAL:
		return _("renewal {0}, due {1}").format(step.cycle, formatdate(step.due.date))
	return _("due {0}").format(formatdate(step.due.date))


def problem(problem: Problem, who: str) -> str:
	"""What is in the way of assigning to a person.

	:param who: the Employee or User that was asked for
	"""
	return {
		Problem.NO_EMPLOYEE: _("There is no such employee or user, or not yours: {0}"),
		Problem.NO_USER: _("{0} has no user to log in with."),
		Problem.USER_DISABLED: _("The user of {0} is disabled."),
		Problem.LEFT: _("{0} has left the company."),
	}[problem].format(who)


def person(someone: Person) -> str:
	if someone.employee_name and someone.employee_name != someone.member:
		return f"{someone.employee_name} ({someone.member})"
	return someone.member


def as_html(text: str) -> str:
	"""Plain text, whatever a course is called, for a place that shows HTML."""
	return escape_html(text).replace("\n", "<br>")
