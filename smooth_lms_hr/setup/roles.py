"""The role that looks at all of the record and writes nothing: for an auditor, who need not be one of HR."""

from dataclasses import dataclass

import frappe
from frappe import _

from smooth_lms_hr.setup import references

MODULE = "Smooth LMS HR"
ROLE = "Role"


@dataclass(frozen=True)
class OwnRole:
	"""A role that the app's DocTypes give rights to.

	Frappe makes what roles DocTypes name as it reads them, and nobody could say afterwards whether the site had one of that
	name: so it is given before that.
	"""

	name: str

	@property
	def key(self) -> str:
		return f"{ROLE}/{self.name}"

	@property
	def words(self) -> str:
		return _("The role {0}").format(_(self.name))

	def add(self) -> bool:
		if frappe.db.exists(ROLE, self.name):
			return False
		frappe.get_doc({"doctype": ROLE, "role_name": self.name, "desk_access": 1}).insert(
			ignore_permissions=True
		)
		return True

	def is_changed(self) -> bool:
		stored = frappe.db.get_value(ROLE, self.name, ["disabled", "desk_access"], as_dict=True)
		return not stored or bool(stored.disabled) or not stored.desk_access

	def restore(self) -> None:
		if not self.add():
			doc = frappe.get_doc(ROLE, self.name)
			doc.update({"disabled": 0, "desk_access": 1})
			doc.save(ignore_permissions=True)

	def remove(self) -> None:
		"""Take the role from everybody and delete it, unless the site has given it rights of its own: then it is the site's."""
		own = frappe.get_all("DocType", {"module": MODULE}, pluck="name")
		for doctype in ("DocPerm", "Custom DocPerm"):
			if frappe.db.exists(doctype, {"role": self.name, "parent": ("not in", own)}):
				return
		frappe.db.delete("Has Role", {"role": self.name})
		references.remove({ROLE: [self.name]})
		frappe.delete_doc(ROLE, self.name, force=True, ignore_permissions=True, delete_permanently=True)


AUDITOR = OwnRole("Training Auditor")
