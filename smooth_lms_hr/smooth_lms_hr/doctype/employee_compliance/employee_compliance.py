"""That somebody has to hold a Compliance Type, and how they stand with it. Written by ``assigning.compliance``."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, getdate

from smooth_lms_hr.assigning import compliance, compliance_training
from smooth_lms_hr.showing.compliance import missing_of
from smooth_lms_hr.sources.names import COMPLIANCE
from smooth_lms_hr.sources.plain_text import plain_text

# What a form, or a request, says of a row; all else follows from proofs and decisions.
GIVEN = ("employee", "compliance_type")


class EmployeeCompliance(Document):
	def onload(self):
		self.set_onload("missing", missing_of([self]).get(self.name, []))

	def validate(self):
		if self.is_new():
			self._begin()
		else:
			self._keep_what_is_written()

	def on_update(self):
		if self.flags.in_insert:
			compliance.settle([self.employee], getdate(), [self.compliance_type])
			compliance_training.settle([self.name], getdate(), frappe.session.user)
			# What it stands at is in the form with the save that made it.
			self.load_from_db()

	def on_trash(self):
		frappe.throw(
			_("{0} is on record: waive it where it is not asked for any more.").format(self.name),
			frappe.PermissionError,
			title=_("On Record"),
		)

	def _begin(self):
		for field in self.meta.fields:
			if field.fieldname not in GIVEN:
				self.set(field.fieldname, [] if field.fieldtype == "Table" else field.default)
		person = frappe.db.get_value(
			"Employee", self.employee, ["employee_name", "company", "department", "status"], as_dict=True
		)
		if person and person.status == compliance.LEFT:
			frappe.throw(_("{0} has left the company.").format(frappe.bold(escape_html(self.employee))))
		held = {"employee": self.employee, "compliance_type": self.compliance_type}
		if known := frappe.db.get_value(COMPLIANCE, held, "name", order_by="cycle desc"):
			frappe.throw(
				_("{0} has to hold {1} already: {2}.").format(
					frappe.bold(escape_html(self.employee)),
					frappe.bold(escape_html(self.compliance_type)),
					escape_html(known),
				),
				frappe.DuplicateEntryError,
			)
		if person:
			self.employee_name = plain_text(person.employee_name)
			self.company, self.department = person.company, person.department
		self.reason = plain_text(_("Asked for by {0}").format(frappe.utils.get_fullname(frappe.session.user)))

	def _keep_what_is_written(self):
		stored = frappe.get_doc(self.doctype, self.name)
		for field in self.meta.fields:
			self.set(field.fieldname, stored.get(field.fieldname))


def on_doctype_update():
	# Nobody holds the same cycle of a type twice, whatever runs at once.
	frappe.db.add_unique(COMPLIANCE, ["employee", "compliance_type", "cycle"], "unique_cycle")
	# What ends soon is asked for every day; who stands how, by every report.
	frappe.db.add_index(COMPLIANCE, ["status", "next_renewal_date"])
	frappe.db.add_index(COMPLIANCE, ["is_current", "compliance_type", "status"])
	# A page of people in the order of their names, and who of them holds all that they have to.
	frappe.db.add_index(COMPLIANCE, ["is_current", "employee_name", "employee", "status"])
