"""The story of one Employee Onboarding: whom it is about, what was assigned, and what HR reads of it."""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.model.docstatus import DocStatus
from frappe.utils import getdate

from smooth_lms_hr.assigning import demands, gating, rules
from smooth_lms_hr.assigning.asking import Asking, say_assigned
from smooth_lms_hr.assigning.assigning import AssignmentOutcome, AssignmentTerms, Wish
from smooth_lms_hr.sources import people, words
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.facts import Pair
from smooth_lms_hr.sources.names import ASSIGNMENT, ONBOARDING
from smooth_lms_hr.sources.people import Person, Problem
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.plan import AssignmentPlan, PlanReason

WAITING_FOR_EMPLOYEE = "Waiting for Employee"
WAITING_FOR_USER = "Waiting for User"
ASSIGNED = "Assigned"
PARTLY_ASSIGNED = "Partly Assigned"
NOTHING_TO_ASSIGN = "Nothing to Assign"
NOT_ASSIGNED = "Not Assigned (disabled)"
NOT_ASSIGNED_YET = "Not Assigned Yet"

WAITING = (WAITING_FOR_EMPLOYEE, WAITING_FOR_USER)
# Something failed: it is tried again until it is done.
FAILED = (NOT_ASSIGNED_YET, PARTLY_ASSIGNED)
UNFINISHED = (*WAITING, *FAILED)
STATUSES = (
	"", *WAITING, ASSIGNED, PARTLY_ASSIGNED, NOTHING_TO_ASSIGN, NOT_ASSIGNED, NOT_ASSIGNED_YET
)  # fmt: skip

STATUS_OF_PROBLEM = {
	Problem.NO_EMPLOYEE: WAITING_FOR_EMPLOYEE,
	Problem.NO_USER: WAITING_FOR_USER,
	Problem.USER_DISABLED: WAITING_FOR_USER,
	Problem.LEFT: NOTHING_TO_ASSIGN,
}


def process(doc, assigned_by: str) -> None:
	"""Assign what the person of an onboarding owes, as far as can be, and write on the onboarding what happened.

	Never raises for what goes wrong with training: HR's save goes on, and the note says what is missing. Trying again
	in vain writes nothing: neither on the onboarding nor in the Error Log.

	:param doc: the Employee Onboarding; its training fields are set in memory too, for the form that is being saved
	:param assigned_by: the user to credit
	"""
	title = _("Mandatory training of {0} failed").format(doc.name)
	with attempt(title, ONBOARDING, doc.name, known=doc.training_note) as assigning:
		account = _assign(doc, assigned_by)
	if assigning.error:
		why = _("Nothing was assigned: {0}. Details are in the Error Log.").format(assigning.words)
		note = f"{why} {_tried_again()}"
		account = Account(NOT_ASSIGNED_YET, note, note, still=note)
	if not _is_known(doc, account):
		_record(doc, account)


def assign_now(onboarding: str):
	"""Run the plan of an onboarding, whatever came of it before, credited to the session user; return the onboarding."""
	# Locked before anything is assigned, as by who saves it: two at once wait for one another, and neither loses.
	doc = frappe.get_doc(ONBOARDING, onboarding, for_update=True)
	process(doc, assigned_by=frappe.session.user)
	return doc


def resume(onboarding: str) -> bool:
	"""Run the plan of an onboarding that was waiting, or of which something failed, if that may end otherwise now.

	:return: whether it was run
	"""
	if not get_settings().enabled:
		return False
	# The lock lets one of two that wake up together through; the other then reads what the first one wrote.
	stored = frappe.db.get_value(
		ONBOARDING, onboarding, ["training_status", "docstatus"], for_update=True, as_dict=True
	)
	if not stored or stored.training_status not in _to_resume() or stored.docstatus == DocStatus.cancelled():
		return False
	doc = frappe.get_doc(ONBOARDING, onboarding)
	_person, problem = find_person(doc)
	if STATUS_OF_PROBLEM.get(problem) == stored.training_status:
		return False
	process(doc, assigned_by=doc.owner)
	return True


def unfinished_onboardings(filters: dict | None = None) -> list[str]:
	"""Return onboardings that wait for their employee or user, or of which something failed, oldest first."""
	return frappe.get_all(
		ONBOARDING,
		filters={
			"training_status": ("in", _to_resume()),
			"docstatus": ("!=", DocStatus.cancelled()),
			**(filters or {}),
		},
		order_by="creation",
		pluck="name",
	)


def _to_resume() -> tuple[str, ...]:
	"""Return the statuses that are looked at again: what failed always, what waits unless HR has switched that off."""
	return UNFINISHED if get_settings().assign_when_linked_later else FAILED


def find_person(doc) -> tuple[Person | None, Problem | None]:
	"""Return who the onboarding is about, or what is in the way."""
	employee = employee_of(doc)
	if not employee:
		return None, Problem.NO_EMPLOYEE
	found, problems = people.by_employee([employee])
	person = found.get(employee)
	if person and person.company != doc.company:
		# Who may not see the other company's people is not to learn of them by naming one here.
		found, problems = people.by_employee([employee], doc.owner)
	return found.get(employee), problems.get(employee)


def employee_of(doc) -> str | None:
	"""Return the employee of an onboarding, also where Frappe HR never links it.

	It does not where every task was completed before the Employee was made.
	"""
	return doc.employee or frappe.db.get_value(
		"Employee", {"job_applicant": doc.job_applicant}, "name", order_by="creation desc"
	)


def terms_for(doc, assigned_by: str, today: date | None = None) -> AssignmentTerms:
	return AssignmentTerms(
		assigned_by=assigned_by,
		today=today or getdate(),
		default_due_days=get_settings().default_due_days,
	)


def _known(note: str | None, wishes: list[Wish]) -> dict[Pair, str]:
	"""Return what an onboarding's note said of each course, from the last try."""
	lines, known = (note or "").splitlines(), {}
	for wish in wishes:
		begins = f"- {plain_text(wish.course.title)}: "
		if said := next((line for line in lines if line.startswith(begins)), None):
			known[wish.person.member, wish.course.name] = said.removeprefix(begins)
	return known


def asking_of(doc, person: Person, terms: AssignmentTerms) -> Asking:
	"""Return what is asked of the person of an onboarding: the mandatory courses, and what rules ask for."""
	return rules.asking_of(person.employee, terms, demands.of_baseline(person, doc, terms))


def gated_by(doc) -> list[frappe._dict]:
	"""Return the open assignments that keep an onboarding from being completed (rule 8); see ``gating.open_where``."""
	_person, problem = find_person(doc)
	# Who may not be known here is nobody whose training may be.
	employee = None if problem is Problem.NO_EMPLOYEE else employee_of(doc)
	member = frappe.db.get_value("Employee", employee, "user_id") if employee else None
	return gating.open_of(employee, member, doc.name)


def preview(doc) -> dict:
	"""Say of an onboarding what is assigned, what would be assigned now, and why not the rest. Writes nothing.

	:return: see ``api.get_onboarding_training``
	"""
	person, problem = find_person(doc)
	# Nobody known yet owes every mandatory course.
	whom = person or Person(member="", member_name="")
	terms = terms_for(doc, frappe.session.user)
	plans = asking_of(doc, whom, terms).plans
	rows = [_preview_row(planned) for _person, planned in plans]
	planned_courses = {row["course"] for row in rows}
	for other in frappe.get_all(
		ASSIGNMENT,
		filters={"onboarding": doc.name, "course": ("not in", planned_courses or [""])},
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
		"missing": _missing(doc, problem),
		"courses": rows,
		**_readiness(doc, [planned for _person, planned in plans]),
	}


def _missing(doc, problem: Problem | None) -> str | None:
	"""Return the kind of record that somebody has to make before anything can be assigned."""
	if problem is Problem.NO_USER:
		return "User"
	# One that there is may be somebody whom this onboarding must not know.
	return "Employee" if problem is Problem.NO_EMPLOYEE and not employee_of(doc) else None


def _readiness(doc, plans: list[AssignmentPlan]) -> dict:
	"""Return whether all that gates is done, and which courses are not, those that are still to be assigned included."""
	kept_by = {}
	if gating.is_on():
		kept_by = {row.course: row.course_title for row in gated_by(doc)}
		kept_by |= {planned.course.name: planned.course.title for planned in gating.still_to_assign(plans)}
	return {
		"gate": get_settings().gate,
		"ready": not kept_by,
		"gated_by": [{"course": course, "course_title": title} for course, title in kept_by.items()],
	}


def _preview_row(planned: AssignmentPlan) -> dict:
	row = {"course": planned.course.name, "course_title": planned.course.title}
	if planned.assigns:
		return row | {
			"assignment": None,
			"status": planned.status,
			"progress": planned.progress,
			"due_date": planned.due.date,
			"action": "to assign",
			"why": words.describe_assigned(planned),
		}
	action = {PlanReason.OPEN: "assigned", PlanReason.NO_DUE_DATE: "failed"}.get(planned.reason, "not needed")
	return row | {
		"assignment": planned.held and planned.held.name,
		"status": planned.held and planned.held.status,
		"progress": planned.enrolment.progress if planned.enrolment else 0,
		"due_date": planned.held and planned.held.due_date,
		"action": action,
		"why": words.reason_not_to_assign(planned),
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


@dataclass(frozen=True)
class Account:
	"""What became of an onboarding.

	:param note: every course
	:param remark: for the timeline
	:param still: the end of the note that stays the same as long as nothing has changed that HR has to know
	"""

	status: str
	note: str
	remark: str
	still: str | None = None


def _assign(doc, assigned_by: str) -> Account:
	if not get_settings().enabled:
		note = _("Mandatory training is switched off in {0}.").format(_("LMS Training Settings"))
		return Account(NOT_ASSIGNED, note, note)
	person, problem = find_person(doc)
	if problem:
		note = _problem_note(doc, problem)
		return Account(STATUS_OF_PROBLEM[problem], note, note)
	terms = terms_for(doc, assigned_by)
	asking = asking_of(doc, person, terms)
	if not asking.wishes:
		note = _("No published course is marked as mandatory, and no rule asks for one.")
		return Account(NOTHING_TO_ASSIGN, note, note)
	outcome = asking.carry_out(known=_known(doc.training_note, asking.wishes))
	say_assigned(outcome)
	return _account_of(person, outcome)


def _problem_note(doc, problem: Problem) -> str:
	if problem is Problem.NO_EMPLOYEE:
		said = _("No Employee is linked yet.")
	else:
		said = words.describe_problem(problem, employee_of(doc))
	if STATUS_OF_PROBLEM[problem] not in WAITING:
		return said
	if get_settings().assign_when_linked_later:
		return (
			said
			+ " "
			+ _("The mandatory courses are assigned as soon as there is an employee with an active user.")
		)
	return said + " " + _("Assigning later is switched off in {0}.").format(_("LMS Training Settings"))


def _status_of(outcome: AssignmentOutcome) -> str:
	if outcome.failed:
		return PARTLY_ASSIGNED if outcome.created or outcome.existing else NOT_ASSIGNED_YET
	# What somebody else assigned at the same moment is in "existing" too, and owed.
	if outcome.created or any(
		result.plan.reason not in (PlanReason.VALID, PlanReason.WAIVED) for result in outcome.existing
	):
		return ASSIGNED
	return NOTHING_TO_ASSIGN


def _account_of(person: Person, outcome: AssignmentOutcome) -> Account:
	new, kept, failed = (
		[f"{result.plan.course.title}: {text(result)}" for result in results]
		for results, text in (
			(outcome.created, lambda result: words.describe_assigned(result.plan)),
			(
				outcome.existing + outcome.not_meant,
				lambda result: result.error or words.reason_not_to_assign(result.plan),
			),
			(outcome.failed, lambda result: result.error),
		)
	)
	summary = _("{0}: {1} newly assigned, {2} not needed, {3} failed.").format(
		words.name_person(person), len(new), len(kept), len(failed)
	)
	blocks = [
		f"{label}:\n" + "\n".join(f"- {line}" for line in lines)
		for label, lines in ((_("Assigned"), new), (_("Not needed"), kept), (_("Failed"), failed))
		if lines
	]
	remark, still = [summary, *(f"- {line}" for line in failed)], None
	if failed:
		remark.append(_tried_again())
		blocks[-1] += "\n" + _tried_again()
		# What was not needed may stand otherwise every day; what failed is the news.
		still = None if new else blocks[-1]
	return Account(_status_of(outcome), "\n".join([summary, *blocks]), "\n".join(remark), still)


def _tried_again() -> str:
	return _("It is tried again with every daily run until it is done.")


def _is_known(doc, account: Account) -> bool:
	return bool(
		account.still
		and account.status == doc.training_status
		and (doc.training_note or "").endswith(plain_text(account.still))
	)


def _record(doc, account: Account) -> None:
	values = {"training_status": account.status, "training_note": plain_text(account.note)}
	frappe.db.set_value(ONBOARDING, doc.name, values)
	doc.update(values)
	doc.modified, doc.modified_by = frappe.db.get_value(ONBOARDING, doc.name, ["modified", "modified_by"])
	# Another app's hook on comments keeps nobody from being assigned, nor HR from saving.
	with attempt(_("A comment on {0} failed").format(doc.name), ONBOARDING, doc.name):
		doc.add_comment("Info", words.as_html(_("Mandatory training: {0}").format(account.remark)))
	refresh_open_forms(doc.name)
