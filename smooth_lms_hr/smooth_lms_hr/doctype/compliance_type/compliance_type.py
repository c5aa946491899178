from frappe.model.document import Document


class ComplianceType(Document):
	pass
