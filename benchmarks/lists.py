"""The lists and reports of everybody who reads them, by the rule of 0.1 and by today's, in the same run.

A list: milliseconds that the database takes for what the desk asks of it for one page, all queries of the request. A
report: milliseconds in all. Medians. The old rule runs on today's indexes and in today's queries: what those bring is not
in its disfavour. The rows are committed and deleted again: for the scratch site alone.

    make bench-lists BENCH=~/frappe-bench
"""

import statistics
import sys
import time
from contextlib import contextmanager

import frappe
from frappe.desk.query_report import run as run_report

from smooth_lms_hr import api
from smooth_lms_hr.sources import conditions, reporting_lines
from smooth_lms_hr.sources.names import ASSIGNMENT
from tests.site import bench_harness, readers

# Assignments, and people.
SIZES = {20_000: 3_007, 200_000: 10_000, 2_000_000: 100_000}
ROUNDS = 5
# Not for managers.
OF_HR = ("Training KPIs", "Assignment Audit", "Assignment Audit, a week", "Team Training Status")
# What takes longer is not asked again.
LONG = 2.0


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


def milliseconds(call, whole: bool = False) -> float:
	"""Return the median of what a call costs the database, or in all."""
	found = []
	while len(found) < ROUNDS and (not found or found[-1] < LONG):
		started = time.perf_counter()
		with DatabaseTime() as database:
			call()
		found.append(time.perf_counter() - started if whole else database.seconds)
	return 1000 * statistics.median(found)


def reports() -> dict:
	def report(name, **filters):
		return lambda: run_report(name, filters=filters, ignore_prepared_report=True)

	return {
		"team API": lambda: api.get_team_training_status(),
		"team API, page 100": lambda: api.get_team_training_status(start=5_000),
		"Training KPIs": report("Training KPIs"),
		"Assignment Audit": report("Assignment Audit"),
		"Assignment Audit, a week": report("Assignment Audit", from_date="2026-11-16", to_date=readers.TODAY),
		"Team Training Status": report("Team Training Status"),
	}


def measure(size: int) -> None:
	people = {}
	try:
		readers.clear(people)
		people.update(readers.readers())
		readers.fill(size, SIZES[size])
		# Of rows that are not committed no index alone can tell whether they are there.
		frappe.db.commit()
		readers.analyze()
		compare(size, people)
	finally:
		frappe.set_user("Administrator")
		frappe.db.rollback()
		readers.clear(people)
		readers.analyze()


def compare(size: int, people: dict[str, str]) -> None:
	print(f"\n{size:,} assignments, {3 * size:,} events, {SIZES[size]:,} people: ms of SQL, old -> new")
	for name, page in readers.pages().items():
		for who, user in people.items():
			frappe.set_user(user)
			with old_rule():
				before = milliseconds(page)
			show(name, who, before, milliseconds(page), 100)
	print(f"\n{size:,} assignments: ms in all")
	for name, page in reports().items():
		for who in ("director of 3,000", "HR", f"HR of {readers.TINY}"):
			if who.startswith("director") and name in OF_HR:
				continue
			frappe.set_user(people[who])
			with old_rule():
				before = milliseconds(page, whole=True)
			show(name, who, before, milliseconds(page, whole=True), 300)


def show(name: str, who: str, before: float, after: float, wanted: int) -> None:
	late = "  !" if after > wanted else ""
	print(f"  {name:25} {who:20} {before:10,.1f} -> {after:8,.1f}{late}", flush=True)


if __name__ == "__main__":
	bench_harness.start()
	for size in [int(size) for size in sys.argv[1:]] or [20_000, 200_000]:
		measure(size)
