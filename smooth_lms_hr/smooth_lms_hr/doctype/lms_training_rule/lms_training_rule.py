"""Who is to learn what, and by when. What a rule asks for is in ``assigning.asking``; when, in ``assigning.rules``."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, escape_html, formatdate, getdate

from smooth_lms_hr.assigning import rules
from smooth_lms_hr.record import renamings
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.rules import not_within, rule_of
from smooth_lms_hr.training.due_dates import MAX_DAYS, fixed_day
from smooth_lms_hr.training.rules import BATCH, COMPLIANCE_TYPE, COURSE, PROGRAM

# What the app writes here, whatever a form or a request sends.
WRITTEN_BY_US = ("fits_now", "waiting_people", "last_applied_on")
NUMBERS = ("due_days", "counts_if_completed_within", "confirm_above")
# Of a yearly campaign there is a day within each year.
YEAR = 365
# More people than anybody employs; a database keeps no number of any size.
MAX_PEOPLE = 10_000_000


class LMSTrainingRule(Document):
	def validate(self):
		self.title = plain_text(cstr(self.title).strip())
		self._keep_what_we_wrote()
		self._refuse_choices()
		self._refuse_numbers()
		self._refuse_audience()
		self._refuse_contents()
		self._refuse_people_of_others()

	def on_update(self):
		rules.after_change(self)

	def before_rename(self, old: str, new: str, merge: bool = False):
		# Whom each of them asks, and when it is due, are two things: no rule would say both.
		if merge:
			frappe.throw(
				_("Training rules cannot be merged. Let {0} ask for what both ask, and disable {1}.").format(
					frappe.bold(escape_html(new)), frappe.bold(escape_html(old))
				),
				title=_("Not Merged"),
			)

	def after_rename(self, old: str, new: str, merge: bool = False):
		renamings.write(self.doctype, old, new, merge)

	def on_trash(self):
		rules.refuse_deletion(self)

	def _keep_what_we_wrote(self):
		stored = (
			None
			if self.is_new()
			else frappe.db.get_value(self.doctype, self.name, WRITTEN_BY_US, as_dict=True)
		)
		for fieldname in WRITTEN_BY_US:
			self.set(fieldname, stored[fieldname] if stored else None)

	def _refuse_choices(self):
		"""Refuse what no list offers; Frappe asks too, but not of a rule that is only looked at."""
		for row in (self, *self.audience, *self.contents):
			row._validate_selects()

	def _refuse_numbers(self):
		for fieldname in NUMBERS:
			number = cint(self.get(fieldname))
			most = YEAR if fieldname == "due_days" and self.fixed_due_date else MAX_DAYS
			# How many people is no number of days.
			most = MAX_PEOPLE if fieldname == "confirm_above" else most
			if not 0 <= number <= most:
				frappe.throw(
					_("{0} must be between {1} and {2}, not {3}.").format(
						frappe.bold(_(self.meta.get_label(fieldname))), 0, most, number
					)
				)
		if self.fixed_due_date:
			self.fixed_due_date = cstr(self.fixed_due_date).strip()
			try:
				fixed_day(self.fixed_due_date)
			except ValueError:
				frappe.throw(
					_("{0} is no day of the year: give month and day, for example 03-31.").format(
						frappe.bold(escape_html(self.fixed_due_date))
					),
					title=_("Every Year On"),
				)

	def _refuse_audience(self):
		if not any(not cint(line.exclude) for line in self.audience):
			frappe.throw(
				_(
					"The audience names nobody: add a line to {0}, for example a company for all of its people."
				).format(_("Audience")),
				frappe.MandatoryError,
			)
		for kind in {line.applies_to for line in self.audience}:
			values = {cstr(line.value) for line in self.audience if line.applies_to == kind}
			there = frappe.get_all(kind, {"name": ("in", list(values))}, pluck="name", order_by="name")
			if missing := sorted(values.difference(there)):
				frappe.throw(
					_("There is no {0} {1}.").format(_(kind), frappe.bold(escape_html(missing[0]))),
					frappe.LinkValidationError,
				)
		seen = {}
		for line in self.audience:
			key = (line.applies_to, line.value)
			if key not in seen:
				seen[key] = line
				continue
			other = seen[key]
			said = (
				_("Rows {0} and {1} of the audience contradict one another: {2} is both let in and excluded.")
				if cint(line.exclude) != cint(other.exclude)
				else _("Rows {0} and {1} of the audience are the same: {2}.")
			)
			frappe.throw(said.format(other.idx, line.idx, frappe.bold(escape_html(str(line.value)))))

	def _refuse_contents(self):
		if not self.contents:
			frappe.throw(
				_("The contents are empty: add a line to {0}.").format(_("Contents")), frappe.MandatoryError
			)
		seen = set()
		for line, content in zip(self.contents, rule_of(self).contents, strict=True):
			named = frappe.bold(escape_html(cstr(line.content)))
			if (line.content_type, line.content) in seen:
				frappe.throw(_("Row {0}: {1} is in the contents already.").format(line.idx, named))
			seen.add((line.content_type, line.content))
			if line.content_type == COMPLIANCE_TYPE:
				# It may ask for documents alone.
				if not frappe.db.exists(COMPLIANCE_TYPE, {"name": line.content}):
					frappe.throw(
						_("Row {0}: there is no {1} {2}.").format(line.idx, _(COMPLIANCE_TYPE), named),
						frappe.LinkValidationError,
					)
			elif not content.courses:
				said = {
					COURSE: _("Row {0}: there is no published course {1}."),
					PROGRAM: _("Row {0}: there is no program {1} with published courses."),
					BATCH: _("Row {0}: there is no batch {1} with published courses."),
				}[line.content_type]
				frappe.throw(said.format(line.idx, named))
			if content.ends_on and content.ends_on < getdate():
				frappe.throw(
					_("Row {0}: the batch {1} was over on {2}.").format(
						line.idx, named, formatdate(content.ends_on)
					)
				)

	def _refuse_people_of_others(self):
		"""Keep whom User Permissions leave a part of the company from making rules for the rest of it."""
		if self.flags.ignore_permissions:
			return
		if kind := not_within(self.audience, frappe.session.user):
			frappe.throw(
				_(
					"This rule may be about people who are not yours: give it a line for each {0} that is."
				).format(_(kind)),
				frappe.PermissionError,
				title=_("Not Yours"),
			)
