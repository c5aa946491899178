"""Documents and compliance in a binder: what the employee's file has beside training."""

import hashlib

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.sources import private_files
from smooth_lms_hr.sources.names import COMPLIANCE, COMPLIANCE_PROOF, COMPLIANCE_TYPE, DOCUMENT
from tests.site import factory
from tests.site.binders import PDF, Binder, with_file
from tests.site.factory import insert
from tests.site.sealing import learned


def export(*args, **kwargs) -> Binder:
	return Binder(api.export_evidence(*args, **kwargs))


def document(employee, title: str = "Forklift <licence>", **values) -> str:
	"""Write a document of an employee with a file, as it is on record however it came there."""
	name = frappe.generate_hash(length=10)
	file = private_files.write(
		f"licence-{name}.pdf",
		[PDF],
		attached_to_doctype=DOCUMENT,
		attached_to_name=name,
		attached_to_field="file",
	)
	values = {
		"name": name,
		"employee": employee.name,
		"employee_name": employee.employee_name,
		"company": employee.company,
		"document_type": "Licence",
		"title": title,
		"file": file.file_url,
		"sha256": hashlib.sha256(PDF).hexdigest(),
		"issued_on": "2026-01-02",
		"expires_on": "2026-12-31",
		**values,
	}
	insert(DOCUMENT, [values])
	return name


@pytest.fixture
def compliant(hire):
	"""The hire holds a compliance type, by a proof."""
	held = factory.unique("Forklift")
	insert(COMPLIANCE_TYPE, [{"name": held, "title": held}])
	name = frappe.generate_hash(length=10)
	insert(
		COMPLIANCE,
		[
			{
				"name": name,
				"employee": hire.name,
				"employee_name": hire.employee_name,
				"company": hire.company,
				"compliance_type": held,
				"cycle": 1,
				"status": "Complete",
				"completed_on": "2026-11-20",
				"next_renewal_date": "2027-11-20",
			}
		],
	)
	place = {"parent": name, "parenttype": COMPLIANCE, "parentfield": "proofs", "idx": 1}
	proof = {"requirement": "Practical test", "kind": "Document", "proved_on": "2026-11-19"}
	insert(COMPLIANCE_PROOF, [{"name": frappe.generate_hash(length=10), **place, **proof}])
	return held


def test_a_document_is_in_it_with_its_file_and_what_is_known_of_it(hire, hr):
	name = document(hire)
	binder = export([hire.name])
	path = f"documents/{hire.name}/Forklift__licence-{name}.pdf"
	assert binder.zip.read(path) == PDF
	(row,) = binder.index()
	assert (row["Record"], row["Title"], row["Status"]) == ("Document", "Forklift <licence>", "Not Verified")
	assert (row["Completed On"], row["Valid Until"]) == ("2026-01-02", "2026-12-31")
	assert (row["File"], row["File Found"]) == (path, "as on record")
	page = binder.page(hire.name)
	assert "Forklift &lt;licence&gt;" in page
	assert f'href="../{path}"' in page
	assert path in binder.text("RECORDED.sha256")


def test_a_document_that_came_by_itself_was_verified_by_nobody(hire, hr):
	name = document(hire)
	frappe.db.set_value("Employee Document", name, "verified_on", "2026-11-20 10:00:00")
	page = export([hire.name]).page(hire.name)
	day = frappe.utils.formatdate("2026-11-20")
	assert f"<dd><bdi>{day}</bdi></dd>" in page
	assert "by  on" not in page
	frappe.db.set_value("Employee Document", name, "verified_by", hr)
	assert f" on {day}</bdi>" in export([hire.name]).page(hire.name)


def test_a_certificate_that_is_a_document_too_is_in_it_once(owed, hr):
	# It is on the employee's file by itself.
	evidence = with_file(learned(owed))
	assert frappe.db.exists(DOCUMENT, {"evidence": evidence, "employee": owed.employee})
	binder = export([owed.employee])
	files = [name for name in binder.names() if name.endswith(".pdf")]
	assert files == [f"certificates/{owed.employee}/Fire_Safety-{evidence}.pdf"]
	assert {row["File"] for row in binder.index()} == set(files)


def test_a_document_that_names_somebody_elses_file_brings_it_not_along(hire, hr):
	secret = factory.private_file(factory.user(), "The salaries")
	document(hire, file=secret.file_url)
	binder = export([hire.name])
	assert not [name for name in binder.names() if name.startswith("documents/")]
	assert "no file of this record is there" in binder.page(hire.name)
	assert "The salaries" not in binder.all_text()


def test_of_a_period_are_documents_that_held_in_it(hire, hr):
	document(hire)
	assert [row["Record"] for row in export([hire.name], from_date="2026-12-31").index()] == ["Document"]
	for days in ({"from_date": "2027-01-01"}, {"to_date": "2026-01-01"}):
		assert [row["Record"] for row in export([hire.name], **days).index()] == ["Nothing on record"]


def test_what_somebody_has_to_hold_is_in_it_with_what_proves_it(hire, compliant, hr):
	binder = export([hire.name])
	(row,) = binder.index()
	assert (row["Record"], row["Title"], row["Status"]) == ("Compliance", compliant, "Complete")
	assert (row["Completed On"], row["Valid Until"]) == ("2026-11-20", "2027-11-20")
	page = binder.page(hire.name)
	assert compliant in page
	assert "Practical test" in page


def test_who_may_not_read_documents_gets_none_of_them(hire, hr, monkeypatch):
	document(hire)
	has_permission = frappe.has_permission
	monkeypatch.setattr(
		frappe,
		"has_permission",
		lambda doctype=None, *args, **kwargs: (
			doctype != DOCUMENT and has_permission(doctype, *args, **kwargs)
		),
	)
	binder = export([hire.name])
	assert [row["Record"] for row in binder.index()] == ["Nothing on record"]
	assert not [name for name in binder.names() if name.startswith("documents/")]


def test_an_employee_gets_their_own_documents(hire, compliant, as_user):
	document(hire)
	as_user(hire.user_id)
	assert {row["Record"] for row in export().index()} == {"Document", "Compliance"}
