"""The rules' decisions in words that HR and learners read."""

import re
from collections.abc import Callable
from datetime import date

from frappe import _
from frappe.utils import escape_html, formatdate

from smooth_lms_hr.sources.people import Person, Problem
from smooth_lms_hr.training.due_dates import MAX_DAYS, MIN_DUE_DAYS, Anchor, Basis, Due, DueProblem
from smooth_lms_hr.training.leave import Leave
from smooth_lms_hr.training.plan import AssignmentPlan, Demand, PlanReason

# A date within words: no part of a longer number, or of a record's name.
STORED_DATE = re.compile(r"(?<![\w-])[12]\d{3}-\d{2}-\d{2}(?![\w-])")


def as_read(stored: str | None, write: Callable[[date], str] = formatdate) -> str | None:
	"""Return words as they were stored, but the dates in them as they are read where these stand.

	:param write: how a date is written there
	"""

	def written(found: re.Match) -> str:
		try:
			return write(date.fromisoformat(found[0]))
		except ValueError:
			return found[0]

	return stored and STORED_DATE.sub(written, stored)


def due_date_basis(due: Due, chosen_by: str | None = None) -> str:
	"""Say why a due date is what it is."""
	if due.basis is Basis.GIVEN:
		return _("Chosen by {0} on {1}").format(chosen_by, due.assigned_on)
	if due.basis is Basis.FIXED_DAY:
		return _("Every year on this day")
	if due.basis is Basis.BATCH:
		return _("The last day of the batch")
	if due.basis is Basis.VALIDITY:
		return _("The last day on which the earlier completion counts")
	said = {
		Anchor.ASSIGNMENT: _("{0} days after assignment ({1})"),
		Anchor.JOINING: _("{0} days after joining ({1})"),
		Anchor.ONBOARDING: _("{0} days after the onboarding begins ({1})"),
		Anchor.TRANSFER: _("{0} days after the transfer ({1})"),
	}[due.anchor].format(due.days, due.anchored_on or due.assigned_on)
	if not due.instead_of:
		return said
	missing = {
		Anchor.JOINING: _("joining on {0} lies before the rule"),
		Anchor.ONBOARDING: _("the onboarding of {0} lies before the rule"),
		Anchor.TRANSFER: _("the transfer of {0} lies before the rule"),
	}
	none = {Anchor.ONBOARDING: _("there is no onboarding"), Anchor.TRANSFER: _("there was no transfer")}
	day = due.instead_of_day
	return f"{said}: {missing[due.instead_of].format(day) if day else none[due.instead_of]}"


def moved_by_leave(leave: Leave, days: int) -> str:
	"""Say why a due date is what it is after a leave has moved it.

	:param days: by so many, negative for back
	"""
	if days < 0:
		return _("{0} days earlier again: the leave {1} was cancelled").format(-days, leave.name)
	return _("{0} days later for the leave {1} ({2} to {3})").format(
		days, leave.name, leave.first, leave.last
	)


def reason_to_assign(planned: AssignmentPlan) -> str:
	"""Say why the person owes the course."""
	cause = "; ".join(one.cause.words for one in planned.demands)
	if planned.reason is PlanReason.LEARNED_BEFORE:
		return _("{0}. Completed in Learning before it was assigned, on {1}.").format(
			cause, planned.completed_on
		)
	if planned.reason is PlanReason.EQUIVALENT:
		return _("{0}. {1}, completed on {2}, counts like this course.").format(
			cause, planned.equivalent.title, planned.completed_on
		)
	if planned.reason is PlanReason.RENEWAL and planned.held:
		return _("{0}. Renewal: {1} was {2} on {3}.").format(
			cause, planned.held.name, _(planned.held.status).lower(), planned.held.settled_on
		)
	if planned.reason is PlanReason.RENEWAL:
		return _("{0}. Renewal: the completion in Learning is no longer valid.").format(cause)
	return cause + "."


def reason_not_to_assign(planned: AssignmentPlan) -> str:
	"""Say why nothing is to be assigned, or what state it is in already."""
	held = planned.held
	if planned.reason is PlanReason.OPEN:
		return _("already assigned ({0}, {1}, due {2})").format(
			held.name, _(held.status), formatdate(held.due_date)
		)
	if planned.reason is PlanReason.WAIVED:
		return _("waived on {0} ({1})").format(formatdate(held.settled_on), held.name)
	if planned.reason is PlanReason.VALID:
		said = _("completed on {0} ({1})").format(formatdate(held.settled_on), held.name)
		until = held.counts_until
		return f"{said}, {_('valid until {0}').format(formatdate(until)) if until else _('does not expire')}"
	if planned.reason is PlanReason.NO_DUE_DATE:
		return no_due_date(planned.demands[0])
	if planned.reason is PlanReason.NOT_MEANT:
		return _("not meant for this person")
	raise ValueError(planned.reason)


def no_due_date(demand: Demand) -> str:
	"""Say why what a cause asks for has no due date."""
	if demand.problem is DueProblem.NO_JOINING_DATE:
		return _("the rule counts from the date of joining, and the employee has none")
	if demand.problem is DueProblem.IN_THE_PAST:
		return _("it would have been due on {0}, which is past").format(formatdate(demand.problem_day))
	return _(
		"its due date would not be {0} to {1} days after assignment: see {2} of the course and {3}"
	).format(MIN_DUE_DAYS, MAX_DAYS, _("Due Within (Days)"), _("LMS Training Settings"))


def describe_assigned(planned: AssignmentPlan) -> str:
	if planned.reason is PlanReason.LEARNED_BEFORE:
		return _("completed in Learning on {0}, put on file").format(formatdate(planned.completed_on))
	if planned.reason is PlanReason.EQUIVALENT:
		return _("{0}, completed on {1}, counts like it; put on file").format(
			planned.equivalent.title, formatdate(planned.completed_on)
		)
	if planned.reason is PlanReason.RENEWAL:
		return _("renewal {0}, due {1}").format(planned.cycle, formatdate(planned.due.date))
	return _("due {0}").format(formatdate(planned.due.date))


def describe_problem(problem: Problem, who: str) -> str:
	"""What is in the way of assigning to a person.

	:param who: the Employee or User that was asked for
	"""
	return {
		Problem.NO_EMPLOYEE: _("There is no such employee or user, or not yours: {0}"),
		Problem.NO_USER: _("{0} has no user to log in with."),
		Problem.USER_DISABLED: _("The user of {0} is disabled."),
		Problem.LEFT: _("{0} has left the company."),
	}[problem].format(who)


def name_person(someone: Person) -> str:
	if someone.employee_name and someone.employee_name != someone.member:
		return f"{someone.employee_name} ({someone.member})"
	return someone.member


def as_html(text: str) -> str:
	"""Plain text, whatever a course is called, for a place that shows HTML."""
	return escape_html(text).replace("\n", "<br>")
