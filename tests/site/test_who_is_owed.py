"""Who is owed a word is found chunk by chunk: everybody once, in as many queries as there are pages, whatever their size."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr.record import ledger
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.telling import collect
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.mailbox import owe_and_know
from tests.site.queries import number_of

pytestmark = pytest.mark.usefixtures("settings")

ASSIGNMENT = "LMS Training Assignment"


@pytest.fixture
def sizes(monkeypatch):
	def set_sizes(per_query, per_chunk):
		monkeypatch.setattr(collect, "MEMBERS_PER_QUERY", per_query)
		monkeypatch.setattr(collect, "MEMBERS_PER_CHUNK", per_chunk)

	return set_sizes


def people(number):
	"""Return so many people who owe two courses soon, with others beside them who owe nothing now."""
	employees = [factory.employee(factory.user()) for _ in range(number + 2)]
	owe_and_know(*employees, titles=("Fire", "Water"))
	*owing, later, done = sorted(each.user_id for each in employees)
	frappe.db.set_value(ASSIGNMENT, {"member": ("in", owing)}, "due_date", TODAY + timedelta(days=1))
	frappe.db.set_value(ASSIGNMENT, {"member": later}, "due_date", TODAY + timedelta(days=90))
	frappe.db.set_value(
		ASSIGNMENT, {"member": done}, {"due_date": TODAY, "status": "Completed", "completed_on": TODAY}
	)
	return owing


def chunks():
	return list(collect.chunks_of_members(TODAY, get_settings()))


@pytest.mark.parametrize(
	("per_query", "per_chunk"), [(1, 1), (2, 1), (3, 2), (5, 5), (6, 4), (7, 3), (50_000, 200)]
)
def test_everybody_is_in_one_chunk_however_they_are_cut(sizes, per_query, per_chunk):
	owing = people(6)
	sizes(per_query, per_chunk)
	found = chunks()
	assert [member for chunk in found for member in chunk] == owing
	assert all(0 < len(chunk) <= per_chunk for chunk in found)
	frappe.db.delete("LMS Training Notification")
	frappe.db.set_value(ASSIGNMENT, {"status": "Pending"}, "assigned_on", TODAY)

	def page(after, limit):
		return ledger.members_not_told(TODAY, after, limit)

	untold = [member for chunk in collect.in_chunks(page) for member in chunk]
	assert sorted(set(owing) - set(untold)) == []
	assert untold == sorted(set(untold))


def test_many_chunks_cost_the_query_of_one(sizes):
	people(6)
	get_settings()
	sizes(50_000, 200)
	one = number_of(chunks)
	sizes(50_000, 1)
	assert len(chunks()) == 6
	assert number_of(chunks) == one


def test_nobody_owes_anything(sizes):
	assert chunks() == []
