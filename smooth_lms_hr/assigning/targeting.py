"""Lets other apps say which mandatory courses a person is meant for."""

from collections.abc import Collection

import frappe

from smooth_lms_hr.sources.people import Person
from smooth_lms_hr.training.plan import Course

HOOK = "mandatory_training_courses"


def meant_for(person: Person, courses: Collection[Course]) -> Collection[Course]:
	"""Return those of the mandatory courses that a person is meant for.

	Every function that an app names under the hook ``mandatory_training_courses`` is asked in turn:
	``function(person: Person, courses: list[Course]) -> list[Course]``. It can only leave courses out; what it adds is
	ignored, for a course becomes mandatory in one place, on the course itself.
	"""
	meant = list(courses)
	for path in frappe.get_hooks(HOOK):
		kept = frappe.get_attr(path)(person, list(meant))
		meant = [course for course in meant if course in kept]
	return meant
