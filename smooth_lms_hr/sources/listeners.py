"""Whether anybody hears of new documents of a DocType: only where nobody does may they be written straight to the table."""

from collections.abc import Collection

import frappe

# What Frappe calls on the way of a new document.
EVENTS = frozenset({
	"before_insert", "before_naming", "autoname", "before_validate", "validate", "before_save", "after_insert",
	"on_update", "on_change",
})  # fmt: skip
# These listen to every DocType and then pick those that they are about, which are none of Frappe's own.
STANDARD = frozenset({frappe.__name__, "erpnext", "hrms", "lms", "payments"})


def hears_of(doctype: str, besides: Collection[str] = ()) -> bool:
	"""Return whether another app or this site has hung something on new documents of a DocType of Frappe's.

	:param besides: dotted paths of functions that the caller calls itself
	"""
	hooks = frappe.get_doc_hooks()
	for event in EVENTS:
		if not set(hooks.get(doctype, {}).get(event, ())) <= set(besides):
			return True
		if any(path.split(".")[0] not in STANDARD for path in hooks.get("*", {}).get(event, ())):
			return True
	# Another class in the place of Frappe's: instead of it, or, since version 16, on top of it.
	if any(
		frappe.get_hooks(hook, {}).get(doctype) for hook in ("override_doctype_class", "extend_doctype_class")
	):
		return True
	return any(
		frappe.db.exists(kind, filters)
		for kind, filters in (
			("Notification", {"document_type": doctype, "enabled": 1}),
			("Webhook", {"webhook_doctype": doctype, "enabled": 1}),
			("Server Script", {"reference_doctype": doctype, "script_type": "DocType Event", "disabled": 0}),
		)
	)
