from frappe.model.document import Document


class LMSTrainingReminder(Document):
	pass
