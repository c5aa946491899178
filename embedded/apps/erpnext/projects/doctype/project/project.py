import frappe
from frappe.model.document import Document


class Project(Document):
	def validate(self):
		self.set_percent_complete()

	def set_percent_complete(self):
		tasks = frappe.get_all("Task", filters={"project": self.name}, pluck="status")
		done = [status for status in tasks if status in ("Completed", "Cancelled")]
		self.percent_complete = round(len(done) / len(tasks) * 100, 2) if tasks else 0
		if self.status != "Cancelled":
			self.status = "Completed" if self.percent_complete == 100 else "Open"

	def update_project(self):
		# written past the document's events, as upstream does
		self.set_percent_complete()
		self.db_update()
