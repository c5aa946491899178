from frappe.model.document import Document


class LMSProgram(Document):
	pass
