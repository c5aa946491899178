from frappe.model.document import Document


class LMSProgramMember(Document):
	pass
