"""Takes what is personal out of assignments that nobody owes any more: what was learned, when and where still counts."""

from collections.abc import Collection

import frappe
from frappe.model import optional_fields

from smooth_lms_hr.record.events import NOBODY
from smooth_lms_hr.sources.names import ASSIGNMENT, CAUSE

# Who it was, who decided about them, and whatever somebody may have written about them.
PERSONAL = (
	"member", "member_name", "employee", "employee_name", "designation", "assigned_by", "reason", "due_date_reason",
	"due_date_basis", "onboarding", "enrollment", "signed_on", "waived_by", "waiver_reason",
)  # fmt: skip
CHUNK = 500


def anonymise(names: Collection[str]) -> None:
	"""Let assignments be nobody's; company, department, course, dates and status stay.

	:param names: of assignments that are settled, and locked
	"""
	if not names:
		return
	# What Frappe keeps in the row of who has commented on it, or was assigned to it.
	optional = set(optional_fields) & set(frappe.db.get_table_columns(ASSIGNMENT))
	values = {**dict.fromkeys((*PERSONAL, *optional)), "to_renew": 0, "owner": NOBODY, "modified_by": NOBODY}
	frappe.db.set_value(ASSIGNMENT, {"name": ("in", list(names))}, values, update_modified=False)
	# Each names the record that asked for it, an onboarding or what somebody said.
	frappe.db.delete(CAUSE, {"parenttype": ASSIGNMENT, "parent": ("in", list(names))})
