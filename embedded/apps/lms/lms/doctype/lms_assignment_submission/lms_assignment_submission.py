from frappe.model.document import Document


class LMSAssignmentSubmission(Document):
	pass
