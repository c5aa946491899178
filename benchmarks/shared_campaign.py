"""A campaign in the background: by one worker, by two, and by the plain loop; the same people and courses, in turns.

By one worker also as a single job, which is what sharing costs where there is nobody to share with.

The workers are Frappe's own, on a queue of Redis as on any bench. How long they wait for each other's locks is sampled from
the database, which tells only its administrator.
"""

import os
import statistics
import subprocess
import sys
import time

import frappe
import pymysql
from frappe.utils import add_days, background_jobs, getdate, now

from benchmarks import table
from benchmarks.daily import ASSIGNMENT, forget_peak, peak_memory
from smooth_lms_hr import api
from smooth_lms_hr.assigning import campaign_runs, shared_work
from smooth_lms_hr.sources import jobs
from smooth_lms_hr.sources.learning import as_administrator
from tests.site import bench_harness, crowd, factory
from tests.site.queries import Queries

PEOPLE, COURSES, ROUNDS = 800, 10, 3
# Of the plain loop a part is enough to say how fast it is.
SAMPLE = 60
BETWEEN_SAMPLES = 0.05
# What is compared: how many workers, and whether the campaign is one job.
ONE_JOB, ONE, TWO = (1, True), (1, False), (2, False)
IN_WORDS = {ONE_JOB: "1 worker, one job", ONE: "1 worker", TWO: "2 workers"}
WORKER = "from frappe.utils.background_jobs import start_worker; start_worker(queue='long', quiet=True)"


def fill() -> tuple[list[str], list[str]]:
	"""Write users who are learners, and courses; commit them."""
	courses = [factory.course(lessons=1, is_mandatory=0) for _ in range(COURSES)]
	# Another name each time: a run that was killed has not cleared away.
	group = frappe.generate_hash(length=6)
	users = [f"shared-{group}-{number:06d}@example.com" for number in range(PEOPLE)]
	stamps = (*[now()] * 2, *["Administrator"] * 2)
	of_all = ["name", "creation", "modified", "owner", "modified_by"]
	frappe.db.bulk_insert(
		"User",
		[*of_all, "email", "first_name", "full_name", "enabled", "user_type"],
		((user, *stamps, user, user, user, 1, "Website User") for user in users),
	)
	frappe.db.bulk_insert(
		"Has Role",
		[*of_all, "parent", "parenttype", "parentfield", "role"],
		((f"role-{user}", *stamps, user, "User", "roles", "LMS Student") for user in users),
	)
	frappe.db.commit()
	return users, courses


def plain_loop(users: list[str], courses: list[str]) -> float:
	"""Return pairs of person and course per second: two documents for each that is not there, a commit a person."""
	started = time.perf_counter()
	for user in users:
		for course in courses:
			pair = {"member": user, "course": course}
			if not frappe.db.exists("LMS Enrollment", pair):
				with as_administrator():
					frappe.get_doc({"doctype": "LMS Enrollment", **pair}).insert(ignore_permissions=True)
			if not frappe.db.exists(ASSIGNMENT, pair):
				doc = frappe.get_doc(
					{"doctype": ASSIGNMENT, **pair, "due_date": add_days(getdate(), 30), "source": "Manual"}
				)
				# Only the insert of a document: not what our controller adds for those made by hand.
				doc.flags.ignore_validate = True
				doc.before_validate = doc.after_insert = lambda: None
				doc.insert(ignore_permissions=True)
		frappe.db.commit()
	return len(users) * len(courses) / (time.perf_counter() - started)


def take_back(users: list[str]) -> None:
	"""Let nobody owe anything any more."""
	for doctype in (ASSIGNMENT, "LMS Enrollment", "LMS Training Event"):
		frappe.db.delete(doctype, {"member": ("like", "shared-%")})
	frappe.db.delete("LMS Training Run")
	frappe.db.delete("LMS Training Run Step")
	frappe.db.commit()
	for name in ("long", "short", "default"):
		background_jobs.get_queue(name).empty()


class Locks:
	"""Samples how many of the workers wait for a row that another one has locked; None where it may not ask."""

	def __init__(self):
		password = os.environ.get("FRAPPE_DB_ROOT_PASSWORD") or frappe.conf.root_password
		self.database = password and pymysql.connect(
			host=frappe.conf.db_host or "127.0.0.1",
			port=int(frappe.conf.db_port or 3306),
			user=os.environ.get("FRAPPE_DB_ROOT_USER") or frappe.conf.root_login or "root",
			password=password,
			autocommit=True,
		)
		self.samples = self.waiting = 0

	def sample(self) -> None:
		if not self.database:
			return
		with self.database.cursor() as cursor:
			cursor.execute(
				"""select count(*) from information_schema.innodb_trx trx
				join information_schema.processlist process on process.id = trx.trx_mysql_thread_id
				where process.db = %s and trx.trx_state = 'LOCK WAIT'""",
				frappe.conf.db_name,
			)
			self.waiting += cursor.fetchone()[0]
		self.samples += 1

	def share(self, workers: int) -> float:
		return self.waiting / (self.samples * workers)


def by_workers(number: int, one_job: bool, users: list[str], courses: list[str]) -> tuple:
	"""Return the seconds that a campaign takes so many workers, what they work in these, and how much of it they wait."""
	steps_per_part = shared_work.STEPS_PER_PART
	workers = [
		subprocess.Popen([sys.executable, "-W", "ignore", "-c", WORKER], stdout=subprocess.DEVNULL)
		for _ in range(number)
	]
	try:
		while jobs.count_long_workers() < number:
			time.sleep(0.2)
		locks, before = Locks(), cpu_of_all(workers)
		if one_job:
			shared_work.STEPS_PER_PART = len(users) * len(courses)
		started = time.perf_counter()
		run = api.start_campaign({"members": users}, courses=courses)["run"]
		while not (state := api.get_campaign(run))["finished"]:
			assert not state["stopped"], state
			frappe.db.rollback()
			locks.sample()
			time.sleep(BETWEEN_SAMPLES)
		took = time.perf_counter() - started
		# What a job has taken is counted once it has ended.
		time.sleep(1)
		assert state["counts"]["created"] == len(users) * len(courses), state
		return took, cpu_of_all(workers) - before, locks.share(number)
	finally:
		shared_work.STEPS_PER_PART = steps_per_part
		for worker in workers:
			worker.terminate()
		for worker in workers:
			worker.wait(60)
		frappe.delete_doc("File", frappe.db.get_value("File", {"file_url": state["file_url"]}))
		take_back(users)


def cpu_of_all(workers: list[subprocess.Popen]) -> float:
	"""Return the seconds of processor time that workers and the jobs that they have ended took."""
	ticks = 0
	for worker in workers:
		with open(f"/proc/{worker.pid}/stat") as file:
			ticks += sum(int(each) for each in file.read().rpartition(")")[2].split()[11:15])
	return ticks / os.sysconf("SC_CLK_TCK")


def by_itself(users: list[str], courses: list[str]) -> tuple[float, float]:
	"""Return queries per pair, and the MB that the parts hold at most, one after the other in this process."""
	with bench_harness.rolled_back():
		memory = forget_peak()
		with Queries() as queries:
			run = api.start_campaign({"members": users}, courses=courses)["run"]
			for part in range(frappe.db.get_value("LMS Training Run", run, "parts")):
				campaign_runs.work_part(run, part)
		state = api.get_campaign(run)
		assert state["finished"], state
		held = peak_memory() - memory
		frappe.delete_doc("File", frappe.db.get_value("File", {"file_url": state["file_url"]}))
	return len(queries) / (len(users) * len(courses)), held


def measure() -> list[table.Row]:
	began = now()
	users, courses = fill()
	try:
		per_pair, held = by_itself(users, courses)
		frappe.enqueue = background_jobs.enqueue
		loop, rows = [], {how: [] for how in IN_WORDS}
		for _ in range(ROUNDS):
			loop.append(plain_loop(users[:SAMPLE], courses))
			take_back(users)
			for how, found in rows.items():
				found.append(by_workers(*how, users, courses))
		return report(loop, rows, per_pair, held)
	finally:
		frappe.db.rollback()
		crowd.clear_away(began)
		frappe.db.commit()


def report(loop: list[float], rows: dict[int, list], per_pair: float, held: float) -> list[table.Row]:
	pairs, plain, by_table = PEOPLE * COURSES, statistics.median(loop), []
	print(f"{PEOPLE:,} people times {COURSES} courses in the background, medians of {ROUNDS}:")
	print(f"  plain loop          {plain:10,.1f} pairs/s (a sample of {SAMPLE * COURSES})")
	for how, found in rows.items():
		took, cpu, waited = (statistics.median(column) for column in zip(*found, strict=True))
		print(
			f"  {IN_WORDS[how]:18}  {pairs / took:10,.1f} pairs/s, {took:.1f} s in all, {cpu:.1f} s of processor time,"
			f" {waited:.2%} waiting for locks"
		)
		by_table.append(
			table.Row(
				f"campaign, {IN_WORDS[how]}",
				f"{PEOPLE:,} people, {COURSES} courses",
				ours=f"{pairs / took:,.0f} pairs/s",
				plain=f"{plain:,.0f} pairs/s",
				ratio=plain * took / pairs,
				memory=held,
				queries=round(per_pair * pairs),
				times=ROUNDS,
			)
		)
	for words, how, base, column in (
		("two against one", TWO, ONE, 0),
		("parts against one job", ONE, ONE_JOB, 1),
	):
		ratios = sorted(
			each[column] / other[column] for each, other in zip(rows[how], rows[base], strict=True)
		)
		what = ("time", "processor time")[column]
		print(
			f"  {words:18}  {statistics.median(ratios):10.2f} of the {what} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
		)
	print(f"  processors          {os.cpu_count():10}, shared with the database")
	print(f"  queries per pair    {per_pair:10.2f}")
	print(f"  peak extra memory   {held:10.0f} MB", flush=True)
	return by_table


if __name__ == "__main__":
	bench_harness.start()
	measure()
