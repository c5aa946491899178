"""What a rule asks of a person, and why it does not (rule 10)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from smooth_lms_hr.training.audience import Audience, Mismatch, Traits
from smooth_lms_hr.training.due_dates import (
	Anchor,
	Basis,
	Due,
	DueProblem,
	DueTerms,
	NoDueDate,
	due_by_rule,
	fixed_day_before,
)
from smooth_lms_hr.training.plan import Cause, Course, Demand

# What becomes of an assignment that only a rule asked for which does not fit any more.
KEEP = "Keep"
CANCEL_WHAT_IS_NOT_BEGUN = "Cancel What Is Not Begun"
CANCEL = "Cancel"


@dataclass(frozen=True)
class Asked:
	"""What rules ask about of somebody.

	:param anchors: the days of joining, onboarding and transfer, None for what there is not
	:param onboarded_on: the day on which the latest onboarding was made
	"""

	traits: Traits
	anchors: Mapping[Anchor, date | None] = field(default_factory=dict)
	onboarded_on: date | None = None


@dataclass(frozen=True)
class NotNew:
	"""Why a rule for new hires leaves somebody out: joined before it was made, and onboarded before it, if ever."""

	joined_on: date | None
	made_on: date


COURSE, PROGRAM, BATCH = "LMS Course", "LMS Program", "LMS Batch"
COMPLIANCE_TYPE = "Compliance Type"


@dataclass(frozen=True)
class Content:
	"""What a line of a rule's contents asks for: a course, or those of a program, a batch or a Compliance Type.

	:param courses: the published ones, in the program's order
	:param ends_on: the last day of a batch, on which its courses are due
	"""

	kind: str
	name: str
	courses: tuple[Course, ...]
	ends_on: date | None = None


@dataclass(frozen=True)
class Rule:
	"""
	:param enabled: switched off it fits nobody
	:param new_hires: whom it fits must have joined, or be onboarded, since it was made
	:param counts_within: days; completed longer ago it does not count, 0 for whatever is still valid
	"""

	name: str
	title: str
	audience: Audience
	contents: Collection[Content]
	due: DueTerms
	new_hires: bool = True
	enabled: bool = True
	counts_within: int = 0
	when_it_no_longer_fits: str = KEEP
	confirm_above: int = 100

	@property
	def courses(self) -> Collection[Course]:
		"""What it asks for, each once."""
		return list(dict.fromkeys(course for content in self.contents for course in content.courses))

	def mismatch(self, asked: Asked) -> Mismatch | NotNew | None:
		"""Return why the rule does not fit somebody, None where it does."""
		if why := self.audience.mismatch(asked.traits):
			return why
		if not self.new_hires:
			return None
		joined_on, made_on = asked.anchors.get(Anchor.JOINING), self.due.made_on
		since = [day for day in (joined_on, asked.onboarded_on) if day and day >= made_on]
		return None if since else NotNew(joined_on, made_on)

	def demands(
		self,
		cause: Cause,
		asked: Asked,
		today: date,
		default_days: int,
		without: Collection[tuple[str, str]] = (),
	) -> dict[Course, Demand]:
		"""Return what the rule, which fits somebody, wants, each course once: of several lines the earliest date wins.

		:param today: in the site's time zone
		:param default_days: "Default Due Days" of the settings
		:param without: kind and name of contents that are left out
		"""
		found: dict[Course, Demand] = {}
		for content in self.contents:
			for course in () if (content.kind, content.name) in without else content.courses:
				one = self.demand(course, content, cause, asked, today, default_days)
				if course not in found or _day(one) < _day(found[course]):
					found[course] = one
		return found

	def demand(
		self, course: Course, content: Content, cause: Cause, asked: Asked, today: date, default_days: int
	) -> Demand:
		"""Return what the rule, which fits somebody, wants of a course.

		:param content: the line that asks for it
		:param today: in the site's time zone
		:param default_days: "Default Due Days" of the settings
		"""
		since = self.counts_since(today)
		if content.ends_on and content.ends_on < today:
			return Demand(cause, None, DueProblem.IN_THE_PAST, content.ends_on, since)
		if content.ends_on:
			return Demand(cause, Due(content.ends_on, Basis.BATCH, today), counts_since=since)
		try:
			due = due_by_rule(self.due, asked.anchors, today, course.due_days, default_days)
		except NoDueDate as error:
			return Demand(cause, None, error.problem, error.day, since)
		return Demand(cause, due, counts_since=since)

	def counts_since(self, today: date) -> date | None:
		"""Return the day before which a completion does not count for the rule, None where any counts that is valid."""
		since = today - timedelta(days=self.counts_within) if self.counts_within else date.min
		if day := self.due.fixed_day:
			# Of a yearly campaign, what was done since the last one. Never a day ahead: what is done now has to count.
			since = max(since, fixed_day_before(day, today) + timedelta(days=1))
		return None if since == date.min else since


def _day(demand: Demand) -> date:
	return demand.due.date if demand.due else date.max
