import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime


class TrainingEvent(Document):
	def validate(self):
		if get_datetime(self.end_time) <= get_datetime(self.start_time):
			frappe.throw(_("End time cannot be before start time"))

	def on_update_after_submit(self):
		for row in self.employees:
			if self.event_status == "Scheduled":
				row.status = "Open"
			elif self.event_status == "Completed" and row.attendance == "Present":
				row.status = "Completed"
		self.db_update_all()
