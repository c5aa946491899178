"""Who should have been assigned training and was not, and what went past the gate. Rows come and go by ``assigning.exceptions`` alone."""

import frappe
from frappe import _
from frappe.model.document import Document


class LMSTrainingException(Document):
	def before_validate(self):
		frappe.throw(
			_("Exceptions are written by what happens, and go once they are solved."),
			frappe.PermissionError,
			title=_("On Record"),
		)


def on_doctype_update():
	# Whoever is asked by two at once stands in it once.
	frappe.db.add_unique(
		"LMS Training Exception",
		["employee", "rule", "course", "onboarding"],
		"unique_employee_rule_course_onboarding",
	)
	# What went past the gate is gone over every day.
	frappe.db.add_index("LMS Training Exception", ["kind", "employee"])
