"""Enrols people in the two ways that there are, for the tests that compare them."""

import frappe

from smooth_lms_hr.sources.learning import Enrolling, enrol, enrol_together
from tests.site.faults.others import ENROLLMENT
from tests.site.queries import Queries


def together(member: str, *courses: str) -> list[Enrolling]:
	wanted = [Enrolling(member, course, frappe.generate_hash(length=10)) for course in courses]
	enrol_together(wanted)
	return wanted


def alone(member: str, *courses: str) -> list[Enrolling]:
	wanted = [Enrolling(member, course, frappe.generate_hash(length=10)) for course in courses]
	for one in wanted:
		enrol(one.member, one.course, one.name)
	return wanted


def enrolled(member: str) -> set[str]:
	return set(frappe.get_all(ENROLLMENT, {"member": member}, pluck="course"))


def rows_written(queries: Queries) -> int:
	return sum(query.lstrip()[:6].upper() == "INSERT" and ENROLLMENT in query for query in queries)
