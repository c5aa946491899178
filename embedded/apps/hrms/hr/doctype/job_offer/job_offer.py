import frappe
from frappe import _
from frappe.model.document import Document


class JobOffer(Document):
	def validate(self):
		other = frappe.db.exists("Job Offer", {"job_applicant": self.job_applicant, "docstatus": ("!=", 2)})
		if other and other != self.name:
			frappe.throw(
				_("Job Offer: {0} is already for Job Applicant: {1}").format(
					frappe.bold(other), frappe.bold(self.job_applicant)
				)
			)

	def on_change(self):
		if self.status in ("Accepted", "Rejected"):
			frappe.set_value("Job Applicant", self.job_applicant, "status", self.status)
