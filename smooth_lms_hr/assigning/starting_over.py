"""What a person learned of a course is put on record, then taken back, so that it can be learned again (rule 11)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from smooth_lms_hr.record import evidence
from smooth_lms_hr.record.evidence import Evidence
from smooth_lms_hr.sources import exercises, facts, learning
from smooth_lms_hr.sources.facts import Pair
from smooth_lms_hr.sources.names import CERTIFICATE


class Again(NamedTuple):
	"""A course that somebody learns again.

	:param doc: the assignment that asks for it
	:param completed: the name of the assignment that is completed
	:param completed_on: in the site's time zone
	"""

	doc: Document
	completed: str
	completed_on: date | None


def start_over(renewals: Sequence[Again]) -> None:
	"""Let people begin courses anew, with what they have learned of them on record.

	:param renewals: one of each person and course
	"""
	if not renewals:
		return
	pairs = {(one.doc.member, one.doc.course) for one in renewals}
	lessons, handed_in, certificates = _lessons(pairs), exercises.handed_in(pairs), facts.certificates(pairs)
	evidence.write([_evidence(one, lessons, handed_in, certificates) for one in renewals])
	learning.start_over(pairs, [one.doc.enrollment for one in renewals])


def _evidence(one: Again, lessons, handed_in, certificates) -> Evidence:
	doc = one.doc
	pair = (doc.member, doc.course)
	results, certificate = exercises.results(handed_in.get(pair, ())), certificates.get(pair)
	if certificate:
		said = {fieldname: str(certificate[fieldname] or "") for fieldname in ("issue_date", "expiry_date")}
		results.append({"doctype": CERTIFICATE, "name": certificate.name, **said})
	return Evidence(
		assignment=one.completed,
		member=doc.member,
		employee=doc.employee,
		course=doc.course,
		course_title=doc.course_title,
		completed_on=one.completed_on,
		lessons=lessons.get(pair, ()),
		results=results,
		certificate=certificate and certificate.name,
	)


def _lessons(pairs: set[Pair]) -> dict[Pair, list[dict]]:
	"""Return the lessons that people have completed of courses, each with its title and its day."""
	completed = facts.completed_lessons(pairs)
	names = sorted({lesson for days in completed.values() for lesson in days})
	titles = dict(
		frappe.get_all(
			"Course Lesson", {"name": ("in", names)}, ["name", "title"], order_by="name", as_list=True
		)
		if names
		else ()
	)
	return {
		pair: [
			{"lesson": lesson, "title": titles.get(lesson) or lesson, "completed_on": str(getdate(moment))}
			for lesson, moment in sorted(days.items(), key=lambda each: (each[1], each[0]))
		]
		for pair, days in completed.items()
	}
