import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from smooth_lms_hr.training.due_dates import MAX_DAYS, MIN_DUE_DAYS


class LMSTrainingSettings(Document):
	def validate(self):
		if not MIN_DUE_DAYS <= cint(self.default_due_days) <= MAX_DAYS:
			frappe.throw(
				_("Default Due Days must be between {0} and {1}, not {2}.").format(
					MIN_DUE_DAYS, MAX_DAYS, self.default_due_days
				)
			)
