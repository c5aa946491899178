"""What it costs to seal the record and to verify it, by its size; on a bench also against a plain read of the same rows.

The rows are those of ``record.rows``, written for this alone in one transaction, which is rolled back at the end. What is
compared with is the least that anybody could do who looks at every row: to read name, hash and what was written.

    make bench-seal BENCH=~/frappe-bench
    make bench-seal ARGS="10000 100000" BENCH=~/frappe-bench
"""

import math
import sys
import time
import tracemalloc
from collections.abc import Callable

import frappe

from benchmarks import table
from smooth_lms_hr.record import events, rows, seal, verifying
from smooth_lms_hr.record.events import Event
from smooth_lms_hr.sources.names import EVENT, SEAL
from tests.site import bench_harness
from tests.site.queries import Queries

SIZES = (10_000, 100_000, 1_000_000)
PER_STATEMENT = 1_000
PER_READ = 5_000
# Wanted of the largest.
SECONDS, MEGABYTES = 60, 200


def write(number: int) -> None:
	"""Write so many more events, as an assignment has them."""
	for first in range(0, number, PER_STATEMENT):
		events.write(
			Event(
				f"TA-{each:07d}",
				f"somebody.{each % 9973}@example.com",
				f"HR-EMP-{each % 9973:05d}",
				f"course-{each % 20}",
				events.DUE_DATE_MOVED,
				before="2026-12-23",
				after="2027-01-15",
				reason="On a project that takes until the end of the year",
				cause_doctype="Leave Application",
				cause=f"HR-LAP-2026-{each:05d}",
				done_by="hr@example.com",
			)
			for each in range(first, min(first + PER_STATEMENT, number))
		)


def seal_all() -> None:
	while seal.seal_next():
		pass


def read_plainly() -> None:
	after, event = "", frappe.qb.DocType(EVENT)
	query = frappe.qb.from_(event).select(event.name, event.row_hash, event.as_written)
	query = query.orderby(event.name).limit(PER_READ)
	while found := query.where(event.name > after).run():
		after = found[-1][0]


def timed(call: Callable) -> float:
	"""Return how many seconds a call takes."""
	started = time.perf_counter()
	call()
	return time.perf_counter() - started


def peak_of(call: Callable) -> float:
	"""Return how many MB a call holds at most, beside what was there."""
	tracemalloc.start()
	call()
	_now, peak = tracemalloc.get_traced_memory()
	tracemalloc.stop()
	return peak / 1e6


def verify() -> None:
	answer = verifying.verify()
	assert answer["ok"], answer["broken"][:3]


def compare(sizes: list[int]) -> list[table.Row]:
	found, written, before = [], 0, {}
	with bench_harness.rolled_back():
		for doctype in (EVENT, SEAL):
			frappe.db.delete(doctype)
		for size in sizes:
			write(size - written)
			written = size
			# Everything anew: a seal a day is nothing that could be measured.
			frappe.db.delete(SEAL)
			rows_moment = rows.moment
			rows.moment = lambda real=rows_moment: real() + 2 * seal.MARGIN
			try:
				sealing = timed(seal_all)
			finally:
				rows.moment = rows_moment
			plain, verifying_took = timed(read_plainly), timed(verify)
			with Queries() as queries:
				peak = peak_of(verify)
			# Tracing takes several times as long: only the size is taken from it.
			for what, seconds, compared in (("sealed", sealing, None), ("verified", verifying_took, plain)):
				exponent = None
				if what in before:
					last_size, last_seconds = before[what]
					exponent = math.log(seconds / last_seconds) / math.log(size / last_size)
				before[what] = size, seconds
				is_verified = what == "verified"
				row = table.Row(
					f"events {what}" + (", against reading them" if is_verified else ""),
					f"{size:,}",
					ours=f"{seconds:.1f} s",
					plain=f"{compared:.1f} s" if compared else "",
					ratio=seconds / compared if compared else None,
					growth=exponent,
					memory=peak if is_verified else None,
					queries=len(queries) if is_verified else None,
					times=1,
				)
				print("  ".join(cell for cell in row.cells() if cell), flush=True)
				found.append(row)
		if sizes[-1] >= SIZES[-1]:
			assert before["verified"][1] < SECONDS, f"more than {SECONDS} s"
			assert peak < MEGABYTES, f"more than {MEGABYTES} MB"
	return found


if __name__ == "__main__":
	bench_harness.start()
	table.hand_over(compare([int(size) for size in sys.argv[1:]] or list(SIZES)))
