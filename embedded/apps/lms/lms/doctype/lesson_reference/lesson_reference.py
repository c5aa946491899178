from frappe.model.document import Document


class LessonReference(Document):
	pass
