from frappe.model.document import Document


class EmployeeGrade(Document):
	pass
