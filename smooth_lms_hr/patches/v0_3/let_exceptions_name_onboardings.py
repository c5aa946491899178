"""What went past the gate stands among the exceptions by its onboarding: the index that keeps them apart has it too."""

import frappe

from smooth_lms_hr.sources.names import EXCEPTION

OLD = "unique_employee_rule_course"


def execute():
	# Never null: two of them would not be the same to the unique index.
	frappe.db.set_value(EXCEPTION, {"onboarding": ("is", "not set")}, "onboarding", "", update_modified=False)
	if frappe.db.has_index(f"tab{EXCEPTION}", OLD):
		frappe.db.sql_ddl(f"alter table `tab{EXCEPTION}` drop index `{OLD}`")  # nosemgrep
