"""What a person owes: which courses are to be assigned, and why the others are not (rules 3 to 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from smooth_lms_hr.training.due_dates import Due, due_date, is_still_valid
from smooth_lms_hr.training.status import COMPLETED, DONE_PERCENT, OPEN, WAIVED, derive_status


@dataclass(frozen=True)
class Course:
	name: str
	title: str
	due_days: int = 0
	validity_days: int = 0


@dataclass(frozen=True)
class HeldAssignment:
	"""An assignment that the person has already, in whatever state."""

	name: str
	cycle: int
	status: str
	due_date: date
	# The day of the completion or of the waiver.
	settled_on: date | None = None
	enrollment: str | None = None


@dataclass(frozen=True)
class Enrolment:
	"""What Learning knows of the person and the course.

	Without a ``name`` nobody is enrolled (any more), but lessons of the course are completed.
	"""

	name: str | None
	progress: float = 0
	completed_on: date | None = None


class PlanReason(str, Enum):
	# to be assigned
	NEW = "new"
	RENEWAL = "renewal"
	LEARNED_BEFORE = "learned before"
	# nothing to assign
	OPEN = "open"
	VALID = "valid"
	WAIVED = "waived"
	BAD_DUE_DAYS = "bad due days"
	NOT_MEANT = "not meant"


TO_ASSIGN = (PlanReason.NEW, PlanReason.RENEWAL, PlanReason.LEARNED_BEFORE)


@dataclass(frozen=True)
class AssignmentPlan:
	"""What is decided of one person and one course.

	Where its ``reason`` is in TO_ASSIGN it carries what the new assignment looks like; any other points at the assignment
	that the person holds already.
	"""

	course: Course
	reason: PlanReason
	held: HeldAssignment | None = None
	enrolment: Enrolment | None = None
	cycle: int = 0
	status: str = ""
	progress: float = 0
	due: Due | None = None
	completed_on: date | None = None

	@property
	def assigns(self) -> bool:
		return self.reason in TO_ASSIGN

	@property
	def enrolled(self) -> bool:
		return bool(self.enrolment and self.enrolment.name)

	@property
	def starts_over(self) -> bool:
		"""A renewal of a course that stands at 100 %: Learning counts no lesson twice, so it has to begin again."""
		return (
			self.reason is PlanReason.RENEWAL
			and bool(self.enrolment)
			and self.enrolment.progress >= DONE_PERCENT
		)


def plan_course(
	course: Course,
	held: Sequence[HeldAssignment],
	enrolment: Enrolment | None,
	today: date,
	default_due_days: int,
	given_due_date: date | None = None,
	renew: bool = False,
) -> list[AssignmentPlan]:
	"""Decide what one person owes of one course.

	:param course: a course that is owed by rule or by somebody's choice
	:param held: all assignments of that person and course, any order
	:param enrolment: the person's enrolment in the course, None without one
	:param today: in the site's time zone
	:param default_due_days: days, for a course without its own
	:param given_due_date: the due date that somebody chose, None to go by days
	:param renew: assign again though an earlier assignment is settled and still counts (somebody's choice)
	:return: usually one plan; two where an old completion is put on file and is no longer valid
	"""
	latest = max(held, key=lambda one: one.cycle, default=None)
	if open_assignment := next((one for one in held if one.status in OPEN), None):
		return [AssignmentPlan(course, PlanReason.OPEN, held=open_assignment, enrolment=enrolment)]
	try:
		due = due_date(today, course.due_days, default_due_days, given_due_date)
	except ValueError:
		return [AssignmentPlan(course, PlanReason.BAD_DUE_DAYS, enrolment=enrolment)]

	plans = []
	cycle = latest.cycle + 1 if latest else 1
	progress = enrolment.progress if enrolment else 0
	# Of two people who were merged, the one assigned first may have been the one to learn last.
	settled = max(
		(one for one in held if one.status in (COMPLETED, WAIVED)),
		key=lambda one: (one.settled_on or today, one.cycle),
		default=None,
	)
	if settled:
		settled_on, reason_settled = (
			settled.settled_on,
			PlanReason.VALID if settled.status == COMPLETED else PlanReason.WAIVED,
		)
	elif progress >= DONE_PERCENT:
		settled_on, reason_settled = enrolment.completed_on or today, PlanReason.LEARNED_BEFORE
		plans.append(
			AssignmentPlan(
				course,
				PlanReason.LEARNED_BEFORE,
				enrolment=enrolment,
				cycle=cycle,
				status=COMPLETED,
				progress=progress,
				due=due,
				completed_on=settled_on,
			)
		)
		cycle += 1
	else:
		settled_on = reason_settled = None

	chosen_again = renew and settled
	if (
		reason_settled
		and not chosen_again
		and is_still_valid(settled_on or today, course.validity_days, today)
	):
		return plans or [AssignmentPlan(course, reason_settled, held=settled, enrolment=enrolment)]

	reason = PlanReason.RENEWAL if reason_settled else PlanReason.NEW
	# A renewal begins at nothing done: what was learned is on file in the cycle before.
	if progress >= DONE_PERCENT:
		progress = 0
	status = derive_status(None, progress, due.date, today)
	plans.append(
		AssignmentPlan(
			course,
			reason,
			held=settled,
			enrolment=enrolment,
			cycle=cycle,
			status=status,
			progress=progress,
			due=due,
		)
	)
	return plans
