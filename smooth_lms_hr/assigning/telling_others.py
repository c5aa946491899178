"""Lets what a site hangs on assignments hear of changes that were written for many at once.

A change of one assignment is an ordinary save, of which everybody hears. The daily run writes thousands in one statement:
Notifications, Webhooks, server scripts, Assignment Rules and other apps' handlers hear of these afterwards, in the background,
each document by itself.
"""

from collections.abc import Collection, Mapping

import frappe
from frappe import _

from smooth_lms_hr.sources import jobs
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.listeners import OF_CHANGED, hears_of
from smooth_lms_hr.sources.names import ASSIGNMENT

# What is to be heard of: a progress that moves is Learning's to tell.
FIELDS = ("status", "due_date")


def tell_later(rows: Collection[Mapping], values: Mapping[str, Mapping]) -> None:
	"""Let those who listen hear of changes, once they are committed. Where nobody listens it costs the question.

	:param rows: assignments as they were, with name, status and due_date
	:param values: what was written, by the name of the assignment
	"""
	changes = [
		[row["name"], {fieldname: str(row[fieldname]) for fieldname in FIELDS}]
		for row in rows
		if any(str(values[row["name"]].get(field, row[field])) != str(row[field]) for field in FIELDS)
	]
	if changes and hears_of(ASSIGNMENT, OF_CHANGED):
		jobs.enqueue_after_commit(
			"smooth_lms_hr.assigning.telling_others.tell",
			job_id=f"smooth_lms_hr_tell_{frappe.generate_hash(length=10)}",
			changes=changes,
		)


def tell(changes: list) -> None:
	"""Run what listens, for each assignment by itself: what breaks at one is logged and silences none of the others.

	A job in Frappe's queue calls this.

	:param changes: pairs of an assignment's name and what some of its fields were before
	"""
	for name, before in changes:
		if not frappe.db.exists(ASSIGNMENT, name):
			continue
		with attempt(_("Telling others of {0} failed").format(name), ASSIGNMENT, name):
			doc = frappe.get_doc(ASSIGNMENT, name)
			doc._doc_before_save = frappe.copy_doc(doc).update({"name": name, **before})
			# It is in the history already.
			doc.flags.told_later = True
			for method in OF_CHANGED:
				doc.run_method(method)
