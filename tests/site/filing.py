"""Makes documents on employees' files, as HR and employees file them."""

from pathlib import Path

import frappe

from smooth_lms_hr import api
from tests.site import factory

DOCUMENT = "Employee Document"
PDF = b"%PDF-1.4 as small as can be\n%%EOF\n"


def upload(owner: str, content: bytes = PDF, name: str = "licence.pdf", **fields):
	"""Return a File that somebody has uploaded, attached to nothing and private unless told otherwise."""
	user = frappe.session.user
	frappe.set_user(owner)
	try:
		doc = frappe.get_doc(
			{
				"doctype": "File",
				"file_name": factory.unique("upload") + name,
				"is_private": 1,
				"content": content or b"%",
				**fields,
			}
		).insert()
	finally:
		frappe.set_user(user)
	if not content:
		# Frappe takes no empty one.
		Path(doc.get_full_path()).write_bytes(b"")
	return doc


def file_document(employee: str, by: str | None = None, kind: str = "Driving Licence", **fields):
	"""Return a document that HR has filed, or who is named: of their own file, handed in."""
	user = frappe.session.user
	by = by or factory.hr_manager()
	frappe.set_user(by)
	try:
		if frappe.db.get_value("Employee", employee, "user_id") == by:
			name = api.add_my_document(kind, upload(by).file_url, **fields)["document"]
			return frappe.get_doc(DOCUMENT, name)
		return frappe.get_doc(
			{
				"doctype": DOCUMENT,
				"employee": employee,
				"document_type": kind,
				"file": fields.pop("file", None) or upload(by).file_url,
				**fields,
			}
		).insert()
	finally:
		frappe.set_user(user)


def path_of(file_url: str) -> Path:
	"""Return where a file is on the disk."""
	return Path(
		frappe.utils.get_files_path(
			file_url.rsplit("/", 1)[-1], is_private=int(file_url.startswith("/private/"))
		)
	)


def attached(name: str) -> list[frappe._dict]:
	"""Return the Files of a document."""
	filters = {"attached_to_doctype": DOCUMENT, "attached_to_name": name}
	return frappe.get_all("File", filters, ["*"], order_by="name")
