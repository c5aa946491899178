import frappe
from frappe.model.document import Document

from lms.lms.utils import get_lesson_count


class CourseChapter(Document):
	def on_update(self):
		frappe.db.set_value("LMS Course", self.course, "lessons", get_lesson_count(self.course))
