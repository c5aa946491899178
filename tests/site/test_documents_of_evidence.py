"""Certificates are on the employee's file by themselves, with their evidence, and say when that is revoked."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import evidence_files
from smooth_lms_hr.patches.v0_3 import file_certificates
from smooth_lms_hr.record import documents
from smooth_lms_hr.sources.names import ASSIGNMENT, DOCUMENT, EVIDENCE
from tests.site import factory
from tests.site.asking import answer
from tests.site.conftest import TODAY
from tests.site.filing import PDF, attached, file_document
from tests.site.queries import Queries

YEAR = 365


@pytest.fixture
def course(hire, hr):
	name = factory.course("Safety", validity_days=YEAR, enable_certification=1)
	factory.onboarding(employee=hire.name)
	return name


@pytest.fixture
def printed(monkeypatch):
	monkeypatch.setattr(frappe, "get_print", lambda *args, **kwargs: PDF)


def on_file(**filters):
	return frappe.get_all(DOCUMENT, filters, ["*"], order_by="creation, name")


def certify(person, course):
	"""Let somebody complete a course and ask for the certificate by Learning's button; return the evidence."""
	from lms.lms.doctype.lms_certificate.lms_certificate import create_certificate

	factory.complete_lessons(person.user_id, course)
	frappe.set_user(person.user_id)
	create_certificate(course)
	frappe.set_user("Administrator")
	name = frappe.get_all(EVIDENCE, {"member": person.user_id}, pluck="name", order_by="name")[-1]
	evidence_files.make([name])
	return frappe.get_doc(EVIDENCE, name)


def test_learnings_own_button_ends_on_the_employees_file(hire, course, printed):
	evidence = certify(hire, course)
	(row,) = on_file()
	assert (row.employee, row.employee_name, row.company) == (hire.name, hire.employee_name, hire.company)
	assert (row.document_type, row.title, row.evidence) == ("Certificate", "Safety", evidence.name)
	assert (row.file, row.sha256) == (evidence.certificate_file, evidence.sha256)
	assert (row.issued_on, row.expires_on) == (TODAY, TODAY + timedelta(days=YEAR))
	assert row.verified_on
	# One file, that of the evidence.
	assert attached(row.name) == []


def test_a_renewal_is_a_certificate_of_its_own(hire, course, printed, clock):
	first = certify(hire, course)
	clock(YEAR - 10)
	daily.run()
	second = certify(hire, course)
	assert first.name != second.name
	assert [row.evidence for row in on_file()] == [first.name, second.name]
	assert on_file()[0].expires_on == TODAY + timedelta(days=YEAR)


def test_what_was_done_elsewhere_is_on_file_with_its_proof(hire, owed, hr):
	file = factory.private_file(hire.user_id)
	name = factory.request(
		owed.name, "Done Elsewhere", file=file.name, completed_on="2026-11-20", valid_until="2027-06-30"
	)
	frappe.set_user(hr)
	answer(name)
	daily.run(TODAY)
	(row,) = on_file()
	assert (row.employee, row.issued_on, row.expires_on) == (
		hire.name,
		getdate("2026-11-20"),
		getdate("2027-06-30"),
	)


def test_what_is_revoked_says_so_at_once(hire, course, printed, hr):
	certify(hire, course)
	frappe.set_user(hr)
	assert api.revoke_completion([factory.assignments(member=hire.user_id)[-1].name], "Cheated")["done"]
	(row,) = on_file()
	assert row.revoked_on
	assert "Its evidence is revoked" in api.verify_documents([row.name])["failed"][0]["message"]


def test_nobody_changes_or_deletes_a_certificate_by_hand(hire, course, printed):
	certify(hire, course)
	(row,) = on_file()
	for user in (factory.hr_manager(), "Administrator"):
		frappe.set_user(user)
		doc = frappe.get_doc(DOCUMENT, row.name)
		doc.expires_on = "2099-12-31"
		for attack in (doc.save, doc.delete):
			with pytest.raises(frappe.PermissionError, match="is the certificate of training evidence"):
				attack()


def test_the_certificate_of_a_contractor_is_filed_once_they_are_an_employee(hr, printed):
	course = factory.course("Safety", enable_certification=1)
	user = factory.user()
	api.assign_mandatory_training(members=[user], courses=[course])
	certify(frappe._dict(user_id=user), course)
	daily.run(TODAY)
	assert on_file() == []
	employee = factory.employee(user)
	daily.run(TODAY)
	(row,) = on_file()
	assert (row.employee, row.issued_on) == (employee.name, TODAY)


def test_the_upgrade_files_what_there_is_once(hire, course, printed):
	evidence = certify(hire, course)
	frappe.db.delete(DOCUMENT)
	file_certificates.execute()
	file_certificates.execute()
	assert [row.evidence for row in on_file()] == [evidence.name]


def test_the_daily_run_files_what_was_missed_and_follows_the_last_day(hire, course, printed):
	certify(hire, course)
	frappe.db.delete(DOCUMENT)
	assert daily.run(TODAY)["documents_filed"] == 1
	assignment = factory.assignment(member=hire.user_id).name
	for day in (TODAY + timedelta(days=9), None):
		frappe.db.set_value(ASSIGNMENT, assignment, "valid_until", day)
		assert daily.run(TODAY).get("documents_dated") == 1
		assert on_file()[0].expires_on == day
	again = daily.run(TODAY)
	assert "documents_dated" not in again
	assert "documents_filed" not in again


def test_many_certificates_cost_the_queries_of_few(hr, printed):
	course = factory.course("Safety", enable_certification=1)
	people = [factory.employee(factory.user()) for _ in range(5)]
	api.assign_mandatory_training(employees=[one.name for one in people], courses=[course])
	names = [certify(one, course).name for one in people]
	costs = []
	for some in (names[:1], names):
		frappe.db.delete(DOCUMENT)
		with Queries() as queries:
			assert documents.file(some) == len(some)
		costs.append(len(queries))
	assert costs[0] == costs[1]


def test_what_hr_files_is_none_of_a_certificates_business(hire):
	doc = file_document(hire.name, expires_on="2027-01-01")
	assert "documents_dated" not in daily.run(TODAY)
	assert getdate(frappe.db.get_value(DOCUMENT, doc.name, "expires_on")) == getdate("2027-01-01")
