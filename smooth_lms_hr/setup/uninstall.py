"""Takes away what the app added to other apps' records, and nothing else.

Frappe itself removes the app's own module with its DocTypes and their tables. Enrolments and learners' progress are
Learning's and stay.
"""

import frappe
from frappe.model import no_value_fields

from smooth_lms_hr.services.assigning import SERIES
from smooth_lms_hr.services.facts import ASSIGNMENT
from smooth_lms_hr.services.ledger import LEDGER
from smooth_lms_hr.services.settings import SETTINGS
from smooth_lms_hr.setup import email_templates, learning_sidebar
from smooth_lms_hr.setup.custom_fields import CUSTOM_FIELDS
from smooth_lms_hr.setup.install import COURSE_PICKERS

OWN_DOCTYPES = (ASSIGNMENT, SETTINGS, LEDGER)


def before_uninstall():
	_remove_custom_fields()
	_take_back_course_permission()
	learning_sidebar.remove()
	email_templates.remove()
	_remove_traces()


def _remove_custom_fields():
	for doctype, fields in CUSTOM_FIELDS.items():
		for field in fields:
			if name := frappe.db.get_value("Custom Field", {"dt": doctype, "fieldname": field["fieldname"]}):
				frappe.delete_doc("Custom Field", name, force=True)
		columns = frappe.db.get_table_columns(doctype)
		# Frappe leaves the columns of deleted fields where they are.
		for field in fields:
			if field["fieldtype"] not in no_value_fields and field["fieldname"] in columns:
				frappe.db.sql_ddl(f"alter table `tab{doctype}` drop column `{field['fieldname']}`")
		frappe.clear_cache(doctype=doctype)


def _take_back_course_permission():
	frappe.db.delete("Custom DocPerm", {"parent": "LMS Course", "role": ("in", COURSE_PICKERS), "select": 1})
	custom, standard = (_rights(doctype) for doctype in ("Custom DocPerm", "DocPerm"))
	# Giving the first permission made Frappe copy the standard ones. Where nobody changed the copy, the standard
	# takes over again, so that Learning's updates of it come through.
	if custom == standard:
		frappe.db.delete("Custom DocPerm", {"parent": "LMS Course"})
	frappe.clear_cache(doctype="LMS Course")


def _rights(doctype: str) -> list:
	from frappe.permissions import rights

	fields = ["role", "permlevel", "if_owner", *rights]
	return frappe.get_all(
		doctype, filters={"parent": "LMS Course"}, fields=[f"`{field}`" for field in fields], order_by="role, permlevel",
		as_list=True,
	)  # fmt: skip


def _remove_traces():
	for doctype in OWN_DOCTYPES:
		frappe.db.delete("Version", {"ref_doctype": doctype})
		frappe.db.delete("Comment", {"reference_doctype": doctype})
		frappe.db.delete("DocShare", {"share_doctype": doctype})
		frappe.db.delete("Notification Log", {"document_type": doctype})
	frappe.db.delete("Series", {"name": SERIES})
	# Frappe itself would notice at the next migrate only, and run into nothing until then.
	frappe.db.delete("Scheduled Job Type", {"method": ("like", "smooth_lms_hr.%")})
