"""Departments, always meant with those below them."""

from frappe.utils.nestedset import get_descendants_of


def departments_from(department: str) -> list[str]:
	"""Return a department and all below it."""
	return [department, *get_descendants_of("Department", department, ignore_permissions=True)]
