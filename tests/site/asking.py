"""Reads and answers requests, for the tests about them."""

from datetime import timedelta

import frappe

from smooth_lms_hr import api
from tests.site import factory
from tests.site.conftest import TODAY

REQUEST, ASSIGNMENT = "LMS Training Request", "LMS Training Assignment"
TOO_FAR = "2099-01-01"


def day(days):
	return str(TODAY + timedelta(days=days))


def owed_by(employee) -> str:
	"""Return the name of what a hire owes, who is at work from here on."""
	course = factory.course("Safety")
	factory.onboarding(employee=employee.name)
	frappe.set_user(employee.user_id)
	return factory.assignment(member=employee.user_id, course=course).name


def stored(name):
	return frappe.db.get_value(REQUEST, name, "*", as_dict=True)


def answer(name, grant=True, words="Fine", **values):
	"""Answer one request and return what was said of it, done or not."""
	told = api.answer_request([name], grant, words, **values)
	assert len(told["done"]) + len(told["failed"]) == 1
	return (told["done"] or told["failed"])[0]["message"]


def let_managers_answer():
	frappe.db.set_single_value("LMS Training Settings", "managers_answer_extensions", 1)
	frappe.clear_document_cache("LMS Training Settings", "LMS Training Settings")
