"""Whether a name that the app's DocTypes have is another's on this site: then nothing of the app may be written over it."""

import json
from pathlib import Path

import frappe
from frappe import _

MODULE = "Smooth LMS HR"


def refuse() -> None:
	"""Stop an install, or a migrate, where a DocType of another app or of the site itself has one of our names.

	:raises frappe.ValidationError: names them, and whose they are
	"""
	taken = frappe.get_all(
		"DocType",
		filters={"name": ("in", own_names())},
		or_filters={"module": ("!=", MODULE), "custom": 1},
		fields=["name", "module", "custom"],
		order_by="name",
	)
	if not taken:
		return
	apps = dict(
		frappe.get_all(
			"Module Def",
			{"name": ("in", sorted({row.module for row in taken}))},
			["name", "app_name"],
			order_by="name",
			as_list=True,
		)
	)
	said = ", ".join(
		_("{0} (made on this site)").format(row.name)
		if row.custom
		else _("{0} (of {1})").format(row.name, apps.get(row.module) or row.module)
		for row in taken
	)
	frappe.throw(
		_(
			"Smooth LMS HR has DocTypes of these names, and this site has others of the same name: {0}. Nothing was written. Rename or remove them first."
		).format(frappe.utils.escape_html(said)),
		title=_("Names Are Taken"),
	)


def own_names() -> list[str]:
	"""Return what the app's own DocTypes are called."""
	folder = Path(frappe.get_app_path("smooth_lms_hr", "smooth_lms_hr", "doctype"))
	return sorted(json.loads(path.read_text(encoding="utf-8"))["name"] for path in folder.glob("*/*.json"))
