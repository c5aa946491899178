"""What happens to people and courses around an assignment: somebody leaves or is back, a record is deleted."""

from collections.abc import Collection
from dataclasses import replace

import frappe
from frappe import _

from smooth_lms_hr.assigning import assignments, demands, rules, standing_causes
from smooth_lms_hr.assigning.assigning import Wish, terms_now
from smooth_lms_hr.record import events, reasons
from smooth_lms_hr.sources import facts, people
from smooth_lms_hr.sources.names import ASSIGNMENT, DOCUMENT, EVENT, EXCEPTION, REQUEST
from smooth_lms_hr.sources.people import Person
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.status import CANCELLED, COMPLETED, OPEN


def cancel_open(filters: dict, reason: str, cause) -> int:
	"""Cancel the open assignments that can no longer be met, and return how many.

	:param filters: which assignments, as for frappe.get_all
	:param reason: one of ``record.reasons``
	:param cause: the document that led to it
	"""
	found = frappe.get_all(ASSIGNMENT, {**filters, "status": ("in", OPEN)}, pluck="name", order_by="name")
	rows = [row for row in assignments.lock(found).values() if row.status in OPEN]
	assignments.change(
		rows,
		{row.name: {"status": CANCELLED} for row in rows},
		reason=reason,
		cause_doctype=cause.doctype,
		cause=cause.name,
	)
	return len(rows)


def unlink_enrollment(enrollment: str) -> None:
	"""Forget an enrolment that is being deleted; what is owed stays owed."""
	frappe.db.set_value(ASSIGNMENT, {"enrollment": enrollment}, "enrollment", None, update_modified=False)


def unlink_employee(employee: str) -> None:
	"""Forget an Employee record that is being deleted; names, proof and events stay."""
	frappe.db.delete(EXCEPTION, {"employee": employee})
	for doctype in (ASSIGNMENT, REQUEST, DOCUMENT):
		frappe.db.set_value(doctype, {"employee": employee}, "employee", None, update_modified=False)


def back(doc) -> None:
	"""Let an employee owe again what was cancelled when they left, unless they owe it or have completed it meanwhile.

	It is a new assignment, due today plus the course's due days; rules are asked along with it, so that each course is
	one debt. What the person had completed for a time is to be renewed again.

	:param doc: an Employee that is active, and was not, or had no user
	"""
	found, _problems = people.by_employee([doc.name])
	if not (person := found.get(doc.name)):
		return
	if get_settings().enabled and (wishes := _wishes(person, _cancelled_for_leaving(doc.name))):
		rules.asking_of(doc.name, terms_now(), wishes).carry_out()
	_renew_again(person.member)


def _cancelled_for_leaving(employee: str) -> list[frappe._dict]:
	"""Return what the latest leaving of an employee has cancelled, or was revoked since, and nothing has come after: name and course."""
	own = frappe.get_all(
		ASSIGNMENT,
		{"employee": employee, "status": CANCELLED},
		["name", "member", "course", "cycle"],
		order_by="name",
	)
	if not own:
		return []
	left = frappe.get_all(
		EVENT,
		filters={
			"assignment": ("in", [row.name for row in own]),
			"event": events.CANCELLED,
			"reason": reasons.LEFT,
			"cause": employee,
		},
		fields=["assignment", "happened_on"],
		order_by="name",
	)
	latest = {row.assignment for row in left if row.happened_on == left[-1].happened_on}
	# What was revoked of somebody who is gone would be owed if they were not.
	latest.update(
		frappe.get_all(
			EVENT,
			filters={
				"assignment": ("in", [row.name for row in own]),
				"event": events.CANCELLED,
				"reason": reasons.REVOKED_WHEN_GONE,
			},
			pluck="assignment",
			order_by="name",
		)
	)
	held = facts.held_assignments({row.member for row in own}, {row.course for row in own})
	last = {pair: max(one.cycle for one in those) for pair, those in held.items()}
	return [row for row in own if row.name in latest and row.cycle == last[row.member, row.course]]


def _wishes(person: Person, cancelled: Collection[frappe._dict]) -> list[Wish]:
	"""Return what still asks for what was cancelled; of rules they are asked themselves."""
	courses = {course.name: course for course in facts.published_courses({row.course for row in cancelled})}
	terms, wishes = terms_now(), []
	for (_member, name), asking in standing_causes.of(cancelled, {person.member: person}).items():
		if course := courses.get(name):
			asked = (replace(cause, words=_back_in_words(cause.words)) for cause in asking)
			wishes.append(
				Wish(person, course, tuple(demands.demand(cause, course, terms) for cause in asked))
			)
	return wishes


def _back_in_words(words: str) -> str:
	said = reasons.in_words(reasons.BACK).rstrip(".")
	# Who is back for the second time is back.
	return words if words.endswith(said) else _("{0}. {1}").format(words, said)


def _renew_again(member: str) -> None:
	"""Let what a person has completed for a time be renewed again, where it was given up as they left."""
	rows = frappe.get_all(
		ASSIGNMENT,
		filters={"member": member},
		fields=["name", "course", "status", "valid_until", "to_renew"],
		order_by="cycle",
	)
	decided = _cancelled_by_somebody([row.name for row in rows if row.status == CANCELLED])
	# What leaving has cancelled is as if it had never been.
	last = {row.course: row for row in rows if row.status != CANCELLED or row.name in decided}
	names = [
		row.name for row in last.values() if row.status == COMPLETED and row.valid_until and not row.to_renew
	]
	rows = list(assignments.lock(names).values())
	assignments.change(rows, {row.name: {"to_renew": 1} for row in rows}, modified=False)


def _cancelled_by_somebody(names: Collection[str]) -> set[str]:
	"""Return those of some cancelled assignments that were cancelled for another reason than that their person left."""
	last = {}
	for event in events.written_of(names) if names else ():
		if event.event == events.CANCELLED:
			last[event.assignment] = event.reason
	return {name for name, reason in last.items() if reason not in (reasons.LEFT, reasons.REVOKED_WHEN_GONE)}
