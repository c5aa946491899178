"""Turns plans into enrolments and assignments, for one person or many, in steps whose number does not grow.

The order is what makes "never twice" true. The assignments go in first, in one statement: the unique index over
(member, course, cycle) lets one of several transactions through and makes the others wait, then tells them that they
came second. Only whose assignment went in enrols. Where Learning refuses, the assignment is taken out again, all in
the caller's transaction, so that nobody ever sees it.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from smooth_lms_hr.assigning import assignments, targeting
from smooth_lms_hr.sources import facts, jobs, learning, words
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.people import Person
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.plan import Course, Step, Why, plan_course


@dataclass
class Result:
	"""What became of one step of one person."""

	person: Person
	step: Step
	assignment: str | None = None
	error: str | None = None


@dataclass
class Outcome:
	created: list[Result] = field(default_factory=list)
	existing: list[Result] = field(default_factory=list)
	not_meant: list[Result] = field(default_factory=list)
	failed: list[Result] = field(default_factory=list)


@dataclass(frozen=True)
class Order:
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


def plan(people: Collection[Person], courses: Collection[Course], order: Order) -> list[tuple[Person, Step]]:
	"""Decide for every person and course. Reads, writes nothing."""
	members, names = [person.member for person in people], [course.name for course in courses]
	debts, enrolments = facts.debts(members, names), facts.enrolments(members, names)
	steps = []
	for person in people:
		meant = targeting.meant_for(person, courses) if order.by_rule else courses
		for course in courses:
			if course not in meant:
				steps.append((person, Step(course, Why.NOT_MEANT)))
				continue
			pair = (person.member, course.name)
			steps += [
				(person, step)
				for step in plan_course(
					course,
					debts.get(pair, ()),
					enrolments.get(pair),
					order.today,
					order.default_due_days,
					order.due_date,
				)
			]
	return steps


def assign(people: Collection[Person], courses: Collection[Course], order: Order) -> Outcome:
	"""Enrol people in courses and make them owe them, as far as they do not already.

	Everything is in the caller's transaction. What fails for one course of one person is undone and reported, and
	the others go on.
	"""
	learning.ensure_learner_role([person.member for person in people])
	outcome = Outcome()
	wanted: list[tuple[Result, Document]] = []
	for person, step in plan(people, courses, order):
		result = Result(person, step)
		if step.assigns:
			wanted.append((result, new_document(person, step, order)))
		elif step.debt:
			result.assignment = step.debt.name
			outcome.existing.append(result)
		elif step.why is Why.NOT_MEANT:
			outcome.not_meant.append(result)
		else:
			result.error = words.kept(step)
			outcome.failed.append(result)

	_heal_enrolments(outcome, order)
	_insert(wanted, outcome)
	_enrol_and_confirm(wanted, outcome, order)
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


def put_on_file(person: Person, step: Step, order: Order) -> None:
	"""Write an assignment for what was learned before anybody assigned it."""
	wanted = [(Result(person, step), new_document(person, step, order))]
	_insert(wanted, Outcome())
	assignments.record_assigned(doc for _result, doc in wanted)


def new_document(person: Person, step: Step, order: Order):
	"""Return the assignment that a step calls for, complete but for its name."""
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
			"course": step.course.name,
			"course_title": step.course.title,
			"status": step.status,
			"progress": step.progress,
			"due_date": step.due.date,
			"original_due_date": step.due.date,
			"due_date_set_on": order.today,
			"due_date_basis": words.due_date_basis(step.due, order.assigned_by),
			# Chosen now, so that the row needs no second write once the enrolment is there.
			"enrollment": step.enrolment.name if step.enrolled else frappe.generate_hash(length=10),
			"assigned_by": order.assigned_by,
			"assigned_on": now_datetime(),
			"completed_on": step.completed_on,
			"source": "Renewal" if step.why is Why.RENEWAL else order.source,
			"onboarding": order.onboarding,
			"reason": words.reason(step, order.cause),
			"cycle": step.cycle,
		}
	)
	# Rows that are written together are validated by nobody.
	doc.keep_text_plain()
	return doc


def _insert(wanted: list, outcome: Outcome) -> None:
	"""Write all assignments in one statement; where somebody was faster, find out for which."""
	if not wanted:
		return
	docs = [doc for _result, doc in wanted]
	assignments.name_all(docs)
	if not assignments.try_insert(docs):
		wanted[:] = [pair for pair in wanted if _insert_unless_there(*pair, outcome)]
	for result, doc in wanted:
		result.assignment = doc.name


def _insert_unless_there(result: Result, doc, outcome: Outcome) -> bool:
	if assignments.try_insert([doc]):
		return True
	key = {"member": doc.member, "course": doc.course, "cycle": doc.cycle}
	# A locking read: this transaction's own view is older than the row that it collided with.
	result.assignment = frappe.db.get_value(ASSIGNMENT, key, for_update=True)
	result.error = _("assigned at the same moment ({0})").format(result.assignment)
	outcome.existing.append(result)
	return False


def _enrol_and_confirm(wanted: list, outcome: Outcome, order: Order) -> None:
	refused = []
	for result, doc in wanted:
		if result.step.enrolled:
			outcome.created.append(result)
			continue
		title = _("Enrolling {0} in {1} failed").format(doc.member, doc.course)
		known = order.known_of(result.step.course)
		with attempt(title, "LMS Course", doc.course, known=known) as enrolling:
			learning.enrol(doc.member, doc.course, doc.enrollment)
		if enrolling.error:
			refused.append(doc.name)
			result.assignment, result.error = None, enrolling.words
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
	for doc in docs:
		with attempt(_("Telling others of {0} failed").format(doc.name), ASSIGNMENT, doc.name):
			doc.run_method("after_insert")


def _start_over(wanted: list, refused: list[str]) -> None:
	by_member: dict[str, list] = {}
	for result, doc in wanted:
		if result.step.starts_over and doc.name not in refused:
			by_member.setdefault(doc.member, []).append(doc)
	for member, docs in by_member.items():
		learning.start_over(member, [doc.course for doc in docs], [doc.enrollment for doc in docs])


def _heal_enrolments(outcome: Outcome, order: Order) -> None:
	"""Enrol again where an open assignment has lost its enrolment.

	No index stands guard here, so the assignments' own rows do: who gets the lock first enrols, and who waited for
	it sees, in a locking read, that the enrolment has changed meanwhile.
	"""
	lost = {
		result.assignment: result
		for result in outcome.existing
		if result.step.why is Why.OPEN and not result.step.enrolled
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
	for row in rows:
		result = lost[row.name]
		if row.enrollment != result.step.debt.enrollment:
			continue
		name = frappe.generate_hash(length=10)
		title = _("Enrolling {0} in {1} failed").format(row.member, row.course)
		known = order.known_of(result.step.course)
		with attempt(title, "LMS Course", row.course, known=known) as enrolling:
			learning.enrol(row.member, row.course, name)
			frappe.db.set_value(ASSIGNMENT, row.name, "enrollment", name, update_modified=False)
		if enrolling.error:
			result.error = enrolling.words
			outcome.existing.remove(result)
			outcome.failed.append(result)
