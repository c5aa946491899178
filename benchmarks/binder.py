"""What a binder costs, by how many people it is of, each with twenty courses, certificates and their history.

Compared is the least that anybody could do who hands over the same: to read the rows and the files of the same people, and to
put them into a ZIP as they are. The record is written for this alone, in one transaction, which is rolled back at the end.

    make bench-binder BENCH=~/frappe-bench
    make bench-binder ARGS="100 200" BENCH=~/frappe-bench
"""

import io
import math
import os
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator

import frappe
import frappe.realtime
from frappe.utils import now_datetime

from benchmarks import table
from smooth_lms_hr.record import events, evidence
from smooth_lms_hr.record.events import Event
from smooth_lms_hr.record.evidence import Evidence
from smooth_lms_hr.showing import binder_people, binder_runs, binder_zip
from smooth_lms_hr.sources import private_files
from smooth_lms_hr.sources.names import ASSIGNMENT, EVENT, EVIDENCE
from tests.site import bench_harness, factory
from tests.site.factory import insert
from tests.site.queries import Queries

SIZES = (250, 500, 1_000)
COURSES = 20
# Bytes of a certificate, which cannot be made smaller.
CERTIFICATE = 20_000
LESSONS = [
	{"lesson": f"L-{each}", "title": f"Lesson {each}", "completed_on": "2026-11-20"} for each in range(10)
]
RESULTS = [{"exercise": "Q", "attempts": 2, "percent": 90, "passing_percent": 70}]
FACTS = {
	"from_date": None, "to_date": None, "language": "en", "made_on": "2026-11-23 12:00:00", "made_by": "HR",
	"period": "up to today", "url": "https://example.com",
}  # fmt: skip
# Wanted of the largest.
MEGABYTES = 100


def write(first: int, last: int, company: str) -> list[str]:
	"""Write people who have learned twenty courses each, with a certificate of each; return the files' names."""
	now, files, assignments = now_datetime(), [], []
	names = [f"binder-{number:05d}" for number in range(first, last)]
	insert(
		"Employee",
		[
			{"name": name, "employee": name, "employee_name": name, "first_name": name, "company": company,
				"status": "Active", "date_of_joining": "2026-11-01"}
			for name in names
		],
	)  # fmt: skip
	for name in names:
		assignments += [
			{
				"name": f"TA-{name}-{course}", "member": f"{name}@example.com", "employee": name, "company": company,
				"course": f"course-{course}", "course_title": f"Course {course}", "status": "Completed", "progress": 100,
				"due_date": "2026-12-23", "completed_on": "2026-11-20", "assigned_on": now, "assigned_by": "Administrator",
				"reason": "Mandatory course", "cycle": 1,
			}
			for course in range(COURSES)
		]  # fmt: skip
	insert(ASSIGNMENT, assignments)
	for begin in range(0, len(assignments), 500):
		part = assignments[begin : begin + 500]
		events.write(
			Event(row["name"], row["member"], row["employee"], row["course"], kind, after="2026-12-23")
			for row in part
			for kind in (events.ASSIGNED, events.BEGUN, events.COMPLETED)
		)
		written = evidence.write(
			[
				Evidence(
					row["name"], row["member"], row["employee"], row["course"], row["course_title"], "2026-11-20",
					lessons=LESSONS, results=RESULTS, training_hours=1.5,
				)
				for row in part
			]
		)  # fmt: skip
		for name in written:
			evidence.attach(name, f"certificate-{name}.pdf", [os.urandom(CERTIFICATE)])
			files.append(f"certificate-{name}.pdf")
		# What is to be said live waits for a commit, and with each file Frappe looks through all of it.
		frappe.realtime.clear_realtime_log()
	return files


def make(names: list[str]) -> int:
	"""Make a binder of people, as the jobs do and the last of them writes it; return its size in bytes."""
	people = [(binder_people.EMPLOYEE, name) for name in names]
	# Between the two it lies in a table.
	return sum(len(piece) for piece in binder_zip.pieces(binder_runs.outcomes(people, FACTS), FACTS))


def zip_plainly(names: list[str]) -> int:
	file = io.BytesIO()
	with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
		for name in names:
			for doctype in (ASSIGNMENT, EVENT, EVIDENCE):
				found = frappe.get_all(doctype, {"employee": name}, ["*"], order_by="name")
				archive.writestr(f"{name}-{doctype}.json", frappe.as_json(found))
				if doctype == EVIDENCE:
					for row in found:
						archive.writestr(
							f"{row.name}.pdf", b"".join(private_files.read(row.certificate_file))
						)
	return file.tell()


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


def compare(sizes: list[int]) -> Iterator[table.Row]:
	before, files = None, []
	with bench_harness.rolled_back():
		company, written = factory.company(), 0
		for size in sizes:
			files += write(written, size, company)
			written = size
			names = [f"binder-{number:05d}" for number in range(size)]
			with Queries() as queries:
				seconds = timed(lambda names=names: make(names))
			plain = timed(lambda names=names: zip_plainly(names))
			# Tracing takes several times as long: only the size is taken from it.
			peak = peak_of(lambda names=names: make(names))
			growth = math.log(seconds / before[1]) / math.log(size / before[0]) if before else None
			before = size, seconds
			row = table.Row(
				f"a binder, people times {COURSES} courses",
				f"{size:,}",
				ours=f"{seconds:.1f} s",
				plain=f"{plain:.1f} s",
				ratio=seconds / plain,
				growth=growth,
				memory=peak,
				queries=len(queries),
				times=1,
			)
			print("  ".join(cell for cell in row.cells() if cell), flush=True)
			yield row
		for name in files:
			private_files.discard(name)
	assert peak < MEGABYTES, f"more than {MEGABYTES} MB"


if __name__ == "__main__":
	bench_harness.start()
	table.hand_over(list(compare([int(size) for size in sys.argv[1:]] or list(SIZES))))
