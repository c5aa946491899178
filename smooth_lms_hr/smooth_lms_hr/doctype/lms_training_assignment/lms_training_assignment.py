"""What one person owes of one course.

Most assignments are written by ``assigning.assignments``. A document that comes through here as new was made by hand, in
the desk, by Data Import or by REST: it brings a member (or an employee), a course and perhaps a due date, and the rest
is filled in by the same rules.
"""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate

from smooth_lms_hr.assigning import assignments, by_hand, completions, numbers, onboarding
from smooth_lms_hr.assigning.completions import Completion
from smooth_lms_hr.following import decisions
from smooth_lms_hr.showing import proof
from smooth_lms_hr.sources.plain_text import plain_text, plain_values
from smooth_lms_hr.training.status import derive_status

# What we write of names, titles and reasons: lists, forms, prints and exports of Frappe show it as it is.
TEXTS = ("member_name", "employee_name", "course_title", "due_date_basis", "reason", "waiver_reason")

# Indexes, by name, that hold all that some figure is counted from.
COUNTED_BY = {
	"status_by_department": ("status", "department", "company", "completed_on", "due_date"),
	"status_by_completion": ("status", "completed_on", "due_date", "company"),
	"assigned_on_with_figures": (
		*("assigned_on", "status", "department", "company", "member", "source", "completed_on", "progress"),
	),
}


class LMSTrainingAssignment(Document):
	def insert(self, ignore_permissions=None, **options):
		"""Insert an assignment that somebody makes by hand; see ``Document.insert``.

		Frappe looks at links first, and tells by its words whether there is such an employee. Who may not see a person
		gets one answer.
		"""
		if ignore_permissions is not None:
			self.flags.ignore_permissions = ignore_permissions
		if not self.flags.ignore_permissions:
			frappe.has_permission(self.doctype, "create", throw=True)
		self.flags.person = by_hand.find_person(self)
		return super().insert(**options)

	def onload(self):
		self.set_onload("evidence", proof.of_assignment(self.name))

	def autoname(self):
		(self.name,) = numbers.draw(1)

	def before_insert(self):
		self._refuse_restored()
		# Its number is drawn and it is no draft, whatever a request would like.
		self.flags.name_set = False
		self.docstatus = 0

	def before_validate(self):
		if self.is_new():
			by_hand.complete(self)

	def validate(self):
		if before := self.get_doc_before_save():
			self.set("causes", before.causes)
		if not (self.is_new() or self.flags.saved_by_rule):
			self._refuse_typed_facts()
			if self.has_value_changed("due_date"):
				decisions.move_due_date(self)
				self.flags.reason = plain_text((self.due_date_reason or "").strip()) or None
			# From here on it stands in the history, with the move that it is about.
			self.due_date_reason = None
		# Last: by now Frappe has fetched the names anew, as they are.
		self.keep_text_plain()

	def show_unique_validation_message(self, e):
		"""Say in words what the unique index has refused (Frappe calls this): somebody else was faster."""
		key = {"member": self.member, "course": self.course, "cycle": self.cycle}
		# A locking read: this transaction's own view is older than the row that it collided with.
		if held := frappe.db.get_value(
			self.doctype, key, ["name", "status", "due_date"], as_dict=True, for_update=True
		):
			by_hand.refuse_second(
				self.employee_name or self.member_name or self.member,
				self.course_title or self.course,
				held,
				frappe.UniqueValidationError,
			)
		super().show_unique_validation_message(e)

	def after_insert(self):
		by_hand.enrol(self)

	def on_update(self):
		if self.flags.told_later:
			return
		if before := self.get_doc_before_save():
			cause = self.flags.cause or frappe._dict()
			assignments.record_change(
				self,
				before,
				reason=self.flags.reason,
				done_by=self.flags.done_by,
				cause_doctype=cause.doctype,
				cause=cause.name,
			)
		if self.onboarding:
			onboarding.refresh_open_forms(self.onboarding)

	def update_children(self):
		"""Leave the causes to ``assigning.causes``: a form, or a lesson, that was read before one came would delete it."""

	def on_trash(self):
		frappe.throw(
			_("{0} is a record of training and cannot be deleted. Cancel or waive it, with a reason.").format(
				self.name
			),
			title=_("Not Deleted"),
		)

	def before_print(self, settings=None):
		# In place of a linked record's name Frappe prints its title, as it is.
		titles = self.get("__link_titles") or {}
		titles.update(plain_values(titles))

	def keep_text_plain(self) -> None:
		"""Let nothing that is stored here be taken for markup, whoever shows it."""
		for fieldname in TEXTS:
			self.set(fieldname, plain_text(self.get(fieldname)))

	def keep_as_read(self) -> None:
		"""Take the document, read under lock and not changed yet, for what it was before it is saved."""
		self.flags.as_read = frappe.get_doc(self.as_dict())

	def load_doc_before_save(self, **options):
		"""Find out what the document was before it is saved (Frappe calls this), where that is not known."""
		if as_read := self.flags.pop("as_read", None):
			self._doc_before_save = as_read
		else:
			super().load_doc_before_save(**options)

	def complete(self, day: date) -> None:
		"""Have it completed on a day, in the site's time zone; until when that counts is fixed with it."""
		done = Completion(self.member, self.course, self.cycle, day)
		self.update(completions.values({self.name: done})[self.name])

	def save_by_rule(
		self, reason: str | None = None, done_by: str | None = None, cause: Document | None = None
	) -> None:
		"""Save what the rules changed, whoever's request they ran in; its events say so, and no version beside them.

		:param reason: kept with the events, plain text
		:param done_by: the user, None for whoever is at work
		:param cause: the record that led to it
		"""
		self.flags.update(saved_by_rule=True, reason=plain_text(reason), done_by=done_by, cause=cause)
		# The course or the employee may be gone by now; that does not make the fact less true.
		self.flags.ignore_links = True
		self.save(ignore_permissions=True, ignore_version=True)

	def _refuse_restored(self):
		"""Keep what was deleted, before that was refused, from coming back as a new one without its history."""
		# A new name is drawn later only: this is the one that the document came with.
		deleted = {"deleted_doctype": self.doctype, "deleted_name": self.name}
		if self.name and frappe.db.exists("Deleted Document", deleted):
			frappe.throw(
				_("{0} was deleted and cannot be restored. Assign the course again.").format(self.name),
				title=_("Not Restored"),
			)

	def _refuse_typed_facts(self):
		before = self.get_doc_before_save()
		facts = {"docstatus": _("Document Status")}
		# What is fetched may be fetched anew; what a site added to the DocType is its own affair.
		facts |= {
			field.fieldname: _(field.label)
			for field in self.meta.fields
			if field.read_only and not field.fetch_from and not field.get("is_custom_field")
		}
		for fieldname, label in facts.items():
			if (self.get(fieldname) or before.get(fieldname)) and self.has_value_changed(fieldname):
				frappe.throw(
					_("{0} of {1} follows from facts and cannot be changed by hand.").format(
						frappe.bold(label), self.name
					)
				)

	def follow_due_date(self) -> None:
		"""Draw the consequences of a due date that the session user has just set.

		:raises frappe.ValidationError: where it is in the past and not the original one
		"""
		today = getdate()
		if getdate(self.due_date) != getdate(self.original_due_date):
			by_hand.check_due_date(self.due_date)
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
	# What is open is gone over every day in the order in which it was made, and what is new is announced.
	frappe.db.add_index("LMS Training Assignment", ["status", "name"])
	frappe.db.add_index("LMS Training Assignment", ["status", "assigned_on"])
	# What is to be renewed soon is found among all that was ever completed, and which waivers end.
	frappe.db.add_index("LMS Training Assignment", ["to_renew", "valid_until"])
	frappe.db.add_index("LMS Training Assignment", ["status", "waived_until"])
	frappe.db.add_index("LMS Training Assignment", ["reopened_on"])
	# HR of one company reads its own page of a list, however few of everybody's rows are this company's.
	frappe.db.add_index("LMS Training Assignment", ["company", "due_date"])
	# What HR is shown counts everybody's: each of these answers from an index alone, in its order. How it stands by
	# department, how much was completed in which month, and what was assigned from one day to another.
	for name, fields in COUNTED_BY.items():
		frappe.db.add_index("LMS Training Assignment", list(fields), name)
