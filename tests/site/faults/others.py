"""What another app hangs on our records, and what is on record of a failure."""

from itertools import count

import frappe

ASSIGNMENT = "LMS Training Assignment"
LEDGER = "LMS Training Notification"
SETTINGS = "LMS Training Settings"
ONBOARDING = "Employee Onboarding"
ENROLLMENT = "LMS Enrollment"

_apps = count(1)


def hang(monkeypatch, handler, doctype=ASSIGNMENT, event="after_insert", path=None):
	"""Let another app hook a DocType of ours with a function of this module.

	:param path: of the function, as the other app has it; None for one of its own
	"""
	get_doc_hooks, get_attr = frappe.get_doc_hooks, frappe.get_attr
	path = path or f"other_app_{next(_apps)}.handler"

	def with_ours():
		hooks = {name: dict(events) for name, events in get_doc_hooks().items()}
		events = hooks.setdefault(doctype, {})
		events[event] = [*events.get(event, []), path]
		return hooks

	monkeypatch.setattr(frappe, "get_doc_hooks", with_ours)
	monkeypatch.setattr(frappe, "get_attr", lambda wanted: handler if wanted == path else get_attr(wanted))


def comments(doctype, name):
	return frappe.get_all("Comment", {"reference_doctype": doctype, "reference_name": name}, pluck="content")


def errors(**filters):
	return frappe.db.count("Error Log", filters)


def status_of(onboarding):
	return frappe.db.get_value(ONBOARDING, onboarding.name, "training_status")
