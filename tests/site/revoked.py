"""Revokes completions, and reads what is left of them."""

import frappe

from smooth_lms_hr import api
from tests.site import factory

EVIDENCE, CERTIFICATE = "LMS Training Evidence", "LMS Certificate"
WHY = "Somebody else did it"
YEAR = 365


def last(hire, **filters):
	return factory.assignments(member=hire.user_id, **filters)[-1]


def revoke(row, why: str = WHY) -> str:
	"""Revoke a completion and return what is said of it."""
	told = api.revoke_completion([row.name], why)
	assert not told["failed"], told
	return told["done"][0]["message"]


def refused(row, why: str = WHY) -> str:
	told = api.revoke_completion([row.name], why)
	assert not told["done"], told
	return told["failed"][0]["message"]


def evidence_of(row) -> list:
	return frappe.get_all(EVIDENCE, {"assignment": row.name}, ["*"], order_by="name")


def certify(hire, course) -> str:
	"""Have Learning make the learner's certificate, by its own button, and a teacher publish it."""
	from lms.lms.doctype.lms_certificate.lms_certificate import create_certificate

	frappe.db.set_value("LMS Course", course, "enable_certification", 1)
	user = frappe.session.user
	frappe.set_user(hire.user_id)
	name = create_certificate(course).name
	frappe.set_user(user)
	frappe.db.set_value(CERTIFICATE, name, "published", 1)
	return name
