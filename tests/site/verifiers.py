"""Two of HR who confirm the same at once, and two who make it at once, committed, in the processes of worker.py."""

import frappe

from smooth_lms_hr import api
from smooth_lms_hr.sources.names import COMPLIANCE
from tests.site import bench_harness, factory
from tests.site.askers import at_the_moment
from tests.site.crowd import clear_away


def gather_verifiers() -> dict:
	"""Commit what waits for HR to confirm it, somebody who is to hold it, and two people of HR."""
	began = str(frappe.utils.now_datetime())
	hr = [factory.hr_manager(), factory.hr_manager()]
	held, other = factory.employee(factory.user()), factory.employee(factory.user())
	of_type = factory.compliance_type(documents=["Passport"], needs_verification=1)
	factory.verified_document(held.name, "Passport")
	row = factory.compliance(held.name, of_type)
	frappe.db.commit()
	bench_harness._jobs.clear()
	frappe.db.delete("Error Log")
	return {"began": began, "hr": hr, "row": row.name, "other": other.name, "of_type": of_type}


def verify_at(hr: str, row: str, start_at: float) -> str | None:
	"""Confirm it at the agreed moment; return why it failed, None where it was done."""

	def verify() -> str | None:
		answer = api.verify_compliance([row])
		return answer["failed"][0]["message"] if answer["failed"] else None

	return at_the_moment(start_at, hr, verify)


def hold_at(hr: str, employee: str, of_type: str, start_at: float) -> str | None:
	"""Let somebody have to hold it at the agreed moment; return the error's words, None where it was done."""

	def hold() -> None:
		frappe.get_doc({"doctype": COMPLIANCE, "employee": employee, "compliance_type": of_type}).insert()

	return at_the_moment(start_at, hr, hold)


def look_at_verifiers(row: str, other: str, of_type: str, **_made) -> dict:
	return {
		"row": frappe.db.get_value(COMPLIANCE, row, ["status", "verified_by"]),
		"versions": frappe.db.count("Version", {"ref_doctype": COMPLIANCE, "docname": row}),
		"held": frappe.db.count(COMPLIANCE, {"employee": other, "compliance_type": of_type}),
		"errors": frappe.get_all("Error Log", pluck="error"),
	}


def clear_verifiers_away(began: str, **_made) -> None:
	clear_away(began)
