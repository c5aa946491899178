"""Files that somebody has uploaded, and that belong to a record of ours from now on."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, NoReturn

import frappe
from frappe import _
from frappe.core.api.file import get_max_file_size
from frappe.core.doctype.file.file import has_permission as has_permission_by_attachment
from frappe.utils import escape_html, strip_html

from smooth_lms_hr.sources import private_files
from smooth_lms_hr.sources.attempts import log

PRIVATE, PUBLIC = "/private/files/", "/files/"
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
MEGABYTE = 1 << 20
# So large a file may be that is kept with a record, where the site itself does not allow less.
LARGEST = 25 * MEGABYTE
EXTENSION = re.compile(r"\.[a-z0-9]{1,8}$")
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
	_refuse_disguised(found[0].file_url, found[0].file_name or file, begins)
	values = {"attached_to_doctype": doctype, "attached_to_name": name, "attached_to_field": fieldname}
	frappe.db.set_value("File", found[0].name, values, update_modified=False)
	return found[0].file_url


class Copy(NamedTuple):
	"""
	:param file_url: of the private File
	:param sha256: of its bytes as they lie on the disk, in hexadecimal
	"""

	file_url: str
	sha256: str


def keep_copy(file: str, doctype: str, name: str, fieldname: str) -> Copy:
	"""Keep a file that the session user may read with a record, as a private copy; an upload of theirs goes with that.

	The copy is nobody's own, and its name says nothing that could be guessed: whoever may read the record reads it, and
	nobody else, not even who has uploaded it.

	:param file: name or address of a File
	:param doctype: and ``name``, the record, which need not be there yet
	:raises frappe.ValidationError: where there is no such file for them, where it is empty or too large, where it is
	        something else than its name says, and where the disk takes no copy
	"""
	found = _readable(file)
	if not found:
		_refuse_missing(file)
	shown = found.file_name or file
	try:
		begins = next(private_files.read(found.file_url, found.is_private), b"")[:LOOKED_AT]
		if not begins:
			frappe.throw(_("{0} is empty.").format(frappe.bold(escape_html(shown))), title=_("File"))
		_refuse_disguised(found.file_url, shown, begins)
		suffix = EXTENSION.search(found.file_url.lower())
		copy = private_files.write(
			f"document-{frappe.generate_hash(length=20)}{suffix.group() if suffix else ''}",
			_within_size(private_files.read(found.file_url, found.is_private), shown),
		)
	except FileNotFoundError:
		_refuse_missing(file)
	except OSError as error:
		# A full disk is nobody's fault who hands something in, and whoever can make room reads of it.
		said = _("{0} could not be kept: {1}").format(
			frappe.bold(escape_html(shown)), error.strerror or error
		)
		log(strip_html(said))
		frappe.throw(said, title=_("File"))
	values = {
		"owner": "Administrator",
		# By this Frappe finds who else may have the same file, and whether it can go from the disk: nobody, and not yet.
		"content_hash": None,
		"attached_to_doctype": doctype,
		"attached_to_name": name,
		"attached_to_field": fieldname,
	}
	frappe.db.set_value("File", copy.name, values, update_modified=False)
	if _is_upload_for(found, doctype, name):
		frappe.db.delete("File", {"name": found.name})
		private_files.discard_after_commit(found.file_url, found.is_private)
	return Copy(copy.file_url, private_files.sha256(copy.file_url))


def _readable(file: str):
	"""Return the File of a name or address that the session user may read, the latest, None without one."""
	filters = {"file_url" if file.startswith("/") else "name": file, "is_folder": 0}
	for name in frappe.get_all("File", filters, pluck="name", order_by="creation desc, name"):
		doc = frappe.get_doc("File", name)
		if not (doc.file_url or "").startswith((PRIVATE, PUBLIC)):
			continue
		# Frappe's own rule as well: where an app answers for all files, it may be too kind.
		if has_permission_by_attachment(doc, "read", frappe.session.user) and doc.has_permission("read"):
			return doc
	return None


def _is_upload_for(file, doctype: str, name: str) -> bool:
	"""Return whether a File was uploaded by the session user for a record, and for nothing else."""
	if file.owner != frappe.session.user:
		return False
	if not file.attached_to_doctype:
		return True
	# A form that was never saved has a name of its own.
	return file.attached_to_doctype == doctype and (
		file.attached_to_name == name or not frappe.db.exists(doctype, {"name": file.attached_to_name})
	)


def _within_size(pieces: Iterable[bytes], shown: str) -> Iterator[bytes]:
	most, size = min(LARGEST, get_max_file_size()), 0
	for piece in pieces:
		size += len(piece)
		if size > most:
			frappe.throw(
				_("{0} is larger than {1} MB.").format(frappe.bold(escape_html(shown)), most // MEGABYTE),
				title=_("File"),
			)
		yield piece


def _refuse_disguised(file_url: str, shown: str, begins: bytes) -> None:
	if not is_what_it_says(file_url, begins):
		frappe.throw(
			_(
				"{0} is something else than its name says. Hand in a PDF, a picture or a document, as it was made."
			).format(frappe.bold(escape_html(shown))),
			title=_("File"),
		)


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
