"""The right to pick a course and to look at it: Learning gives HR none on LMS Course, and HR assigns courses."""

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.permissions import add_permission, rights, update_permission_property
from frappe.utils import cint

COURSE = "LMS Course"
RULE = "Custom DocPerm"


@dataclass(frozen=True)
class Right:
	role: str

	@property
	def key(self) -> str:
		return f"Right/{COURSE}-{self.role}"

	@property
	def words(self) -> str:
		return _("The right of {0} to pick an LMS Course").format(_(self.role))

	def add(self) -> bool:
		if self._rule():
			return False
		add_permission(COURSE, self.role, 0, "select")
		return True

	def is_changed(self) -> bool:
		return not _given() <= _allowed(self._rule())

	def restore(self) -> None:
		if not self.add():
			for right in _given():
				update_permission_property(COURSE, self.role, 0, right, 1)

	def remove(self) -> None:
		"""Take the right back, unless somebody has made more of it: then it is the site's own."""
		rule = self._rule()
		if rule and _allowed(rule) <= _given():
			frappe.db.delete(RULE, {"name": rule.name})

	def _rule(self):
		place = {"parent": COURSE, "role": self.role, "permlevel": 0, "if_owner": 0}
		return frappe.db.get_value(RULE, place, "*", as_dict=True)


def _given() -> set[str]:
	"""Return what a new rule for selecting allows: Frappe adds reading and exporting."""
	rule = frappe.new_doc(RULE)
	rule.select = 1
	return _allowed(rule)


def _allowed(rule) -> set[str]:
	return {right for right in rights if rule and rule.get(right)}


RIGHTS = (Right("HR Manager"), Right("HR User"))


def leave_to_learning() -> None:
	"""Once our rights are taken back, let Learning's own rights on courses count again where the site's are no others any more.

	Giving the first right made Frappe copy the standard ones. A copy that nobody changed would keep Learning's later
	changes out.
	"""
	if _all_rights(RULE) == _all_rights("DocPerm"):
		frappe.db.delete(RULE, {"parent": COURSE})
	frappe.clear_cache(doctype=COURSE)


def _all_rights(doctype: str) -> list[tuple]:
	rows = frappe.get_all(doctype, filters={"parent": COURSE}, fields=["*"], order_by="name")
	return sorted(
		(row.role, *(cint(row.get(field)) for field in ("permlevel", "if_owner", *rights))) for row in rows
	)
