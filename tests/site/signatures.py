"""People who have learned a course that has a statement, and what they sign it with."""

import frappe
from frappe.utils.password import update_password

from smooth_lms_hr import api
from tests.site import factory

ASSIGNMENT = "LMS Training Assignment"
STATEMENT = "I have read the policy.\nI will follow it."
PASSWORD = " kestrel Harbour 42 "


def course(title: str = "Safety", **fields) -> str:
	return factory.course(title, **{"attestation": STATEMENT, **fields})


def with_password(member: str, password: str = PASSWORD) -> str:
	update_password(member, password)
	return member


def learned(employee, course: str) -> str:
	"""Have a hire learn a mandatory course whole, and return their assignment, which awaits their signature."""
	factory.onboarding(employee=employee.name)
	factory.complete_lessons(employee.user_id, course)
	return factory.assignment(member=employee.user_id, course=course).name


def awaiting(employee, course: str) -> str:
	"""Return what a hire has learned whole and not signed, which they can sign by their password."""
	with_password(employee.user_id)
	return learned(employee, course)


def sign(
	assignment: str, secret: str = PASSWORD, signed_as: str = "Ana Lima", user: str | None = None, **values
):
	"""Sign as the member of an assignment, or as somebody else."""
	before = frappe.session.user
	frappe.set_user(user or frappe.db.get_value(ASSIGNMENT, assignment, "member"))
	try:
		return api.sign_statement(assignment, signed_as, secret, **values)
	finally:
		frappe.set_user(before)


def stored(name, *fields):
	return frappe.db.get_value(ASSIGNMENT, name, list(fields or ("status", "completed_on")))


def change_statement(course, statement):
	frappe.set_user("Administrator")
	doc = frappe.get_doc("LMS Course", course)
	doc.attestation = statement
	doc.save()
	return doc.reload()
