"""Whether anybody hears of documents of a DocType: only where nobody does may they be written straight to the table."""

from collections.abc import Collection
from functools import lru_cache

import frappe
from pypika import Criterion
from pypika.terms import ExistsCriterion

# What Frappe calls on the way of a new document, of one that is saved again, and of that once it is written.
OF_NEW = (
	"before_insert", "before_naming", "autoname", "before_validate", "validate", "before_save", "after_insert",
	"on_update", "on_change",
)  # fmt: skip
OF_SAVED = ("before_validate", "validate", "before_save", "on_update", "on_change")
OF_CHANGED = ("on_update", "on_change")
# What the site's own records call these.
IN_NOTIFICATIONS = {"after_insert": "New", "on_update": "Save", "on_change": "Value Change"}
IN_SERVER_SCRIPTS = {
	"before_insert": "Before Insert", "before_validate": "Before Validate", "validate": "Before Save",
	"after_insert": "After Insert", "on_update": "After Save",
}  # fmt: skip
# These listen to every DocType and then pick those that they are about, which stands in records of the site.
STANDARD = frozenset({frappe.__name__, "erpnext", "hrms", "lms", "payments"})


def hears_of(doctype: str, methods: Collection[str], besides: Collection[str] = ()) -> bool:
	"""Return whether another app or this site has hung something on documents of a DocType.

	:param methods: OF_NEW, OF_SAVED or OF_CHANGED
	:param besides: dotted paths of functions that the caller calls itself
	"""
	hooks = frappe.get_doc_hooks()
	for method in methods:
		if not set(hooks.get(doctype, {}).get(method, ())) <= set(besides):
			return True
		if any(path.split(".")[0] not in STANDARD for path in hooks.get("*", {}).get(method, ())):
			return True
	# Another class in the place of the DocType's own: instead of it, or, since version 16, on top of it.
	if any(
		frappe.get_hooks(hook, {}).get(doctype) for hook in ("override_doctype_class", "extend_doctype_class")
	):
		return True
	kinds = tuple(kind for kind, _filters in _records_about(doctype, methods) if frappe.db.table_exists(kind))
	return bool(frappe.db.sql(_question(doctype, tuple(methods), kinds)))  # nosemgrep


@lru_cache
def _question(doctype: str, methods: tuple[str, ...], kinds: tuple[str, ...]) -> str:
	"""Return the query that finds something where the site has hung something on documents of a DocType.

	All of them in one, which is put together once: a learner waits for it.

	:param kinds: of the records that say so, those that the site has
	"""
	asked = [
		ExistsCriterion(_records(kind, filters))
		for kind, filters in _records_about(doctype, methods)
		if kind in kinds
	]
	table = frappe.qb.DocType("DocType")
	query = frappe.qb.from_(table).select(table.name).where(table.name == doctype)
	return query.where(Criterion.any(asked)).get_sql()


def _records(kind: str, filters: dict):
	"""Return the query for records of a DocType.

	:param filters: by field, what it is to be, or a tuple of what it may be
	"""
	table = frappe.qb.DocType(kind)
	query = frappe.qb.from_(table).select(table.name)
	for fieldname, value in filters.items():
		field = table[fieldname]
		query = query.where(field.isin(value) if isinstance(value, tuple) else field == value)
	return query


def _records_about(doctype: str, methods: Collection[str]) -> tuple[tuple[str, dict], ...]:
	"""Return where a site says on its own what it wants to hear of: the DocType, and the filters for ``_records``."""
	alerts = tuple(name for method, name in IN_NOTIFICATIONS.items() if method in methods)
	scripts = tuple(name for method, name in IN_SERVER_SCRIPTS.items() if method in methods)
	return (
		# "Method" and "Custom" name what they listen to elsewhere.
		(
			"Notification",
			{"document_type": doctype, "enabled": 1, "event": (*alerts, "Method", "Custom")},
		),
		("Webhook", {"webhook_doctype": doctype, "enabled": 1, "webhook_docevent": tuple(methods)}),
		(
			"Server Script",
			{
				"reference_doctype": doctype,
				"script_type": "DocType Event",
				"doctype_event": scripts,
				"disabled": 0,
			},
		),
		("Assignment Rule", {"document_type": doctype, "disabled": 0}),
		("Milestone Tracker", {"document_type": doctype, "disabled": 0}),
		# Until version 15.
		("Energy Point Rule", {"reference_doctype": doctype, "enabled": 1}),
		("LMS Badge", {"reference_doctype": doctype, "enabled": 1}),
	)
