"""What somebody learned of a course. Rows are written by ``record.evidence`` alone, and stay as they were written."""

import frappe
from frappe import _
from frappe.model.document import Document

from smooth_lms_hr.assigning import evidence_files


class LMSTrainingEvidence(Document):
	def onload(self):
		self.set_onload("file_missing", bool(evidence_files.without_file([self.name])))

	def before_insert(self):
		self._refuse(_("Training evidence is written by what was learned, not by hand."))

	def before_validate(self):
		self._refuse(_("Training evidence {0} is on record: it cannot be changed.").format(self.name))

	def before_rename(self, old: str, new: str, merge: bool = False):
		self._refuse(_("Training evidence {0} is on record: it cannot be renamed.").format(old))

	def on_trash(self):
		self._refuse(_("Training evidence {0} is on record: it cannot be deleted.").format(self.name))

	def _refuse(self, why: str):
		frappe.throw(why, frappe.PermissionError, title=_("On Record"))


def on_doctype_update():
	# Whose certificate is new, and which of them has no file yet, are asked of all that was ever completed.
	frappe.db.add_index("LMS Training Evidence", ["member"])
	frappe.db.add_index("LMS Training Evidence", ["sha256", "certificate"])
	# What rests on a training event is found by it.
	frappe.db.add_index("LMS Training Evidence", ["cause", "cause_doctype"])
	# What is about no assignment is somebody's by their employee.
	frappe.db.add_index("LMS Training Evidence", ["assignment", "employee"])
	# What somebody has to hold is proved by what was learned of some courses.
	frappe.db.add_index("LMS Training Evidence", ["employee", "course"])
	# How many hours everybody had is asked of a year.
	frappe.db.add_index("LMS Training Evidence", ["completed_on", "employee", "status", "training_hours"])
	# How long it is kept after an exit is written by employee, and taken back where one is there again.
	frappe.db.add_index("LMS Training Evidence", ["employee", "retain_until"])
