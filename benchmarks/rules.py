"""Rules asked of many employees, and of one who is saved, against the plain loop in the same run: a query for each rule and person.

make bench-rules BENCH=~/frappe-bench
"""

import statistics
import sys
import time

import frappe
from frappe.utils import getdate

from benchmarks import table
from benchmarks.campaign import insert
from benchmarks.daily import forget_peak, peak_memory
from smooth_lms_hr.assigning import rules as asking_rules
from smooth_lms_hr.assigning.asking import Asking
from smooth_lms_hr.assigning.assigning import terms_now
from smooth_lms_hr.sources import rules
from tests.site import bench_harness, factory
from tests.site.queries import number_of

PEOPLE = (1_000, 10_000)
RULES = 50
VALUES = 20
# Pairs of the plain loop: it takes as long for each of them.
SAMPLE = 1_000
ROUNDS = 3


def fill(people: int) -> list[str]:
	"""Write employees of fifty designations, and a rule for some of these each; return the employees."""
	company, today = factory.company(), getdate()
	designations = [
		factory.named("Designation", "designation_name", f"Bench {number}") for number in range(VALUES * 5)
	]
	users = [f"bench-{number:06d}@example.com" for number in range(people)]
	insert("User", ["email", "full_name", "enabled"], ((user, user, 1) for user in users), users)
	insert(
		"Employee",
		["employee_name", "user_id", "company", "status", "designation", "date_of_joining"],
		(
			(user, user, company, "Active", designations[number % len(designations)], today)
			for number, user in enumerate(users)
		),
		users,
	)
	for number in range(RULES):
		make_rule(
			number, company, [designations[(number + step * 3) % len(designations)] for step in range(VALUES)]
		)
	return users


def make_rule(number: int, company: str, designations: list[str]) -> None:
	lines = [("Company", company), *(("Designation", name) for name in dict.fromkeys(designations))]
	doc = frappe.get_doc(
		{
			"doctype": "LMS Training Rule",
			"title": f"Bench {number}",
			# Switched on below: to ask is what is measured.
			"enabled": 0,
			"applies": "Everybody It Fits",
			"confirm_above": 1_000_000,
			"audience": [{"applies_to": kind, "value": value} for kind, value in lines],
			"contents": [{"content_type": "LMS Course", "content": factory.course(is_mandatory=0)}],
		}
	).insert()
	frappe.db.set_value("LMS Training Rule", doc.name, "enabled", 1, update_modified=False)


def plain_loop(employees: list[str]) -> float:
	"""Return pairs of rule and person per second: each rule is asked of each person by a query of its own."""
	names = frappe.get_all("LMS Training Rule", {"title": ("like", "Bench %")}, pluck="name")
	started, asked = time.perf_counter(), 0
	for employee in employees[: SAMPLE // RULES]:
		for name in names:
			doc = frappe.get_cached_doc("LMS Training Rule", name)
			wanted = [line.value for line in doc.audience if line.applies_to == "Designation"]
			frappe.db.exists(
				"Employee",
				{"name": employee, "company": doc.audience[0].value, "designation": ("in", wanted)},
			)
			asked += 1
	return asked / (time.perf_counter() - started)


def ask(employees: list[str]) -> tuple[float, int]:
	"""Return the seconds of asking all rules of all people, chunk by chunk as the daily run does, and how many fit."""
	started, fits = time.perf_counter(), 0
	for chunk in asking_rules.in_chunks(employees):
		fits += Asking(chunk, rules.read_rules(enabled=True), terms_now()).fits.total()
	return time.perf_counter() - started, fits


def measure(people: int) -> table.Row:
	with bench_harness.rolled_back():
		employees = fill(people)
		loop = plain_loop(employees)
		memory, seconds = forget_peak(), []
		for _ in range(ROUNDS):
			took, fits = ask(employees)
			seconds.append(took)
		pairs = len(employees) * RULES / statistics.median(seconds)
		more = peak_memory() - memory
		one = employees[0]
		terms = terms_now()

		def ask_one():
			return Asking([one], rules.read_rules(enabled=True), terms).is_settled()

		# What is known of DocTypes and users is asked for once.
		ask_one()
		queries = number_of(ask_one)
		print(
			f"{people:>7} people x {RULES} rules: {statistics.median(seconds):6.2f} s, {fits} fit, "
			f"{pairs:10.0f} pairs/s, plain loop {loop:7.0f} ({pairs / loop:5.0f} times), "
			f"{queries} queries for one person, {more:4.0f} MB",
			flush=True,
		)
	return table.Row(
		"rules asked of people; queries of one who is saved",
		f"{people:,} people, {RULES} rules",
		ours=f"{pairs:,.0f} pairs/s",
		plain=f"{loop:,.0f} pairs/s",
		ratio=loop / pairs,
		memory=more,
		queries=queries,
		times=ROUNDS,
	)


if __name__ == "__main__":
	bench_harness.start()
	for number in [int(text) for text in sys.argv[1:]] or PEOPLE:
		table.hand_over([measure(number)])
