"""The story of one Employee Onboarding: whom it is about, what was assigned, and what HR reads of it."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate

from smooth_lms_hr.services import facts, people, words
from smooth_lms_hr.services.assigning import Order, Outcome, assign, plan
from smooth_lms_hr.services.attempts import attempt
from smooth_lms_hr.services.facts import ASSIGNMENT
from smooth_lms_hr.services.people import Person, Problem
from smooth_lms_hr.services.settings import get_settings
from smooth_lms_hr.training.plan import Step, Why

ONBOARDING = "Employee Onboarding"

WAITING_FOR_EMPLOYEE = "Waiting for Employee"
WAITING_FOR_USER = "Waiting for User"
ASSIGNED = "Assigned"
PARTLY_ASSIGNED = "Partly Assigned"
NOTHING_TO_ASSIGN = "Nothing to Assign"
NOT_ASSIGNED = "Not Assigned (disabled)"

WAITING = (WAITING_FOR_EMPLOYEE, WAITING_FOR_USER)
STATUSES = ("", *WAITING, ASSIGNED, PARTLY_ASSIGNED, NOTHING_TO_ASSIGN, NOT_ASSIGNED)

STATUS_OF_PROBLEM = {
	Problem.NO_EMPLOYEE: WAITING_FOR_EMPLOYEE,
	Problem.NO_USER: WAITING_FOR_USER,
	Problem.USER_DISABLED: WAITING_FOR_USER,
	Problem.LEFT: NOTHING_TO_ASSIGN,
}


def process(doc, assigned_by: str) -> None:
	"""Assign what the person of an onboarding owes, as far as can be, and write on the onboarding what happened.

	Never raises for what goes wrong with training: HR's save goes on, and the note says what is missing.

	:param doc: the Employee Onboarding; its training fields are set in memory too, for the form that is being saved
	:param assigned_by: the user to credit
	"""
	with attempt(_("Mandatory training of {0} failed").format(doc.name), ONBOARDING, doc.name) as assigning:
		status, note, remark = _assign(doc, assigned_by)
		_record(doc, status, note, remark)
	if assigning.error:
		note = _("Nothing was assigned: {0}. Details are in the Error Log.").format(assigning.words)
		_record(doc, PARTLY_ASSIGNED, note, note)


def resume(onboarding: str) -> bool:
	"""Run the plan of an onboarding that was waiting, if it still is and its person can now learn.

	:return: whether it was run
	"""
	settings = get_settings()
	if not (settings.enabled and settings.assign_when_linked_later):
		return False
	# The lock lets one of two that wake up together through; the other then reads what the first one wrote.
	status = frappe.db.get_value(ONBOARDING, onboarding, "training_status", for_update=True)
	if status not in WAITING:
		return False
	doc = frappe.get_doc(ONBOARDING, onboarding)
	_person, problem = find_person(doc)
	if STATUS_OF_PROBLEM.get(problem) == status:
		return False
	process(doc, assigned_by=doc.owner)
	return True


def waiting_onboardings(filters: dict | None = None) -> list[str]:
	"""Return onboardings that wait for their employee or user, oldest first."""
	return frappe.get_all(
		ONBOARDING,
		filters={"training_status": ("in", WAITING), "docstatus": ("!=", 2), **(filters or {})},
		order_by="creation",
		pluck="name",
	)


def find_person(doc) -> tuple[Person | None, Problem | None]:
	"""Return who the onboarding is about, or what is in the way."""
	employee = employee_of(doc)
	if not employee:
		return None, Problem.NO_EMPLOYEE
	found, problems = people.by_employee([employee])
	return found.get(employee), problems.get(employee)


def employee_of(doc) -> str | None:
	"""Return the employee of an onboarding, also where Frappe HR never links it.

	It does not where every task was completed before the Employee was made.
	"""
	return doc.employee or frappe.db.get_value(
		"Employee", {"job_applicant": doc.job_applicant}, "name", order_by="creation desc"
	)


def order_for(doc, assigned_by: str, today: date | None = None) -> Order:
	return Order(
		source="Onboarding",
		cause=_("Mandatory course, {0} of {1}").format(doc.name, doc.employee_name),
		assigned_by=assigned_by,
		today=today or getdate(),
		default_due_days=get_settings().default_due_days,
		onboarding=doc.name,
		by_rule=True,
	)


def preview(doc) -> dict:
	"""Say of an onboarding what is assigned, what would be assigned now, and why not the rest. Writes nothing.

	:return: see ``api.get_onboarding_training``
	"""
	person, problem = find_person(doc)
	# Nobody known yet owes every mandatory course.
	whom = person or Person(member="", member_name="")
	steps = plan([whom], facts.mandatory_courses(), order_for(doc, frappe.session.user))
	rows = [_preview_row(step) for _person, step in steps]
	planned = {row["course"] for row in rows}
	for other in frappe.get_all(
		ASSIGNMENT,
		filters={"onboarding": doc.name, "course": ("not in", planned or [""])},
		fields=[
			"course",
			"course_title",
			"name as assignment",
			"status",
			"progress",
			"due_date",
			"reason as why",
		],
		order_by="due_date",
	):
		rows.append({**other, "action": "assigned"})
	return {
		"training_status": doc.training_status,
		"training_note": doc.training_note,
		"employee": employee_of(doc),
		"member": person and person.member,
		"problem": _problem_note(doc, problem) if problem else None,
		"courses": rows,
	}


def _preview_row(step: Step) -> dict:
	row = {"course": step.course.name, "course_title": step.course.title}
	if step.assigns:
		return row | {
			"assignment": None,
			"status": step.status,
			"progress": step.progress,
			"due_date": step.due.date,
			"action": "to assign",
			"why": words.assigned(step),
		}
	action = {Why.OPEN: "assigned", Why.BAD_DUE_DAYS: "failed"}.get(step.why, "not needed")
	return row | {
		"assignment": step.debt and step.debt.name,
		"status": step.debt and step.debt.status,
		"progress": step.enrolment.progress if step.enrolment else 0,
		"due_date": step.debt and step.debt.due_date,
		"action": action,
		"why": words.kept(step),
	}


def refresh_open_forms(onboarding: str) -> None:
	"""Let the forms that show an onboarding show the training as it stands, once this is committed."""
	frappe.publish_realtime(
		"smooth_lms_hr:onboarding_training",
		{"onboarding": onboarding},
		doctype=ONBOARDING,
		docname=onboarding,
		after_commit=True,
	)


def take_over(old: str, new: str | None) -> None:
	"""Point the assignments of an onboarding at the one that replaces it, or at none."""
	frappe.db.set_value(ASSIGNMENT, {"onboarding": old}, "onboarding", new, update_modified=False)


def _assign(doc, assigned_by: str) -> tuple[str, str, str]:
	"""Return the status, the note and the remark for the timeline."""
	if not get_settings().enabled:
		note = _("Mandatory training is switched off in {0}.").format(_("LMS Training Settings"))
		return NOT_ASSIGNED, note, note
	person, problem = find_person(doc)
	if problem:
		note = _problem_note(doc, problem)
		return STATUS_OF_PROBLEM[problem], note, note
	courses = facts.mandatory_courses()
	if not courses:
		note = _("No published course is marked as mandatory.")
		return NOTHING_TO_ASSIGN, note, note
	outcome = assign([person], courses, order_for(doc, assigned_by))
	return _status_of(outcome), *_describe(person, outcome)


def _problem_note(doc, problem: Problem) -> str:
	if problem is Problem.NO_EMPLOYEE:
		said = _("No Employee is linked yet.")
	else:
		said = words.problem(problem, employee_of(doc))
	if STATUS_OF_PROBLEM[problem] not in WAITING:
		return said
	if get_settings().assign_when_linked_later:
		return (
			said
			+ " "
			+ _("The mandatory courses are assigned as soon as there is an employee with an active user.")
		)
	return said + " " + _("Assigning later is switched off in {0}.").format(_("LMS Training Settings"))


def _status_of(outcome: Outcome) -> str:
	if outcome.failed:
		return PARTLY_ASSIGNED
	# What somebody else assigned at the same moment is in "existing" too, and owed.
	if outcome.created or any(result.step.why not in (Why.VALID, Why.WAIVED) for result in outcome.existing):
		return ASSIGNED
	return NOTHING_TO_ASSIGN


def _describe(person: Person, outcome: Outcome) -> tuple[str, str]:
	"""Return the note (every course) and the remark for the timeline (the sum, and what was refused)."""
	new, kept, failed = (
		[f"{result.step.course.title}: {text(result)}" for result in results]
		for results, text in (
			(outcome.created, lambda result: words.assigned(result.step)),
			(outcome.existing + outcome.not_meant, lambda result: result.error or words.kept(result.step)),
			(outcome.failed, lambda result: result.error),
		)
	)
	summary = _("{0}: {1} newly assigned, {2} not needed, {3} failed.").format(
		words.person(person), len(new), len(kept), len(failed)
	)
	blocks = [(_("Assigned"), new), (_("Not needed"), kept), (_("Failed"), failed)]
	note = [summary] + [
		f"{label}:\n" + "\n".join(f"- {line}" for line in lines) for label, lines in blocks if lines
	]
	remark = [summary] + [f"- {line}" for line in failed]
	return "\n".join(note), "\n".join(remark)


def _record(doc, status: str, note: str, remark: str) -> None:
	frappe.db.set_value(ONBOARDING, doc.name, {"training_status": status, "training_note": note})
	doc.training_status, doc.training_note = status, note
	doc.modified, doc.modified_by = frappe.db.get_value(ONBOARDING, doc.name, ["modified", "modified_by"])
	doc.add_comment("Info", words.as_html(_("Mandatory training: {0}").format(remark)))
	refresh_open_forms(doc.name)
