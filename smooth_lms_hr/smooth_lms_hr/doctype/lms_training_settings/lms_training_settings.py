import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate

from smooth_lms_hr.training.due_dates import MAX_DAYS, MIN_DUE_DAYS


class LMSTrainingSettings(Document):
	def validate(self):
		self._refuse_days("default_due_days", MIN_DUE_DAYS)
		self._refuse_days("repeat_every_days", 0)
		self._refuse_days("stop_after_days", 0)
		self._refuse_days("renew_before_days", 0)
		self._refuse_days("leave_extends_from_days", 0)
		self._refuse_rungs()
		self._note_what_is_announced()

	def _note_what_is_announced(self):
		"""Remember when announcing is switched on: what was assigned before is not announced late."""
		before = self.get_doc_before_save()
		if before and cint(self.notify_on_assignment) and not cint(before.notify_on_assignment):
			self.announced_since = getdate()

	def _refuse_days(self, fieldname: str, least: int):
		days = cint(self.get(fieldname))
		if not least <= days <= MAX_DAYS:
			frappe.throw(
				_("{0} must be between {1} and {2}, not {3}.").format(
					_(self.meta.get_label(fieldname)), least, MAX_DAYS, days
				)
			)

	def _refuse_rungs(self):
		seen = set()
		for row in self.reminder_ladder:
			days = cint(row.offset_days)
			if abs(days) > MAX_DAYS:
				frappe.throw(_("Row {0}: {1} days are too many.").format(row.idx, days))
			if days in seen:
				frappe.throw(_("Row {0}: day {1} is in the reminder ladder already.").format(row.idx, days))
			if not (row.notify_member or row.notify_manager or row.notify_hr):
				frappe.throw(_("Row {0}: choose who is told.").format(row.idx))
			seen.add(days)
