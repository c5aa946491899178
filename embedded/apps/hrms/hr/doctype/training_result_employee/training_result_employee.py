from frappe.model.document import Document


class TrainingResultEmployee(Document):
	pass
