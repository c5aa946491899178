"""Whether anybody hears of documents of a DocType: only where nobody does may they be written straight to the table."""

from collections.abc import Collection

import frappe

# What Frappe calls on the way of a new document, and of one that is changed, once it is written.
OF_NEW = (
	"before_insert", "before_naming", "autoname", "before_validate", "validate", "before_save", "after_insert",
	"on_update", "on_change",
)  # fmt: skip
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

	:param methods: OF_NEW or OF_CHANGED
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
	return any(
		frappe.db.exists(kind, filters)
		for kind, filters in _records_about(doctype, methods)
		if frappe.db.table_exists(kind)
	)


def _records_about(doctype: str, methods: Collection[str]) -> tuple[tuple[str, dict], ...]:
	"""Return where a site says on its own what it wants to hear of: the DocType, and the filters of its records."""
	alerts = [name for method, name in IN_NOTIFICATIONS.items() if method in methods]
	scripts = [name for method, name in IN_SERVER_SCRIPTS.items() if method in methods]
	return (
		# "Method" and "Custom" name what they listen to elsewhere.
		(
			"Notification",
			{"document_type": doctype, "enabled": 1, "event": ("in", [*alerts, "Method", "Custom"])},
		),
		("Webhook", {"webhook_doctype": doctype, "enabled": 1, "webhook_docevent": ("in", list(methods))}),
		(
			"Server Script",
			{
				"reference_doctype": doctype,
				"script_type": "DocType Event",
				"doctype_event": ("in", scripts),
				"disabled": 0,
			},
		),
		("Assignment Rule", {"document_type": doctype, "disabled": 0}),
		("LMS Badge", {"reference_doctype": doctype, "enabled": 1}),
	)
