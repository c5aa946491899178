"""The "My Training" entry in Learning's side bar.

It is made once, when the app is installed. Administrators arrange that bar; one who removes the entry has the last word.
"""

import frappe
from frappe import _

ROUTE = "my-training"
# A name from Lucide, the icons that Learning uses.
ICON = "GraduationCap"
ITEM = "LMS Sidebar Item"
PLACE = {"parenttype": "LMS Settings", "parentfield": "sidebar_items", "parent": "LMS Settings"}


def add() -> bool:
	"""Add the entry where this version of Learning has such entries; return whether that was done."""
	if not _offers_entries():
		return False
	page = frappe.db.get_value("Web Page", {"route": ROUTE}) or _make_page()
	if frappe.db.exists(ITEM, {**PLACE, "web_page": page}):
		return False
	item = frappe.new_doc(ITEM)
	item.update(
		{
			**PLACE,
			"web_page": page,
			"title": _("My Training"),
			"route": ROUTE,
			"icon": ICON,
			"idx": frappe.db.count(ITEM, PLACE) + 1,
		}
	)
	item.insert(ignore_permissions=True)
	frappe.clear_document_cache("LMS Settings", "LMS Settings")
	return True


def remove() -> None:
	"""Take the entry back, and the page behind it unless somebody made a real one of it."""
	if not _offers_entries():
		return
	page = frappe.db.get_value("Web Page", {"route": ROUTE, "published": 0})
	if not page:
		return
	frappe.db.delete(ITEM, {**PLACE, "web_page": page})
	frappe.clear_document_cache("LMS Settings", "LMS Settings")
	frappe.delete_doc("Web Page", page, ignore_permissions=True, force=True, delete_permanently=True)


def _offers_entries() -> bool:
	return bool(
		frappe.db.exists("DocType", ITEM)
		and frappe.db.exists("DocType", "Web Page")
		and frappe.get_meta("LMS Settings").has_field("sidebar_items")
	)


def _make_page() -> str:
	# An entry has to point at a Web Page. Unpublished, it lends its title and route and leaves the route to our own
	# page; published, it would hide that one.
	page = frappe.get_doc(
		{
			"doctype": "Web Page",
			"title": _("My Training"),
			"route": ROUTE,
			"published": 0,
			"content_type": "HTML",
			"main_section_html": _(
				"The app Smooth LMS HR shows its own page here. Leave this one unpublished."
			),
		}
	)
	return page.insert(ignore_permissions=True).name
