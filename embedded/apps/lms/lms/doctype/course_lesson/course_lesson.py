import json

import frappe
from frappe.model.document import Document

from lms.lms.doctype.lms_enrollment.lms_enrollment import batched_enrollment_updates, update_enrollment
from lms.lms.utils import get_course_progress, recalculate_course_progress


class CourseLesson(Document):
	def after_insert(self):
		self.recalculate_later()

	def after_delete(self):
		self.recalculate_later()

	def on_trash(self):
		frappe.db.set_value("LMS Enrollment", {"current_lesson": self.name}, "current_lesson", None)

	def recalculate_later(self):
		members = self.course and frappe.get_all("LMS Enrollment", {"course": self.course}, pluck="member")
		if members:
			frappe.enqueue(recalculate, queue="long", course=self.course, members=members)


def recalculate(course, members):
	for member in members:
		recalculate_course_progress(course, member)


@frappe.whitelist()
def save_progress(lesson: str, course: str, scorm_details: dict | None = None):
	"""The session user has finished a lesson: two writes to the enrolment, one round of events."""
	with batched_enrollment_updates():
		member = frappe.session.user
		enrollment = frappe.db.exists("LMS Enrollment", {"course": course, "member": member})
		if not enrollment:
			return 0
		there = frappe.db.exists("LMS Course Progress", {"lesson": lesson, "member": member})
		if not there and exercises_done(lesson, member):
			frappe.get_doc(
				{"doctype": "LMS Course Progress", "lesson": lesson, "status": "Complete", "member": member}
			).save(ignore_permissions=True)
		progress = get_course_progress(course)
		update_enrollment(enrollment, {"current_lesson": lesson, "progress": progress})
		return progress


def exercises_done(lesson, member):
	"""Whether what the lesson asks for was handed in: of a quiz any pass, however old."""
	content = frappe.db.get_value("Course Lesson", lesson, "content")
	for block in json.loads(content)["blocks"] if content else ():
		name = block["data"].get(block["type"])
		mine = {block["type"]: name, "member": member}
		if block["type"] == "quiz":
			passing = frappe.db.get_value("LMS Quiz", name, "passing_percentage")
			if not frappe.db.exists("LMS Quiz Submission", {**mine, "percentage": (">=", passing)}):
				return False
		elif block["type"] == "assignment" and not frappe.db.exists("LMS Assignment Submission", mine):
			return False
	return True
