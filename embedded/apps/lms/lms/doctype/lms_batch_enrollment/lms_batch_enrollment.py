import frappe
from frappe import _
from frappe.model.document import Document


class LMSBatchEnrollment(Document):
	def validate(self):
		roles = {"Moderator", "Batch Evaluator"} & set(frappe.get_roles())
		if self.owner != self.member and not roles:
			frappe.throw(_("You must be a Moderator or Batch Evaluator to enroll users in a batch."))
		others = {"batch": self.batch, "name": ("!=", self.name or "")}
		if frappe.db.exists("LMS Batch Enrollment", {**others, "member": self.member}):
			frappe.throw(_("Member already enrolled in this batch"))
		seats = frappe.db.get_value("LMS Batch", self.batch, "seat_count")
		if seats and frappe.db.count("LMS Batch Enrollment", {"batch": self.batch}) >= seats:
			frappe.throw(_("There are no seats available in this batch."))
		self.enrol_in_courses()

	def enrol_in_courses(self):
		for course in frappe.get_all("Batch Course", filters={"parent": self.batch}, pluck="course"):
			pair = {"course": course, "member": self.member}
			if not frappe.db.exists("LMS Enrollment", pair):
				frappe.get_doc({"doctype": "LMS Enrollment", **pair}).save()
