"""Files that somebody has uploaded, and that belong to a record of ours from now on."""

from typing import NoReturn

import frappe
from frappe import _
from frappe.utils import escape_html

from smooth_lms_hr.sources import private_files

PRIVATE = "/private/files/"
# How files begin whose names end so; in a PDF something may come before.
_IMAGES = {
	"png": (b"\x89PNG\r\n\x1a\n",),
	"jpg": (b"\xff\xd8\xff",),
	"jpeg": (b"\xff\xd8\xff",),
	"gif": (b"GIF87a", b"GIF89a"),
	"webp": (b"RIFF",),
	"tif": (b"II*\0", b"MM\0*"),
	"tiff": (b"II*\0", b"MM\0*"),
}
_DOCUMENTS = dict.fromkeys(
	("docx", "xlsx", "pptx", "odt", "ods", "odp", "zip"), (b"PK\x03\x04",)
) | dict.fromkeys(("doc", "xls", "ppt"), (b"\xd0\xcf\x11\xe0",))
BEGINNINGS = _IMAGES | _DOCUMENTS
# What a browser takes for a page by its name alone.
PAGES = frozenset(("html", "htm", "xhtml", "mhtml", "svg", "xml"))
LOOKED_AT = 1024
# What may stand before the first character of a text.
BLANK = b" \t\r\n\f\0\xef\xbb\xbf\xff\xfe"


def attach_own(file: str, doctype: str, name: str, fieldname: str) -> str:
	"""Attach a private file of the session user's, and return its address.

	From then on it is read by whoever may read the record.

	:param file: name or address of a File
	:param doctype: and ``name``, the record that is being made
	:raises frappe.ValidationError: where there is no such file, or it is not theirs, not private, or attached already, and
	        where it is something else than its name says
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
		fields=["name", "file_name", "file_url"],
		order_by="creation desc",
		limit=1,
	)
	if not found or not (found[0].file_url or "").startswith(PRIVATE):
		_refuse_missing(file)
	try:
		begins = next(private_files.read(found[0].file_url), b"")[:LOOKED_AT]
	except OSError:
		_refuse_missing(file)
	if not is_what_it_says(found[0].file_url, begins):
		frappe.throw(
			_(
				"{0} is something else than its name says. Hand in a PDF, a picture or a document, as it was made."
			).format(frappe.bold(escape_html(found[0].file_name or file))),
			title=_("File"),
		)
	values = {"attached_to_doctype": doctype, "attached_to_name": name, "attached_to_field": fieldname}
	frappe.db.set_value("File", found[0].name, values, update_modified=False)
	return found[0].file_url


def is_what_it_says(file_name: str, begins: bytes) -> bool:
	"""Return whether a file may be what the end of its name says. What a browser takes for a page is proof of nothing.

	:param begins: its first bytes, ``LOOKED_AT`` of them
	"""
	kind = file_name.rsplit(".", 1)[-1].lower() if "." in file_name else ""
	if kind in PAGES or begins.lstrip(BLANK).startswith(b"<"):
		return False
	if kind == "pdf":
		return b"%PDF-" in begins
	return kind not in BEGINNINGS or begins.startswith(BEGINNINGS[kind])


def _refuse_missing(file: str) -> NoReturn:
	frappe.throw(
		_("There is no private file {0} of yours that waits to be attached.").format(
			frappe.bold(escape_html(file))
		),
		title=_("File"),
	)
