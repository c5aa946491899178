"""Makes stories: deeds, day by day, that make sense where they are done; the same for the same seed.

A story is made along with an oracle, which says what is open to be learned, waived or asked for.
"""

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from tests.site.lives.oracle import Oracle
from tests.site.lives.world import CHOICES, COURSES, RULES, START, day

OUTAGE = 30


@dataclass
class Day:
	"""
	:param deeds: name of a method of ``Oracle`` and of ``players.Player``, and its arguments
	:param runs: whether the scheduler runs, before all deeds
	"""

	number: int
	runs: bool
	deeds: list[tuple] = field(default_factory=list)

	def about(self, people: Collection[str]) -> str:
		"""Return the day in words: what is done to these people, or to all."""
		deeds = [deed for deed in self.deeds if deed[0] == "rule" or set(people) & set(map(str, deed[1:]))]
		done = [f"\t{name}({', '.join(map(str, rest))})" for name, *rest in deeds]
		return "\n".join([f"day {self.number}, {day(self.number)}{'' if self.runs else ', no run'}", *done])


def about(story: list[Day], people: Collection[str]) -> str:
	"""Return a story in words, of these people alone, and without the days on which nothing happens."""
	told = [each.about(people) for each in story]
	return "\n".join(
		text
		for each, text, before in zip(story, told, [None, *story], strict=False)
		if "\n" in text or (before and before.runs != each.runs)
	)


def tell(seed: int, people: int, days: int) -> list[Day]:
	"""Return a story of so many people and days."""
	teller = Teller(random.Random(seed), people, days)
	return [teller.live(number) for number in range(days)]


def outages(days: int) -> list[range]:
	"""Return the days without a run, two times a month, or as much of the story as makes sense."""
	length = min(OUTAGE, days // 6)
	return [range(start, start + length) for start in (days // 3, days * 2 // 3)]


class Teller:
	def __init__(self, chance: random.Random, people: int, days: int, able: Collection[str] = ()):
		self.chance = chance
		self.oracle = Oracle()
		self.days = days
		self.quiet = {number for outage in outages(days) for number in outage}
		self.names = [f"person{number:02}" for number in range(people)]
		# Half of them are there at first; the others come by and by.
		self.coming = {
			name: 0 if number < people // 2 else chance.randrange(1, max(2, days // 2))
			for number, name in enumerate(self.names)
		}
		self.number = 0
		self.counter = 0
		# How much each likes to learn, from hardly ever to at once.
		self.diligence = {name: chance.choice((0.01, 0.05, 0.15, 0.4)) for name in self.names}

	def live(self, number: int) -> Day:
		self.number, self.oracle.today = number, day(number)
		told = Day(number, number not in self.quiet)
		if told.runs:
			self.oracle.run()
		for choose in (
			self._rules, self._hires, self._moves, self._leaves, self._exits, self._decisions, self._requests, self._lessons,
		):  # fmt: skip
			for deed in choose():
				getattr(self.oracle, deed[0])(*deed[1:])
				told.deeds.append(deed)
		return told

	def _often(self, times_a_year: float) -> bool:
		return self.chance.random() < times_a_year / 365

	def _name(self, prefix: str) -> str:
		self.counter += 1
		return f"{prefix}{self.counter}"

	def _there(self) -> list:
		return [person for person in self.oracle.people.values() if person.active]

	def _rules(self) -> Iterator[tuple]:
		if self.number == 0:
			yield from (("rule", title, True) for title in RULES)
		elif self._often(6):
			title = self.chance.choice(list(RULES))
			yield "rule", title, not self.oracle.rules[title]

	def _hires(self) -> Iterator[tuple]:
		for name, number in self.coming.items():
			if number == self.number:
				place = {kind: self.chance.choice(values) for kind, values in CHOICES.items()}
				ago = self.chance.randrange(400) if self.number == 0 else self.chance.randrange(-5, 6)
				joined = day(self.number - ago)
				yield "hire", name, joined, place, joined >= START or self.chance.random() < 0.5

	def _moves(self) -> Iterator[tuple]:
		for person in self._there():
			if self._often(2):
				kinds = self.chance.sample(list(CHOICES), self.chance.choice((1, 1, 2)))
				place = {
					kind: self.chance.choice(
						[value for value in CHOICES[kind] if value != person.place[kind]]
					)
					for kind in kinds
				}
				yield "transfer", person.name, place
			elif person.onboarded and self._often(0.1):
				yield "onboarding_deleted", person.name

	def _leaves(self) -> Iterator[tuple]:
		for person in self._there():
			if self._often(1.5):
				first = day(self.number + self.chance.randrange(-3, 30))
				last = first + timedelta(days=self.chance.choice((3, 12, 13, 14, 20, 45, 90)))
				if self._is_free(person, first, last):
					yield "leave", self._name("leave"), person.name, first, last
		for name, leave in list(self.oracle.leaves.items()):
			person = self.oracle.people[leave.person]
			if not person.active or leave.last < day(self.number - 20) or not self._often(4):
				continue
			# Amended: it was shorter or longer in the end.
			last = leave.first + timedelta(days=self.chance.choice((5, 13, 16, 30)))
			if self.chance.random() < 0.5 and self._is_free(person, leave.first, last, besides=name):
				yield "leave_amended", name, person.name, self._name("leave"), leave.first, last
			else:
				yield "leave_cancelled", name, person.name

	def _is_free(self, person, first, last, besides=None) -> bool:
		others = [
			leave
			for name, leave in self.oracle.leaves.items()
			if leave.person == person.name and name != besides
		]
		return first >= person.joined and all(last < leave.first or leave.last < first for leave in others)

	def _exits(self) -> Iterator[tuple]:
		for person in list(self.oracle.people.values()):
			if person.active and person.joined <= self.oracle.today and self._often(0.4):
				yield "exit", person.name
			elif not person.active and self._often(3):
				yield "back", person.name

	def _decisions(self) -> Iterator[tuple]:
		for row in self.oracle.all_rows():
			if not self.oracle.people[row.person].active:
				continue
			what = (row.person, row.course.name)
			if row.is_open:
				if self._often(1):
					ahead = self.chance.choice((None, 0, 1, 10, 40))
					yield "waive", *what, None if ahead is None else day(self.number + ahead)
				elif self._often(1):
					due = day(self.number + self.chance.randrange(0, 40))
					if due != row.due:
						yield "extend", *what, due
				elif self._often(0.3):
					yield "cancel", *what
			elif row.status == "Waived" and row is self.oracle.rows[what][-1] and self._often(2):
				if self.oracle.is_asked_for_still(row):
					yield "withdraw", *what
			elif row.status == "Completed" and row is self.oracle.rows[what][-1] and self._often(0.5):
				yield "revoke", *what
		for person in self._there():
			if self._often(2):
				course = self.chance.choice(list(COURSES))
				due = self.chance.choice((None, day(self.number + self.chance.randrange(0, 60))))
				yield "by_hand", person.name, course, due

	def _requests(self) -> Iterator[tuple]:
		for name, request in list(self.oracle.requests.items()):
			# Answering one may settle what the next is about.
			if name not in self.oracle.requests:
				continue
			if self.chance.random() < 0.3:
				yield self._answer(name, request)
			elif self.chance.random() < 0.03:
				yield "request_withdrawn", name, request.row.person
		for row in self.oracle.open_rows():
			kind = self.chance.choice(("Extension", "Exemption", "Done Elsewhere"))
			asked = any(each.row is row and each.kind == kind for each in self.oracle.requests.values())
			if asked or not self._often(3):
				continue
			wanted = done = None
			if kind == "Extension":
				wanted = self._later(row)
			elif kind == "Exemption":
				wanted = self.chance.choice((None, day(self.number + self.chance.randrange(1, 50))))
			else:
				done = day(self.number - self.chance.randrange(0, 8))
				rows = self.oracle.rows[row.person, row.course.name]
				# What was done no later than what is to be renewed is refused.
				if any(each.completed_on and each.completed_on >= done for each in rows):
					continue
			yield "request", self._name("request"), row.person, row.course.name, kind, wanted, done

	def _answer(self, name: str, request) -> tuple:
		grant, due = self.chance.random() < 0.6, None
		if request.kind == "Extension" and grant:
			# What was wanted may have come and gone meanwhile.
			too_late = request.wanted < self.oracle.today or request.wanted <= request.row.due
			due = self._later(request.row) if too_late or self.chance.random() < 0.3 else None
		elif request.kind == "Exemption" and request.wanted and request.wanted < self.oracle.today:
			grant = False
		return "answer", name, request.row.person, grant, due

	def _later(self, row):
		return max(self.oracle.today, row.due) + timedelta(days=self.chance.randrange(1, 40))

	def _lessons(self) -> Iterator[tuple]:
		for row in self.oracle.open_rows():
			if self.chance.random() > self.diligence[row.person]:
				continue
			done = len(self.oracle.lessons[row.person, row.course.name])
			if row.status == "Awaiting Signature":
				yield "sign", row.person, row.course.name
			elif row.is_open and done < row.course.lessons:
				yield "learn", row.person, row.course.name, self.chance.randint(done + 1, row.course.lessons)
