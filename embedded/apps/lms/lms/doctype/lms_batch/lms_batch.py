from frappe.model.document import Document


class LMSBatch(Document):
	pass
