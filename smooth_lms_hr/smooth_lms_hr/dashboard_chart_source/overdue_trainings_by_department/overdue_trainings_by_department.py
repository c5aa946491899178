"""The chart of overdue assignments. Unlike Frappe's own charts its answer is not cached for all users alike."""

import frappe
from frappe import _

from smooth_lms_hr.services import reporting


@frappe.whitelist()
def get(**_from_the_chart) -> dict:
	"""Return the departments with the most overdue assignments that the session user may see."""
	found = reporting.overdue_by_department()
	return {
		"labels": [department for department, _count in found],
		"datasets": [{"name": _("Overdue"), "values": [count for _department, count in found]}],
	}
