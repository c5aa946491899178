"""Takes records of other apps away without their events, and keeps a copy of each among Frappe's Deleted Documents."""

import json
from collections import defaultdict
from collections.abc import Collection

import frappe
from frappe.model.document import bulk_insert
from pypika import Criterion


def delete_rows(doctype: str, names: Collection[str], children: Collection[str] = ()) -> None:
	"""Delete records, in as many queries for one as for many. Whoever misses one restores it in the desk.

	:param children: the DocTypes of their child tables
	"""
	if not names:
		return
	rows = frappe.get_all(doctype, {"name": ("in", list(names))}, ["*"], order_by="name")
	tables = defaultdict(list)
	for child in children:
		own = {"parenttype": doctype, "parent": ("in", list(names))}
		for row in frappe.get_all(child, own, ["*"], order_by="parent, idx"):
			tables[row.parent, row.parentfield].append({"doctype": child, **row})
		frappe.db.delete(child, own)
	copies = []
	for row in rows:
		parts = {field: lines for (parent, field), lines in tables.items() if parent == row.name}
		copies.append(
			frappe.get_doc(
				{
					"doctype": "Deleted Document",
					"name": frappe.generate_hash(length=10),
					"deleted_doctype": doctype,
					"deleted_name": row.name,
					"data": frappe.as_json({"doctype": doctype, **row, **parts}),
				}
			)
		)
	bulk_insert("Deleted Document", copies)
	frappe.db.delete("DocShare", {"share_doctype": doctype, "share_name": ("in", list(names))})
	frappe.db.delete(doctype, {"name": ("in", list(names))})


def forget_copies(doctypes: Collection[str], members: Collection[str]) -> int:
	"""Delete the copies of what ``delete_rows`` has taken away of users, and return how many these were.

	:param doctypes: with a field "member"
	:param members: all names that the users have had
	"""
	if not members:
		return 0
	table = frappe.qb.DocType("Deleted Document")
	said = [f'"member": {json.dumps(member)}' for member in sorted(members)]
	found = (
		frappe.qb.from_(table)
		.select(table.name, table.data)
		.where(table.deleted_doctype.isin(list(doctypes)))
		# Where a name has a character that stands for any other, more is found than is meant.
		.where(Criterion.any([table.data.like(f"%{each}%") for each in said]))
		.run()
	)
	names = [name for name, data in found if any(each in data for each in said)]
	if names:
		frappe.db.delete("Deleted Document", {"name": ("in", names)})
	return len(names)
