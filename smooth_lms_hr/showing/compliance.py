"""How people stand with what they have to hold, and what is missing of it, in words."""

from collections.abc import Collection

import frappe
from frappe.utils import getdate

from smooth_lms_hr.assigning import compliance
from smooth_lms_hr.sources import compliance as sources
from smooth_lms_hr.sources.names import COMPLIANCE
from smooth_lms_hr.sources.visibility import own_employees
from smooth_lms_hr.training.compliance import (
	COURSE,
	DUE_FOR_RENEWAL,
	EXPIRED,
	PENDING,
	STATUSES,
	missing,
	still_counting,
	to_renew,
)

LACKING = (PENDING, DUE_FOR_RENEWAL, EXPIRED)
# What somebody has to do something about comes first.
BY_URGENCY = (EXPIRED, DUE_FOR_RENEWAL, PENDING, *(each for each in STATUSES if each not in LACKING))
FIELDS = (
	"name", "employee", "compliance_type", "status", "completed_on", "next_renewal_date", "counts_from", "verified_on",
)  # fmt: skip


def of_learner(user: str) -> list[frappe._dict]:
	"""Return what a user has to hold now, the most urgent first: rows of FIELDS and missing, as ``missing_of`` returns it."""
	employees = own_employees(user)
	filters = {"employee": ("in", employees), "is_current": 1}
	rows = (
		frappe.get_all(COMPLIANCE, filters, list(FIELDS), order_by="compliance_type, name")
		if employees
		else []
	)
	lacking = missing_of(rows)
	for row in rows:
		row.next_renewal_date = row.next_renewal_date and getdate(row.next_renewal_date)
		row.missing = lacking.get(row.name, [])
	return sorted(rows, key=lambda row: BY_URGENCY.index(row.status))


def missing_of(rows: Collection) -> dict[str, list[dict]]:
	"""Return what people have to prove yet, or again, by the name of the row; of those that lack nothing, nothing.

	:param rows: of Employee Compliance, or documents; who may see them has been asked before
	:return: rows of kind, course (None for what is none) and words
	"""
	rows = [row for row in rows if row.employee and row.status in LACKING]
	if not rows:
		return {}
	types = sources.types({row.compliance_type for row in rows})
	available = sources.proofs(
		{row.employee for row in rows}, {one for terms in types.values() for one in terms.requirements}
	)
	today, asked = getdate(), {}
	for row in rows:
		if terms := types.get(row.compliance_type):
			now, proofs = compliance.standing(row, {}), available.get(row.employee, ())
			asked[row.name] = (
				missing(terms, still_counting(now, proofs, today))
				if row.status == PENDING
				else to_renew(terms, now, proofs, today)
			)
	titles = sources.titles({one for those in asked.values() for one in those})
	return {
		name: [
			{
				"kind": one.kind,
				"course": one.name if one.kind == COURSE else None,
				"words": compliance.in_words(one, titles[one]),
			}
			for one in those
		]
		for name, those in asked.items()
		if those
	}
