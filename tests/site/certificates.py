"""Makes certificates, and reads the files that are kept of them with evidence."""

from pathlib import Path

import frappe
from frappe.utils import getdate

from tests.site import factory

EVIDENCE, CERTIFICATE = "LMS Training Evidence", "LMS Certificate"
YEAR = 365
PDF = b"%PDF-1.4 as small as can be\n%%EOF\n"


def course(employee) -> str:
	"""Return a course with a certificate that counts for a year, which a hire owes."""
	name = factory.course("Safety", validity_days=YEAR, enable_certification=1)
	factory.onboarding(employee=employee.name)
	return name


def kept(**filters):
	return frappe.get_all(EVIDENCE, filters, ["*"], order_by="name")


def bytes_of(row):
	return Path(frappe.utils.get_files_path(row.certificate_file.rsplit("/")[-1], is_private=1)).read_bytes()


def certified(assignment):
	return frappe.get_all(
		"LMS Training Event",
		{"assignment": assignment, "event": "Certified"},
		["after", "cause_doctype", "cause"],
		order_by="name",
	)


def learn(hire, course):
	factory.complete_lessons(hire.user_id, course)
	return factory.assignments(member=hire.user_id, course=course)[-1]


def certify(hire, course):
	"""Ask Learning for the certificate, as the learner does by its button."""
	from lms.lms.doctype.lms_certificate.lms_certificate import create_certificate

	frappe.set_user(hire.user_id)
	name = create_certificate(course).name
	frappe.set_user("Administrator")
	return name


def take_over_printing(monkeypatch) -> list[tuple]:
	"""Return what is printed from here on: the certificate's name and days; each PDF says them."""
	found = []

	def get_print(doctype, name, print_format=None, doc=None, as_pdf=False):
		assert as_pdf
		assert print_format == frappe.db.get_value(CERTIFICATE, name, "template")
		days = (str(getdate(doc.issue_date)), doc.expiry_date and str(getdate(doc.expiry_date)))
		found.append((name, *days))
		return PDF + str(days).encode()

	monkeypatch.setattr(frappe, "get_print", get_print)
	return found


def let_printing_fail(monkeypatch) -> None:
	"""Take away what makes PDFs."""

	def get_print(*args, **kwargs):
		raise OSError("No wkhtmltopdf executable found: \"b''\"")

	# No rollback takes away what was logged before.
	frappe.db.delete("Error Log", {"method": "A file of evidence could not be made"})
	monkeypatch.setattr(frappe, "get_print", get_print)
