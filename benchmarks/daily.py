"""The daily run over many assignments, against the plain loop on a sample, in the same run.

The plain loop loads each assignment's document, derives its status and saves it. Per size of the table: how long the
flip of what became overdue takes in rows per second against that loop, what a day costs in all, how many queries a
chunk takes, and the peak of extra memory.

    make bench-daily BENCH=~/frappe-bench
"""

import gc
import sys
import time
from datetime import timedelta
from unittest import mock

import frappe
from frappe.model.document import bulk_insert
from frappe.utils import getdate, now_datetime

from smooth_lms_hr import daily
from smooth_lms_hr.following import progress
from smooth_lms_hr.sources import listeners
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.telling import collect, reminders
from smooth_lms_hr.telling.send import Report
from smooth_lms_hr.training.status import derive_status, percent_done
from tests.site import bench_harness, factory
from tests.site.queries import Queries

SIZES = (10_000, 100_000)
NEWLY_OVERDUE = 1_000
OWED_A_REMINDER = 2_000
COURSES = 20
LESSONS = 5
SAMPLE = 200
ASSIGNMENT = "LMS Training Assignment"


def fill(size: int) -> None:
	"""Write people, what they learn and what they owe straight into the tables: what is measured comes after."""
	today = getdate()
	people = [f"bench-{number:06d}@example.com" for number in range(size // COURSES)]
	lessons = {
		course: factory.lessons_of(course)
		for course in (factory.course(lessons=LESSONS, is_mandatory=0) for _ in range(COURSES))
	}
	courses = list(lessons)
	bulk_insert(
		"User",
		(
			named("User", person, email=person, first_name=person, enabled=1, user_type="Website User")
			for person in people
		),
	)
	numbers = [(person, course) for person in people for course in courses]
	bulk_insert(
		"LMS Enrollment",
		(
			named("LMS Enrollment", f"bench-{number}", member=person, course=course, progress=percent(number))
			for number, (person, course) in enumerate(numbers)
		),
	)
	bulk_insert(
		"LMS Course Progress",
		(
			named(
				"LMS Course Progress",
				f"bench-{number}-{place}",
				member=person,
				course=course,
				lesson=lesson,
				status="Complete",
			)
			for number, (person, course) in enumerate(numbers)
			for place, lesson in enumerate(lessons[course][: done(number)])
		),
	)

	def due(number: int):
		# Spread over the table, as they would be.
		if number % (size // NEWLY_OVERDUE) == 0:
			return today - timedelta(days=1)
		if number % (size // OWED_A_REMINDER) == 1:
			return today + timedelta(days=7)
		return today + timedelta(days=20 + number % 300)

	bulk_insert(
		ASSIGNMENT,
		(
			named(
				ASSIGNMENT,
				f"TB-{number:06d}",
				member=person,
				member_name=person,
				course=course,
				course_title=course,
				status="In Progress" if done(number) else "Pending",
				progress=percent(number),
				due_date=due(number),
				original_due_date=due(number),
				due_date_set_on=today - timedelta(days=60),
				assigned_on=now_datetime() - timedelta(days=60),
				enrollment=f"bench-{number}",
				cycle=1,
			)
			for number, (person, course) in enumerate(numbers)
		),
	)


def done(number: int) -> int:
	"""Return how many lessons the person of an assignment has completed: some, never all."""
	# Another one per course and person, as COURSES is a multiple of LESSONS.
	return (number + number // COURSES) % LESSONS


def percent(number: int) -> float:
	return percent_done(done(number), LESSONS)


def named(doctype: str, name: str, **fields):
	return frappe.get_doc({"doctype": doctype, "name": name, **fields})


def plain_loop(names: list[str]) -> float:
	"""Return seconds."""
	today = getdate()
	started = time.perf_counter()
	for name in names:
		doc = frappe.get_doc(ASSIGNMENT, name)
		key = {"member": doc.member, "course": doc.course, "status": "Complete"}
		doc.progress = percent_done(frappe.db.count("LMS Course Progress", key), LESSONS)
		doc.status = derive_status(doc.status, doc.progress, doc.due_date, today)
		doc.save_by_rule()
	return time.perf_counter() - started


def forget_peak() -> float:
	"""Let the kernel count the peak of this process's memory anew, and return what it holds now, in MB."""
	gc.collect()
	with open("/proc/self/clear_refs", "w") as file:
		file.write("5")
	return peak_memory()


def peak_memory() -> float:
	"""Return the most memory that this process has held since the peak was forgotten, in MB."""
	with open("/proc/self/status") as file:
		return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024


def in_chunks(step, state) -> tuple[float, list[int]]:
	"""Repeat a step until it returns None; return seconds, and the queries of each chunk."""
	queries_per_chunk = []
	started = time.perf_counter()
	while state is not None:
		with Queries() as queries:
			state = step(state)
		queries_per_chunk.append(len(queries))
	return time.perf_counter() - started, queries_per_chunk


def bells_alone(today) -> tuple[float, int, int]:
	"""Return how many seconds the bells take without mails, how many they are, and their queries; leave nothing of it."""
	frappe.db.savepoint("bells")
	frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
	report, started = Report(), time.perf_counter()
	with Queries() as queries:
		reminders.send_reminders(today, get_settings(), lambda _what, step: report.add(step()))
	seconds = time.perf_counter() - started
	frappe.db.rollback(save_point="bells")
	return seconds, report.bells, queries.about("Notification Log") + queries.about("Notification Settings")


def who_is_owed(today) -> tuple[float, int, float]:
	"""Return how many seconds it takes to find everybody where all is owed, how many they are, and the memory in MB."""
	frappe.db.set_value(ASSIGNMENT, {}, {"status": "Pending", "due_date": today}, update_modified=False)
	memory, started = forget_peak(), time.perf_counter()
	members = sum(len(chunk) for chunk in collect.chunks_of_members(today, get_settings()))
	return time.perf_counter() - started, members, peak_memory() - memory


def measure(size: int) -> dict:
	today = getdate()
	with bench_harness.rolled_back():
		# What else the site holds would be counted along.
		frappe.db.delete(ASSIGNMENT)
		factory.mail_account()
		fill(size)
		late = frappe.get_all(
			ASSIGNMENT, {"due_date": ("<", today)}, pluck="name", limit=SAMPLE, order_by="name"
		)
		frappe.db.savepoint("sample")
		loop = len(late) / plain_loop(late)
		frappe.db.rollback(save_point="sample")

		memory = forget_peak()
		compare, compare_queries = in_chunks(
			lambda after: progress.reconcile(after, today, daily.CHUNK)[1], ""
		)
		flip, flip_queries = in_chunks(lambda _: progress.flag_overdue(today, daily.CHUNK) or None, 0)
		assert frappe.db.count(ASSIGNMENT, {"status": "Overdue"}) == NEWLY_OVERDUE

		with mock.patch.object(listeners, "hears_of", return_value=True):
			one_by_one = bells_alone(today)
		in_sets = bells_alone(today)

		started = time.perf_counter()
		report = Report()
		reminders.send_reminders(today, get_settings(), lambda _what, step: report.add(step()))
		remind = time.perf_counter() - started
		assert frappe.db.count("LMS Training Notification", {"audience": "Member"}) >= OWED_A_REMINDER
		assert not report.failed, report.failed[:3]

		started = time.perf_counter()
		daily.run(today)
		again = time.perf_counter() - started
		memory = peak_memory() - memory
		return {
			"loop": loop,
			"flip": flip,
			"rows": NEWLY_OVERDUE / flip,
			"compare": compare,
			"queries": (compare_queries, flip_queries),
			"remind": remind,
			"mails": report.mails,
			"bells": report.bells,
			"again": again,
			"memory": memory,
			"bells alone": (one_by_one, in_sets),
			"owed": who_is_owed(today),
		}


def main(sizes) -> None:
	results = {}
	for size in sizes:
		results[size] = found = measure(size)
		print(
			f"{size:,} assignments, {NEWLY_OVERDUE:,} newly overdue, {OWED_A_REMINDER:,} and these owed a reminder:"
		)
		print(f"  plain loop          {found['loop']:10,.0f} rows/s (a sample of {SAMPLE})")
		print(f"  flip                {found['rows']:10,.0f} rows/s, {found['flip']:.2f} s in all")
		print(
			f"  ratio               {found['rows'] / found['loop']:10,.0f} times the plain loop's rows per second"
		)
		print(f"  progress compared   {found['compare']:10.2f} s for all")
		print(f"  queries per chunk   {found['queries'][0]} to compare, {found['queries'][1]} to flip")
		print(
			f"  reminders           {found['remind']:10.1f} s for {found['mails']} mails and {found['bells']} bells"
		)
		for how, (seconds, bells, queries) in zip(
			("one by one", "in sets"), found["bells alone"], strict=True
		):
			print(
				f"  bells {how:14}{seconds:10.1f} s for {bells} without mails, {queries} queries about them"
			)
		print(f"  the same day again  {found['again']:10.1f} s")
		print(f"  peak extra memory   {found['memory']:10.0f} MB")
		seconds, members, memory = found["owed"]
		print(
			f"  who is owed a word  {seconds:10.2f} s for {members:,} people who owe all of it, {memory:.0f} MB",
			flush=True,
		)
	if len(results) > 1:
		small, large = results.values()
		print(f"Ten times the rows: the flip takes {large['flip'] / small['flip']:.1f} times as long,")
		print(
			f"  the reminders {large['remind'] / small['remind']:.1f}, a day with nothing to do {large['again'] / small['again']:.1f}."
		)


if __name__ == "__main__":
	bench_harness.start()
	main([int(size) for size in sys.argv[1:]] or SIZES)
