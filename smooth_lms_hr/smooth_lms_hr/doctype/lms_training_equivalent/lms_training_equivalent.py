from frappe.model.document import Document


class LMSTrainingEquivalent(Document):
	pass
