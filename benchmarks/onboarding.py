"""What the hook adds to HR's save, against the plain loop, in the same run.

The plain loop is what one would write first: for every mandatory course, does the enrolment exist? if not, insert its
document; does the assignment exist? if not, insert its document. It is Administrator who saves, so that it needs nothing
to let it enrol others. Both do the same work for the same people, in turns; what is compared is the time and the number
of queries of a save with training, less those of a save without.

    make bench-onboarding BENCH=~/frappe-bench
"""

import statistics
import time

import frappe
from frappe.utils import add_days, getdate

from benchmarks import table
from smooth_lms_hr import hrms_integration
from smooth_lms_hr.sources.facts import mandatory_courses
from tests.site import bench_harness, factory
from tests.site.queries import Queries

COURSES = (20, 100)
ROUNDS = 7


def plain_loop(doc, method=None):
	employee = frappe.get_doc("Employee", doc.employee)
	for course in mandatory_courses():
		pair = {"member": employee.user_id, "course": course.name}
		if not frappe.db.exists("LMS Enrollment", pair):
			frappe.get_doc({"doctype": "LMS Enrollment", **pair}).insert(ignore_permissions=True)
		if not frappe.db.exists("LMS Training Assignment", pair):
			assignment = frappe.get_doc(
				{
					"doctype": "LMS Training Assignment",
					**pair,
					"employee": employee.name,
					"employee_name": employee.employee_name,
					"company": employee.company,
					"course_title": course.title,
					"due_date": add_days(getdate(), 30),
					"assigned_by": frappe.session.user,
					"onboarding": doc.name,
					"source": "Onboarding",
					"cycle": 1,
				}
			)
			# Only the insert of a document, as Frappe does it: not what our controller adds for those made by hand.
			assignment.flags.ignore_validate = True
			assignment.before_validate = assignment.after_insert = lambda: None
			assignment.insert(ignore_permissions=True)


def nothing(doc, method=None):
	pass


def measure(handler) -> tuple[float, int, int]:
	"""Return seconds, queries, and queries about assignments, of HR's save with a handler in the hook's place."""
	employee = factory.employee(factory.user())
	applicant = factory.applicant()
	doc = factory.new_onboarding(job_applicant=applicant, employee=employee.name)
	ours = hrms_integration.on_onboarding_created
	hrms_integration.on_onboarding_created = handler
	try:
		with Queries() as queries:
			started = time.perf_counter()
			doc.insert()
			seconds = time.perf_counter() - started
	finally:
		hrms_integration.on_onboarding_created = ours
	return seconds, len(queries), queries.about("LMS Training Assignment")


def compare(courses: int) -> table.Row:
	handlers = {
		"without": nothing,
		"plain loop": plain_loop,
		"hook": hrms_integration.on_onboarding_created,
	}
	results = {name: [] for name in handlers}
	with bench_harness.rolled_back():
		frappe.db.set_value("LMS Course", {"is_mandatory": 1}, "is_mandatory", 0)
		for _ in range(courses):
			factory.course(lessons=0)
		for handler in handlers.values():
			measure(handler)  # warms the caches
		for _ in range(ROUNDS):
			for name, handler in handlers.items():
				results[name].append(measure(handler))

	seconds, queries, about_assignments = (
		{name: statistics.median(row[column] for row in rows) for name, rows in results.items()}
		for column in range(3)
	)
	added = {name: seconds[name] - seconds["without"] for name in ("plain loop", "hook")}
	ratios = sorted(
		(hook[0] - none[0]) / (plain[0] - none[0])
		for hook, plain, none in zip(results["hook"], results["plain loop"], results["without"], strict=True)
	)
	print(f"{courses} mandatory courses, {ROUNDS} rounds, medians of what is added to HR's save:")
	for name in added:
		print(
			f"  {name:10}  {added[name] * 1000:8.1f} ms  {queries[name] - queries['without']:6.0f} queries,"
			f" {about_assignments[name]:4.0f} of them about assignments"
		)
	print(
		f"  ratio       {added['hook'] / added['plain loop']:8.2f} of the plain loop's time"
		f" (rounds: {ratios[0]:.2f} to {ratios[-1]:.2f})"
	)
	return table.Row(
		"added to HR's save of an onboarding",
		f"{courses} courses",
		ours=f"{added['hook'] * 1000:.0f} ms",
		plain=f"{added['plain loop'] * 1000:.0f} ms",
		ratio=added["hook"] / added["plain loop"],
		queries=queries["hook"] - queries["without"],
		times=ROUNDS,
	)


if __name__ == "__main__":
	bench_harness.start()
	for number in COURSES:
		table.hand_over([compare(number)])
