import frappe
from frappe import _
from frappe.model.document import Document


class TrainingResult(Document):
	def validate(self):
		if frappe.db.get_value("Training Event", self.training_event, "docstatus") != 1:
			frappe.throw(_("{0} must be submitted").format(_("Training Event")))

	def on_submit(self):
		# Saved as it is: whether it is completed stands in a field that this does not write.
		frappe.get_doc("Training Event", self.training_event).save()
