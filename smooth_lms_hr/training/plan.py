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
class Debt:
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


class Why(str, Enum):
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


TO_ASSIGN = (Why.NEW, Why.RENEWAL, Why.LEARNED_BEFORE)


@dataclass(frozen=True)
class Step:
	"""One decision about one course.

	A step whose ``why`` is in TO_ASSIGN carries what the new assignment looks like; any other points at the ``debt``
	that makes an assignment needless.
	"""

	course: Course
	why: Why
	debt: Debt | None = None
	enrolment: Enrolment | None = None
	cycle: int = 0
	status: str = ""
	progress: float = 0
	due: Due | None = None
	completed_on: date | None = None

	@property
	def assigns(self) -> bool:
		return self.why in TO_ASSIGN

	@property
	def enrolled(self) -> bool:
		return bool(self.enrolment and self.enrolment.name)

	@property
	def starts_over(self) -> bool:
		"""A renewal of a course that stands at 100 %: Learning counts no lesson twice, so it has to begin again."""
		return self.why is Why.RENEWAL and bool(self.enrolment) and self.enrolment.progress >= DONE_PERCENT


def plan_course(
	course: Course,
	debts: Sequence[Debt],
	enrolment: Enrolment | None,
	today: date,
	default_due_days: int,
	given_due_date: date | None = None,
	renew: bool = False,
) -> list[Step]:
	"""Decide what one person owes of one course.

	:param course: a course that is owed by rule or by somebody's choice
	:param debts: all assignments of that person and course, any order
	:param enrolment: the person's enrolment in the course, None without one
	:param today: in the site's time zone
	:param default_due_days: days, for a course without its own
	:param given_due_date: the due date that somebody chose, None to go by days
	:param renew: assign again though an earlier assignment is settled and still counts (somebody's choice)
	:return: usually one step; two where an old completion is put on file and is no longer valid
	"""
	latest = max(debts, key=lambda debt: debt.cycle, default=None)
	if open_debt := next((debt for debt in debts if debt.status in OPEN), None):
		return [Step(course, Why.OPEN, debt=open_debt, enrolment=enrolment)]
	try:
		due = due_date(today, course.due_days, default_due_days, given_due_date)
	except ValueError:
		return [Step(course, Why.BAD_DUE_DAYS, enrolment=enrolment)]

	steps = []
	cycle = latest.cycle + 1 if latest else 1
	progress = enrolment.progress if enrolment else 0
	# Of two people who were merged, the one assigned first may have been the one to learn last.
	settled = max(
		(debt for debt in debts if debt.status in (COMPLETED, WAIVED)),
		key=lambda debt: (debt.settled_on or today, debt.cycle),
		default=None,
	)
	if settled:
		settled_on, why_settled = settled.settled_on, Why.VALID if settled.status == COMPLETED else Why.WAIVED
	elif progress >= DONE_PERCENT:
		settled_on, why_settled = enrolment.completed_on or today, Why.LEARNED_BEFORE
		steps.append(
			Step(
				course,
				Why.LEARNED_BEFORE,
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
		settled_on = why_settled = None

	chosen_again = renew and settled
	if why_settled and not chosen_again and is_still_valid(settled_on or today, course.validity_days, today):
		return steps or [Step(course, why_settled, debt=settled, enrolment=enrolment)]

	why = Why.RENEWAL if why_settled else Why.NEW
	# A renewal begins at nothing done: what was learned is on file in the cycle before.
	if progress >= DONE_PERCENT:
		progress = 0
	status = derive_status(None, progress, due.date, today)
	steps.append(
		Step(
			course,
			why,
			debt=settled,
			enrolment=enrolment,
			cycle=cycle,
			status=status,
			progress=progress,
			due=due,
		)
	)
	return steps
