"""How the database answers what a desk asks for a page of a list, whoever reads: by an index, not by going over all rows.

What a few thousand rows cost says nothing of a million; the plan does.
"""

import re

import frappe
import pytest
from frappe.desk.query_report import run as run_report
from frappe.utils import getdate

from smooth_lms_hr import api
from smooth_lms_hr.following import progress
from smooth_lms_hr.showing import figures
from smooth_lms_hr.sources import conditions
from smooth_lms_hr.sources.names import ASSIGNMENT
from tests.site import factory, readers
from tests.site.queries import Queries

ASSIGNMENTS, PEOPLE = 7_000, 3_500
FROM_A_LIST = re.compile("from `tab(LMS Training (Assignment|Event)|Employee)`", re.IGNORECASE)
# A count stops at a thousand, and so does who asks whether they are few: in whatever order they come.
STOPS = re.compile(f"limit (1001|{conditions.FEW_ASSIGNMENTS + 1})", re.IGNORECASE)
# What leads to one row, and no further.
OF_ONE_ROW = ("const", "eq_ref")


@pytest.fixture
def people(bench_only):
	"""Everybody who reads, and lists that are worth an index."""
	found = readers.readers()
	readers.fill(ASSIGNMENTS, PEOPLE)
	readers.analyze()
	return found


def plans_of(call) -> list[tuple[str, list]]:
	"""Return the queries on our lists that a call sends, each with its plan."""
	with Queries() as queries:
		call()
	return [
		(query, queries.explain(number)) for number, query in enumerate(queries) if FROM_A_LIST.search(query)
	]


def test_every_page_is_read_by_an_index(people, as_user):
	for name, page in readers.pages().items():
		for who, user in people.items():
			as_user(user)
			page()  # warm: DocTypes, roles
			plans = plans_of(page)
			assert plans, (name, who)
			for query, plan in plans:
				explained = f"{name} of {who}: {query}\n" + "\n".join(map(str, plan))
				for step in plan:
					if re.fullmatch("tabLMS Training (Assignment|Event)", step.table or ""):
						assert step.type != "ALL" or STOPS.search(query), explained
					if step.table == "tabEmployee":
						assert step.type not in ("ALL", "index"), explained
					if step.select_type == "DEPENDENT SUBQUERY":
						assert step.type in OF_ONE_ROW, explained


def reports() -> dict:
	"""Return what counts all that a reader sees, by name, with the index that answers it for who sees everybody's."""

	def report(name):
		return lambda: run_report(name, ignore_prepared_report=True)

	return {
		"team API": (lambda: api.get_team_training_status(), "status_by_completion"),
		"Team Training Status": (report("Team Training Status"), "status_by_department"),
		"Training KPIs": (report("Training KPIs"), "assigned_on_with_figures"),
		"Assignment Audit": (report("Assignment Audit"), None),
		"completions": (lambda: figures.completions_per_month(getdate()), "status_by_completion"),
		"overdue": (lambda: figures.overdue_by_department(), "status_by_department"),
	}


def test_what_hr_counts_is_read_from_an_index_alone(people, as_user):
	for who in ("HR", f"HR of {readers.BIG}"):
		as_user(people[who])
		for name, (screen, index) in reports().items():
			screen()  # warm: DocTypes, roles
			plans = plans_of(screen)
			assert plans, (name, who)
			for query, plan in plans:
				explained = f"{name} of {who}: {query}\n" + "\n".join(map(str, plan))
				assert not any(step.select_type == "DEPENDENT SUBQUERY" for step in plan), explained
				for step in plan:
					if re.fullmatch("tabLMS Training (Assignment|Event)", step.table or ""):
						assert step.type != "ALL", explained
				if index and "count(" in query.lower():
					(step,) = plan
					assert step.key == index, explained
					assert "Using index" in step.Extra, explained


def test_the_audit_walks_the_days_and_looks_each_assignment_up(people, as_user):
	as_user(people["HR"])
	screen, _index = reports()["Assignment Audit"]
	screen()
	((_query, plan),) = plans_of(screen)
	assert [(step.key, step.type) for step in plan] == [("happened_on", "range"), ("PRIMARY", "eq_ref")]
	assert "filesort" not in plan[0].Extra


def test_a_director_counts_from_the_people(people, as_user):
	as_user(people["director of 3,000"])
	screen, _index = reports()["team API"]
	screen()
	for query, plan in plans_of(screen):
		explained = f"{query}\n" + "\n".join(map(str, plan))
		for step in plan:
			if step.select_type == "DEPENDENT SUBQUERY":
				assert step.type in OF_ONE_ROW, explained
			# All are gone over only to count them, where most are the director's.
			assert step.type != "ALL" or step.table.startswith("<derived") or "count(" in query.lower(), (
				explained
			)


def test_a_small_team_is_named_and_a_large_one_is_looked_up(people):
	small = conditions.of_own_and_team(people["manager of 5"])
	assert small.count("R-EMP-") == readers.TEAM + 1
	assert "select" not in small.lower()
	large = conditions.of_own_and_team(people["director of 3,000"])
	assert "R-EMP-" not in large
	assert large.lower().count("select") == 1


def test_a_company_of_few_is_found_by_its_index(people, as_user):
	as_user(people[f"HR of {readers.EMPTY}"])
	((_query, (plan,)),) = plans_of(readers.pages()["page by due date"])
	assert plan.key == "company_due_date_index"


def test_whose_record_it_is_is_found_by_an_index(people):
	with Queries() as queries:
		conditions.of_own_and_team(people["employee"])
	(number,) = (number for number, query in enumerate(queries) if "`user_id`" in query)
	(plan,) = queries.explain(number)
	assert plan.key == "user_id_status_index"


def test_a_lesson_is_found_among_all_that_anybody_ever_learned(bench_only):
	member, course = factory.user(), factory.course(lessons=5)
	frappe.get_doc({"doctype": ASSIGNMENT, "member": member, "course": course}).insert()
	frappe.db.sql(
		"""insert into `tabLMS Course Progress` (name, creation, modified, member, lesson, course, status)
		select concat('R-', seq), now(), now(), concat('other-', seq div 40), concat('lesson-', seq % 40), 'other', 'Complete'
		from seq_1_to_8000"""
	)
	readers.analyze("LMS Course Progress")
	with Queries() as queries:
		progress.follow(member, course, None)
	((number, _query),) = (
		(number, query) for number, query in enumerate(queries) if "Course Progress" in query
	)
	plan = queries.explain(number)
	(step,) = (step for step in plan if step.table == "tabLMS Course Progress")
	assert (step.type, step.key) == ("ref", "training_member_lesson_index"), plan
