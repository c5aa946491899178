"""What a learner sees on /my-training of what they have to hold: how it stands, until when, and what is missing."""

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.showing import compliance
from tests.site import factory
from tests.site.queries import number_of
from tests.site.test_my_training_page import _no_request_remains, html_of  # noqa: F401 (a fixture)

ROW = "Employee Compliance"


@pytest.fixture
def worker():
	return factory.employee(factory.user("Employee"))


@pytest.fixture
def course():
	return factory.course("Fork <b>lifts</b>", lessons=1, is_mandatory=0)


def held(worker):
	return {row.compliance_type: row for row in compliance.of_learner(worker.user_id)}


def test_what_is_missing_is_said_and_goes_as_it_is_proved(worker, course):
	of_type = factory.compliance_type(courses=[course], documents=["Licence"])
	factory.compliance(worker.name, of_type)
	assert [one["kind"] for one in held(worker)[of_type].missing] == ["Course", "Document"]
	html = html_of(worker.user_id)
	assert "What I have to hold" in html
	assert "Still to be proved: " in html
	assert "<b>lifts" not in html
	frappe.set_user("Administrator")
	factory.verified_document(worker.name, "Licence")
	api.assign_mandatory_training(employees=[worker.name], courses=[course])
	factory.complete_lessons(worker.user_id, course)
	row = held(worker)[of_type]
	assert (row.status, row.missing) == ("Complete", [])
	assert "Still to be proved" not in html_of(worker.user_id)


def test_what_ran_out_comes_first_and_says_since_when(worker):
	fine = factory.compliance_type(title="A fine one", documents=["Licence"])
	over = factory.compliance_type(title="One that is over", documents=["Licence"])
	for each in (fine, over):
		factory.compliance(worker.name, each)
	frappe.db.set_value(
		ROW,
		{"compliance_type": over},
		{"status": "Expired", "completed_on": "2025-01-01", "next_renewal_date": "2026-01-01"},
	)
	assert list(held(worker)) == [over, fine]
	assert (
		f"It does not count any more since {frappe.utils.data.global_date_format('2026-01-01')}."
		in html_of(worker.user_id)
	)


def test_nobody_elses_and_nothing_that_is_over_is_on_it(worker):
	of_type = factory.compliance_type(documents=["Licence"])
	factory.compliance(factory.employee(factory.user("Employee"), reports_to=worker.name).name, of_type)
	assert held(worker) == {}
	assert "What I have to hold" not in html_of(worker.user_id)
	frappe.set_user("Administrator")
	factory.compliance(worker.name, of_type)
	frappe.db.set_value(ROW, {"employee": worker.name}, "is_current", 0)
	assert held(worker) == {}


def test_the_number_of_queries_does_not_grow(worker):
	def asked():
		return number_of(lambda: compliance.of_learner(worker.user_id))

	for number in range(2):
		factory.compliance(worker.name, factory.compliance_type(documents=[f"Licence {number}"]))
	few = asked()
	for number in range(2, 6):
		factory.compliance(worker.name, factory.compliance_type(documents=[f"Licence {number}"]))
	assert asked() == few
