"""A course counts for a different number of days now: whether that holds for those on record is HR's to say (rule 11)."""

from collections import defaultdict
from collections.abc import Collection
from functools import partial

from frappe import _
from frappe.utils import getdate

from smooth_lms_hr.assigning import assignments, completions, compliance
from smooth_lms_hr.assigning.completions import Completion
from smooth_lms_hr.record import events, reasons
from smooth_lms_hr.sources import jobs
from smooth_lms_hr.sources.attempts import run_and_commit
from smooth_lms_hr.sources.facts import held_assignments
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.pages import chunks_of_names
from smooth_lms_hr.training.status import COMPLETED

PER_COMMIT = 1000
TIMEOUT = 60 * 60


def start(course: str) -> None:
	"""Let the completions of a course count as long as the course says now, in the background.

	:raises frappe.ValidationError: where the queue does not answer
	"""
	jobs.enqueue_now(
		"smooth_lms_hr.following.validity_changes.apply",
		job_id=f"smooth_lms_hr_validity_{course}",
		timeout=TIMEOUT,
		course=course,
	)


def apply(course: str) -> None:
	"""Let them count as long as the course says now, chunk by chunk, each a transaction. Done twice it changes nothing."""
	title = _("Changing until when {0} counts failed").format(course)
	for names in chunks_of_names(ASSIGNMENT, {"course": course, "status": COMPLETED}, PER_COMMIT):
		run_and_commit(partial(_apply, course, names), title)


def _apply(course: str, names: Collection[str]) -> None:
	rows = [row for row in assignments.lock(names).values() if row.status == COMPLETED and row.completed_on]
	last: dict[str, int] = defaultdict(int)
	for (member, _course), held in held_assignments({row.member for row in rows}, {course}).items():
		last[member] = max(one.cycle for one in held)
	# What was renewed already is over: until when it counted is history.
	rows = [row for row in rows if row.cycle == last[row.member]]
	new = completions.values(
		{row.name: Completion(row.member, course, row.cycle, getdate(row.completed_on)) for row in rows}
	)
	changed = [row for row in rows if _day(row.valid_until) != _day(new[row.name]["valid_until"])]
	assignments.change(changed, {row.name: new[row.name] for row in changed})
	events.write(
		events.make(
			row,
			events.VALIDITY_CHANGED,
			before=_day(row.valid_until),
			after=_day(new[row.name]["valid_until"]),
			reason=reasons.DAYS_CHANGED,
			cause_doctype="LMS Course",
			cause=course,
		)
		for row in changed
	)
	compliance.follow_proofs({row.employee for row in changed})


def _day(day) -> str | None:
	return str(getdate(day)) if day else None
