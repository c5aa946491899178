"""What a completed lesson of a course that is owed costs, against one of a course that nobody owes, in the same run.

Both are Learning's own ``save_progress``, as the learner, in turns: the first lesson of a course (with which it is Begun), one
in between, and the last (Completed, with evidence of the whole course). What is compared is the time and the number of queries of
the learner's request, of a short course and of a long one: neither may cost a query more for each of its lessons.

    make bench-progress BENCH=~/frappe-bench
"""

import statistics
import time

import frappe
from lms.lms.doctype.course_lesson.course_lesson import save_progress

from benchmarks import table
from smooth_lms_hr import api
from smooth_lms_hr.sources.learning import enrol
from tests.site import bench_harness, factory
from tests.site.queries import Queries

ROUNDS = 60
# The lessons that are measured, by their place.
LESSONS = {"first": 0, "between": 1, "last": -1}
SHORT, LONG = 3, 40


def measure(lesson: str, course: str) -> tuple[float, int]:
	"""Return seconds and queries of a completed lesson."""
	with Queries() as queries:
		started = time.perf_counter()
		save_progress(lesson, course)
		seconds = time.perf_counter() - started
	return seconds, len(queries)


def learn(member: str, courses: dict[str, str]) -> dict[tuple[str, str], tuple[float, int]]:
	"""Return what every lesson costs, by lesson and "owed" or "not owed"; of both courses in turns."""
	lessons = {kind: factory.lessons_of(course) for kind, course in courses.items()}
	frappe.set_user(member)
	try:
		return {
			(lesson, kind): _measured(member, lessons[kind], place, course)
			for lesson, place in LESSONS.items()
			for kind, course in courses.items()
		}
	finally:
		frappe.set_user("Administrator")


def _measured(member: str, lessons: list[str], place: int, course: str) -> tuple[float, int]:
	if place == -1:
		# Those in between, which nobody measures.
		for lesson in lessons[2:-1]:
			factory.progress_row(member, lesson).db_insert()
	return measure(lessons[place], course)


def compare() -> list[table.Row]:
	return [row for lessons in (SHORT, LONG) for row in compare_course_of(lessons)]


def compare_course_of(lessons: int) -> list[table.Row]:
	results, found = [], []
	with bench_harness.rolled_back():
		courses = [factory.course(lessons=lessons) for _kind in range(2)]
		for number in range(ROUNDS + 2):
			member = factory.user()
			# Each of the two is owed by every other person, and goes first with every other pair of them.
			owed, other = courses if number % 2 else courses[::-1]
			api.assign_mandatory_training([member], courses=[owed])
			enrol(member, other, frappe.generate_hash(length=10))
			pair = {"owed": owed, "not owed": other}
			results.append(learn(member, pair if number % 4 < 2 else dict(reversed(pair.items()))))
	# The first ones warm the caches.
	del results[:2]
	print(f"A completed lesson of a course of {lessons}, {ROUNDS} people, medians:")
	for lesson in LESSONS:
		owed, other = ([each[lesson, kind] for each in results] for kind in ("owed", "not owed"))
		seconds = [statistics.median(row[0] for row in rows) for rows in (owed, other)]
		queries = [statistics.median(row[1] for row in rows) for rows in (owed, other)]
		added = statistics.median(a[0] - b[0] for a, b in zip(owed, other, strict=True))
		print(
			f"  {lesson:8}  {seconds[0] * 1000:7.2f} ms owed, {seconds[1] * 1000:7.2f} ms not owed:"
			f" {added / seconds[1]:+6.1%}, {queries[0]:.0f} and {queries[1]:.0f} queries",
			flush=True,
		)
		found.append(
			table.Row(
				"a completed lesson that is owed, against one that is not",
				f"{lesson} of {lessons}",
				ours=f"{seconds[0] * 1000:.1f} ms",
				plain=f"{seconds[1] * 1000:.1f} ms",
				ratio=1 + added / seconds[1],
				queries=queries[0],
				times=ROUNDS,
			)
		)
	return found


if __name__ == "__main__":
	bench_harness.start()
	table.hand_over(compare())
