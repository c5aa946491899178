from frappe.model.document import Document


class LMSTrainingContent(Document):
	pass
