"""The documents on somebody's own file, as that person sees them."""

import frappe
from frappe.utils import getdate

from smooth_lms_hr.following.documents import employee_of
from smooth_lms_hr.sources.names import COMPLIANCE_TYPE, DOCUMENT
from smooth_lms_hr.sources.visibility import own_employees
from smooth_lms_hr.training.documents import TO_BE_VERIFIED, state

FIELDS = (
	"name", "document_type", "title", "file", "issued_on", "expires_on", "verified_on", "revoked_on", "owner",
)  # fmt: skip


def of_learner(user: str) -> dict | None:
	"""Return what is on a user's file, the latest first; None for who is no employee and has nothing there.

	:return: {"rows" (of FIELDS, state, and may_withdraw), "may_add", "kinds" (what documents are asked for, to choose from),
	        "today"}
	"""
	employees, today = own_employees(user), getdate()
	if not employees:
		return None
	rows = frappe.get_all(
		DOCUMENT, {"employee": ("in", employees)}, list(FIELDS), order_by="creation desc, name"
	)
	for row in rows:
		expires_on = getdate(row.expires_on) if row.expires_on else None
		row.state = state(bool(row.verified_on), bool(row.revoked_on), expires_on, today)
		row.may_withdraw = row.state == TO_BE_VERIFIED and row.owner == user
	may_add = bool(employee_of(user))
	return {"rows": rows, "may_add": may_add, "kinds": _kinds() if may_add else [], "today": today}


def _kinds() -> list[str]:
	asked = {"parenttype": COMPLIANCE_TYPE, "kind": "Document", "document_type": ("is", "set")}
	return sorted(set(frappe.get_all("Compliance Requirement", asked, pluck="document_type", order_by=None)))
