"""Writes until when completions count, from before that was fixed with them: so many days as their course says today."""

from datetime import timedelta

import frappe
from frappe.utils import cint, getdate

from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.training.status import COMPLETED

ROWS_PER_STEP = 5000


def execute():
	courses = frappe.get_all(
		"LMS Course", {"validity_days": (">", 0)}, ["name", "validity_days"], order_by="name"
	)
	for course in courses:
		days, after = timedelta(days=cint(course.validity_days)), ""
		while rows := _without(course.name, after):
			updates = {
				row.name: {"valid_until": getdate(row.completed_on) + days, "to_renew": 1} for row in rows
			}
			frappe.db.bulk_update(ASSIGNMENT, updates, chunk_size=500, update_modified=False)
			# Of a site with millions of them, what is done is done, and no lock is held for the rest.
			frappe.db.commit()  # nosemgrep
			after = rows[-1].name


def _without(course: str, after: str) -> list:
	return frappe.get_all(
		ASSIGNMENT,
		filters={
			"course": course,
			"status": COMPLETED,
			"valid_until": ("is", "not set"),
			"completed_on": ("is", "set"),
			"name": (">", after),
		},
		fields=["name", "completed_on"],
		order_by="name",
		limit_page_length=ROWS_PER_STEP,
	)
