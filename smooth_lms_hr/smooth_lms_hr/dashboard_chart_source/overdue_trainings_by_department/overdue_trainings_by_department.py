"""The chart of overdue assignments. Unlike Frappe's own charts its answer is not cached for all users alike."""

import frappe
from frappe import _

from smooth_lms_hr.showing import figures, tables


@frappe.whitelist()
def get(**_from_the_chart) -> dict:
	"""Return the departments with the most overdue assignments that the session user may see."""
	found = figures.overdue_by_department()
	return tables.chart_data(
		[department for department, _count in found],
		[{"name": _("Overdue"), "values": [count for _department, count in found]}],
	)
