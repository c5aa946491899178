"""What the certificate says that is kept with evidence, and whose it is: printed late, renewed, or there before."""

import io
import shutil
from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import evidence_files
from tests.site import certificates, factory
from tests.site.certificates import CERTIFICATE, PDF, YEAR, bytes_of, certified, certify, kept, learn
from tests.site.conftest import TODAY


@pytest.fixture
def course(hire, hr):
	return certificates.course(hire)


def test_a_pdf_that_is_really_printed_says_whose_it_is_and_what_for(bench_only, hire, course):
	from pypdf import PdfReader

	if not shutil.which("wkhtmltopdf"):
		pytest.skip("needs what makes PDFs")
	learn(hire, course)
	certify(hire, course)
	frappe.db.commit()
	frappe.db.delete("Error Log", {"method": "A file of evidence could not be made"})
	evidence_files.make([kept()[0].name])
	(row,) = kept()
	assert row.certificate_file, frappe.get_all("Error Log", pluck="error", order_by="creation desc", limit=1)
	text = PdfReader(io.BytesIO(bytes_of(row))).pages[0].extract_text()
	assert "Safety" in text
	assert "Get" not in text
	assert frappe.db.get_value("User", hire.user_id, "full_name") in text


def test_a_server_that_does_not_reach_what_a_template_asks_for_prints_without_it(hire, course, no_engine):
	learn(hire, course)
	certify(hire, course)
	drawn = '<img alt="" src="data:image/png;base64,AA">'

	def get_print(*args, as_pdf=False, **values):
		if as_pdf:
			raise OSError("Exit with code 1 due to network error: HostNotFoundError")
		return (
			f'<link href="https://fonts.example.com/css" rel="stylesheet"><img src="/logo.png">{drawn}Safety'
		)

	no_engine.setattr(frappe, "get_print", get_print)
	no_engine.setattr(evidence_files.pdf, "get_pdf", lambda html: PDF + html.encode())
	assert daily.run()["files_made"] == 1
	assert bytes_of(kept()[0]) == PDF + f"{drawn}Safety".encode()


def test_a_certificate_that_is_printed_after_its_renewal_says_the_old_days(hire, course, clock, no_engine):
	learn(hire, course)
	certify(hire, course)
	daily.run()
	clock(YEAR - 30)
	daily.run()
	clock(YEAR - 20)
	learn(hire, course)
	first, second = kept()
	assert first.certificate == second.certificate
	said = {}

	def get_print(doctype, name, print_format=None, doc=None, as_pdf=False):
		days = f"{getdate(doc.issue_date)} {getdate(doc.expiry_date)}"
		return PDF + days.encode()

	no_engine.setattr(frappe, "get_print", get_print)
	daily.run()
	renewed = TODAY + timedelta(days=YEAR - 20)
	for row, day in zip(kept(), (TODAY, renewed), strict=True):
		said = bytes_of(row).removeprefix(PDF).decode()
		assert said == f"{day} {day + timedelta(days=YEAR)}"


def test_a_template_that_cannot_print_the_old_days_prints_none(hire, course, clock, no_engine):
	learn(hire, course)
	name = certify(hire, course)
	daily.run()
	clock(YEAR - 30)
	daily.run()
	clock(YEAR - 20)
	learn(hire, course)
	template = frappe.db.get_value(CERTIFICATE, name, "template")
	frappe.db.set_value("Print Format", template, "print_format_builder_beta", 1)
	no_engine.setattr(frappe, "get_print", lambda *args, **kwargs: PDF)
	summary = daily.run()
	assert (summary["files_made"], summary["files_missing"]) == (1, 1)
	first, second = kept()
	assert (first.certificate_file, bool(second.certificate_file)) == (None, True)


def test_a_renewal_keeps_the_old_file_whole(hire, course, clock, printed):
	learn(hire, course)
	certify(hire, course)
	daily.run()
	(before,) = kept()
	content = bytes_of(before)
	clock(YEAR - 30)
	daily.run()
	clock(YEAR - 20)
	learn(hire, course)
	daily.run()
	first, second = kept()
	assert first == before
	assert bytes_of(first) == content
	assert second.certificate_file != first.certificate_file
	assert len(printed) == 2


def test_a_certificate_goes_to_what_its_course_counts_for_too(hire, hr, printed):
	other = factory.course("First Aid", is_mandatory=0, enable_certification=1)
	course = factory.course("Safety", is_mandatory=0, equivalents=[{"course": other}])
	api.assign_mandatory_training([hire.user_id], courses=[course, other])
	learn(hire, other)
	name = certify(hire, other)
	daily.run()
	assert {(row.course, row.certificate) for row in kept()} == {(course, name), (other, name)}
	assert all(row.certificate_file for row in kept())


def test_one_that_was_there_before_the_course_was_assigned_belongs_to_it(hire, hr, printed):
	course = factory.course("Safety", is_mandatory=0, enable_certification=1)
	frappe.get_doc({"doctype": "LMS Enrollment", "member": hire.user_id, "course": course}).insert(
		ignore_permissions=True
	)
	factory.complete_lessons(hire.user_id, course)
	name = certify(hire, course)
	api.assign_mandatory_training([hire.user_id], courses=[course])
	(row,) = kept()
	assert row.certificate == name
	assert [one.after for one in certified(row.assignment)] == [str(TODAY)]
	daily.run()
	assert kept()[0].certificate_file


@pytest.mark.parametrize(
	("fieldname", "value"),
	[("issue_date", "2030-01-01"), ("expiry_date", "2099-01-01"), ("template", "Standard")],
)
def test_who_holds_a_certificate_does_not_change_what_it_says_before_it_is_printed(
	hire, course, fieldname, value
):
	learn(hire, course)
	name = certify(hire, course)
	frappe.set_user(hire.user_id)
	doc = frappe.get_doc(CERTIFICATE, name)
	before = doc.get(fieldname)
	doc.set(fieldname, value)
	# A share of Learning's lets them write it.
	doc.flags.ignore_links = True
	with pytest.raises(frappe.PermissionError, match="it says what was learned"):
		doc.save()
	assert frappe.db.get_value(CERTIFICATE, name, fieldname) == before
	doc.reload()
	doc.published = 1
	doc.save()
	frappe.set_user(factory.user("Moderator"))
	doc.reload()
	doc.expiry_date = "2030-01-01"
	doc.save()
