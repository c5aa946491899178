from frappe.model.document import Document


class LMSSidebarItem(Document):
	pass
