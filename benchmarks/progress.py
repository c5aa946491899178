"""What a completed lesson of a course that is owed costs, against one of a course that nobody owes, in the same run.

Both are Learning's own ``save_progress``, as the learner, in turns: the first lesson of a course (with which it is Begun), one
in between, and the last (Completed, with evidence of the whole course). Each is measured as a request of its own, which knows
nothing yet of what Frappe keeps for one: permissions, hooks, metas. They have learned something else before, as who comes for
the first time pays for what Frappe keeps of each user. What is compared is the time and the number of queries of
the learner's request, of a short course and of a long one: neither may cost a query more for each of its lessons. A thousand
others have completed all of it before.

    make bench-progress BENCH=~/frappe-bench
"""

import statistics
import time

import frappe
from lms.lms.doctype.course_lesson.course_lesson import save_progress

from benchmarks import table
from smooth_lms_hr import api
from smooth_lms_hr.sources.learning import enrol
from tests.site import bench_harness, factory, readers
from tests.site.queries import Queries

ROUNDS = 60
# The lessons that are measured, by their place.
LESSONS = {"first": 0, "between": 1, "last": -1}
SHORT, LONG = 3, 40
OTHERS = 1000


def measure(lesson: str, course: str) -> tuple[float, int]:
	"""Return seconds and queries of a completed lesson."""
	with Queries() as queries:
		started = time.perf_counter()
		save_progress(lesson, course)
		seconds = time.perf_counter() - started
	return seconds, len(queries)


def learn(member: str, courses: dict[str, str], before: str) -> dict[tuple[str, str], tuple[float, int]]:
	"""Return what every lesson costs, by lesson and "owed" or "not owed"; of both courses in turns.

	:param before: a course of which they learn something first
	"""
	lessons = {kind: factory.lessons_of(course) for kind, course in courses.items()}
	frappe.set_user(member)
	try:
		save_progress(factory.lessons_of(before)[0], before)
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
	# With it all is forgotten that is kept for a request.
	frappe.set_user(member)
	return measure(lessons[place], course)


def _let_others_learn(courses: list[str]) -> None:
	"""Have others complete all lessons of courses, and the database know how many rows there are."""
	frappe.db.sql(
		f"""insert into `tabLMS Course Progress` (name, creation, modified, member, lesson, chapter, course, status)
		select concat(lesson.name, '-', seq), now(), now(), concat('other-', seq, '@example.com'), lesson.name,
			lesson.chapter, lesson.course, 'Complete'
		from `tabCourse Lesson` lesson join seq_1_to_{OTHERS} where lesson.course in %s""",
		(courses,),
	)
	readers.analyze("LMS Course Progress", "Lesson Reference", "Chapter Reference")


def compare() -> list[table.Row]:
	return [row for lessons in (SHORT, LONG) for row in compare_course_of(lessons)]


def compare_course_of(lessons: int) -> list[table.Row]:
	results, found = [], []
	with bench_harness.rolled_back():
		before, *courses = (factory.course(lessons=lessons) for _kind in range(3))
		_let_others_learn([before, *courses])
		for number in range(ROUNDS + 2):
			member = factory.user()
			# Each of the two is owed by every other person, and goes first with every other pair of them.
			owed, other = courses if number % 2 else courses[::-1]
			api.assign_mandatory_training([member], courses=[owed])
			for course in (other, before):
				enrol(member, course, frappe.generate_hash(length=10))
			pair = {"owed": owed, "not owed": other}
			results.append(learn(member, pair if number % 4 < 2 else dict(reversed(pair.items())), before))
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
