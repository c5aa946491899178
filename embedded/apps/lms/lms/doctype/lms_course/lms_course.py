import frappe
from frappe.model.document import Document
from frappe.utils import nowdate

from lms.lms.utils import generate_slug


class LMSCourse(Document):
	def autoname(self):
		if not self.name:
			self.name = generate_slug(self.title, "LMS Course")

	def validate(self):
		if self.published:
			self.status = "Approved"
			if self.is_new() or self.has_value_changed("published") or not self.published_on:
				self.published_on = nowdate()
		if self.paid_course and "payments" not in frappe.get_installed_apps():
			frappe.throw(frappe._("Please install the Payments App to create a paid course."))
