from frappe.model.document import Document


class LMSAssignment(Document):
	pass
