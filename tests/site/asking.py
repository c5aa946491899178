"""Reads and answers requests, for the tests about them."""

import frappe

from smooth_lms_hr import api

REQUEST = "LMS Training Request"


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
