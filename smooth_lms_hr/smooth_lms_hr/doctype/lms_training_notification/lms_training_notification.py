import frappe
from frappe.model.document import Document


class LMSTrainingNotification(Document):
	pass


def on_doctype_update():
	# A reminder is sent once; a due date that moves starts the ladder anew.
	frappe.db.add_unique(
		"LMS Training Notification",
		["assignment", "rung", "due_date", "audience"],
		"unique_assignment_rung_due_date_audience",
	)
