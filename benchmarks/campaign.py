"""The dry run of a campaign over a whole company, against the plan of each person and course, in the same run.

Once with the facts of all read in sets and a plan for each pair, and, on a sample, with the facts asked pair by pair. Of the pairs a quarter
holds an open assignment, a quarter one that is settled, a quarter has learned something unassigned, a quarter is new.
Then a campaign itself, by one worker and by two: see ``shared_campaign``.

    make bench-campaign BENCH=~/frappe-bench
"""

import statistics
import sys
import time
from collections import Counter
from datetime import timedelta

import frappe
from frappe.utils import getdate, now, now_datetime

from benchmarks import shared_campaign, table
from benchmarks.daily import ASSIGNMENT, forget_peak, peak_memory
from smooth_lms_hr.assigning import assigning, campaign, demands
from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources import people as people_of
from smooth_lms_hr.training.plan import PlanReason, plan_course
from tests.site import bench_harness, factory, readers
from tests.site.queries import number_of

PEOPLE = (1_000, 10_000)
COURSES = 20
LESSONS = 5
# So many days ago at most something was learned or settled.
DAYS = 250
SAMPLE = 200
ROUNDS = 3


def insert(doctype: str, columns: list[str], rows, names=None, days=1) -> None:
	"""Write rows straight into a table, without a document each: what is measured comes after."""
	stamps = ["name", "creation", "modified", "owner", "modified_by"]
	moments = [str(now_datetime() - timedelta(days=day)) for day in range(days)]
	stamped = (
		(
			names[place] if names else f"bench-{place}",
			# Not in the order of the rows.
			*[moments[place * 7919 % days]] * 2,
			*["Administrator"] * 2,
			*row,
		)
		for place, row in enumerate(rows)
	)
	frappe.db.bulk_insert(doctype, [*stamps, *columns], stamped)


def fill(people: int) -> tuple[list[str], list[str]]:
	"""Write employees with users, what they hold and what they learned; return the employees and the courses."""
	today, company = getdate(), factory.company()
	lessons = {
		course: factory.lessons_of(course)
		for course in (factory.course(lessons=LESSONS, is_mandatory=0) for _ in range(COURSES))
	}
	users = [f"bench-{number:06d}@example.com" for number in range(people)]
	insert("User", ["email", "full_name", "enabled"], ((user, user, 1) for user in users), users)
	insert(
		"Employee",
		["employee_name", "user_id", "company", "status"],
		((user, user, company, "Active") for user in users),
	)
	pairs = [
		(number + place, user, course)
		for number, user in enumerate(users)
		for place, course in enumerate(lessons)
	]

	def held(number: int, user: str, course: str) -> tuple:
		status = "Pending" if number % 4 == 0 else ("Completed", "Waived")[number // 4 % 2]
		day = today - timedelta(days=number * 7919 % DAYS)
		settled = [day if status == each else None for each in ("Completed", "Waived")]
		return (user, course, status, today + timedelta(days=30), now(), 1, *settled)

	columns = ["member", "course", "status", "due_date", "assigned_on", "cycle", "completed_on", "waived_on"]
	insert(ASSIGNMENT, columns, (held(*pair) for pair in pairs if pair[0] % 4 < 2))
	insert("LMS Enrollment", ["member", "course"], (pair[1:] for pair in pairs if pair[0] % 4 < 3))
	insert(
		"LMS Course Progress",
		["member", "course", "lesson", "status"],
		(
			(user, course, lesson, "Complete")
			for number, user, course in pairs
			if number % 4 < 3
			for lesson in lessons[course][: number // 4 % (LESSONS + 1)]
		),
		days=DAYS,
	)
	# As the database does by itself, on a site where nobody writes all of it in a second.
	readers.analyze("User", "Employee", ASSIGNMENT, "LMS Enrollment", "LMS Course Progress")
	return frappe.get_all("Employee", {"user_id": ("in", users)}, pluck="name", order_by="user_id"), list(
		lessons
	)


def plain_loop(employees: list[str], courses: list[str]) -> float:
	"""Return pairs of person and course per second."""
	terms = assigning.terms_now()
	started = time.perf_counter()
	for name in employees:
		member = frappe.db.get_value("Employee", name, "user_id")
		for course in facts.published_courses(courses):
			pair = (member, course.name)
			held = facts.held_assignments([member], [course.name]).get(pair, ())
			enrolment = facts.enrolments({pair}).get(pair)
			asked = demands.of_choice([course], terms, None)
			plan_course(course, list(asked.values()), held, enrolment, terms.today)
	return len(employees) * len(courses) / (time.perf_counter() - started)


def plan_of_each(employees: list[str], courses: list[str]) -> tuple[float, Counter]:
	"""Return the seconds of a plan for each pair, from facts that are read in sets, and what is decided."""
	started, decided = time.perf_counter(), Counter()
	wanted, terms = facts.published_courses(courses), assigning.terms_now()
	found, _problems = people_of.by_employee(employees, frappe.session.user)
	found = list(found.values())
	for start in range(0, len(found), 500):
		wishes = demands.by_hand(found[start : start + 500], wanted, terms, None)
		plans = assigning.plan_assignments(wishes, terms.today)
		decided.update(planned.reason for _person, planned in plans)
	return time.perf_counter() - started, decided


def measure(people: int) -> table.Row:
	with bench_harness.rolled_back():
		employees, courses = fill(people)
		loop = plain_loop(employees[: SAMPLE // COURSES], courses)
		selection = campaign.Selection([], employees, courses, None)
		each, decided = plan_of_each(employees, courses)
		queries = number_of(lambda: campaign.preview(selection))
		memory, seconds = forget_peak(), []
		for _ in range(ROUNDS):
			started = time.perf_counter()
			found = campaign.preview(selection)
			seconds.append(time.perf_counter() - started)
		more = peak_memory() - memory
		took, pairs = statistics.median(seconds), people * COURSES
		assert found["people"] == people, found
		assert (found["open"], found["valid"]) == (decided[PlanReason.OPEN], decided[PlanReason.VALID])
		print(f"{people:,} people times {COURSES} courses, median of {ROUNDS}:")
		print(f"  plain loop          {loop:10,.0f} pairs/s (a sample of {SAMPLE})")
		print(f"  a plan for each     {pairs / each:10,.0f} pairs/s, {each:.2f} s in all")
		print(f"  dry run             {pairs / took:10,.0f} pairs/s, {took:.2f} s in all")
		print(f"  ratio               {took / each:10.2f} of the time of a plan for each")
		print(f"  queries             {queries:10}")
		print(f"  peak extra memory   {more:10.0f} MB")
		print(
			"  " + ", ".join(f"{key} {value}" for key, value in found.items() if isinstance(value, int)),
			flush=True,
		)
	return table.Row(
		"dry run, against a plan for each",
		f"{people:,} people, {COURSES} courses",
		ours=f"{took:.2f} s",
		plain=f"{each:.2f} s",
		ratio=took / each,
		memory=more,
		queries=queries,
		times=ROUNDS,
	)


if __name__ == "__main__":
	bench_harness.start()
	for number in [int(each) for each in sys.argv[1:]] or PEOPLE:
		table.hand_over([measure(number)])
	table.hand_over(shared_campaign.measure())
