from frappe.model.document import Document


class LMSQuiz(Document):
	pass
