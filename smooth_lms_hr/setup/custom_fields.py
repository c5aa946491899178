"""The fields that the app adds to other apps' DocTypes: read by install, migrate and uninstall alike."""

import json
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields
from frappe.model import no_value_fields
from frappe.model.meta import Meta

from smooth_lms_hr.assigning.onboarding import STATUSES
from smooth_lms_hr.training.validity import COMPLETION, RENEW_FROM

CUSTOM_FIELDS = {
	"LMS Course": [
		{
			"fieldname": "training_section",
			"fieldtype": "Section Break",
			"label": "Mandatory Training",
			"insert_after": "disable_self_learning",
		},
		{
			"fieldname": "is_mandatory",
			"fieldtype": "Check",
			"label": "Is Mandatory",
			"description": "Every new hire owes this course once it is published.",
			"insert_after": "training_section",
			"in_standard_filter": 1,
		},
		{
			"fieldname": "training_column_break",
			"fieldtype": "Column Break",
			"insert_after": "is_mandatory",
		},
		{
			"fieldname": "training_due_days",
			"fieldtype": "Int",
			"label": "Due Within (Days)",
			"description": "Days from assignment to due date. 0: the default in LMS Training Settings.",
			"insert_after": "training_column_break",
			"non_negative": 1,
		},
		{
			"fieldname": "validity_days",
			"fieldtype": "Int",
			"label": "Validity Days",
			"description": "Days that a completion counts. 0: it never expires.",
			"insert_after": "training_due_days",
			"non_negative": 1,
		},
		{
			"fieldname": "renew_from",
			"fieldtype": "Select",
			"label": "Renew From",
			"options": "\n".join(RENEW_FROM),
			"default": COMPLETION,
			"description": "What the days of a renewal are counted from. Previous Expiry: whoever renews early loses no days.",
			"insert_after": "validity_days",
			"depends_on": "validity_days",
		},
		{
			"fieldname": "training_hours",
			"fieldtype": "Float",
			"label": "Training Hours",
			"description": "Hours that the course takes: kept with every completion.",
			"insert_after": "renew_from",
			"non_negative": 1,
		},
		{
			"fieldname": "attestation",
			"fieldtype": "Small Text",
			"label": "Statement to Sign",
			"description": "Whoever has learned the course whole reads this and signs it; until then it is not completed. Empty: nothing to sign.",
			"insert_after": "training_hours",
		},
		{
			"fieldname": "training_equivalents_section",
			"fieldtype": "Section Break",
			"label": "Equivalents",
			"insert_after": "attestation",
		},
		{
			"fieldname": "equivalents",
			"fieldtype": "Table",
			"label": "Equivalent Courses",
			"options": "LMS Training Equivalent",
			"description": "Who completes one of these has completed this course too, and need not learn it.",
			"insert_after": "training_equivalents_section",
		},
		{
			# The desk names here the courses that this one counts like.
			"fieldname": "training_counts_like",
			"fieldtype": "HTML",
			"label": "Counts Like",
			"insert_after": "equivalents",
		},
	],
	"Employee": [
		{
			"fieldname": "training_moved_on",
			"fieldtype": "Date",
			"label": "Last Transferred On",
			"description": "The day of the last change of company, department, designation, branch, grade or employment type. Training rules may count days from it.",
			"insert_after": "date_of_joining",
			"hidden": 1,
			"read_only": 1,
			"no_copy": 1,
		},
	],
	"Employee Onboarding": [
		{
			"fieldname": "training_section",
			"fieldtype": "Section Break",
			"label": "Mandatory Training",
			"insert_after": "boarding_begins_on",
			"depends_on": "eval:!doc.__islocal",
		},
		{
			"fieldname": "training_status",
			"fieldtype": "Select",
			"label": "Training Status",
			"options": "\n".join(STATUSES),
			"insert_after": "training_section",
			# The daily run looks for the few that are not done among all that there ever were.
			"search_index": 1,
			"read_only": 1,
			"allow_on_submit": 1,
			"no_copy": 1,
			"in_standard_filter": 1,
			"in_list_view": 1,
		},
		{
			# The desk draws here what is owed of each course right now.
			"fieldname": "training_overview",
			"fieldtype": "HTML",
			"label": "Training Overview",
			"insert_after": "training_status",
		},
		{
			"fieldname": "training_note",
			"fieldtype": "Small Text",
			"label": "Training Note",
			"insert_after": "training_overview",
			"read_only": 1,
			"allow_on_submit": 1,
			"no_copy": 1,
		},
	],
}

# What Frappe, and not we, fills in of a Custom Field.
FRAPPES_OWN = ("is_system_generated", "module", "name")


@dataclass(frozen=True)
class Field:
	doctype: str
	definition: dict

	@property
	def fieldname(self) -> str:
		return self.definition["fieldname"]

	@property
	def key(self) -> str:
		return f"Custom Field/{self.doctype}-{self.fieldname}"

	@property
	def words(self) -> str:
		label = self.definition.get("label") or self.fieldname
		return _("The field {0} of {1}").format(_(label), _(self.doctype))

	def add(self) -> bool:
		if frappe.get_meta(self.doctype, cached=False).has_field(self.fieldname):
			return False
		create_custom_fields({self.doctype: [self.definition]})
		return True

	def is_changed(self) -> bool:
		"""Return whether somebody deleted it, or changed it by any of the ways that Frappe has for that."""
		doc = self._document()
		return not doc or bool(self._changes(doc) or self._property_setters() or self._custom_order())

	def restore(self) -> None:
		frappe.db.delete("Property Setter", {"name": ("in", self._property_setters())})
		if order := self._custom_order():
			setter, fieldnames = order
			frappe.db.set_value("Property Setter", setter, "value", json.dumps(fieldnames))
		if doc := self._document():
			doc.update(self._changes(doc))
			doc.save(ignore_permissions=True)
		else:
			create_custom_fields({self.doctype: [self.definition]})

	def remove(self) -> None:
		if doc := self._document():
			frappe.delete_doc(doc.doctype, doc.name, force=True, delete_permanently=True)
		# Frappe leaves the columns of deleted fields where they are.
		if self.definition[
			"fieldtype"
		] not in no_value_fields and self.fieldname in frappe.db.get_table_columns(self.doctype):
			frappe.db.sql_ddl(f"alter table `tab{self.doctype}` drop column `{self.fieldname}`")  # nosemgrep
		frappe.clear_cache(doctype=self.doctype)

	def _document(self):
		name = frappe.db.get_value("Custom Field", {"dt": self.doctype, "fieldname": self.fieldname})
		return frappe.get_doc("Custom Field", name) if name else None

	def _changes(self, doc) -> dict:
		"""Return what a Custom Field has otherwise than we made it."""
		made = frappe.new_doc("Custom Field")
		made.update({"dt": self.doctype, **self.definition})
		fieldnames = [
			field.fieldname
			for field in doc.meta.fields
			if field.fieldtype not in no_value_fields and field.fieldname not in FRAPPES_OWN
		]
		return {
			fieldname: made.get(fieldname)
			for fieldname in fieldnames
			if (doc.get(fieldname) or None) != (made.get(fieldname) or None)
		}

	def _property_setters(self) -> list[str]:
		filters = {"doc_type": self.doctype, "field_name": self.fieldname}
		return frappe.get_all("Property Setter", filters, pluck="name", order_by="name")

	def _custom_order(self) -> tuple[str, list[str]] | None:
		"""Return the order that somebody gave to the DocType's fields, without this one, if that moved it."""
		filters = {"doc_type": self.doctype, "property": "field_order"}
		stored = frappe.db.get_value("Property Setter", filters, ["name", "value"])
		order = json.loads(stored[1] or "[]") if stored else []
		if self.fieldname not in order:
			return None
		ours = {field["fieldname"] for field in CUSTOM_FIELDS[self.doctype]}
		# By Frappe's own rules, which do not put every field right after the one that it is to follow.
		meta = Meta(self.doctype)
		now = self._before_it(meta)
		meta.field_order = json.dumps([fieldname for fieldname in order if fieldname not in ours])
		meta.sort_fields()
		if self._before_it(meta) == now:
			return None
		return stored[0], [fieldname for fieldname in order if fieldname != self.fieldname]

	def _before_it(self, meta) -> str | None:
		fieldnames = [None, *(field.fieldname for field in meta.fields)]
		return fieldnames[fieldnames.index(self.fieldname) - 1] if self.fieldname in fieldnames else None


FIELDS = tuple(
	Field(doctype, definition) for doctype, definitions in CUSTOM_FIELDS.items() for definition in definitions
)
