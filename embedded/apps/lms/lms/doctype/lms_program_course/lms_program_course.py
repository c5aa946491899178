from frappe.model.document import Document


class LMSProgramCourse(Document):
	pass
