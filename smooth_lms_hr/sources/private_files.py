"""Private files of ours: written piece by piece, in a transaction of ours, and read again as they lie on the disk."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_files_path

from smooth_lms_hr.sources.attempts import log_failure

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


def discard(file_name: str, is_private: bool = True) -> None:
	"""Delete what was written of a file whose transaction was never committed, or which is no longer anybody's."""
	with suppress(FileNotFoundError):
		os.remove(get_files_path(file_name, is_private=int(is_private)))


def discard_after_commit(file_url: str, is_private: bool = True) -> None:
	"""Delete a file from the disk once it is committed that no File has it any more."""

	def delete() -> None:
		if not frappe.db.exists("File", {"file_url": file_url}):
			discard(os.path.basename(file_url), is_private)

	title = _("The file {0} could not be deleted from the disk").format(file_url)
	frappe.db.after_commit.add(partial(log_failure, title, delete))


def read(file_url: str, is_private: bool = True) -> Iterator[bytes]:
	"""Yield the bytes of a file as they lie on the disk, piece by piece.

	Frappe's own ``get_content`` may hand back something else: a text, or what another app makes of it.

	:param is_private: whether it lies among the private ones
	:raises OSError: where it is not there
	"""
	with open(_path(file_url, is_private), "rb") as file:
		while piece := file.read(PIECE):
			yield piece


def size(file_url: str) -> int:
	"""Return how many bytes a private file on the disk has.

	:raises OSError: where it is not there
	"""
	return os.path.getsize(_path(file_url))


def _path(file_url: str, is_private: bool = True) -> str:
	# Its name alone: an address leads nowhere else.
	return get_files_path(os.path.basename(file_url), is_private=int(is_private))


def sha256(file_url: str) -> str:
	"""Return the SHA-256 of a private file on the disk, in hexadecimal, as sha256sum says it.

	:raises OSError: where it is not there
	"""
	digest = hashlib.sha256()
	for piece in read(file_url):
		digest.update(piece)
	return digest.hexdigest()
