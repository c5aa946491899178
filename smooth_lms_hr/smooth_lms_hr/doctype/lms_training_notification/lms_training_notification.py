import frappe
from frappe.model.document import Document


class LMSTrainingNotification(Document):
	pass


def on_doctype_update():
	# The same is said once to the same person; a due date that moves starts the ladder anew.
	frappe.db.add_unique(
		"LMS Training Notification",
		["assignment", "kind", "offset_days", "occasion", "due_date", "audience", "recipient"],
		"unique_notice",
	)
	# The same of what is about no assignment: of nothing that is empty a database makes out that it is there already.
	frappe.db.add_unique(
		"LMS Training Notification",
		["reference", "kind", "offset_days", "occasion", "due_date", "audience", "recipient"],
		"unique_notice_of_reference",
	)
	# Who has had this week's digest is asked every day, of all that was ever said.
	frappe.db.add_index("LMS Training Notification", ["kind", "occasion", "recipient"])
	# Who starts a run is shown whom it has told.
	frappe.db.add_index("LMS Training Notification", ["sent_on"])
