"""What everybody who reads asks for, at several sizes of the tables: lists, the team API, the reports, the dry run.

For each reader and screen: milliseconds in all and of the database alone (medians), the number of queries, and how it
grows, as the exponent from one size to the next (0: not at all, 1: as the tables do). Beside it, in the same run, the
plain loop: each assignment on the page, or of a sample, loaded and asked about by itself, scaled up to what is counted.
And pages of lists by the rule of 0.1, on today's indexes: what those bring is not in its disfavour.

The rows are committed and deleted again, with all else that stood in these tables: on a scratch site alone.

    make bench-lists BENCH=~/frappe-bench              20,000 and 200,000 assignments
    BENCH_SIZES="20000 200000 2000000" make bench-lists BENCH=~/frappe-bench      needs 8 GB and half an hour
"""

import itertools
import math
import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import NamedTuple

import frappe
from frappe.desk.query_report import run as run_report
from frappe.utils import getdate

from benchmarks import table
from smooth_lms_hr import api
from smooth_lms_hr.assigning import campaign
from smooth_lms_hr.showing import figures
from smooth_lms_hr.sources import conditions, reporting_lines
from smooth_lms_hr.sources.names import ASSIGNMENT
from tests.site import bench_harness, factory, readers
from tests.site.queries import number_of

# Assignments, and people.
SIZES = {20_000: 3_007, 200_000: 10_000, 2_000_000: 100_000}
ROUNDS = 5
COURSES = 20
# What takes longer is not asked again.
LONG = 2.0
# So many assignments does the plain loop load at most.
SAMPLE = 50
READERS = (
	"HR",
	f"HR of {readers.BIG}",
	f"HR of {readers.TINY}",
	"director of 3,000",
	"manager of 5",
	"employee",
)


class Cost(NamedTuple):
	milliseconds: float
	of_database: float
	queries: int


@contextmanager
def old_rule():
	"""Let lists carry the conditions of 0.1."""

	def of_own_and_team(user):
		own = f"`tab{ASSIGNMENT}`.`member` = {frappe.db.escape(user)}"
		teams = reporting_lines.teams_of(user)
		if not teams:
			return own
		report = frappe.qb.DocType("Employee")
		below = frappe.qb.from_(report).select(report.name).where(reporting_lines.below(report, teams))
		return f"({own} or `tab{ASSIGNMENT}`.`employee` in ({below.get_sql()}))"

	def of_what_is_about(doctype, allowed):
		return (
			f"`tab{doctype}`.`assignment` in "
			f"(select `tab{ASSIGNMENT}`.`name` from `tab{ASSIGNMENT}` where {allowed})"
		)

	old = {
		"of_own_and_team": of_own_and_team,
		"of_what_is_about": of_what_is_about,
		"of_limits": lambda user: "",
	}
	new = {name: getattr(conditions, name) for name in old}
	vars(conditions).update(old)
	try:
		yield
	finally:
		vars(conditions).update(new)


class DatabaseTime:
	"""Counts the seconds that queries take: ``with DatabaseTime() as database: ...``, then ``database.seconds``."""

	seconds = 0.0

	def __enter__(self):
		sql = frappe.db.sql

		def timed(*args, **kwargs):
			started = time.perf_counter()
			try:
				return sql(*args, **kwargs)
			finally:
				self.seconds += time.perf_counter() - started

		frappe.local.db.sql = timed
		return self

	def __exit__(self, *error):
		del frappe.local.db.sql


def cost_of(call: Callable) -> Cost | None:
	"""Return the medians of what a call costs; None where the session user may not make it."""
	try:
		queries = number_of(call)
	except frappe.PermissionError:
		frappe.local.message_log = []
		return None
	found = []
	while len(found) < ROUNDS and (not found or found[-1][0] < LONG):
		started = time.perf_counter()
		with DatabaseTime() as database:
			call()
		found.append((time.perf_counter() - started, database.seconds))
	whole, of_database = (1000 * statistics.median(each) for each in zip(*found, strict=True))
	return Cost(whole, of_database, queries)


def screens(employees: list[str], courses: list[str]) -> dict[str, Callable]:
	"""Return what is asked for, by name: what ``readers.pages`` has, and more."""

	def report(name, **filters):
		return lambda: run_report(name, filters=filters, ignore_prepared_report=True)

	def dry_run():
		frappe.has_permission(ASSIGNMENT, "create", throw=True)
		campaign.preview(campaign.Selection([], employees, courses, None))

	return {
		**readers.pages(),
		"team API": lambda: api.get_team_training_status(),
		"team API, page 100": lambda: api.get_team_training_status(start=5_000),
		"Training KPIs": report("Training KPIs"),
		"Assignment Audit": report("Assignment Audit"),
		"Assignment Audit, a week": report("Assignment Audit", from_date="2026-11-16", to_date=readers.TODAY),
		"Team Training Status": report("Team Training Status"),
		"completions per month": lambda: figures.completions_per_month(getdate()),
		"overdue by department": lambda: figures.overdue_by_department(),
		f"dry run of {len(courses)} courses": dry_run,
	}


def plain_loop() -> float:
	"""Return how many assignments a second are loaded and asked about, each by itself, as the session user."""
	names = frappe.get_all(ASSIGNMENT, pluck="name", order_by="name", limit=SAMPLE)
	started = time.perf_counter()
	for name in names:
		frappe.get_doc(ASSIGNMENT, name).has_permission("read")
	return len(names) / (time.perf_counter() - started)


def measure(size: int) -> dict[tuple[str, str], Cost]:
	"""Return what each screen costs each reader, by reader and screen, with so many assignments; print it."""
	people, courses = {}, []
	try:
		readers.clear(people)
		people.update(readers.readers())
		courses += [factory.course(lessons=0, is_mandatory=0) for _ in range(COURSES)]
		readers.fill(size, SIZES[size])
		# Of rows that are not committed no index alone can tell whether they are there.
		frappe.db.commit()
		readers.analyze()
		return compare(size, people, courses)
	finally:
		frappe.set_user("Administrator")
		frappe.db.rollback()
		for course in courses:
			frappe.delete_doc("LMS Course", course, force=True, ignore_permissions=True)
		readers.clear(people)
		readers.analyze()


def compare(size: int, people: dict[str, str], courses: list[str]) -> dict[tuple[str, str], Cost]:
	employees = [readers.employee(number) for number in range(SIZES[size])]
	found = {}
	print(f"\n{size:,} assignments, {3 * size:,} events, {SIZES[size]:,} people")
	for who in READERS:
		frappe.set_user(people[who])
		rate = plain_loop()
		print(
			f"  {who}: the plain loop takes {1000 / rate:.1f} ms an assignment, {size / rate:,.0f} s for all"
		)
		for name, screen in screens(employees, courses).items():
			if not (cost := cost_of(screen)):
				continue
			found[who, name] = cost
			before = ""
			if name in readers.pages():
				with old_rule():
					before = f", by the rule of 0.1 {cost_of(screen).of_database:,.1f}"
			print(
				f"    {name:26} {cost.milliseconds:9,.1f} ms, SQL {cost.of_database:9,.1f}{before}, "
				f"{cost.queries} queries",
				flush=True,
			)
	return found


def show_growth(smaller: int, larger: int, costs: dict[int, dict[tuple[str, str], Cost]]) -> None:
	print(f"\nExponents of growth from {smaller:,} to {larger:,} assignments, in all and of SQL; queries")
	for key, cost in costs[larger].items():
		before, factor = costs[smaller][key], math.log(larger / smaller)
		growth = [math.log(max(cost[each], 0.01) / max(before[each], 0.01)) / factor for each in (0, 1)]
		print(
			f"  {key[0]:20} {key[1]:26} {growth[0]:5.2f} {growth[1]:5.2f}   {before.queries} -> {cost.queries}"
		)


def rows_of(size: int, before: int | None, costs: dict[int, dict[tuple[str, str], Cost]]) -> list[table.Row]:
	"""Return of each screen what it costs the reader who waits longest for it, and how that grew."""
	found = {}
	for (who, name), cost in costs[size].items():
		if name not in found or cost.milliseconds > found[name][1].milliseconds:
			found[name] = who, cost
	return [
		table.Row(
			f"{name} ({who})",
			f"{size:,}",
			ours=f"{cost.milliseconds:,.0f} ms, SQL {cost.of_database:,.0f}",
			growth=math.log(cost.milliseconds / costs[before][who, name].milliseconds)
			/ math.log(size / before)
			if before
			else None,
			queries=cost.queries,
			times=ROUNDS,
		)
		for name, (who, cost) in found.items()
	]


if __name__ == "__main__":
	bench_harness.start()
	sizes = [int(size) for size in sys.argv[1:] or os.environ.get("BENCH_SIZES", "20000 200000").split()]
	measured: dict[int, dict] = {}
	for number in sizes:
		measured[number] = measure(number)
		smaller = max((size for size in measured if size < number), default=None)
		table.hand_over(rows_of(number, smaller, measured))
	for one, next_one in itertools.pairwise(sizes):
		show_growth(one, next_one, measured)
