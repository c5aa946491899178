import frappe
from frappe import _
from frappe.model.document import Document

from lms.lms.utils import PRIVILEGED_ROLES, recalculate_course_progress


class LMSCourseProgress(Document):
	def before_insert(self):
		self.validate_member()
		if frappe.db.exists("LMS Course Progress", {"member": self.member, "lesson": self.lesson}):
			frappe.throw(_("Progress is already recorded for this lesson."), frappe.UniqueValidationError)

	def validate(self):
		self.validate_member()

	def validate_member(self):
		if PRIVILEGED_ROLES & set(frappe.get_roles()):
			return
		if self.member and self.member != frappe.session.user:
			frappe.throw(_("You can only record progress for your own account."), frappe.PermissionError)
		self.member = frappe.session.user

	def on_update(self):
		recalculate_course_progress(self.course, self.member)

	def after_delete(self):
		recalculate_course_progress(self.course, self.member)
