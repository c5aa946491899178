"""The chart of completions per month. Unlike Frappe's own charts its answer is not cached for all users alike."""

import frappe
from frappe import _
from frappe.utils import formatdate, getdate

from smooth_lms_hr.showing import figures


@frappe.whitelist()
def get(**_from_the_chart) -> dict:
	"""Return what the session user may see of the last twelve months: completed in time, and late."""
	months = figures.completions_per_month(getdate())
	return {
		# Twelve of them, each once: the year would leave no room for the name.
		"labels": [formatdate(month, "MMM") for month, _count, _in_time in months],
		"datasets": [
			{"name": _("On time"), "values": [in_time for _month, _count, in_time in months]},
			{"name": _("Late"), "values": [count - in_time for _month, count, in_time in months]},
		],
	}
