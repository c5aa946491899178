"""Makes documents on employees' files, as HR and employees file them."""

from pathlib import Path

import frappe

from smooth_lms_hr import api
from tests.site import factory

DOCUMENT = "Employee Document"


def pdf(said: str = "") -> bytes:
	"""Return a PDF without a page, as small as can be: Frappe reads through what is uploaded as one.

	:param said: sets it apart from others
	"""
	objects = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>")
	found, places = f"%PDF-1.4\n%{said}\n".encode(), []
	for number, each in enumerate(objects, 1):
		places.append(len(found))
		found += b"%d 0 obj\n%s\nendobj\n" % (number, each)
	rows = b"".join(b"%010d 00000 n \n" % place for place in places)
	begins = len(found)
	return (
		found
		+ b"xref\n0 3\n0000000000 65535 f \n%strailer\n<</Size 3/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
		% (
			rows,
			begins,
		)
	)


PDF = pdf()


def upload(owner: str, content: bytes = PDF, name: str = "licence.pdf", **fields):
	"""Return a File that somebody has uploaded, attached to nothing and private unless told otherwise."""
	user = frappe.session.user
	frappe.set_user(owner)
	# Frappe takes no empty file, and no PDF that is none; what is on the disk may be anything nevertheless.
	taken = (
		content
		if content and (content.startswith(b"%PDF") or not name.endswith(".pdf"))
		else pdf(factory.unique(name))
	)
	try:
		doc = frappe.get_doc(
			{
				"doctype": "File",
				"file_name": factory.unique("upload") + name,
				"is_private": 1,
				"content": taken,
				**fields,
			}
		).insert()
	finally:
		frappe.set_user(user)
	if taken != content:
		Path(doc.get_full_path()).write_bytes(content)
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
