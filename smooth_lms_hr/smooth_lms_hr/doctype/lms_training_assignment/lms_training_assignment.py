"""One person's debt of one course.

Most assignments are written by ``services.assigning``. A document that comes through here as new was made by hand, in
the desk, by Data Import or by REST: it brings a member (or an employee), a course and perhaps a due date, and the rest
is filled in by the same rules.
"""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate

from smooth_lms_hr.services import by_hand, onboarding
from smooth_lms_hr.training.status import COMPLETED, derive_status


class LMSTrainingAssignment(Document):
	def before_validate(self):
		if self.is_new():
			by_hand.complete(self)

	def validate(self):
		if self.is_new() or self.flags.saved_by_rule:
			return
		self._refuse_typed_facts()
		if self.has_value_changed("due_date"):
			self.follow_due_date()

	def after_insert(self):
		by_hand.enrol(self)

	def on_update(self):
		if self.onboarding:
			onboarding.refresh_open_forms(self.onboarding)

	def apply_progress(self, progress: float, today: date) -> None:
		"""Take over what Learning says of the course.

		:param progress: percent, 0-100
		:param today: in the site's time zone
		"""
		self.progress = flt(progress)
		before, self.status = (
			self.status,
			derive_status(self.status, self.progress, getdate(self.due_date), today),
		)
		if self.status == COMPLETED and before != COMPLETED:
			self.completed_on = today

	def save_by_rule(self) -> None:
		"""Save what the rules changed, whoever's request they ran in, with an entry in the version history."""
		self.flags.saved_by_rule = True
		# The course or the employee may be gone by now; that does not make the fact less true.
		self.flags.ignore_links = True
		self.save(ignore_permissions=True, ignore_version=False)

	def _refuse_typed_facts(self):
		before = self.get_doc_before_save()
		for field in self.meta.fields:
			# What is fetched may be fetched anew; what a site added to the DocType is its own affair.
			if not field.read_only or field.fetch_from or field.get("is_custom_field"):
				continue
			if (self.get(field.fieldname) or before.get(field.fieldname)) and self.has_value_changed(
				field.fieldname
			):
				frappe.throw(
					_("{0} of {1} follows from facts and cannot be changed by hand.").format(
						frappe.bold(_(field.label)), self.name
					)
				)

	def follow_due_date(self) -> None:
		"""Draw the consequences of a due date that the session user has just set.

		:raises frappe.ValidationError: where it is in the past and not the original one
		"""
		today = getdate()
		if getdate(self.due_date) != getdate(self.original_due_date):
			by_hand.refuse_past(self.due_date)
		self.due_date_set_on = today
		self.due_date_basis = by_hand.basis_of_choice(getdate(self.due_date), today)
		self.status = derive_status(self.status, flt(self.progress), getdate(self.due_date), today)


def on_doctype_update():
	# Whatever runs at once, nobody owes the same course twice in the same cycle.
	frappe.db.add_unique(
		"LMS Training Assignment", ["member", "course", "cycle"], "unique_member_course_cycle"
	)
	# What is late is found every day among all that was ever owed.
	frappe.db.add_index("LMS Training Assignment", ["status", "due_date"])
