"""Private files of ours: written piece by piece, in a transaction of ours, and read again as they lie on the disk."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial

import frappe
from frappe.model.document import Document
from frappe.utils import get_files_path

# Bytes that are read of a file at once.
PIECE = 1 << 20


def write(file_name: str, pieces: Iterable[str | bytes], **values) -> Document:
	"""Write a private file of the session user's, piece by piece, and return its File.

	Not by Frappe's own ``insert``: that holds the whole content in memory, and refuses more than somebody may upload. What
	other apps hang on a new File (to take it to another store, for example) runs as always.

	:param file_name: of nobody else; what lies there of an earlier try is written over
	:param values: other fields of the File
	:raises OSError: then nothing of it is left on the disk
	"""
	path, digest = get_files_path(file_name, is_private=1), hashlib.md5(usedforsecurity=False)
	try:
		with open(path, "wb") as file:
			for piece in pieces:
				if isinstance(piece, str):
					piece = piece.encode()
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
			**values,
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


def read(file_url: str) -> Iterator[bytes]:
	"""Yield the bytes of a private file as they lie on the disk, piece by piece.

	Frappe's own ``get_content`` may hand back something else: a text, or what another app makes of it.

	:raises OSError: where it is not there
	"""
	# Its name alone: an address leads nowhere else.
	with open(get_files_path(os.path.basename(file_url), is_private=1), "rb") as file:
		while piece := file.read(PIECE):
			yield piece


def sha256(file_url: str) -> str:
	"""Return the SHA-256 of a private file on the disk, in hexadecimal, as sha256sum says it.

	:raises OSError: where it is not there
	"""
	digest = hashlib.sha256()
	for piece in read(file_url):
		digest.update(piece)
	return digest.hexdigest()
