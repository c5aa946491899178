"""What is there before a story begins: courses, rules, departments. Plain values, which the oracle and the site both read."""

from dataclasses import dataclass
from datetime import date, timedelta

START = date(2026, 11, 23)
DEFAULT_DUE_DAYS = 30
RENEW_BEFORE_DAYS = 30
LEAVE_EXTENDS_FROM_DAYS = 14

COMPLETION, PREVIOUS_EXPIRY = "Completion", "Previous Expiry"
KEEP, CANCEL_NOT_BEGUN, CANCEL = "Keep", "Cancel What Is Not Begun", "Cancel"


@dataclass(frozen=True)
class Course:
	"""
	:param validity: days that a completion counts, 0 for ever
	:param due_days: 0 for the default of the settings
	:param counts_like: the course that counts like this one, where there is one
	:param statement: whether it has one, to be signed once all is learned
	"""

	name: str
	validity: int = 0
	renew_from: str = COMPLETION
	due_days: int = 0
	lessons: int = 2
	mandatory: bool = False
	counts_like: str | None = None
	statement: bool = False

	@property
	def window(self) -> timedelta:
		return timedelta(days=min(RENEW_BEFORE_DAYS, self.validity // 2))

	@property
	def days(self) -> timedelta:
		return timedelta(days=self.due_days or DEFAULT_DUE_DAYS)


@dataclass(frozen=True)
class Rule:
	"""
	:param audience: kind of line (as a person has it): values, of which one must hold; departments mean those below
	:param due_days: 0 for the days of the course
	:param counts_within: days, 0 for any valid completion
	"""

	title: str
	audience: dict[str, tuple[str, ...]]
	courses: tuple[str, ...]
	when_it_no_longer_fits: str
	due_days: int = 0
	due_from: str = "Assignment"
	excluded: tuple[str, str] | None = None
	new_hires: bool = False
	counts_within: int = 0


COURSES = {
	course.name: course
	for course in (
		# The baseline.
		Course("Conduct", due_days=14, lessons=1, mandatory=True, statement=True),
		Course("Fire", validity=365, mandatory=True),
		Course("Data", validity=59, renew_from=PREVIOUS_EXPIRY, due_days=10, mandatory=True),
		# What rules ask for.
		Course("Pressure", validity=1, due_days=5, lessons=1),
		Course("Gas", validity=2, due_days=3, lessons=1),
		Course("Crane", validity=10, due_days=7, renew_from=PREVIOUS_EXPIRY),
		Course("Ladder", validity=10, due_days=4),
		Course("Forklift", validity=365, renew_from=PREVIOUS_EXPIRY, due_days=21),
		Course("Ledger", validity=120, lessons=3),
		Course("Archive"),
		Course("First Aid", due_days=25, counts_like="Rescue"),
		Course("Rescue", due_days=60, lessons=3, statement=True),
	)
}
# A department, and the one that it is part of.
DEPARTMENTS = {"Works": None, "Forge": "Works", "Paint": "Works", "Office": None}
# What a person can be; "Works" holds others and nobody.
CHOICES = {
	"department": ("Forge", "Paint", "Office"),
	"designation": ("Driver", "Clerk", "Fitter"),
	"branch": ("North", "South"),
}
RULES = {
	rule.title: rule
	for rule in (
		Rule("Drivers", {"designation": ("Driver",)}, ("Forklift", "Data"), CANCEL, due_days=5),
		Rule("The works", {"department": ("Works",)}, ("Crane", "First Aid"), CANCEL_NOT_BEGUN),
		Rule(
			"Clerks", {"designation": ("Clerk",)}, ("Ledger", "Archive"), KEEP, due_days=12, counts_within=100
		),
		Rule(
			"The south",
			{"branch": ("South",)},
			("Ladder", "Ledger"),
			CANCEL_NOT_BEGUN,
			due_days=9,
			due_from="Transfer",
			excluded=("designation", "Driver"),
		),
		Rule(
			"Painters",
			{"department": ("Paint",), "designation": ("Fitter",)},
			("Pressure", "Gas"),
			CANCEL,
		),
		Rule(
			"New here",
			{"branch": ("North", "South")},
			("Rescue",),
			CANCEL_NOT_BEGUN,
			due_days=20,
			due_from="Date of Joining",
			new_hires=True,
		),
	)
}


def day(number: int) -> date:
	"""Return a day of a story, 0 for its first."""
	return START + timedelta(days=number)
