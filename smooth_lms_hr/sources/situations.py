"""What is known of very many people and courses, counted: how many there are of whom the same is known.

It says what ``facts`` says of each. A company times its courses is more than Python can make an object of each for, or
read a row of each: so the database hands over who is alike in one row, and they are put together as sets.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from datetime import date
from typing import NamedTuple

import frappe
from frappe.utils import getdate
from pypika.functions import Count, Date
from pypika.terms import Function

from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources.facts import NOTHING, Learned
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.training.status import DONE_PERCENT

SEPARATOR = ","


class Held(NamedTuple):
	"""An assignment without what tells it from others: its name, its due date, its enrolment."""

	cycle: int
	status: str
	settled_on: date | None
	counts_until: date | None


class Situation(NamedTuple):
	"""What is known of a person and a course, without what tells them from others of whom the same is known."""

	held: tuple[Held, ...] = ()
	learned: Learned = NOTHING


def count(
	members: Collection[str], courses: Collection[str], decides: Callable[[str, tuple[Held, ...]], bool]
) -> dict[str, Counter[Situation]]:
	"""Return how many people are in each situation, by course; those of whom nothing is known as well.

	What somebody learned is as little as what they completed the whole of: of the rest it is said that it is nothing.

	:param members: each once
	:param decides: whether what somebody holds of a course decides, whatever they learned; then that is not read
	"""
	members = list(members)
	found = {course: Counter() for course in courses}
	if not members or not courses:
		return found
	held, undecided = _held(members, courses), {}
	for course in courses:
		own_of = held[course].get
		decided = {}
		for own, people in Counter(own_of(member) for member in members).items():
			holds = tuple(sorted(own or (), key=_by_cycle))
			if decides(course, holds):
				found[course][Situation(holds)] += people
			else:
				decided[own] = holds
		if decided:
			undecided[course] = decided
	# Of a person in one course that is undecided the lessons of all of these are read: a list of people is as short as
	# it is for one course, and the database looks for each of them once.
	asked = {course: {m for m in members if held[course].get(m) in of} for course, of in undecided.items()}
	lessons = facts.outlines(list(asked))
	completed = _completed(set().union(*asked.values()), set().union(*lessons.values()))
	for course, of_whom in asked.items():
		in_course = lessons.get(course, ())
		whole = _learned_whole([completed.get(lesson, ()) for lesson in in_course])
		own_of, holds = held[course].get, undecided[course]
		raw = Counter((own_of(member), whole.get(member)) for member in of_whom)
		for (own, day), people in raw.items():
			learned = Learned(DONE_PERCENT, day) if day else NOTHING
			found[course][Situation(holds[own], learned)] += people
	return found


def _by_cycle(held: Held) -> tuple:
	return held.cycle, held.status, str(held.settled_on), str(held.counts_until)


def _held(members: list[str], courses: Collection[str]) -> dict[str, dict[str, tuple[Held, ...]]]:
	"""Return what everybody holds, by course and person."""
	table = frappe.qb.DocType(ASSIGNMENT)
	found = defaultdict(dict)
	names = ("course", "cycle", "status", "completed_on", "waived_on", "valid_until", "waived_until")
	alike = tuple(Date(table[each]) if each == "waived_on" else table[each] for each in names)
	where = table.member.isin(members) & table.course.isin(list(courses))
	for values, who in _who(table, alike, where):
		row = frappe._dict(zip(names, values, strict=True))
		one = (Held(row.cycle, row.status, *facts.settled(row)),)
		of_course = found[row.course]
		# Usually there is one of each, and they are put in without a look at any.
		for member in of_course.keys() & who:
			who.remove(member)
			of_course[member] += one
		of_course.update(dict.fromkeys(who, one))
	return found


def _completed(members: Collection[str], lessons: Collection[str]) -> dict[str, list[tuple[date, set[str]]]]:
	"""Return who completed each lesson on which day."""
	found = defaultdict(list)
	if not members or not lessons:
		return found
	table = frappe.qb.DocType("LMS Course Progress")
	alike = (table.lesson, Date(facts.completed_at(table)))
	where = (table.status == "Complete") & table.member.isin(list(members)) & table.lesson.isin(list(lessons))
	for (lesson, day), who in _who(table, alike, where):
		found[lesson].append((getdate(day), who))
	return found


def _learned_whole(completed: list[Collection[tuple[date, set[str]]]]) -> dict[str, date]:
	"""Return who completed all lessons of a course, and the day of the latest.

	:param completed: the days and people of each of its lessons
	"""
	if not completed:
		return {}
	# Who completed a lesson on two days has completed one.
	whole = set.intersection(*(set().union(*(who for _day, who in days)) for days in completed))
	latest = {}
	for day, who in sorted((each for days in completed for each in days), key=lambda each: each[0]):
		latest.update(dict.fromkeys(who & whole, day))
	return latest


def _who(table, alike: tuple, where) -> list[tuple[tuple, set[str]]]:
	"""Return what rows have alike, and who is in them."""
	names = Function("GROUP_CONCAT", table.member)
	query = frappe.qb.from_(table).where(where)
	rows = query.select(*alike, names, Count("*")).groupby(*alike).run()
	found = []
	for *values, members, number in rows:
		members = members.split(SEPARATOR)
		if len(members) != number:
			# Somebody has a comma in their name, or the database cuts long lists off: then row by row.
			return _who_row_by_row(query.select(*alike, table.member).run())
		found.append((tuple(values), set(members)))
	return found


def _who_row_by_row(rows) -> list[tuple[tuple, set[str]]]:
	found = defaultdict(set)
	for *values, member in rows:
		found[tuple(values)].add(member)
	return list(found.items())
