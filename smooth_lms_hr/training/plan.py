"""What a person owes: which courses are to be assigned, and why the others are not (rules 3 to 6, 10)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from smooth_lms_hr.training.due_dates import Due, DueProblem
from smooth_lms_hr.training.status import (
	AWAITING_SIGNATURE,
	COMPLETED,
	DONE_PERCENT,
	OPEN,
	WAIVED,
	derive_status,
)
from smooth_lms_hr.training.validity import COMPLETION, is_valid, valid_until


@dataclass(frozen=True)
class Course:
	"""
	:param has_equivalents: whether another course counts like it
	:param renew_from: what the days of a renewal are counted from; see ``validity.valid_until``
	:param to_sign: whether it has a statement that is to be signed once all is learned
	"""

	name: str
	title: str
	due_days: int = 0
	validity_days: int = 0
	has_equivalents: bool = False
	renew_from: str = COMPLETION
	to_sign: bool = False


@dataclass(frozen=True)
class HeldAssignment:
	"""An assignment that the person has already, in whatever state.

	:param settled_on: the day of the completion or of the waiver
	:param counts_until: the last day on which the completion, or the waiver, counts; None for ever
	"""

	name: str
	cycle: int
	status: str
	due_date: date
	settled_on: date | None = None
	enrollment: str | None = None
	counts_until: date | None = None


@dataclass(frozen=True)
class Enrolment:
	"""What Learning knows of the person and the course.

	Without a ``name`` nobody is enrolled (any more), but lessons of the course are completed.
	"""

	name: str | None
	progress: float = 0
	completed_on: date | None = None


@dataclass(frozen=True)
class Equivalent:
	"""Another course, which the person completed and which counts like the one that is owed.

	:param completed_on: the last time, in the site's time zone
	"""

	course: str
	title: str
	completed_on: date


@dataclass(frozen=True)
class Cause:
	"""What leads to a person's owing a course.

	:param doctype: with ``name``, the record: an Employee Onboarding, an LMS Training Rule, the User who decided
	:param source: what assignments call it
	:param words: why, without a full stop
	"""

	doctype: str
	name: str
	source: str
	words: str


@dataclass(frozen=True)
class Demand:
	"""One cause's wish that a person learn a course.

	:param due: by when, None where there is no date: then ``problem`` says why
	:param problem_day: the date that it would have been, where there is one
	:param counts_since: completed earlier it does not count for this cause, None for whatever is still valid
	"""

	cause: Cause
	due: Due | None = None
	problem: DueProblem | None = None
	problem_day: date | None = None
	counts_since: date | None = None

	def is_met(self, settled_on: date, counts_until: date | None, today: date) -> bool:
		"""Return whether what was completed or waived on a day, and counts until another one, is enough."""
		if self.counts_since and settled_on < self.counts_since:
			return False
		return is_valid(counts_until, today)


class PlanReason(str, Enum):
	# to be assigned
	NEW = "new"
	RENEWAL = "renewal"
	LEARNED_BEFORE = "learned before"
	EQUIVALENT = "equivalent"
	# nothing to assign
	OPEN = "open"
	VALID = "valid"
	WAIVED = "waived"
	NO_DUE_DATE = "no due date"
	NOT_MEANT = "not meant"


# Assigned as completed, so that the file shows it.
PUT_ON_FILE = (PlanReason.LEARNED_BEFORE, PlanReason.EQUIVALENT)
TO_ASSIGN = (PlanReason.NEW, PlanReason.RENEWAL, *PUT_ON_FILE)


@dataclass(frozen=True)
class AssignmentPlan:
	"""What is decided of one person and one course.

	Where its ``reason`` is in TO_ASSIGN it carries what the new assignment looks like; any other points at the assignment
	that the person holds already.

	:param demands: what it is for, the one that decides the due date first; of what cannot be assigned, all of them
	"""

	course: Course
	reason: PlanReason
	demands: tuple[Demand, ...] = ()
	held: HeldAssignment | None = None
	enrolment: Enrolment | None = None
	cycle: int = 0
	status: str = ""
	progress: float = 0
	due: Due | None = None
	completed_on: date | None = None
	equivalent: Equivalent | None = None

	@property
	def assigns(self) -> bool:
		return self.reason in TO_ASSIGN

	@property
	def enrolled(self) -> bool:
		return bool(self.enrolment and self.enrolment.name)

	@property
	def enrols(self) -> bool:
		"""To be enrolled first; whoever learned it by another course need not learn it."""
		return not self.enrolled and self.reason is not PlanReason.EQUIVALENT

	@property
	def starts_over(self) -> bool:
		"""A renewal of what was completed: it is learned again whole, and Learning counts no lesson twice."""
		if self.reason is not PlanReason.RENEWAL:
			return False
		learned = bool(self.enrolment) and self.enrolment.progress >= DONE_PERCENT
		return learned or self.follows_completion

	@property
	def follows_completion(self) -> bool:
		"""Whether it is the cycle after a completion that is on file."""
		return self.assigns and bool(self.held) and self.held.status == COMPLETED


def plan_course(
	course: Course,
	demands: Sequence[Demand],
	held: Sequence[HeldAssignment],
	enrolment: Enrolment | None,
	today: date,
	renew: bool = False,
	equivalents: Collection[Equivalent] = (),
) -> list[AssignmentPlan]:
	"""Decide what one person owes of one course.

	:param course: a course that is owed by rule or by somebody's choice
	:param demands: what asks for it, all together one debt: the earliest due date wins; none where nothing does
	:param held: all assignments of that person and course, any order
	:param enrolment: the person's enrolment in the course, None without one
	:param today: in the site's time zone
	:param renew: assign again though an earlier assignment is settled and still counts (somebody's choice)
	:param equivalents: what the person completed that counts like the course
	:return: usually one plan; two where an old completion is put on file and is no longer valid
	"""
	demands = tuple(sorted(demands, key=lambda one: one.due.date if one.due else date.max))
	if not demands:
		return [AssignmentPlan(course, PlanReason.NOT_MEANT, enrolment=enrolment)]
	latest = max(held, key=lambda one: one.cycle, default=None)
	if open_assignment := next((one for one in held if one.status in OPEN), None):
		return [AssignmentPlan(course, PlanReason.OPEN, demands, held=open_assignment, enrolment=enrolment)]

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
		# A waiver that ends is no new debt: the daily run lets the same one be owed again.
		reason_settled = PlanReason.VALID if settled.status == COMPLETED else PlanReason.WAIVED
		settled_on, counts_until = settled.settled_on or today, settled.counts_until
	elif progress >= DONE_PERCENT:
		settled_on, reason_settled = enrolment.completed_on or today, PlanReason.LEARNED_BEFORE
		counts_until = valid_until(settled_on, course.validity_days)
	else:
		settled_on = reason_settled = counts_until = None

	unmet = demands
	if reason_settled is PlanReason.WAIVED and not renew:
		# A decision, which nobody's wish undoes, however old it is.
		unmet = ()
	elif reason_settled and not (renew and settled):
		unmet = tuple(one for one in demands if not one.is_met(settled_on, counts_until, today))
	if not unmet and settled:
		return [AssignmentPlan(course, reason_settled, demands, held=settled, enrolment=enrolment)]
	other = _latest_since(equivalents, settled_on)
	still_unmet = tuple(
		one for one in unmet if not (other and _meets(other, one, course.validity_days, today))
	)
	asked = still_unmet or unmet or demands
	due = asked[0].due
	if not due:
		return [AssignmentPlan(course, PlanReason.NO_DUE_DATE, asked, enrolment=enrolment)]
	if reason_settled is PlanReason.LEARNED_BEFORE and course.to_sign and not unmet:
		# Nothing is left to learn, and nothing is completed: nobody has signed.
		return [
			AssignmentPlan(
				course,
				PlanReason.NEW,
				demands,
				enrolment=enrolment,
				cycle=cycle,
				status=AWAITING_SIGNATURE,
				progress=progress,
				due=due,
			)
		]
	if reason_settled is PlanReason.LEARNED_BEFORE:
		plans.append(
			AssignmentPlan(
				course,
				PlanReason.LEARNED_BEFORE,
				demands,
				enrolment=enrolment,
				cycle=cycle,
				status=COMPLETED,
				progress=progress,
				due=due,
				completed_on=settled_on,
			)
		)
		cycle += 1
		if not unmet:
			return plans
	if not still_unmet:
		plans.append(
			AssignmentPlan(
				course,
				PlanReason.EQUIVALENT,
				unmet,
				held=settled,
				enrolment=enrolment,
				cycle=cycle,
				status=COMPLETED,
				progress=progress,
				due=due,
				completed_on=other.completed_on,
				equivalent=other,
			)
		)
		return plans

	reason = PlanReason.RENEWAL if reason_settled else PlanReason.NEW
	# A renewal begins at nothing done: what was learned is on file in the cycle before.
	if progress >= DONE_PERCENT or reason_settled is PlanReason.VALID:
		progress = 0
	status = derive_status(None, progress, due.date, today)
	plans.append(
		AssignmentPlan(
			course,
			reason,
			still_unmet,
			held=settled,
			enrolment=enrolment,
			cycle=cycle,
			status=status,
			progress=progress,
			due=due,
		)
	)
	return plans


def counts_while_open(
	other: Equivalent,
	assigned_on: date,
	settled_on: date | None,
	demands: Collection[Demand],
	validity_days: int,
	today: date,
) -> bool:
	"""Return whether a completed equivalent completes an assignment of the course that is open.

	Completed since it was assigned, it does. Completed before, it does where it would be put on file today: then nobody
	had said yet, when it was assigned, that the one counts like the other.

	:param settled_on: the day on which an earlier assignment of the course was settled the last time, None without one
	:param demands: what the assignment is owed for
	"""
	if settled_on and other.completed_on <= settled_on:
		return False
	return other.completed_on >= assigned_on or all(
		_meets(other, one, validity_days, today) for one in demands
	)


def _meets(other: Equivalent, demand: Demand, validity_days: int, today: date) -> bool:
	"""Return whether a completed equivalent is enough; it counts as long as the owed course itself would."""
	return demand.is_met(other.completed_on, valid_until(other.completed_on, validity_days), today)


def _latest_since(equivalents: Collection[Equivalent], settled_on: date | None) -> Equivalent | None:
	"""Return the equivalent that was completed last, unless the course itself was settled since then."""
	last = max(equivalents, key=lambda one: (one.completed_on, one.course), default=None)
	return None if last and settled_on and last.completed_on <= settled_on else last
