"""Turns plans into enrolments and assignments, for one person or many, in steps whose number does not grow.

The order is what makes "never twice" true. The assignments go in first, in one statement: the unique index over
(member, course, cycle) lets one of several transactions through and makes the others wait, then tells them that they
came second. Only whose assignment went in enrols. Where Learning refuses, the assignment is taken out again, all in
the caller's transaction, so that nobody ever sees it.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from smooth_lms_hr.assigning import assignments, targeting
from smooth_lms_hr.sources import facts, jobs, learning, situations, words
from smooth_lms_hr.sources.attempts import SharedSavepoint, attempt
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.people import Person
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.sources.situations import Situation
from smooth_lms_hr.training.plan import AssignmentPlan, Course, HeldAssignment, PlanReason, plan_course


@dataclass
class AssignmentResult:
	"""What became of the plan for one person and course."""

	person: Person
	plan: AssignmentPlan
	assignment: str | None = None
	error: str | None = None


@dataclass
class AssignmentOutcome:
	created: list[AssignmentResult] = field(default_factory=list)
	existing: list[AssignmentResult] = field(default_factory=list)
	not_meant: list[AssignmentResult] = field(default_factory=list)
	failed: list[AssignmentResult] = field(default_factory=list)


@dataclass(frozen=True)
class AssignmentTerms:
	"""What the new assignments have in common.

	:param cause: why these people owe training, in words
	:param due_date: for all courses, None to go by days
	:param by_rule: the courses are owed because they are mandatory, so other apps may say whom they are meant for
	:param known: what was said of an earlier try, course by course: what fails as before is not logged again
	"""

	source: str
	cause: str
	assigned_by: str
	today: date
	default_due_days: int
	onboarding: str | None = None
	due_date: date | None = None
	by_rule: bool = False
	known: str | None = None

	def known_of(self, course: Course) -> str | None:
		"""Return what was said of a course."""
		begins = f"- {plain_text(course.title)}: "
		lines = (self.known or "").splitlines()
		return next((line.removeprefix(begins) for line in lines if line.startswith(begins)), None)


def plan_assignments(
	people: Collection[Person], courses: Collection[Course], terms: AssignmentTerms
) -> list[tuple[Person, AssignmentPlan]]:
	"""Decide for every person and course. Reads, writes nothing."""
	members, names = [person.member for person in people], [course.name for course in courses]
	held, enrolments = facts.held_assignments(members, names), facts.enrolments(members, names)
	plans = []
	for person in people:
		meant = targeting.meant_for(person, courses) if terms.by_rule else courses
		for course in courses:
			if course not in meant:
				plans.append((person, AssignmentPlan(course, PlanReason.NOT_MEANT)))
				continue
			pair = (person.member, course.name)
			plans += [
				(person, planned)
				for planned in plan_course(
					course,
					held.get(pair, ()),
					enrolments.get(pair),
					terms.today,
					terms.default_due_days,
					terms.due_date,
				)
			]
	return plans


def count_plans(
	people: Collection[Person], courses: Collection[Course], terms: AssignmentTerms
) -> Counter[PlanReason]:
	"""Count what ``plan_assignments`` decides, by reason, where nobody needs to be named. Reads, writes nothing.

	People of whom the same is known of a course owe the same of it: the rule is asked once for all of them.

	:param people: each once
	:param terms: of courses that somebody chose; by rule, people have to be told apart
	"""
	if terms.by_rule:
		raise ValueError("By rule every person is asked about.")
	counted = situations.count([person.member for person in people], [course.name for course in courses])
	decided = Counter()
	for course in courses:
		for situation, number in counted[course.name].items():
			for planned in _plan_situation(course, situation, terms):
				decided[planned.reason] += number
	return decided


def _plan_situation(course: Course, situation: Situation, terms: AssignmentTerms) -> list[AssignmentPlan]:
	# What an assignment is called and when it is due decides nothing about another one.
	held = [HeldAssignment("", one.cycle, one.status, terms.today, one.settled_on) for one in situation.held]
	enrolment = facts.enrolment(None, situation.learned)
	return plan_course(course, held, enrolment, terms.today, terms.default_due_days, terms.due_date)


def assign(
	people: Collection[Person], courses: Collection[Course], terms: AssignmentTerms
) -> AssignmentOutcome:
	"""Enrol people in courses and make them owe them, as far as they do not already.

	Everything is in the caller's transaction. What fails for one course of one person is undone and reported, and
	the others go on.
	"""
	learning.ensure_learner_role([person.member for person in people])
	outcome = AssignmentOutcome()
	wanted: list[tuple[AssignmentResult, Document]] = []
	enrolments: dict[facts.Pair, str] = {}
	for person, planned in plan_assignments(people, courses, terms):
		result = AssignmentResult(person, planned)
		if planned.assigns:
			doc = new_document(person, planned, terms)
			# What was learned before and what is owed again are two assignments of one enrolment.
			doc.enrollment = enrolments.setdefault((doc.member, doc.course), doc.enrollment)
			wanted.append((result, doc))
		elif planned.held:
			result.assignment = planned.held.name
			outcome.existing.append(result)
		elif planned.reason is PlanReason.NOT_MEANT:
			outcome.not_meant.append(result)
		else:
			result.error = words.reason_not_to_assign(planned)
			outcome.failed.append(result)

	_heal_enrolments(outcome, terms)
	_insert(wanted, outcome)
	_enrol_and_confirm(wanted, outcome, terms)
	announce([result.assignment for result in outcome.created])
	return outcome


def announce(names: list[str]) -> None:
	"""Send the first mail once the assignments are committed, so that a slow or broken mail never holds HR's save up.

	Where the queue does not answer, the daily run sends it.
	"""
	if names and get_settings().notify_on_assignment:
		jobs.enqueue_after_commit(
			"smooth_lms_hr.telling.announcements.announce",
			job_id=f"smooth_lms_hr_announce_{names[0]}",
			names=names,
		)


def put_on_file(person: Person, planned: AssignmentPlan, terms: AssignmentTerms) -> None:
	"""Write an assignment for what was learned before anybody assigned it."""
	wanted = [(AssignmentResult(person, planned), new_document(person, planned, terms))]
	_insert(wanted, AssignmentOutcome())
	assignments.record_assigned(doc for _result, doc in wanted)


def new_document(person: Person, planned: AssignmentPlan, terms: AssignmentTerms):
	"""Return the assignment that a plan calls for, complete but for its name."""
	doc = frappe.get_doc(
		{
			"doctype": ASSIGNMENT,
			"member": person.member,
			"member_name": person.member_name,
			"employee": person.employee,
			"employee_name": person.employee_name,
			"company": person.company,
			"department": person.department,
			"designation": person.designation,
			"course": planned.course.name,
			"course_title": planned.course.title,
			"status": planned.status,
			"progress": planned.progress,
			"due_date": planned.due.date,
			"original_due_date": planned.due.date,
			"due_date_set_on": terms.today,
			"due_date_basis": words.due_date_basis(planned.due, terms.assigned_by),
			# Chosen now, so that the row needs no second write once the enrolment is there.
			"enrollment": planned.enrolment.name if planned.enrolled else frappe.generate_hash(length=10),
			"assigned_by": terms.assigned_by,
			"assigned_on": now_datetime(),
			"completed_on": planned.completed_on,
			"source": "Renewal" if planned.reason is PlanReason.RENEWAL else terms.source,
			"onboarding": terms.onboarding,
			"reason": words.reason_to_assign(planned, terms.cause),
			"cycle": planned.cycle,
		}
	)
	# Rows that are written together are validated by nobody.
	doc.keep_text_plain()
	return doc


def _insert(wanted: list, outcome: AssignmentOutcome) -> None:
	"""Write all assignments in one statement; where somebody was faster, find out for which."""
	if not wanted:
		return
	docs = [doc for _result, doc in wanted]
	assignments.name_all(docs)
	if not assignments.try_insert(docs):
		wanted[:] = [pair for pair in wanted if _insert_unless_there(*pair, outcome)]
	for result, doc in wanted:
		result.assignment = doc.name


def _insert_unless_there(result: AssignmentResult, doc, outcome: AssignmentOutcome) -> bool:
	if assignments.try_insert([doc]):
		return True
	key = {"member": doc.member, "course": doc.course, "cycle": doc.cycle}
	# A locking read: this transaction's own view is older than the row that it collided with.
	result.assignment = frappe.db.get_value(ASSIGNMENT, key, for_update=True)
	result.error = _("assigned at the same moment ({0})").format(result.assignment)
	outcome.existing.append(result)
	return False


def _enrol_and_confirm(wanted: list, outcome: AssignmentOutcome, terms: AssignmentTerms) -> None:
	enrolling = {
		doc.enrollment: learning.Enrolling(
			doc.member, doc.course, doc.enrollment, terms.known_of(result.plan.course)
		)
		for result, doc in wanted
		if not result.plan.enrolled
	}
	learning.enrol_together(list(enrolling.values()))
	refused = []
	for result, doc in wanted:
		one = enrolling.get(doc.enrollment)
		if one and one.tried.error:
			refused.append(doc.name)
			result.assignment, result.error = None, one.tried.words
			outcome.failed.append(result)
		else:
			outcome.created.append(result)
	if refused:
		frappe.db.delete(ASSIGNMENT, {"name": ("in", refused)})
	_start_over(wanted, refused)
	assigned = [doc for _result, doc in wanted if doc.name not in refused]
	assignments.record_assigned(assigned)
	_tell_others(assigned)


def _tell_others(docs: list[Document]) -> None:
	"""Let what a site hangs on new assignments (hook, Notification, Webhook, server script) hear of these.

	Each document by itself: what breaks at one undoes nothing at the others, and the training is assigned all the same.
	"""
	savepoint = SharedSavepoint()
	for doc in docs:
		title = _("Telling others of {0} failed").format(doc.name)
		with attempt(title, ASSIGNMENT, doc.name, savepoint=savepoint):
			doc.run_method("after_insert")


def _start_over(wanted: list, refused: list[str]) -> None:
	by_member: dict[str, list] = {}
	for result, doc in wanted:
		if result.plan.starts_over and doc.name not in refused:
			by_member.setdefault(doc.member, []).append(doc)
	for member, docs in by_member.items():
		learning.start_over(member, [doc.course for doc in docs], [doc.enrollment for doc in docs])


def _heal_enrolments(outcome: AssignmentOutcome, terms: AssignmentTerms) -> None:
	"""Enrol again where an open assignment has lost its enrolment.

	No index stands guard here, so the assignments' own rows do: who gets the lock first enrols, and who waited for
	it sees, in a locking read, that the enrolment has changed meanwhile.
	"""
	lost = {
		result.assignment: result
		for result in outcome.existing
		if result.plan.reason is PlanReason.OPEN and not result.plan.enrolled
	}
	if not lost:
		return
	table = frappe.qb.DocType(ASSIGNMENT)
	rows = (
		frappe.qb.from_(table)
		.select(table.name, table.member, table.course, table.enrollment)
		.where(table.name.isin(list(lost)))
		.orderby(table.name)
		.for_update()
		.run(as_dict=True)
	)
	enrolling = {
		row.name: learning.Enrolling(
			row.member,
			row.course,
			frappe.generate_hash(length=10),
			terms.known_of(lost[row.name].plan.course),
		)
		for row in rows
		if row.enrollment == lost[row.name].plan.held.enrollment
	}
	learning.enrol_together(list(enrolling.values()))
	for name, one in enrolling.items():
		if one.tried.error:
			lost[name].error = one.tried.words
			outcome.existing.remove(lost[name])
			outcome.failed.append(lost[name])
		else:
			frappe.db.set_value(ASSIGNMENT, name, "enrollment", one.name, update_modified=False)
