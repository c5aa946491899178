"""What people have to hold. Who has to is in Employee Compliance; how they stand with it, in ``training.compliance``."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, escape_html

from smooth_lms_hr.following import compliance
from smooth_lms_hr.sources import compliance as sources
from smooth_lms_hr.sources.names import COMPLIANCE, COMPLIANCE_TYPE
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.rules import CONTENT
from smooth_lms_hr.training.compliance import COURSE, DAYS, DOCUMENT, MOST, YEARS

# Ten years ahead nobody renews anything.
MOST_DAYS_BEFORE = 3_650
MOST_YEARS = 100


class ComplianceType(Document):
	def before_naming(self):
		self.title = plain_text(cstr(self.title).strip())

	def validate(self):
		self.before_naming()
		self.description = plain_text(self.description)
		self._refuse_numbers()
		self._refuse_requirements()

	def on_update(self):
		compliance.follow_type(self)

	def before_rename(self, old: str, new: str, merge: bool = False):
		# Whoever holds both would hold one of them twice, and proved neither by what the other asks for.
		if merge:
			frappe.throw(
				_("Compliance Types cannot be merged: people hold each of them by what it asked for."),
				title=_("Not Merged"),
			)

	def on_trash(self):
		# What people held is proof: it keeps nobody else's record from being deleted, but its own type.
		if held := frappe.db.count(COMPLIANCE, {"compliance_type": self.name}):
			frappe.throw(
				_("{0} people hold {1}, or have to: it stays on record.").format(
					held, frappe.bold(escape_html(self.name))
				),
				frappe.LinkExistsError,
				title=_("Not Deleted"),
			)
		asking = frappe.get_all(
			CONTENT,
			{"content_type": COMPLIANCE_TYPE, "content": self.name},
			pluck="parent",
			order_by="parent",
			limit=1,
		)
		if asking:
			frappe.throw(
				_("{0} asks for {1}: take it from the rule first.").format(
					frappe.bold(escape_html(asking[0])), frappe.bold(escape_html(self.name))
				),
				title=_("Not Deleted"),
			)
		sources.changed()

	def _refuse_numbers(self):
		self.renew_unit = self.renew_unit or YEARS
		for fieldname, most in (
			("renew_every", MOST.get(self.renew_unit, MOST[DAYS])),
			("alert_days_before", MOST_DAYS_BEFORE),
			("retain_years_after_exit", MOST_YEARS),
		):
			number = cint(self.get(fieldname))
			if not 0 <= number <= most:
				frappe.throw(
					_("{0} must be between {1} and {2}, not {3}.").format(
						frappe.bold(_(self.meta.get_label(fieldname))), 0, most, number
					)
				)

	def _refuse_requirements(self):
		seen: dict[tuple, int] = {}
		for row in self.requirements:
			self._keep_one_name(row)
			one = sources.requirement(row)
			if not one.name:
				frappe.throw(
					_("Row {0}: say which {1} it is.").format(
						row.idx, _(row.meta.get_label(sources.NAMED_BY[row.kind]))
					),
					frappe.MandatoryError,
				)
			key = (one.kind, one.name.casefold() if one.kind == DOCUMENT else one.name)
			if key in seen:
				frappe.throw(
					_("Rows {0} and {1} ask for the same: {2}.").format(
						seen[key], row.idx, frappe.bold(escape_html(one.name))
					)
				)
			seen[key] = row.idx

	def _keep_one_name(self, row):
		"""Keep of a row what its kind asks for, and nothing of another kind that was chosen before."""
		for kind, fieldname in sources.NAMED_BY.items():
			if kind != row.kind:
				row.set(fieldname, None)
		row.document_type = plain_text(cstr(row.document_type).strip()) or None
		if row.kind != COURSE:
			row.needs_certificate = 0
