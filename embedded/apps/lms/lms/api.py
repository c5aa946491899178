import frappe
from frappe import _

from lms.lms.utils import can_modify_course


@frappe.whitelist()
def delete_course(course: str):
	"""Takes what hangs on the course away by SQL, with no event; the course itself goes as a document."""
	if not can_modify_course(course):
		frappe.throw(_("You do not have permission to delete this course."), frappe.PermissionError)

	for doctype in ("LMS Enrollment", "LMS Course Progress", "LMS Certificate"):
		frappe.db.delete(doctype, {"course": course})
	chapters = frappe.get_all("Course Chapter", {"course": course}, pluck="name")
	frappe.db.delete("Chapter Reference", {"parent": course})
	for chapter in chapters:
		frappe.db.delete("Lesson Reference", {"parent": chapter})
		for lesson in frappe.get_all("Course Lesson", {"chapter": chapter}, pluck="name"):
			frappe.delete_doc("Course Lesson", lesson)
	for chapter in chapters:
		frappe.delete_doc("Course Chapter", chapter)
	frappe.delete_doc("LMS Course", course)
