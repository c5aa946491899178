from frappe.model.document import Document


class JobApplicant(Document):
	pass
