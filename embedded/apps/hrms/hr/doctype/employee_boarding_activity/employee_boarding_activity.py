from frappe.model.document import Document


class EmployeeBoardingActivity(Document):
	pass
