"""What a page of the compliance matrix takes, by how many people hold ten types each, against a query for each person of the page.

make bench-compliance BENCH=~/frappe-bench
"""

import math
import statistics
import time

import frappe

from benchmarks import table
from smooth_lms_hr.showing import compliance_matrix
from smooth_lms_hr.sources.names import COMPLIANCE, COMPLIANCE_TYPE
from smooth_lms_hr.training.compliance import STATUSES
from tests.site import bench_harness, factory
from tests.site.factory import insert
from tests.site.queries import Queries

PEOPLE = (1_000, 10_000)
TYPES, PAGE, ROUNDS = 10, 500, 5


def fill(people: int) -> None:
	company = factory.company()
	names = [f"matrix-{number:06d}" for number in range(people)]
	types = [f"Matrix {number}" for number in range(TYPES)]
	insert(COMPLIANCE_TYPE, [{"name": each, "title": each, "alert_days_before": 30} for each in types])
	insert(
		"Employee",
		[
			{"name": each, "employee": each, "employee_name": each, "first_name": each, "company": company,
				"status": "Active", "date_of_joining": "2026-11-01"}
			for each in names
		],
	)  # fmt: skip
	for first in range(0, people, 1_000):
		insert(
			COMPLIANCE,
			[
				{"name": f"{each}-{number}", "employee": each, "employee_name": each, "company": company,
					"compliance_type": of_type, "cycle": 1, "is_current": 1,
					"status": STATUSES[(place + number) % len(STATUSES)], "next_renewal_date": "2027-06-01"}
				for place, each in enumerate(names[first : first + 1_000])
				for number, of_type in enumerate(types)
			],
		)  # fmt: skip


def page() -> int:
	"""Read a page of the matrix from the middle, with the sums of all; return how many cells it has."""
	asked = compliance_matrix.Asked({})
	asked.sums()
	people = asked.people(PAGE, PAGE)
	return len(asked.cells([person.employee for person in people]))


def loop() -> int:
	"""Read the same page with a query for each of its people, and no sums."""
	everybody = frappe.get_all(
		COMPLIANCE,
		{"is_current": 1},
		pluck="employee",
		distinct=True,
		order_by="employee",
		start=PAGE,
		limit=PAGE,
	)
	fields = ["compliance_type", "status", "next_renewal_date"]
	return sum(
		len(frappe.get_all(COMPLIANCE, {"employee": each, "is_current": 1}, fields, order_by="name"))
		for each in everybody
	)


def measure(people: int) -> tuple[float, float, int]:
	"""Return the seconds of a page and of the loop, medians, and the queries of a page."""
	with bench_harness.rolled_back():
		fill(people)
		seconds: dict = {page: [], loop: []}
		assert page() == loop()
		for _round in range(ROUNDS):
			for call in (page, loop):
				started = time.perf_counter()
				call()
				seconds[call].append(time.perf_counter() - started)
		with Queries() as queries:
			page()
		return statistics.median(seconds[page]), statistics.median(seconds[loop]), len(queries)


def main() -> None:
	before = None
	for people in PEOPLE:
		ours, plain, queries = measure(people)
		growth = before and math.log(ours / before[1]) / math.log(people / before[0])
		print(
			f"{people:>7} people x {TYPES} types, a page of {PAGE}: {ours * 1000:.0f} ms, {queries} queries; "
			f"a query for each person {plain * 1000:.0f} ms",
			flush=True,
		)
		before = (people, ours)
		table.hand_over(
			[
				table.Row(
					f"a page of {PAGE} people of the compliance matrix, with the sums of all",
					f"{people:,} people, {TYPES} types",
					ours=f"{ours * 1000:.0f} ms",
					plain=f"{plain * 1000:.0f} ms",
					ratio=ours / plain,
					growth=growth,
					queries=queries,
					times=ROUNDS,
				)
			]
		)


if __name__ == "__main__":
	bench_harness.start()
	main()
