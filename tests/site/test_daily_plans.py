"""How the database finds what a day's run has to do: by an index, however much was owed, settled and said before."""

import frappe
import pytest

from smooth_lms_hr.following import equivalents, progress
from smooth_lms_hr.record import ledger
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.telling import collect
from tests.site import readers
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
