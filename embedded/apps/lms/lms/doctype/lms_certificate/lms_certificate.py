import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import nowdate

STAFF = {"Moderator", "Course Creator", "Batch Evaluator"}


class LMSCertificate(Document):
	def autoname(self):
		self.name = frappe.generate_hash(length=10)

	def validate(self):
		if self.course:
			self.validate_enrollment()
			self.validate_duplicate()

	def validate_enrollment(self):
		enrolled = {"course": self.course, "member": self.member}
		progress = frappe.db.get_value("LMS Enrollment", enrolled, "progress")
		if not frappe.db.exists("LMS Enrollment", enrolled):
			frappe.throw(_("Certification cannot be issued as the member is not enrolled in this course."))
		if frappe.db.get_value("LMS Course", self.course, "enable_certification") and (progress or 0) < 100:
			frappe.throw(_("Certification cannot be issued as the member has not completed the course."))

	def validate_duplicate(self):
		other = {"member": self.member, "course": self.course, "name": ("!=", self.name)}
		if frappe.db.exists("LMS Certificate", other):
			frappe.throw(
				_("{0} is already certified for the course {1}").format(self.member_name, self.course_title)
			)

	def on_update(self):
		frappe.share.add_docshare(
			self.doctype, self.name, self.member, write=1, share=1, flags={"ignore_share_permission": True}
		)


@frappe.whitelist()
def create_certificate(course: str):
	"""Asked for by the learner, never made by itself."""
	mine = {"member": frappe.session.user, "course": course}
	existing = frappe.db.get_value("LMS Certificate", mine, ["name", "course", "template"], as_dict=True)
	if existing:
		return existing
	if not frappe.db.exists("LMS Enrollment", mine):
		frappe.throw(_("You are not enrolled in this course."))
	if not frappe.db.get_value("LMS Course", course, "enable_certification"):
		frappe.throw(_("Certification is not enabled for this course."))
	if frappe.db.get_value("LMS Enrollment", mine, "progress") < 100:
		frappe.throw(_("You have not completed the course yet."))
	certificate = frappe.get_doc(
		{"doctype": "LMS Certificate", "issue_date": nowdate(), "template": "Certificate", **mine}
	)
	return certificate.save(ignore_permissions=True)


def has_permission(doc, ptype="read", user=None):
	user = user or frappe.session.user
	if STAFF & set(frappe.get_roles(user)) or doc.owner == user:
		return True
	return ptype in ("read", "select", "print") and bool(doc.published)


def get_permission_query_conditions(user):
	if STAFF & set(frappe.get_roles(user or frappe.session.user)):
		return None
	return "(`tabLMS Certificate`.published = 1)"
