"""How the database finds what a day's run has to do: by an index, however much was owed, settled and said before."""

import frappe
import pytest

from smooth_lms_hr.assigning import escalations
from smooth_lms_hr.assigning.onboarding import unfinished_onboardings
from smooth_lms_hr.following import equivalents, progress
from smooth_lms_hr.patches.v0_3 import index_training_status
from smooth_lms_hr.record import ledger
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.telling import collect
from tests.site import factory, readers
from tests.site.conftest import TODAY
from tests.site.queries import Queries

# What an index ends at, as the plan names it: a scan of a whole table, or of a whole index, is neither.
BY_AN_INDEX = ("ref", "range", "eq_ref", "const")
OURS = ("tabLMS Training Assignment", "tabLMS Training Notification")
FINDING = {
	"what is open": lambda: list(progress.chunks_of_open(1000)),
	"what another course may complete": lambda: list(equivalents.chunks(1000, owed_courses())),
	"what is late": lambda: list(progress.chunks_of_late(TODAY, 1000)),
	"who is owed a word": lambda: list(collect.chunks_of_members(TODAY, get_settings())),
	"who was never told": lambda: ledger.members_not_told(TODAY, "", 1000),
	"who has had the digest": lambda: ledger.had_digest(TODAY),
	"whose tasks were left open": lambda: list(escalations.chunks_of_left_open(1000)),
}


def owed_courses() -> list[str]:
	return frappe.get_all("LMS Training Assignment", distinct=True, pluck="course", order_by="course")


@pytest.fixture
def company(bench_only):
	readers.fill(20_000, 3_500)
	frappe.db.set_value(
		"LMS Training Assignment", {"status": "Waived"}, "status", "Cancelled", update_modified=False
	)
	rows = frappe.get_all("LMS Training Assignment", ["name", "due_date"], order_by="name")
	ledger.write(
		[
			ledger.Notice(row.name, ledger.ASSIGNED, row.due_date, "Member", "a@example.com", row.due_date)
			for row in rows
		],
		None,
	)
	readers.analyze()


@pytest.mark.parametrize("finding", FINDING)
def test_what_there_is_to_do_is_found_by_an_index(company, finding):
	with Queries() as queries:
		FINDING[finding]()
	plans = [
		step
		for number, query in enumerate(queries)
		if any(table in query for table in OURS)
		for step in queries.explain(number)
	]
	assert plans
	for step in plans:
		assert step.type in BY_AN_INDEX, step


def test_onboardings_that_are_not_done_are_found_among_all_by_an_index(bench_only):
	first = factory.onboarding().name
	columns = ["name", "creation", "modified", "docstatus", "company", "training_status"]
	rows = (
		(f"bench-{number}", *[f"{TODAY} 10:00:00"] * 2, 1, factory.company(), "Assigned")
		for number in range(5_000)
	)
	frappe.db.bulk_insert("Employee Onboarding", columns, rows)
	readers.analyze("Employee Onboarding")
	with Queries() as queries:
		assert unfinished_onboardings() == [first]
	(number,) = (number for number, query in enumerate(queries) if "tabEmployee Onboarding" in query)
	(step,) = queries.explain(number)
	assert (step.type, step.key) == ("range", "training_status_index"), step


def test_an_older_site_gets_that_index_with_the_upgrade():
	field = frappe.db.exists("Custom Field", {"dt": "Employee Onboarding", "fieldname": "training_status"})
	frappe.db.set_value("Custom Field", field, "search_index", 0)
	for _time in range(2):
		index_training_status.execute()
		assert frappe.db.get_value("Custom Field", field, "search_index") == 1
	# Whoever has deleted the field does not get it back.
	frappe.db.delete("Custom Field", {"name": field})
	index_training_status.execute()
	assert not frappe.db.exists("Custom Field", field)
