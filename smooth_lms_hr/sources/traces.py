"""What Frappe keeps about documents beside them: versions, comments, bells, tasks, mails that wait, and files."""

from collections.abc import Collection

import frappe

from smooth_lms_hr.sources import private_files
from smooth_lms_hr.sources.attachments import PRIVATE

# By DocType, the fields that name the DocType and the name of what it is about.
KEPT_ABOUT = {
	"Version": ("ref_doctype", "docname"),
	"Comment": ("reference_doctype", "reference_name"),
	"Communication": ("reference_doctype", "reference_name"),
	"Notification Log": ("document_type", "document_name"),
	"ToDo": ("reference_type", "reference_name"),
	"View Log": ("reference_doctype", "reference_name"),
	"DocShare": ("share_doctype", "share_name"),
	"Tag Link": ("document_type", "document_name"),
	"Document Follow": ("ref_doctype", "ref_docname"),
	"Email Queue": ("reference_doctype", "reference_name"),
	"Error Log": ("reference_doctype", "reference_name"),
	"Deleted Document": ("deleted_doctype", "deleted_name"),
	"__global_search": ("doctype", "name"),
}
# What belongs to rows of these, by DocType.
PARTS = {"Email Queue": ("Email Queue Recipient",)}


def forget(doctype: str, names: Collection[str]) -> int:
	"""Delete what Frappe keeps about documents, their files left out, and return how much that was."""
	if not names:
		return 0
	tables, deleted = set(frappe.db.get_tables(cached=False)), 0
	for kept, (kind, name) in KEPT_ABOUT.items():
		if (kept if kept.startswith("__") else f"tab{kept}") not in tables:
			continue
		about = {kind: doctype, name: ("in", list(names))}
		if kept.startswith("__"):
			frappe.db.delete(kept, about)
			continue
		found = frappe.get_all(kept, about, pluck="name", order_by="name")
		for part in PARTS.get(kept, ()):
			frappe.db.delete(part, {"parenttype": kept, "parent": ("in", found or [""])})
		if found:
			frappe.db.delete(kept, {"name": ("in", found)})
		deleted += len(found)
	return deleted


def hand_over_files(of: dict[str, Collection[str]], doctype: str, name: str) -> int:
	"""Let files of records that are about to go belong to another record until they are gone too; return how many.

	:param of: names by DocType
	"""
	number = 0
	for about, names in of.items():
		filters = {"attached_to_doctype": about, "attached_to_name": ("in", list(names) or [""])}
		found = frappe.get_all("File", filters, pluck="name", order_by="name")
		if found:
			values = {"attached_to_doctype": doctype, "attached_to_name": name, "attached_to_field": None}
			frappe.db.set_value("File", {"name": ("in", found)}, values, update_modified=False)
		number += len(found)
	return number


def files_of(doctype: str, after: str, limit: int) -> list[str]:
	"""Return the names of files of all records of a DocType.

	:param after: the name to go on after, "" to begin
	:param limit: so many at most
	"""
	filters = {"attached_to_doctype": doctype, "name": (">", after)}
	return frappe.get_all("File", filters, pluck="name", order_by="name", limit_page_length=limit)


def delete_file(name: str) -> None:
	"""Delete a file, from the disk too unless another File says the same address, and leave no copy and no word of it.

	Killed in between it is still a File, and is deleted the next time.
	"""
	url = frappe.db.get_value("File", name, "file_url")
	# By what it is attached to, Frappe would write its name into a comment.
	nothing = dict.fromkeys(("attached_to_doctype", "attached_to_name", "attached_to_field"))
	frappe.db.set_value("File", name, nothing, update_modified=False)
	shared = url and frappe.db.exists("File", {"file_url": url, "name": ("!=", name)})
	frappe.delete_doc("File", name, force=True, ignore_permissions=True, delete_permanently=True)
	if url and url.startswith(PRIVATE) and not shared:
		private_files.discard(url.rpartition("/")[2])
