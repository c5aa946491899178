import re

import frappe
from frappe.utils import flt

PRIVILEGED_ROLES = {"Moderator", "Course Creator", "Batch Evaluator", "System Manager"}


def get_lms_path():
	return (frappe.conf.get("lms_path") or "lms").strip("/")


def get_lms_route(path=""):
	return f"/{get_lms_path()}/{path.lstrip('/')}" if path else f"/{get_lms_path()}"


def generate_slug(title, doctype):
	slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
	taken = set(frappe.get_all(doctype, pluck="name"))
	name, count = slug, 2
	while name in taken:
		name, count = f"{slug}-{count}", count + 1
	return name


def get_lesson_count(course):
	chapters = frappe.get_all("Chapter Reference", {"parent": course}, pluck="chapter")
	return frappe.db.count("Lesson Reference", {"parent": ("in", chapters)}) if chapters else 0


def get_course_progress(course, member=None):
	lessons = get_lesson_count(course)
	if not lessons:
		return 0
	done = {"course": course, "member": member or frappe.session.user, "status": "Complete"}
	return flt(frappe.db.count("LMS Course Progress", done) / lessons * 100, 3)


def recalculate_course_progress(course, member):
	from lms.lms.doctype.lms_enrollment.lms_enrollment import update_enrollment

	enrollment = frappe.db.get_value("LMS Enrollment", {"member": member, "course": course})
	if enrollment:
		update_enrollment(enrollment, {"progress": get_course_progress(course, member)})


def can_modify_course(course):
	instructor = {"instructor": frappe.session.user, "parent": course, "parenttype": "LMS Course"}
	return bool(
		frappe.db.exists("Has Role", {"parent": frappe.session.user, "role": "Moderator"})
		or frappe.db.exists("Course Instructor", instructor)
	)
