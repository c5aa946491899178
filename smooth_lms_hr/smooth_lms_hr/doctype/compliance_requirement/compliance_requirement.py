from frappe.model.document import Document


class ComplianceRequirement(Document):
	pass
