from frappe.model.document import Document


class EmployeeCompliance(Document):
	pass
