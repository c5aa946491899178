import frappe
from frappe.model.document import Document


class LMSTrainingCause(Document):
	pass


def on_doctype_update():
	# Whatever runs at once, a record asks once for an assignment.
	frappe.db.add_unique("LMS Training Cause", ["parent", "cause_doctype", "cause"], "unique_parent_cause")
	# What rests on a rule, or on an onboarding that is cancelled, is found among all that was ever owed.
	frappe.db.add_index("LMS Training Cause", ["cause_doctype", "cause"])
