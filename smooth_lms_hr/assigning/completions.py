"""What is written of a completion: its day, and until when it counts, which is fixed with it (rules 5 and 11)."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

import frappe
from frappe.utils import getdate

from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources.facts import Validity
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.status import COMPLETED
from smooth_lms_hr.training.validity import PREVIOUS_EXPIRY, valid_until


class Completion(NamedTuple):
	"""That an assignment, the cycle so many of a person and course, is completed on a day."""

	member: str
	course: str
	cycle: int
	completed_on: date


def values(
	completions: Mapping[str, Completion], validity: Mapping[str, Validity] | None = None
) -> dict[str, dict]:
	"""Return what to write into assignments that are completed now, in two queries for however many.

	:param completions: by the name of the assignment
	:param validity: of their courses, None where it is not known yet
	"""
	if not completions:
		return {}
	if validity is None:
		validity = facts.validity({one.course for one in completions.values()})
	renewed = {
		name: one
		for name, one in completions.items()
		if one.cycle > 1 and one.course in validity and validity[one.course].renew_from == PREVIOUS_EXPIRY
	}
	previous = _previous(renewed.values())
	before = get_settings().renew_before_days
	found = {}
	for name, one in completions.items():
		of_course = validity.get(one.course, facts.FOR_EVER)
		last = [until for cycle, until in previous.get((one.member, one.course), ()) if cycle < one.cycle]
		until = valid_until(
			one.completed_on, of_course.days, of_course.renew_from, last[-1] if last else None, before
		)
		found[name] = {"status": COMPLETED, "completed_on": one.completed_on, **valid(until)}
	return found


def valid(until: date | None) -> dict:
	"""Return what to write of the last day on which a completion counts, None for ever."""
	return {"valid_until": until, "to_renew": int(until is not None)}


def _previous(completions: Collection[Completion]) -> dict[tuple[str, str], list[tuple[int, date | None]]]:
	"""Return the cycles in which people have completed courses, in order, and until when each counts."""
	if not completions:
		return {}
	rows = frappe.get_all(
		ASSIGNMENT,
		filters={
			"member": ("in", {one.member for one in completions}),
			"course": ("in", {one.course for one in completions}),
			"status": COMPLETED,
		},
		fields=["member", "course", "cycle", "valid_until"],
		order_by="cycle",
	)
	found: dict = {}
	for row in rows:
		until = getdate(row.valid_until) if row.valid_until else None
		found.setdefault((row.member, row.course), []).append((row.cycle, until))
	return found
