"""Turns plans into enrolments and assignments, for one person or many, in steps whose number does not grow.

The order is what makes "never twice" true. The assignments go in first, in one statement: the unique index over
(member, course, cycle) lets one of several transactions through and makes the others wait, then tells them that they
came second. Only whose assignment went in enrols. Where Learning refuses, the assignment is taken out again, all in
the caller's transaction, so that nobody ever sees it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime

from smooth_lms_hr.assigning import assignments, causes, completions, leaves
from smooth_lms_hr.assigning.starting_over import Again, start_over
from smooth_lms_hr.sources import equivalents, facts, jobs, learning, words
from smooth_lms_hr.sources.attempts import SharedSavepoint, attempt
from smooth_lms_hr.sources.names import ASSIGNMENT, ONBOARDING, RULE
from smooth_lms_hr.sources.people import Person
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.plan import (
	AssignmentPlan,
	Course,
	Demand,
	PlanReason,
	plan_course,
)
from smooth_lms_hr.training.status import COMPLETED
from smooth_lms_hr.training.validity import valid_until


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

	:param assigned_by: the user to credit
	:param today: in the site's time zone
	:param default_due_days: of courses without their own
	:param known: what was said of an earlier try, by member and course: what fails as before is not logged again
	"""

	assigned_by: str
	today: date
	default_due_days: int
	known: Mapping[facts.Pair, str] = field(default_factory=dict)


def terms_now(assigned_by: str | None = None) -> AssignmentTerms:
	"""Return the terms of what is assigned now.

	:param assigned_by: the user to credit, None for whoever is at work
	"""
	return AssignmentTerms(assigned_by or frappe.session.user, getdate(), get_settings().default_due_days)


class Wish(NamedTuple):
	"""What is asked of a person and a course, by however many; by nobody, where the course is not meant for them."""

	person: Person
	course: Course
	demands: tuple[Demand, ...]


def plan_assignments(
	wishes: Collection[Wish], today: date, renew: bool = False
) -> list[tuple[Person, AssignmentPlan]]:
	"""Decide for every wish. Reads, writes nothing.

	:param wishes: one of each person and course; see ``demands.together``
	:param today: in the site's time zone
	:param renew: as for ``plan_course``
	"""
	pairs = {(wish.person.member, wish.course.name) for wish in wishes}
	held = facts.held_assignments(
		{member for member, _course in pairs}, {course for _member, course in pairs}
	)
	enrolments = facts.enrolments(pairs)
	done_elsewhere = equivalents.completed(
		{(wish.person.member, wish.course.name) for wish in wishes if wish.course.has_equivalents}
	)
	plans = []
	for person, course, demands in wishes:
		pair = (person.member, course.name)
		plans += [
			(person, planned)
			for planned in plan_course(
				course,
				demands,
				held.get(pair, ()),
				enrolments.get(pair),
				today,
				renew,
				equivalents=done_elsewhere.get(pair, ()),
			)
		]
	return plans


def assign(wishes: Collection[Wish], terms: AssignmentTerms, renew: bool = False) -> AssignmentOutcome:
	"""Enrol people in courses and make them owe them, as far as they do not already.

	Everything is in the caller's transaction. What fails for one course of one person is undone and reported, and
	the others go on.

	:param renew: as for ``plan_course``
	"""
	learning.ensure_learner_role({wish.person.member for wish in wishes})
	outcome = AssignmentOutcome()
	wanted: list[tuple[AssignmentResult, Document]] = []
	enrolments: dict[facts.Pair, str] = {}
	for person, planned in plan_assignments(wishes, terms.today, renew):
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
	causes.add(
		{
			result.assignment: result.plan.demands
			for result in outcome.existing
			if result.plan.reason is PlanReason.OPEN or result.error
		},
		terms.assigned_by,
		terms.today,
	)
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


def put_on_file(person: Person, planned: AssignmentPlan, terms: AssignmentTerms) -> Document:
	"""Write an assignment for what was learned before anybody assigned it, and return it."""
	doc = new_document(person, planned, terms)
	wanted = [(AssignmentResult(person, planned), doc)]
	_insert(wanted, AssignmentOutcome())
	assignments.record_assigned(doc for _result, doc in wanted)
	return doc


def new_document(person: Person, planned: AssignmentPlan, terms: AssignmentTerms):
	"""Return the assignment that a plan calls for, complete but for its name."""
	first = planned.demands[0].cause
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
			"enrollment": _enrollment(planned),
			"assigned_by": terms.assigned_by,
			"assigned_on": now_datetime(),
			**(_completed(planned) if planned.completed_on else {}),
			"source": "Renewal" if planned.reason is PlanReason.RENEWAL else first.source,
			"onboarding": first.name if first.doctype == ONBOARDING else None,
			"rule": first.name if first.doctype == RULE else None,
			"reason": words.reason_to_assign(planned),
			"cycle": planned.cycle,
			"causes": causes.rows_of(planned.demands),
		}
	)
	doc.flags.equivalent = planned.equivalent
	# Rows that are written together are validated by nobody.
	doc.keep_text_plain()
	return doc


def _completed(planned: AssignmentPlan) -> dict:
	"""Return what to write of a course that was learned before it is assigned."""
	course, held = planned.course, planned.held
	previous = held.counts_until if held and held.status == COMPLETED else None
	until = valid_until(
		planned.completed_on,
		course.validity_days,
		course.renew_from,
		previous,
		get_settings().renew_before_days,
	)
	return {"completed_on": planned.completed_on, **completions.valid(until)}


def _enrollment(planned: AssignmentPlan) -> str | None:
	"""Return the enrolment of a new assignment, chosen now where there is none yet: then the row needs no second write."""
	if planned.enrols:
		return frappe.generate_hash(length=10)
	return planned.enrolment and planned.enrolment.name


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
			doc.member, doc.course, doc.enrollment, terms.known.get((doc.member, doc.course))
		)
		for result, doc in wanted
		if result.plan.enrols
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
		assignments.take_back(refused)
	staying = [(result, doc) for result, doc in wanted if doc.name not in refused]
	assigned = [doc for _result, doc in staying]
	# What was learned before is on record before it is taken back.
	assignments.record_assigned(assigned)
	_start_over(wanted, refused)
	assignments.record_renewed(
		{result.plan.held.name: doc.name for result, doc in staying if result.plan.follows_completion}
	)
	leaves.extend_new([(doc, result.plan) for result, doc in staying], terms.today)
	for result, doc in staying:
		if doc.due_date != result.plan.due.date:
			result.plan = replace(result.plan, due=replace(result.plan.due, date=doc.due_date))
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
	on_file = {
		(doc.member, doc.course): doc
		for result, doc in wanted
		if result.plan.reason is PlanReason.LEARNED_BEFORE
	}
	renewals = []
	for result, doc in wanted:
		if result.plan.starts_over and doc.name not in refused:
			filed = on_file.get((doc.member, doc.course))
			renewals.append(again(doc, result.plan, filed))
	start_over(renewals)


def again(doc: Document, planned: AssignmentPlan, filed: Document | None) -> Again:
	"""Return that a course is learned again.

	:param doc: the assignment that asks for it
	:param filed: the one by which the earlier completion was put on file just now, where it was
	"""
	if planned.held:
		return Again(doc, planned.held.name, planned.held.settled_on)
	return Again(doc, filed.name if filed else doc.name, planned.enrolment.completed_on)


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
			terms.known.get((row.member, row.course)),
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
