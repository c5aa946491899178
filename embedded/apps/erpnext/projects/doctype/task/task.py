import frappe
from frappe.model.document import Document


class Task(Document):
	def on_update(self):
		if self.project and not self.flags.from_project:
			frappe.get_cached_doc("Project", self.project).update_project()
