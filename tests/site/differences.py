"""What Frappe, ERPNext and Frappe HR 15 and 16, and Learning 2.40 to 2.61, do differently, as far as the tests notice.

A name for each difference, told apart here alone.
"""

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


def _learning_since(*version: int) -> bool:
	import lms

	return tuple(map(int, lms.__version__.split(".")[:2])) >= version


def learning_enrols_once() -> bool:
	"""Return whether Learning finds that somebody is enrolled already.

	Since 2.45 it looks for another than the one that has no name yet: Frappe 15 compares with null, and finds none.
	"""
	return is_16() or not _learning_since(2, 43)


def queries_of_an_enrolment() -> int:
	"""Return how often Learning and Frappe ask the database about one: at first about batches of old, too."""
	return 5 if _learning_since(2, 43) else 6


def learning_asks_who_enrols() -> bool:
	"""Before, whoever may write an enrolment may enrol anybody in a closed or unpublished course."""
	return _learning_since(2, 43)


def enrolments_belong_to_learners() -> bool:
	"""Return whether Learning makes the learner the owner, and lets learners change those alone; before, whoever enrols owns."""
	return _learning_since(2, 45)


def refusals_of_a_moved_enrolment() -> tuple[type[Exception], ...]:
	"""Return with what a learner's change of an enrolment's person, course or owner is refused.

	Before it was the owner's, Learning or Frappe may say first that nobody is enrolled twice, or that an owner is for ever.
	"""
	if enrolments_belong_to_learners():
		return (frappe.PermissionError,)
	return (frappe.PermissionError, frappe.ValidationError)


def learners_type_progress() -> bool:
	"""Return whether Learning takes the number that a learner writes into the enrolment; what is earned is in the lessons."""
	return not _learning_since(2, 61)


def course_creators_correct_lessons() -> bool:
	"""Before, completed lessons are the Moderator's alone."""
	return _learning_since(2, 45)


def certificates_want_completion() -> bool:
	"""Before, Learning hands a certificate to whoever asks."""
	return _learning_since(2, 41)


def tellings_of_a_lesson() -> int:
	"""Return how often Learning runs on_change when a lesson is completed: it once did so after a save that had done so."""
	return 1 if _learning_since(2, 55) else 2


def courses_go_that_are_learnt() -> bool:
	"""Before, Learning deletes a course's lessons first, which is refused where somebody has begun or completed one."""
	return _learning_since(2, 45)


def old_rights(doctype: str) -> bool:
	"""Return whether Learning gives other rights on one of its DocTypes than the stand-ins, which are as in 2.61."""
	since = {"LMS Certificate": (2, 44), "LMS Course Progress": (2, 45), "LMS Enrollment": (2, 45)}
	return doctype in since and not _learning_since(*since[doctype])


def learning_is_mirrored() -> bool:
	"""Return whether Learning's page runs from right to left for who reads so, and our card with it."""
	return _learning_since(2, 54)


def learnings_tabs_have_names() -> bool:
	"""Before, the buttons at the foot of a phone are pictures alone, and at first none of them leads home."""
	return _learning_since(2, 61)


# What its page says to the console whoever looks: Learning before 2.61 counts courses, which learners may not.
LEARNINGS_OWN_ERRORS = ("frappe.client.get_count PermissionError No permission for LMS Course",)
