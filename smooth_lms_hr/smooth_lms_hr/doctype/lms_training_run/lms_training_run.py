from frappe.model.document import Document


class LMSTrainingRun(Document):
	pass
