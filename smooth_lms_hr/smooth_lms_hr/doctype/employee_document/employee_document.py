"""A document on an employee's file. What may be said of one is in ``following.documents``."""

import frappe
from frappe import _
from frappe.model.document import Document

from smooth_lms_hr.following import compliance, documents


class EmployeeDocument(Document):
	def validate(self):
		documents.settle(self)

	def on_update(self):
		documents.drop_replaced(self)
		compliance.follow([self.employee])

	def on_trash(self):
		documents.refuse_to_delete(self)

	def after_delete(self):
		documents.drop_file(self)
		compliance.follow([self.employee])

	def before_rename(self, old: str, new: str, merge: bool = False):
		frappe.throw(
			_("Document {0} is on record: it cannot be renamed.").format(old),
			frappe.PermissionError,
			title=_("On Record"),
		)
