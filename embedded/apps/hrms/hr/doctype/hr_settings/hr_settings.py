from frappe.model.document import Document


class HRSettings(Document):
	pass
