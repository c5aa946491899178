from frappe.model.document import Document


class LMSTrainingAudience(Document):
	pass
