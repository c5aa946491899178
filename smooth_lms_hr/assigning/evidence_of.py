"""What was learned for a completion, gathered in sets and put on record with it: content, lessons, results, certificate."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

import frappe
from frappe.utils import getdate

from smooth_lms_hr.assigning import compliance, evidence_files
from smooth_lms_hr.record import events, evidence
from smooth_lms_hr.record.events import Event
from smooth_lms_hr.record.evidence import EXTERNAL, LEARNING, VALID, Evidence, Signature
from smooth_lms_hr.sources import contents, exercises, facts
from smooth_lms_hr.sources.facts import Pair
from smooth_lms_hr.sources.names import CERTIFICATE, EVIDENCE, REQUEST
from smooth_lms_hr.training.plan import HeldAssignment
from smooth_lms_hr.training.status import COMPLETED

COURSE = "LMS Course"


class Completed(NamedTuple):
	"""A completion that is to be put on record.

	:param assignment: its name
	:param completed_on: in the site's time zone
	:param cause_doctype: and ``cause`` name what it rests on: the request that was granted, the other course that counts
	        like this one; None where the course itself was learned
	"""

	assignment: str
	member: str
	employee: str | None
	course: str
	completed_on: date | None
	cause_doctype: str | None = None
	cause: str | None = None
	signature: Signature | None = None

	@property
	def elsewhere(self) -> bool:
		return self.cause_doctype == REQUEST

	@property
	def learned(self) -> str:
		"""The course that was really learned."""
		return self.cause if self.cause_doctype == COURSE else self.course


def put_on_record(
	written: Iterable[Event],
	days: Mapping[str, date | None],
	signature: Signature | None = None,
) -> None:
	"""Write evidence of the completions among events, in a number of queries that does not grow with them.

	:param written: the events of a change
	:param days: on which they were completed, by assignment
	:param signature: of the statement that one was completed with
	"""
	done = [
		Completed(
			event.assignment,
			event.member,
			event.employee,
			event.course,
			days[event.assignment],
			event.cause_doctype,
			event.cause,
			signature,
		)
		for event in written
		if event.event == events.COMPLETED
	]
	if done:
		_write(done)


def take_over(completed: Collection[Completed]) -> None:
	"""Write evidence of completions that have none, from what Learning still has of them.

	What the course said then nobody knows any more, and what was learned of it since is not what completed it.
	"""
	if not completed:
		return
	filters = {"assignment": ("in", [one.assignment for one in completed]), "status": VALID}
	there = set(frappe.get_all(EVIDENCE, filters, pluck="assignment", order_by=None))
	missing = {one.assignment: one for one in completed if one.assignment not in there}
	if not missing:
		return
	for event in events.written_of(list(missing)):
		if event.event == events.COMPLETED:
			# The last one of each stands.
			missing[event.assignment] = missing[event.assignment]._replace(
				cause_doctype=event.cause_doctype, cause=event.cause
			)
	_write(list(missing.values()), taken_over=True)


def _write(done: Sequence[Completed], taken_over: bool = False) -> None:
	pairs = {(one.member, one.learned) for one in done if not one.elsewhere}
	certificates = _certificates(done, pairs, taken_over) if pairs else {}
	names = evidence.write(_gather(done, pairs, certificates, taken_over))
	of_assignment = dict(zip((one.assignment for one in done), names, strict=True))
	evidence_files.copy_handed_in([of_assignment[one.assignment] for one in done if one.elsewhere])
	evidence_files.make_later([of_assignment[assignment] for assignment in certificates])
	# One of an earlier completion will say another day in a moment: see ``following.certificates``.
	events.write(
		_certified(one, certificates[one.assignment], taken_over)
		for one in done
		if one.assignment in certificates
		and one.completed_on
		and getdate(certificates[one.assignment].issue_date) >= getdate(one.completed_on)
	)
	compliance.follow_proofs({one.employee for one in done})


def _certified(one: Completed, certificate: frappe._dict, taken_over: bool) -> Event:
	return Event(
		one.assignment,
		one.member,
		one.employee,
		one.course,
		events.CERTIFIED,
		after=str(getdate(certificate.issue_date)),
		cause_doctype=CERTIFICATE,
		cause=certificate.name,
		done_by=events.NOBODY,
		taken_over=taken_over,
	)


def _certificates(done: Collection[Completed], pairs: set[Pair], taken_over: bool) -> dict[str, frappe._dict]:
	"""Return the certificates of completions, by assignment.

	Learning has one of a person and course. Of several completions that are over it is the last one's before it was issued.
	"""
	found = facts.certificates(pairs)
	certified = [one for one in done if not one.elsewhere and (one.member, one.learned) in found]
	if taken_over and certified:
		held = facts.held_assignments({one.member for one in certified}, {one.learned for one in certified})
		certified = [
			one
			for one in certified
			if _is_certified_by(one, found[one.member, one.learned], held.get((one.member, one.learned), ()))
		]
	return {one.assignment: found[one.member, one.learned] for one in certified}


def _is_certified_by(one: Completed, certificate: frappe._dict, held: Collection[HeldAssignment]) -> bool:
	days = sorted(each.settled_on for each in held if each.status == COMPLETED and each.settled_on)
	before = [day for day in days if day <= getdate(certificate.issue_date)]
	return not days or one.completed_on == (before[-1] if before else days[0])


def _gather(
	done: Collection[Completed],
	pairs: set[Pair],
	certificates: Mapping[str, frappe._dict],
	taken_over: bool,
) -> list[Evidence]:
	said = contents.of({one.course for one in done} | {one.learned for one in done})
	learned_courses = {course for _member, course in pairs}
	lessons = facts.completed_lessons(pairs, {course: of.lessons for course, of in said.items()})
	handed_in = exercises.handed_in(
		pairs, {course: of.exercises for course, of in said.items() if course in learned_courses}
	)
	found = []
	for one in done:
		owed, learned = said.get(one.course), said.get(one.learned)
		written = Evidence(
			assignment=one.assignment,
			member=one.member,
			employee=one.employee,
			course=one.course,
			course_title=owed.title if owed else one.course,
			completed_on=one.completed_on,
			training_hours=learned.training_hours if learned else 0,
			signature=one.signature,
			kind=EXTERNAL if one.elsewhere else LEARNING,
			cause_doctype=one.cause_doctype,
			cause=one.cause,
			taken_over=taken_over,
		)
		if not one.elsewhere and learned:
			pair, until = (one.member, one.learned), one.completed_on if taken_over else None
			certificate = certificates.get(one.assignment)
			written = replace(
				written,
				lessons=_in_order(lessons.get(pair, {}), learned.lessons, until),
				results=exercises.results(
					[row for row in handed_in.get(pair, ()) if not until or row.day <= until]
				),
				certificate=certificate and certificate.name,
				**({} if taken_over else {"content": learned.outline, "content_hash": learned.hash}),
			)
		found.append(written)
	return found


def _in_order(days: Mapping[str, datetime], titles: Mapping[str, str], until: date | None) -> list[dict]:
	"""Return the lessons that somebody has completed, in that order, each with its title and its day.

	:param until: the last day that counts, None for all
	"""
	return [
		{"lesson": lesson, "title": titles[lesson], "completed_on": str(getdate(moment))}
		for lesson, moment in sorted(days.items(), key=lambda each: (each[1], each[0]))
		if not until or getdate(moment) <= until
	]
