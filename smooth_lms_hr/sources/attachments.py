"""Files that somebody has uploaded, and that belong to a record of ours from now on."""

import frappe
from frappe import _

PRIVATE = "/private/files/"


def attach_own(file: str, doctype: str, name: str, fieldname: str) -> str:
	"""Attach a private file of the session user's, and return its address.

	From then on it is read by whoever may read the record.

	:param file: name or address of a File
	:param doctype: and ``name``, the record that is being made
	:raises frappe.ValidationError: where there is no such file, or it is not theirs, not private, or attached already
	"""
	found = frappe.get_all(
		"File",
		filters={
			"file_url" if file.startswith("/") else "name": file,
			"owner": frappe.session.user,
			"is_private": 1,
			"is_folder": 0,
			"attached_to_doctype": ("is", "not set"),
		},
		fields=["name", "file_url"],
		order_by="creation desc",
		limit=1,
	)
	if not found or not (found[0].file_url or "").startswith(PRIVATE):
		frappe.throw(
			_("There is no private file {0} of yours that waits to be attached.").format(
				frappe.bold(frappe.utils.escape_html(file))
			),
			title=_("File"),
		)
	values = {"attached_to_doctype": doctype, "attached_to_name": name, "attached_to_field": fieldname}
	frappe.db.set_value("File", found[0].name, values, update_modified=False)
	return found[0].file_url
