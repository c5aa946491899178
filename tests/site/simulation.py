"""A company that lives through its training deadlines, and an oracle that says which mails it is to get.

Pure Python, told twice from the same seed: to the site, which acts it out, and to the oracle. The oracle knows nothing
of ``training.ladder``. It walks through the calendar day by day and notes what becomes due, whether or not the job runs
on that day; a run says what has been noted since the last one.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.site.simulated_mails import Mail

START = date(2026, 11, 23)
DAYS = 120
PEOPLE = 50
# Nobody else's records end like this, so that leftovers of a run that was torn off are found.
DOMAIN = "training-simulation.example"
# Days to complete each: some fall due on the same day of the week, so that a mail lists several, and some do not.
COURSES = {
	"Simulated course A": 16,
	"Simulated course B": 30,
	"Simulated course C": 44,
	"Simulated course D": 21,
	"Simulated course E": 5,
}
LEARNERS = [f"learner{number:02}" for number in range(PEOPLE)]
HEAD, BOSSES = LEARNERS[0], LEARNERS[1:5]
ALONE, WITH_APPROVER, CONTRACTOR, LOCKED_OUT, HR_TOO = LEARNERS[5:10]
# BOSSES[3] leads nobody until somebody is handed over.
NO_TEAM = BOSSES[3]
HR, APPROVER = "hr-manager", "approver"
HR_MANAGERS = (HR, HR_TOO)

# The ladder of issue and settings: days from the due date.
TOLD_ON = {
	"Member": {-7, -1, *range(1, 91, 7)},
	"Manager": {1},
	"HR": {14, *range(15, 91, 7)},
}
STOP_AFTER, DUE_SOON = 90, 7

# Days of the short story on which nearly everybody is to be told something.
BUSY_DAYS = (0, 9, 14, 15, 22, 23, 29, 36, 37, 43, 50, 51, 57, 64, 71, 78, 85)

Pair = tuple[str, str]


def address(who: str) -> str:
	return f"{who}@{DOMAIN}"


@dataclass
class Person:
	name: str
	boss: str | None = None
	approver: str | None = None
	employed: bool = True
	enabled: bool = True
	left: bool = False

	@property
	def reachable(self) -> bool:
		return self.enabled and not self.left


@dataclass
class Debt:
	who: str
	course: str
	due: date
	assigned_on: date
	set_on: date
	announced: bool = False
	begun: bool = False
	# Learned to the end, though nobody has noticed yet.
	learned: bool = False
	closed: str | None = None
	# Who is still to be told something of it.
	owed: set[str] = field(default_factory=set)


def company() -> dict[str, Person]:
	"""Return everybody who learns."""
	people = {name: Person(name) for name in LEARNERS}
	for name in BOSSES:
		people[name].boss = HEAD
	for number, name in enumerate(LEARNERS[10:]):
		people[name].boss = BOSSES[number % 3]
		# The first team has somebody to turn to when its boss cannot be reached; the others have HR.
		people[name].approver = APPROVER if number % 3 == 0 else None
	people[LOCKED_OUT].boss = people[HR_TOO].boss = BOSSES[0]
	people[WITH_APPROVER].approver = APPROVER
	people[CONTRACTOR].employed = False
	return people


class Oracle:
	"""Says which mails are owed. Told of everything in the order in which it happens."""

	def __init__(self):
		self.people = company()
		self.debts: dict[Pair, Debt] = {}
		self.mails: dict[date, Counter[Mail]] = defaultdict(Counter)
		self.today = START
		self._jobs: list[list[Debt]] = []
		self._digested: set[tuple[str, int, int]] = set()

	def open_debts(self) -> list[Debt]:
		return [debt for debt in self.debts.values() if not debt.closed]

	def left_to_learn(self) -> list[Debt]:
		"""Return the debts of people who can do something about them."""
		return [debt for debt in self.open_debts() if not debt.learned and self.people[debt.who].reachable]

	# What happens, by the same names as in worker.py.

	def assign(self, who: Sequence[str], courses: Sequence[str]) -> None:
		call = []
		for name in who:
			for course in courses:
				due = self.today + timedelta(days=COURSES[course])
				self.debts[name, course] = debt = Debt(name, course, due, self.today, self.today)
				call.append(debt)
		self._jobs.append(call)

	def run_jobs(self) -> None:
		for call in self._jobs:
			self._tell_members("Training", [debt for debt in call if self._is_to_be_told(debt)])
			for debt in call:
				debt.announced |= self._is_to_be_told(debt)
		self._jobs.clear()

	def lose_jobs(self) -> None:
		self._jobs.clear()

	def extend(self, pairs: Sequence[Pair], due: date) -> None:
		for pair in pairs:
			debt = self.debts[pair]
			debt.due, debt.set_on = due, self.today
			debt.owed.clear()

	def waive(self, pairs: Sequence[Pair]) -> None:
		for pair in pairs:
			self.debts[pair].closed = "Waived"

	def remind(self, pairs: Sequence[Pair]) -> None:
		self._tell_members("Training Reminder", [self.debts[pair] for pair in pairs])

	def learn(self, who: str, course: str, percent: int, silently: bool) -> None:
		debt = self.debts[who, course]
		debt.begun, debt.learned = True, percent == 100
		if debt.learned and not silently:
			debt.closed = "Completed"

	def leave(self, who: str) -> None:
		self.people[who].left = True
		for debt in self.open_debts():
			if debt.who == who:
				debt.closed = "Cancelled"

	def enable(self, who: str, enabled: bool) -> None:
		self.people[who].enabled = enabled

	def hand_over(self, who: str, boss: str) -> None:
		self.people[who].boss = boss

	def end_day(self, runs: bool) -> None:
		"""Let the day count, whether or not the job runs on it."""
		for debt in self.open_debts():
			for audience, days in TOLD_ON.items():
				# Who was told the date today or later needs no word of what lies before.
				if (self.today - debt.due).days in days and self.today > debt.set_on:
					debt.owed.add(audience)
			if (self.today - debt.due).days > STOP_AFTER:
				debt.owed.clear()
		if runs:
			self._run()

	def _run(self) -> None:
		# The run sees what Learning has told nobody.
		for debt in self.open_debts():
			if debt.learned:
				debt.closed = "Completed"
		sayable = [debt for debt in self.open_debts() if self.people[debt.who].reachable]
		new = [debt for debt in sayable if not debt.announced and (self.today - debt.assigned_on).days <= 30]
		self._tell_members("Training", new)
		for debt in new:
			debt.announced = True
		self._tell_members("Training Reminder", self._take("Member", sayable))
		to_hr = self._take("HR", sayable)
		teams: dict[str, list[Debt]] = defaultdict(list)
		for debt in self._take("Manager", sayable):
			if manager := self._manager(debt.who):
				teams[manager].append(debt)
			else:
				to_hr.append(debt)
		year, week, _day = self.today.isocalendar()
		soon = [debt for debt in sayable if (debt.due - self.today).days <= DUE_SOON]
		for leader in {each for debt in soon for each in self._leaders(debt.who)}:
			if (leader, year, week) not in self._digested:
				self._digested.add((leader, year, week))
				teams[leader] += [debt for debt in soon if leader in self._leaders(debt.who)]
		for manager, debts in teams.items():
			rows = _rows(debts)
			late = sum(due < self.today for _who, _course, due in rows)
			self._mail(manager, f"Training of your team: {late} overdue, {len(rows) - late} due soon", rows)
		if to_hr:
			rows = _rows(to_hr)
			for name in HR_MANAGERS:
				self._mail(name, f"Overdue training: {len(rows)} to follow up", rows)

	def _take(self, audience: str, debts: Sequence[Debt]) -> list[Debt]:
		taken = [debt for debt in debts if audience in debt.owed]
		for debt in taken:
			debt.owed.remove(audience)
		return taken

	def statuses(self) -> list[list[str]]:
		"""Return member, course and status of everything that was ever owed."""
		return sorted(
			[address(debt.who), debt.course, debt.closed or self._open_status(debt)]
			for debt in self.debts.values()
		)

	def _open_status(self, debt: Debt) -> str:
		if debt.due < self.today:
			return "Overdue"
		return "In Progress" if debt.begun else "Pending"

	def _is_to_be_told(self, debt: Debt) -> bool:
		return not debt.closed and self.people[debt.who].reachable

	def _manager(self, who: str) -> str | None:
		person = self.people[who]
		if not person.employed:
			return None
		if person.boss and self.people[person.boss].reachable:
			return person.boss
		return person.approver

	def _leaders(self, who: str) -> set[str]:
		"""Return whose team page somebody is on: of all whom they report to, also through others, and who manages them."""
		leaders, boss = {self._manager(who)} - {None}, self.people[who].boss
		while self.people[who].employed and boss:
			if self.people[boss].reachable:
				leaders.add(boss)
			boss = self.people[boss].boss
		return leaders

	def _tell_members(self, word: str, debts: Sequence[Debt]) -> None:
		by_member = defaultdict(list)
		for debt in debts:
			by_member[debt.who].append(debt)
		for who, owing in by_member.items():
			what = owing[0].course if len(owing) == 1 else f"{len(owing)} courses"
			self._mail(who, f"{word}: {what}", tuple(sorted(("", debt.course, debt.due) for debt in owing)))

	def _mail(self, to: str, subject: str, rows: tuple) -> None:
		self.mails[self.today][Mail(address(to), subject, rows)] += 1


def _rows(debts: Sequence[Debt]) -> tuple[tuple[str, str, date], ...]:
	# What is to be said of a debt for two reasons is said once.
	return tuple(sorted({(debt.who, debt.course, debt.due) for debt in debts}))


@dataclass
class Day:
	"""
	:param events: name of a method of Oracle (and of the site's stage) and its arguments
	:param runs: how often the job runs
	"""

	date: date
	events: list[tuple]
	runs: int


def short_story(days: Sequence[int]) -> Iterator[tuple[Day, Oracle]]:
	"""Tell of everybody being assigned everything on the first day, and nobody ever doing anything.

	:param days: from the start, on which the job runs
	"""
	oracle = Oracle()
	for number in range(max(days) + 1):
		oracle.today = START + timedelta(days=number)
		events = [("assign", LEARNERS, list(COURSES)), ("lose_jobs",)] if number == 0 else []
		yield _lived(oracle, events, int(number in days)), oracle


def long_story(seed: int) -> Iterator[tuple[Day, Oracle]]:
	"""Tell of 120 days on which this and that happens; the same for the same seed."""
	chance, oracle = random.Random(seed), Oracle()
	for number in range(DAYS):
		oracle.today = START + timedelta(days=number)
		events = [*_arrivals(number), *_incidents(number)]
		day = _lived(oracle, events, 0, ends=False)
		# One at a time, since each depends on what the others left open.
		for choose in (_learning, _decisions):
			for event in choose(chance, oracle):
				getattr(oracle, event[0])(*event[1:])
				day.events.append(event)
		# On the last day everything has been noticed.
		paused = number < DAYS - 1 and (40 <= number < 44 or 70 <= number < 80 or chance.random() < 0.08)
		day.runs = 0 if paused else chance.choice((1, 1, 1, 1, 2))
		oracle.end_day(bool(day.runs))
		yield day, oracle


def _lived(oracle: Oracle, events: list[tuple], runs: int, ends: bool = True) -> Day:
	for event in events:
		getattr(oracle, event[0])(*event[1:])
	if ends:
		oracle.end_day(bool(runs))
	return Day(oracle.today, events, runs)


def _arrivals(number: int) -> list[tuple]:
	"""People are assigned training in waves; the job that tells them at once may get lost."""
	courses = list(COURSES)
	return {
		0: [("assign", LEARNERS[:25], courses), ("enable", LOCKED_OUT, False), ("run_jobs",)],
		3: [("assign", LEARNERS[25:32], courses), ("lose_jobs",)],
		12: [
			("assign", LEARNERS[32:38], courses[:2]),
			("lose_jobs",),
			("assign", LEARNERS[32:38], courses[2:]),
		],
		13: [("run_jobs",)],
		# Right at the beginning of a pause: nobody tells them before their first reminder.
		40: [("assign", LEARNERS[38:45], courses), ("lose_jobs",)],
		58: [("assign", LEARNERS[45:], courses), ("run_jobs",)],
	}.get(number, [])


def _incidents(number: int) -> list[tuple]:
	return {
		# A Thursday: this week's digest about them went to the boss that they had.
		31: [("hand_over", LEARNERS[10], NO_TEAM)],
		35: [("leave", LEARNERS[13])],
		# In the middle of a week, so that the team's digest went out already.
		38: [("enable", BOSSES[0], False)],
		45: [("leave", LEARNERS[14]), ("enable", LEARNERS[16], False)],
		59: [("enable", BOSSES[0], True), ("enable", BOSSES[1], False)],
		66: [("enable", LEARNERS[16], True), ("leave", LEARNERS[28])],
		85: [("leave", LEARNERS[10]), ("leave", NO_TEAM)],
		94: [("hand_over", LEARNERS[17], BOSSES[2])],
	}.get(number, [])


def _learning(chance: random.Random, oracle: Oracle) -> Iterator[tuple]:
	for debt in oracle.left_to_learn():
		# Every tenth never learns anything: of them everybody hears until the ladder ends.
		lazy = LEARNERS.index(debt.who) % 10 == 0
		if lazy or chance.random() > 0.09:
			continue
		percent = chance.choice((50, 100, 100))
		yield "learn", debt.who, debt.course, percent, chance.random() < 0.8


def _decisions(chance: random.Random, oracle: Oracle) -> Iterator[tuple]:
	for kind, likely, most in (("extend", 0.35, 4), ("waive", 0.1, 2), ("remind", 0.15, 3)):
		debts = oracle.left_to_learn()
		if chance.random() > likely or len(debts) < most:
			continue
		due = oracle.today + timedelta(days=chance.randint(0, 30))
		chosen = chance.sample(debts, chance.randint(1, most))
		pairs = [(debt.who, debt.course) for debt in chosen if kind != "extend" or debt.due != due]
		if pairs:
			yield (kind, pairs, due) if kind == "extend" else (kind, pairs)
