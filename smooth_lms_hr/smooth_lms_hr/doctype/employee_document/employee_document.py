from frappe.model.document import Document


class EmployeeDocument(Document):
	pass
