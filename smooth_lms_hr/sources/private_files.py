"""Private files as they lie on the disk: made in a transaction of ours, too large to hold in memory, and compared later."""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from functools import partial

import frappe
from frappe.model.document import Document
from frappe.utils import get_files_path

from smooth_lms_hr.sources.attachments import PRIVATE

# Bytes that are in memory at a time.
PIECE = 1_000_000


def write(file_name: str, texts: Iterable[str]) -> Document:
	"""Write a private file of the session user's, piece by piece, and return its File.

	Not by Frappe's own ``insert``: that holds the whole content in memory, and refuses more than somebody may upload. What
	other apps hang on a new File (to take it to another store, for example) runs as always.

	:param file_name: of nobody else; what lies there of an earlier try is written over
	:raises OSError: then nothing of it is left on the disk
	"""
	path, digest = get_files_path(file_name, is_private=1), hashlib.md5(usedforsecurity=False)
	try:
		with open(path, "wb") as file:
			for text in texts:
				piece = text.encode()
				file.write(piece)
				digest.update(piece)
			# Whoever is told of it after the commit is to find it, whatever becomes of this machine.
			file.flush()
			os.fsync(file.fileno())
		size = os.path.getsize(path)
	except BaseException:
		discard(file_name)
		raise
	doc = frappe.get_doc(
		{
			"doctype": "File",
			"name": frappe.generate_hash(length=10),
			"file_name": file_name,
			"file_url": f"/private/files/{file_name}",
			"file_size": size,
			"file_type": os.path.splitext(file_name)[1].lstrip(".").upper(),
			"content_hash": digest.hexdigest(),
			"folder": "Home",
			"is_private": 1,
		}
	)
	doc.db_insert()
	frappe.db.after_rollback.add(partial(discard, file_name))
	doc.run_method("after_insert")
	return doc


def discard(file_name: str) -> None:
	"""Delete what was written of a file whose transaction was never committed."""
	with suppress(FileNotFoundError):
		os.remove(get_files_path(file_name, is_private=1))


def sha256_of(file_url: str) -> str | None:
	"""Return the SHA-256 of a private file's bytes on the disk, in hexadecimal; None where there is no such file.

	:param file_url: as its File says
	"""
	if not file_url.startswith(PRIVATE):
		return None
	digest = hashlib.sha256()
	try:
		with open(get_files_path(*file_url.removeprefix(PRIVATE).split("/"), is_private=1), "rb") as file:
			while piece := file.read(PIECE):
				digest.update(piece)
	except OSError:
		return None
	return digest.hexdigest()
