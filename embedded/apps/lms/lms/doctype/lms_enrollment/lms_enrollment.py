from contextlib import contextmanager

import frappe
from frappe import _
from frappe.model.document import Document


class LMSEnrollment(Document):
	def before_insert(self):
		# as Frappe 16 answers Learning's question; Frappe 15 finds none, and lets the second one in
		if frappe.db.exists("LMS Enrollment", {"course": self.course, "member": self.member}):
			frappe.throw(_("Student is already enrolled in this course."))
		self.validate_eligibility()
		self.owner = self.member  # the learner's progress is the learner's to write

	def validate_eligibility(self):
		course = frappe.db.get_value(
			"LMS Course", self.course, ["published", "disable_self_learning", "paid_course"], as_dict=True
		)
		if is_admin():
			return
		if course.disable_self_learning:
			frappe.throw(
				_(
					"You cannot enroll in this course as self-learning is disabled. Please contact the Administrator."
				)
			)
		if not course.published:
			frappe.throw(_("You cannot enroll in an unpublished course."))
		if course.paid_course:
			frappe.throw(_("You need to complete the payment for this course before enrolling."))

	def validate(self):
		from lms.lms.utils import PRIVILEGED_ROLES

		# others may not type what the server counts
		if not PRIVILEGED_ROLES & set(frappe.get_roles()):
			before = None if self.is_new() else self.get_doc_before_save()
			for fieldname in ("progress", "purchased_certificate"):
				self.set(fieldname, before.get(fieldname) if before else 0)


def is_admin():
	"""Asked of the session user: ignore_permissions does not help."""
	return bool(
		{"Moderator", "Course Creator", "Batch Evaluator"} & set(frappe.get_roles(frappe.session.user))
	)


@contextmanager
def batched_enrollment_updates():
	"""Several updates of an enrolment inside become one write and one round of events."""
	if getattr(frappe.local, "lms_enrollment_batch", None) is not None:
		yield
		return
	batch = frappe.local.lms_enrollment_batch = {}
	try:
		yield
	finally:
		frappe.local.lms_enrollment_batch = None
	for name, values in batch.items():
		_write_enrollment(name, values)


def update_enrollment(name, values):
	batch = getattr(frappe.local, "lms_enrollment_batch", None)
	if batch is not None:
		batch.setdefault(name, {}).update(values)
	else:
		_write_enrollment(name, values)


def _write_enrollment(name, values):
	"""No save: the row is written first, then on_update and on_change are run by hand."""
	enrollment = frappe.get_doc("LMS Enrollment", name)
	changed = {fieldname: value for fieldname, value in values.items() if enrollment.get(fieldname) != value}
	if changed:
		enrollment._doc_before_save = frappe.get_doc(enrollment.as_dict())
		frappe.db.set_value("LMS Enrollment", name, changed, update_modified=False)
		enrollment.update(changed)
		enrollment.run_method("on_update")
		enrollment.run_method("on_change")
