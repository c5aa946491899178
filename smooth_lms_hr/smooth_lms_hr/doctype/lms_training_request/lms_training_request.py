"""What a learner asks about an assignment, and the answer. Written by ``following.requests`` and by what it uses alone."""

import frappe
from frappe import _
from frappe.model.document import Document

from smooth_lms_hr.following import requests
from smooth_lms_hr.sources.plain_text import plain_text

# What others have written: lists, forms, prints and exports of Frappe show it as it is.
TEXTS = ("member_name", "employee_name", "course_title", "reason", "answer")


class LMSTrainingRequest(Document):
	def before_validate(self):
		if not self.flags.saved_by_rule:
			self._refuse(_("Requests are made and answered by their own buttons, not by hand."))

	def validate(self):
		for fieldname in TEXTS:
			self.set(fieldname, plain_text(self.get(fieldname)))

	def show_unique_validation_message(self, e):
		"""Say in words what the unique index has refused (Frappe calls this): the same was asked at the same moment."""
		requests.refuse_second(self.kind, frappe.UniqueValidationError)

	def before_rename(self, old: str, new: str, merge: bool = False):
		self._refuse(_("Request {0} is on record: it cannot be renamed.").format(old))

	def on_trash(self):
		self._refuse(_("Request {0} is on record: it cannot be deleted.").format(self.name))

	def _refuse(self, why: str):
		frappe.throw(why, frappe.PermissionError, title=_("On Record"))


def on_doctype_update():
	# What is open is listed by its age, and those who can answer it are told of it.
	frappe.db.add_index("LMS Training Request", ["status", "creation"])
	# Of the answers that learners were not told of, only the latest are looked for.
	frappe.db.add_index("LMS Training Request", ["status", "decided_on"])
