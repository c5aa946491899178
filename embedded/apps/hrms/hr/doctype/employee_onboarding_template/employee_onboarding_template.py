from frappe.model.document import Document


class EmployeeOnboardingTemplate(Document):
	pass
