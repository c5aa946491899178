"""The daily run over many assignments, against the plain loop on a sample, in the same run.

The plain loop loads each assignment's document, derives its status and saves it. The tables grow, what a day brings stays
the same: so many newly overdue, so many who have learned unheard, so many owed a reminder. Per size: medians, the ratio to
the plain loop's rows per second, the queries of a chunk, the peak of extra memory; and how each grows: time is as the
number of rows to the power of so much. What is told of everybody at once is measured by itself.

    make bench-daily BENCH=~/frappe-bench
    make bench-daily BENCH=~/frappe-bench SIZES="10000 100000 1000000"

The rows are committed and taken away again: for the scratch site alone.
"""

import gc
import math
import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import frappe
from frappe.utils import getdate, now_datetime

from benchmarks import table
from smooth_lms_hr import daily
from smooth_lms_hr.following import progress
from smooth_lms_hr.sources.names import ASSIGNMENT, ENROLLMENT, EVENT, NOTIFICATION
from smooth_lms_hr.sources.settings import SETTINGS, get_settings
from smooth_lms_hr.telling import collect, decide, reminders
from smooth_lms_hr.telling.send import Report
from smooth_lms_hr.training.status import derive_status, percent_done
from tests.site import bench_harness, factory
from tests.site.crowd import clear_away
from tests.site.queries import Queries

SIZES = os.environ.get("SIZES", "10000 100000")
NEWLY_OVERDUE, BEHIND, OWED_A_REMINDER = 1_000, 1_000, 2_000
COURSES, EACH, LESSONS = 20, 10, 5
SAMPLE, ROUNDS = 200, 5
# What takes longer is done less often. A day's mails cost the same in a larger table, and HR is told of no more at once.
LONG, TOLD_OF = 10.0, 100_000
PROGRESS = "LMS Course Progress"
TABLES = (
	ASSIGNMENT, EVENT, NOTIFICATION, ENROLLMENT, PROGRESS, "Email Queue", "Email Queue Recipient", "Notification Log",
)  # fmt: skip
STAMPS = "creation, modified, owner, modified_by"
STAMPED = "now() - interval 60 day, now() - interval 60 day, 'Administrator', 'Administrator'"
# Of an assignment's number: who, which of their courses, how many of its lessons are completed: some, never all.
PERSON = f"concat('bench-', lpad(seq div {EACH}, 6, '0'), '@example.com')"
PLACE = f"(seq % {EACH} * {COURSES // EACH} + seq div {EACH} % {COURSES // EACH})"
DONE = f"((seq + seq div {EACH}) % {LESSONS})"


def fill(size: int) -> None:
	"""Write people, what they learn, what they owe and owed once, and what was said of it."""
	clear()
	courses = [factory.course(lessons=LESSONS, is_mandatory=0) for _ in range(COURSES)]
	frappe.db.commit()
	course = f"elt({PLACE} + 1, {', '.join(map(frappe.db.escape, courses))})"
	frappe.db.sql(
		f"""insert into `tabUser` (name, {STAMPS}, email, first_name, full_name, enabled, user_type)
		select {PERSON}, {STAMPED}, {PERSON}, 'Bench', 'Bench', 1, 'Website User' from seq_0_to_{size - 1}
		where seq % {EACH} = 0"""
	)
	frappe.db.sql(
		f"""insert into `tab{ENROLLMENT}` (name, {STAMPS}, member, course)
		select concat('bench-', seq), {STAMPED}, {PERSON}, {course} from seq_0_to_{size - 1}"""
	)
	for number, name in enumerate(courses):
		for place, lesson in enumerate(factory.lessons_of(name)[: LESSONS - 1]):
			frappe.db.sql(
				f"""insert into `tab{PROGRESS}` (name, {STAMPS}, member, course, lesson, status)
				select concat('bench-', seq, '-{place}'), {STAMPED}, {PERSON}, {frappe.db.escape(name)}, {frappe.db.escape(lesson)}, 'Complete'
				from seq_0_to_{size - 1} where {PLACE} = {number} and {DONE} > {place}"""
			)
	# Spread over the table, as they would be. For half as many as are owed, an earlier debt is settled.
	frappe.db.sql(
		f"""insert into `tab{ASSIGNMENT}` (name, {STAMPS}, member, member_name, course, course_title, status, progress,
			due_date, original_due_date, due_date_set_on, assigned_on, enrollment, cycle)
		select concat('TB-', lpad(seq, 8, '0')), {STAMPED}, {PERSON}, 'Bench', {course}, {course},
			if(seq % 10, 'Completed', 'Cancelled'), 100, curdate() - interval seq % 700 day, curdate(), curdate(),
			now() - interval 800 day, concat('bench-', seq), 1
		from seq_0_to_{size // 2}"""
	)
	frappe.db.sql(
		f"""insert into `tab{ASSIGNMENT}` (name, {STAMPS}, member, member_name, course, course_title, status, progress,
			due_date, original_due_date, due_date_set_on, assigned_on, enrollment, cycle)
		select concat('TC-', lpad(seq, 8, '0')), {STAMPED}, {PERSON}, 'Bench', {course}, {course},
			if(done, 'In Progress', 'Pending'), done * {100 / LESSONS}, due, due, curdate() - interval 60 day,
			now() - interval if(seq % 10, 60, 10) day, concat('bench-', seq), 2
		from (select seq, if(seq % {size // BEHIND} = 2, 0, {DONE}) done, curdate() + interval
			case when seq % {size // NEWLY_OVERDUE} = 0 then -1 when seq % {size // OWED_A_REMINDER} = 1 then 7
			else 20 + seq % 300 end day due from seq_0_to_{size - 1}) numbers"""
	)
	frappe.db.sql(
		f"""insert into `tab{NOTIFICATION}` (name, {STAMPS}, assignment, kind, occasion, due_date, audience, recipient)
		select concat('bench-', name), {STAMPED}, name, elt(1 + cycle % 2, 'Assigned', 'Digest'), due_date - interval 200 day,
			due_date, 'Member', member from `tab{ASSIGNMENT}`"""
	)
	frappe.db.commit()
	for doctype in (*TABLES, "User"):
		frappe.db.sql(f"analyze table `tab{doctype}`")


def clear() -> None:
	"""Take away what was filled in, also by a run that was torn off."""
	frappe.db.rollback()
	frappe.db.delete("User", {"name": ("like", "bench-%@example.com")})
	frappe.db.commit()
	for doctype in TABLES:
		frappe.db.sql_ddl(f"truncate table `tab{doctype}`")


def next_morning(size: int) -> None:
	"""Take back what a run has done to assignments: the day begins anew."""
	frappe.db.sql(
		f"""update `tab{ASSIGNMENT}` set status = 'Pending', progress = 0
		where cycle = 2 and substr(name, 4) % {size // BEHIND} = 2"""
	)
	frappe.db.sql(
		f"""update `tab{ASSIGNMENT}` set status = if(progress > 0, 'In Progress', 'Pending')
		where cycle = 2 and status = 'Overdue'"""
	)
	frappe.db.commit()


def plain_loop(names: list[str]) -> float:
	"""Return seconds."""
	today = getdate()
	started = time.perf_counter()
	for name in names:
		doc = frappe.get_doc(ASSIGNMENT, name)
		key = {"member": doc.member, "course": doc.course, "status": "Complete"}
		doc.progress = percent_done(frappe.db.count(PROGRESS, key), LESSONS)
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


class Cost:
	"""What something costs: seconds (the median of several times), the MB held at most beside what was there, queries."""

	def __init__(self, call: Callable, before: Callable | None = None):
		"""
		:param before: takes back what the time before has done, None where it committed nothing
		"""
		seconds, self.memory = [], 0.0
		while len(seconds) < ROUNDS and not (seconds and sum(seconds) > LONG):
			(before or frappe.db.rollback)()
			held, started = forget_peak(), time.perf_counter()
			self.answer = call()
			seconds.append(time.perf_counter() - started)
			self.memory = max(self.memory, peak_memory() - held)
		self.seconds, self.times = statistics.median(seconds), len(seconds)

	def __str__(self) -> str:
		return f"{self.seconds:9.2f} s (median of {self.times}), {self.memory:.0f} MB"


def all_chunks(chunks, step) -> int:
	return sum(sum(step(names, getdate()).values()) for names in chunks)


def queries_of(call) -> int:
	# What is known of DocTypes and users is asked for once.
	call()
	frappe.db.rollback()
	with Queries() as queries:
		call()
	frappe.db.rollback()
	return len(queries)


def say_all(today) -> Report:
	report = Report()
	reminders.send_reminders(today, get_settings(), lambda _what, step: report.add(step()))
	return report


def without_mails(today) -> Report:
	frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
	return say_all(today)


def tell_hr_of_everybody(today, hr: str) -> Report:
	"""Tell somebody of HR of all that is owed, after a fortnight in which nobody did anything."""
	report, settings = Report(), get_settings()
	occasion = decide.Occasion(today + timedelta(days=14), settings, [hr], None, ())
	people = {name: None for chunk in collect.chunks_of_members(occasion.today, settings) for name in chunk}
	reminders._tell_others(
		reminders.email_templates.HR,
		{hr: people},
		"/app",
		reminders._of_hr,
		reminders._covers_for_hr,
		occasion,
		lambda _what, step: report.add(step()),
	)
	return report


def measure(size: int) -> tuple[Cost, dict[str, Cost]]:
	today = getdate()
	late = frappe.get_all(
		ASSIGNMENT, {"due_date": ("<", today), "cycle": 2}, pluck="name", limit=SAMPLE, order_by="name"
	)
	loop = Cost(lambda: plain_loop(late))
	found = {
		"compare": Cost(lambda: all_chunks(progress.chunks_of_open(daily.CHUNK), progress.reconcile)),
		"flip": Cost(lambda: all_chunks(progress.chunks_of_late(today, daily.CHUNK), progress.flag_overdue)),
	}
	assert found["flip"].answer == NEWLY_OVERDUE, found["flip"].answer
	chunk = next(progress.chunks_of_open(daily.CHUNK))
	print(
		f"  plain loop           {SAMPLE / loop.seconds:9,.0f} rows/s (a sample of {SAMPLE}, median of {loop.times})"
	)
	print(f"  compare              {found['compare']}, {found['compare'].answer:,} behind", end=", ")
	print(
		f"{size / found['compare'].seconds * loop.seconds / SAMPLE:,.0f} times the plain loop's rows/s",
		end=", ",
	)
	print(f"{queries_of(lambda: progress.reconcile(chunk, today))} queries a chunk")
	print(f"  flip                 {found['flip']}", end=", ")
	print(
		f"{NEWLY_OVERDUE / found['flip'].seconds * loop.seconds / SAMPLE:,.0f} times the plain loop's rows/s",
		end=", ",
	)
	print(f"{queries_of(lambda: progress.flag_overdue(late, today))} queries a chunk", flush=True)

	found["who is owed"] = Cost(lambda: sum(map(len, collect.chunks_of_members(today, get_settings()))))
	members = next(collect.chunks_of_members(today, get_settings()))
	print(f"  who is owed a word   {found['who is owed']}, {found['who is owed'].answer:,} people", end=", ")
	number = queries_of(lambda: collect.known_of(members, (), today, get_settings()))
	print(f"{number} queries for what is known of a chunk", flush=True)

	frappe.db.set_single_value(SETTINGS, "send_reminders", 0)
	frappe.db.commit()
	run = found["a day"] = Cost(lambda: daily.run(today), lambda: next_morning(size))
	assert run.answer["Overdue"] == NEWLY_OVERDUE, run.answer
	assert not run.answer["not_done"], run.answer
	print(f"  a day                {run}, without reminders", flush=True)
	frappe.db.set_single_value(SETTINGS, "send_reminders", 1)
	frappe.db.commit()

	if size <= TOLD_OF:
		print(f"  bells                {Cost(lambda: without_mails(today))}, without mails")
		found["reminders"] = Cost(lambda: say_all(today))
		report = found["reminders"].answer
		assert not report.failed, report.failed[:3]
		print(
			f"  reminders            {found['reminders']}, {report.mails:,} mails and {report.bells:,} bells",
			flush=True,
		)

	frappe.db.rollback()
	frappe.db.set_value(
		ASSIGNMENT, {"cycle": 2}, {"status": "Pending", "due_date": today}, update_modified=False
	)
	frappe.db.commit()
	found["who, where all is owed"] = Cost(
		lambda: sum(map(len, collect.chunks_of_members(today, get_settings())))
	)
	print(
		f"  who, if all is owed  {found['who, where all is owed']}, {found['who, where all is owed'].answer:,} people"
	)
	if size <= TOLD_OF:
		hr = factory.hr_manager()
		frappe.db.commit()
		told = found["HR told of all"] = Cost(lambda: tell_hr_of_everybody(today, hr))
		assert told.answer.mails == 1, told.answer
		print(f"  HR is told of all    {told}, one mail about {size:,} assignments", flush=True)
	return loop, found


def main(sizes: list[int]) -> list[table.Row]:
	results, loops, began = {}, {}, str(now_datetime())
	factory.mail_account()
	frappe.db.commit()
	try:
		for size in sizes:
			started = time.perf_counter()
			fill(size)
			print(
				f"{size:,} assignments of {size // EACH:,} people, and {size // 2:,} that are settled", end=""
			)
			print(
				f" (written in {time.perf_counter() - started:.0f} s); a day brings {NEWLY_OVERDUE:,} newly overdue,"
			)
			print(
				f"{BEHIND:,} of whom nobody heard that they learned, and {OWED_A_REMINDER:,} owed a reminder:"
			)
			loops[size], results[size] = measure(size)
	finally:
		clear()
		clear_away(began)
		frappe.db.commit()
	for small, large in pairwise(sizes):
		print(f"From {small:,} to {large:,}: seconds grow as the rows to the power of")
		for what in results[large]:
			seconds = results[large][what].seconds / results[small][what].seconds
			print(f"  {what:22} {math.log(seconds) / math.log(large / small):6.2f}")
	return [row for size in sizes for row in rows_of(size, sizes, loops[size], results)]


def rows_of(size: int, sizes: list[int], loop: Cost, results: dict[int, dict[str, Cost]]) -> list[table.Row]:
	"""Return what a size cost, and how it grew from the one before; of what the plain loop does too, the loop's time for as many."""
	place, rows = sizes.index(size), []
	for what, cost in results[size].items():
		before = results[sizes[place - 1]].get(what) if place else None
		worked_on = {"compare": size, "flip": NEWLY_OVERDUE}.get(what)
		plain = loop.seconds / SAMPLE * worked_on if worked_on else None
		rows.append(
			table.Row(
				f"daily run: {what}",
				f"{size:,}",
				ours=f"{cost.seconds:.2f} s",
				plain=f"{plain:.1f} s" if plain else "",
				ratio=cost.seconds / plain if plain else None,
				growth=math.log(cost.seconds / before.seconds) / math.log(size / sizes[place - 1])
				if before
				else None,
				memory=cost.memory,
				times=cost.times,
			)
		)
	return rows


if __name__ == "__main__":
	bench_harness.start()
	table.hand_over(main([int(size) for size in SIZES.split()]))
