"""What is known of very many people and courses, counted: how many there are of whom the same is known.

It says what ``facts`` says of each. A company times its courses is more than Python can make an object of each for, or
read a row of each: so the database hands over who is alike in one row, and they are put together as sets.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import frappe
from frappe.utils import getdate
from pypika.functions import Count, Date
from pypika.terms import Function

from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources.facts import NOTHING, Learned
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.training.status import COMPLETED, WAIVED, percent_done

SEPARATOR = ","


class Held(NamedTuple):
	"""An assignment without what tells it from others: its name, its due date, its enrolment."""

	cycle: int
	status: str
	settled_on: date | None


class Situation(NamedTuple):
	"""What is known of a person and a course, without what tells them from others of whom the same is known."""

	held: tuple[Held, ...] = ()
	learned: Learned = NOTHING


def count(members: Collection[str], courses: Collection[str]) -> dict[str, Counter[Situation]]:
	"""Return how many people are in each situation, by course; those of whom nothing is known as well.

	:param members: each once
	"""
	members = list(members)
	if not members or not courses:
		return {course: Counter() for course in courses}
	held, lessons = _held(members, courses), facts.outlines(courses)
	completed = _completed(members, set().union(*lessons.values()))
	found = {}
	for course in courses:
		in_course = lessons.get(course, ())
		done, latest = _put_together(
			{lesson: completed[lesson] for lesson in in_course if lesson in completed}
		)
		own_of, done_of, latest_of = held[course].get, done.get, latest.get
		raw = Counter((own_of(member), done_of(member), latest_of(member)) for member in members)
		found[course] = Counter()
		for (own, number, day), people in raw.items():
			learned = Learned(percent_done(number, len(in_course)), day) if number else NOTHING
			found[course][Situation(tuple(sorted(own or (), key=_by_cycle)), learned)] += people
	return found


def _by_cycle(held: Held) -> tuple:
	return held.cycle, held.status, str(held.settled_on)


def _held(members: list[str], courses: Collection[str]) -> dict[str, dict[str, tuple[Held, ...]]]:
	"""Return what everybody holds, by course and person."""
	table = frappe.qb.DocType(ASSIGNMENT)
	found = defaultdict(dict)
	alike = (table.course, table.cycle, table.status, table.completed_on, Date(table.waived_on))
	where = table.member.isin(members) & table.course.isin(list(courses))
	for (course, cycle, status, completed_on, waived_on), who in _who(table, alike, where):
		settled_on = {COMPLETED: completed_on, WAIVED: waived_on}.get(status)
		one = (Held(cycle, status, getdate(settled_on) if settled_on else None),)
		of_course = found[course]
		# Usually there is one of each, and they are put in without a look at any.
		for member in of_course.keys() & who:
			who.remove(member)
			of_course[member] += one
		of_course.update(dict.fromkeys(who, one))
	return found


def _completed(members: list[str], lessons: Collection[str]) -> dict[str, list[tuple[date, set[str]]]]:
	"""Return who completed each lesson on which day."""
	found = defaultdict(list)
	if not lessons:
		return found
	table = frappe.qb.DocType("LMS Course Progress")
	alike = (table.lesson, Date(facts.completed_at(table)))
	where = (table.status == "Complete") & table.member.isin(members) & table.lesson.isin(list(lessons))
	for (lesson, day), who in _who(table, alike, where):
		found[lesson].append((getdate(day), who))
	return found


def _put_together(completed: dict[str, list]) -> tuple[Counter, dict[str, date]]:
	"""Return how many lessons of a course each person completed, and when the latest.

	:param completed: the days and people of each of its lessons
	"""
	done, latest = Counter(), {}
	for days in completed.values():
		# Who completed a lesson on two days has completed one.
		done.update(set().union(*(who for _day, who in days)))
	for day, who in sorted((each for days in completed.values() for each in days), key=lambda each: each[0]):
		latest.update(dict.fromkeys(who, day))
	return done, latest


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
