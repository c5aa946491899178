"""Whether anybody hears of documents of a DocType: only where nobody does may they be written straight to the table."""

from collections.abc import Collection

import frappe
from pypika import Criterion
from pypika.terms import ExistsCriterion

from smooth_lms_hr.sources.prepared import prepared

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
# Of these fields several values are asked for.
SEVERAL = ("event", "webhook_docevent", "doctype_event")
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
	alerts = [name for method, name in IN_NOTIFICATIONS.items() if method in methods]
	scripts = [name for method, name in IN_SERVER_SCRIPTS.items() if method in methods]
	# "Method" and "Custom" name what they listen to elsewhere.
	return bool(_listening(doctype, [*alerts, "Method", "Custom"], list(methods), scripts))


@prepared
def _listening(doctype, alerts, methods, scripts):
	"""Build the query that finds something where the site's own records listen to a DocType: all kinds of them in one."""
	filters_of = {
		"Notification": {"document_type": doctype, "enabled": 1, "event": alerts},
		"Webhook": {"webhook_doctype": doctype, "enabled": 1, "webhook_docevent": methods},
		"Server Script": {
			"reference_doctype": doctype, "script_type": "DocType Event", "doctype_event": scripts, "disabled": 0,
		},
		"Assignment Rule": {"document_type": doctype, "disabled": 0},
		"Milestone Tracker": {"document_type": doctype, "disabled": 0},
		# Until version 15.
		"Energy Point Rule": {"reference_doctype": doctype, "enabled": 1},
		"LMS Badge": {"reference_doctype": doctype, "enabled": 1},
	}  # fmt: skip
	asked = [
		ExistsCriterion(_records(kind, filters))
		for kind, filters in filters_of.items()
		if frappe.db.table_exists(kind)
	]
	table = frappe.qb.DocType("DocType")
	query = frappe.qb.from_(table).select(table.name)
	return query.where((table.name == doctype) & Criterion.any(asked))


def _records(kind: str, filters: dict):
	"""Return the query for records of a DocType."""
	table = frappe.qb.DocType(kind)
	query = frappe.qb.from_(table).select(table.name)
	for fieldname, value in filters.items():
		field = table[fieldname]
		query = query.where(field.isin(value) if fieldname in SEVERAL else field == value)
	return query
