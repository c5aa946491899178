"""Departments, always meant with those below them."""

from collections.abc import Collection

import frappe
from frappe.utils.nestedset import get_descendants_of

DEPARTMENT = "Department"


def departments_from(department: str) -> list[str]:
	"""Return a department and all below it."""
	return [department, *get_descendants_of(DEPARTMENT, department, ignore_permissions=True)]


def departments_above(departments: Collection[str]) -> dict[str, tuple[str, ...]]:
	"""Return each department with all above it, itself first, in one query."""
	if not departments:
		return {}
	own, above = frappe.qb.DocType(DEPARTMENT).as_("own"), frappe.qb.DocType(DEPARTMENT).as_("above")
	rows = (
		frappe.qb.from_(own)
		.join(above)
		.on((above.lft <= own.lft) & (above.rgt >= own.rgt))
		.select(own.name, above.name)
		.where(own.name.isin(list(departments)))
		.orderby(own.name)
		.orderby(above.lft, order=frappe.qb.desc)
		.run()
	)
	found: dict[str, tuple[str, ...]] = {}
	for name, over in rows:
		found[name] = (*found.get(name, ()), over)
	return found


def departments_below(departments: Collection[str]) -> list[str]:
	"""Return departments and all below any of them, in one query."""
	if not departments:
		return []
	own, below = frappe.qb.DocType(DEPARTMENT).as_("own"), frappe.qb.DocType(DEPARTMENT).as_("below")
	return (
		frappe.qb.from_(own)
		.join(below)
		.on((below.lft >= own.lft) & (below.rgt <= own.rgt))
		.select(below.name)
		.distinct()
		.where(own.name.isin(list(departments)))
		.run(pluck=True)
	)
