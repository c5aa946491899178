"""Takes away what points at records that are about to go, wherever on the site, as the DocTypes themselves tell it."""

from collections import defaultdict
from collections.abc import Collection

import frappe

# What Frappe keeps about a document or a DocType, and what is of no use without it, though Frappe lets it do without.
# A row of these goes with what it points at; so does one of Frappe's that has to point at something. Any other loses
# the reference alone.
GOES_WITH_IT = frozenset(
	{
		"Comment",
		"Custom Role",
		"Dashboard Chart",
		"Desktop Icon",
		"Discussion Topic",
		"Document Share Key",
		"Email Unsubscribe",
		"File",
		"Form Tour",
		"Global Search DocType",
		"List Filter",
		"Notification Log",
		"Number Card",
		"Onboarding Step",
		"Portal Menu Item",
		"Print Format",
		"Reminder",
		"Server Script",
		"Session Default",
		"Submission Queue",
		"Tag Link",
		"ToDo",
		"User Permission",
		"View Log",
		"Workflow Action",
		"Workspace Chart",
		"Workspace Link",
		"Workspace Number Card",
		"Workspace Shortcut",
		"Workspace Sidebar Item",
	}
)
# DocTypes are named in plain text there.
TEXT_COLUMNS = (
	("Custom DocPerm", "parent"),
	("Deleted Document", "deleted_doctype"),
	("List View Settings", "name"),
	("__UserSettings", "doctype"),
	("__global_search", "doctype"),
)


def remove(targets: dict[str, Collection[str]]) -> None:
	"""Remove every reference to records, by link and dynamic link, and what was of use with them only.

	Where the targets are DocTypes, that is also whatever points at documents of theirs.

	:param targets: names by DocType
	"""
	fields = [field for field in _link_fields() if field.parent not in targets.get("DocType", ())]
	done = set()
	while targets:
		for doctype, names in targets.items():
			done |= {(doctype, name) for name in names}
		found = defaultdict(set)
		for field in fields:
			for condition in _conditions(field, targets):
				found[field.parent].update(_drop(field, condition))
		targets = {
			doctype: new
			for doctype, names in found.items()
			if (new := {name for name in names if (doctype, name) not in done})
		}


def remove_doctypes(doctypes: Collection[str]) -> None:
	"""Remove every reference to DocTypes and their documents, other DocTypes' fields for them included."""
	remove({"DocType": doctypes})
	_remove_fields_for(doctypes)
	tables = set(frappe.db.get_tables(cached=False))
	for table, column in TEXT_COLUMNS:
		if (table if table.startswith("__") else f"tab{table}") in tables:
			frappe.db.delete(table, {column: ("in", doctypes)})


def _link_fields() -> list[frappe._dict]:
	"""Return all fields of the site that point at records, each with what there is to know of its DocType."""
	found = []
	for source, parent in (("DocField", "parent"), ("Custom Field", "dt")):
		found += frappe.get_all(
			source,
			filters={"fieldtype": ("in", ("Link", "Dynamic Link")), "is_virtual": 0},
			fields=[f"{parent} as parent", "fieldname", "fieldtype", "options", "reqd"],
			order_by="name",
		)
	doctypes = {
		row.name: row
		for row in frappe.get_all(
			"DocType", filters={"is_virtual": 0}, fields=["name", "issingle", "istable", "module", "custom"]
		)
	}
	framework = frappe.db.get_value("Module Def", doctypes["DocType"].module, "app_name")
	pointed_at = {field.options for field in found if field.fieldtype == "Link"}
	frappes = set(frappe.get_all("Module Def", filters={"app_name": framework}, pluck="name"))
	tables = set(frappe.db.get_tables(cached=False))
	fields = []
	for field in found:
		doctype = doctypes.get(field.parent)
		if not doctype or not (doctype.issingle or f"tab{doctype.name}" in tables):
			continue
		field.update(issingle=doctype.issingle)
		# Its rows can go in one statement, however many: nobody has to know their names.
		field.nobody_asks = doctype.istable or field.parent not in pointed_at
		field.goes_with_it = (
			not doctype.custom
			# One above it in a tree of its own kind is not what a record is about.
			and field.options != field.parent
			and (field.parent in GOES_WITH_IT or (field.reqd and doctype.module in frappes))
		)
		fields.append(field)
	# Files first: Frappe says of a deleted file in the timeline of its document that it is gone. A dynamic link before
	# the link that says of which DocType it is.
	return sorted(fields, key=lambda field: (field.parent != "File", field.fieldtype != "Dynamic Link"))


def _conditions(field, targets: dict[str, Collection[str]]):
	"""Yield which rows of a field point at the targets, as columns and their values."""
	if field.fieldtype == "Dynamic Link":
		for doctype, names in targets.items():
			yield {field.options: (doctype,), field.fieldname: names}
		yield {field.options: targets.get("DocType", ())}
	elif field.options in targets:
		yield {field.fieldname: targets[field.options]}
	elif field.options in targets.get("DocType", ()):
		yield {field.fieldname: None}


def _drop(field, condition: dict[str, Collection[str] | None]) -> list[str]:
	"""Delete the rows of a field, or take the reference from them; return the names of the records that were deleted.

	:param condition: values by column, None for any
	"""
	if not all(values is None or values for values in condition.values()):
		return []
	if field.issingle:
		_clear_single(field.parent, condition)
		return []
	# A field that was added since the last migrate, or that only pretends to be one.
	if not {*condition, field.fieldname} <= set(frappe.db.get_table_columns(field.parent)):
		return []
	filters = {
		column: ("is", "set") if values is None else ("in", list(values))
		for column, values in condition.items()
	}
	if not field.goes_with_it:
		frappe.db.set_value(
			field.parent, filters, dict.fromkeys({*condition, field.fieldname}), update_modified=False
		)
		return []
	has_more = field.parent == "File" or frappe.get_meta(field.parent).get_table_fields()
	if field.nobody_asks and not has_more:
		frappe.db.delete(field.parent, filters)
		return []
	names = frappe.get_all(field.parent, filters=filters, pluck="name", order_by="name")
	if has_more:
		for name in names:
			frappe.delete_doc(
				field.parent, name, force=True, ignore_permissions=True, delete_permanently=True,
				# Frappe refuses what is standard. What a file needs is taken from the disk there.
				ignore_on_trash=field.parent != "File",
			)  # fmt: skip
	elif names:
		frappe.db.delete(field.parent, {"name": ("in", names)})
	return names


def _clear_single(doctype: str, condition: dict[str, Collection[str] | None]) -> None:
	stored = frappe.db.get_singles_dict(doctype)
	if all(
		stored.get(column) and (values is None or stored[column] in values)
		for column, values in condition.items()
	):
		frappe.db.delete("Singles", {"doctype": doctype, "field": ("in", list(condition))})


def _remove_fields_for(doctypes: Collection[str]) -> None:
	"""Remove the fields that other DocTypes have for documents of DocTypes that go."""
	filters = {"fieldtype": ("in", ("Link", "Table", "Table MultiSelect")), "options": ("in", doctypes)}
	custom = frappe.get_all("Custom Field", filters=filters, pluck="name", order_by="name")
	for name in custom:
		frappe.delete_doc("Custom Field", name, force=True, ignore_on_trash=True, delete_permanently=True)
	frappe.db.delete("DocField", {**filters, "parent": ("not in", doctypes)})
