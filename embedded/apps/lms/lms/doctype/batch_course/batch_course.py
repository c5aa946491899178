from frappe.model.document import Document


class BatchCourse(Document):
	pass
