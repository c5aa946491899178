from frappe.model.document import Document


class EmployeeComplianceProof(Document):
	pass
