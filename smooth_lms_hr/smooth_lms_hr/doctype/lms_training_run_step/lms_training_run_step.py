from frappe.model.document import Document


class LMSTrainingRunStep(Document):
	pass
