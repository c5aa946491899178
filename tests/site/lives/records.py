"""What the oracle keeps: people, what they owe and why, leaves and requests."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.site.lives.world import Course

OPEN = ("Pending", "In Progress", "Awaiting Signature", "Overdue")
# What an assignment keeps of its person's place.
KEPT = ("department", "designation")
ONBOARDING, RULE, USER = "Employee Onboarding", "LMS Training Rule", "User"


@dataclass
class Person:
	name: str
	joined: date
	place: dict[str, str]
	onboarded: bool = False
	active: bool = True
	moved_on: date | None = None


@dataclass
class Cause:
	"""
	:param name: of a rule its title, else empty: a person has one onboarding, and one HR
	"""

	kind: str
	name: str
	ended: bool = False

	@property
	def key(self) -> tuple[str, str]:
		return self.kind, self.name


@dataclass
class Row:
	person: str
	course: Course
	cycle: int
	due: date
	source: str
	# The day on which it was assigned, or reopened.
	since: date
	place: dict[str, str]
	status: str = "Pending"
	causes: list[Cause] = field(default_factory=list)
	completed_on: date | None = None
	valid_until: date | None = None
	waived_until: date | None = None
	renewed: bool = False
	begun: bool = False
	# Whether all lessons were done when somebody looked last, while it was open.
	learned: bool = False
	# Why it was cancelled: "left", "decided", "unasked" or "revoked".
	ended_by: str | None = None
	# Until when another course, done by then, completes it no more: its own completion was revoked.
	alike_since: date = date.min
	# Which causes were known when somebody set the date.
	set_knowing: tuple = ()
	# Days that each leave has added, and the date that this led to.
	added: dict[str, tuple[timedelta, date]] = field(default_factory=dict)
	events: list[tuple[date, str, str | None, str | None]] = field(default_factory=list)

	@property
	def is_open(self) -> bool:
		return self.status in OPEN

	def counts(self, today: date) -> bool:
		return self.status == "Completed" and (self.valid_until is None or self.valid_until >= today)

	def cause(self, kind: str, name: str) -> Cause | None:
		return next((cause for cause in self.causes if cause.key == (kind, name) and not cause.ended), None)


@dataclass
class Demand:
	"""
	:param within: days that a completion may be old, 0 for any that counts
	:param chosen: whether somebody has chosen the date
	"""

	course: Course
	cause: Cause
	due: date
	source: str
	within: int = 0
	chosen: bool = False


@dataclass
class Leave:
	person: str
	first: date
	last: date

	@property
	def days(self) -> int:
		return self.left(self.first).days

	def left(self, today: date) -> timedelta:
		"""Return the days that are left of it, today's too."""
		return self.last - today + timedelta(days=1)


@dataclass
class Request:
	row: Row
	kind: str
	wanted: date | None
	completed_on: date | None
