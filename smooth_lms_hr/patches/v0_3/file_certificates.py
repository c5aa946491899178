"""Puts the certificates that there are on the employees' files."""

import frappe

from smooth_lms_hr.record import documents

PER_STEP = 1000


def execute():
	for names in documents.chunks_to_file(PER_STEP):
		documents.file(names)
		# Of a site with thousands of them, what is done is done, and no lock is held for the rest.
		frappe.db.commit()  # nosemgrep
