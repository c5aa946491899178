"""What Frappe, ERPNext and Frappe HR 15 and 16 do differently, as far as the tests notice: a name for each, told apart here alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe


def has_desktop() -> bool:
	"""Return whether Frappe begins with a desktop of tiles, gives each workspace a sidebar, and lists a second line on a phone."""
	return bool(frappe.db.exists("DocType", "Workspace Sidebar"))


def is_16() -> bool:
	return int(frappe.__version__.split(".")[0]) >= 16


def set_test_mode(enabled: bool) -> None:
	"""Tell Frappe that it is tested: 15 looks at the flag alone, 16 at the module too."""
	frappe.in_test = frappe.flags.in_test = enabled


@contextmanager
def going_on_without_a_cache() -> Iterator[None]:
	"""Let Frappe do without its cache as it does for people: 16 stops, in tests alone, where 15 goes on."""
	set_test_mode(False)
	try:
		yield
	finally:
		set_test_mode(True)


# What the stand-ins have as version 15 has it, and what it is since 16: by DocType, field and property.
SINCE_16 = {
	("Task", "exp_start_date", "fieldtype"): "Datetime",
	("Task", "exp_end_date", "fieldtype"): "Datetime",
	("Job Offer", "status", "options"): "Awaiting Response\nAccepted\nRejected\nCancelled",
}


def can_merge_companies() -> bool:
	"""ERPNext 15 deletes the old one from a table whose name it quotes twice, and fails."""
	return "erpnext" not in frappe.get_installed_apps() or is_16()


def forget_alerts() -> None:
	"""Forget what is cached of Notifications and Webhooks: 15 keeps it in Redis, 16 in the process too, by other keys."""
	frappe.cache.delete_value(["notifications", "webhooks"])
	if in_process := getattr(frappe, "client_cache", None):
		in_process.delete_keys("notifications::")
		in_process.delete_value("webhooks")


def send_again(mails: list[str]) -> None:
	"""Press the button for mails that Frappe has given up: 15 has it in each of them, 16 in their list."""
	from frappe.email.doctype.email_queue import email_queue

	if of_many := getattr(email_queue, "retry_sending", None):
		of_many(mails)
	else:
		for name in mails:
			frappe.get_doc("Email Queue", name).retry_sending()


def newest_first() -> str:
	"""Return how a list is sorted that says nothing of it, which is what there is an index for: since 16 by creation."""
	return "creation desc" if is_16() else "modified desc"


def finds_rows_without_a_name() -> bool:
	"""Learning looks for another enrolment than the one that has no name yet: 15 compares with null, and finds none."""
	return is_16()
