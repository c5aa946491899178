"""What is missing of what somebody has to hold, in words."""

from frappe.utils import getdate

from smooth_lms_hr.assigning import compliance
from smooth_lms_hr.sources import compliance as sources
from smooth_lms_hr.training.compliance import (
	COURSE,
	DUE_FOR_RENEWAL,
	EXPIRED,
	PENDING,
	missing,
	still_counting,
	to_renew,
)


def missing_of(doc) -> list[dict]:
	"""Return what somebody has to prove yet, or again.

	:param doc: an Employee Compliance; who may see it has been asked before
	:return: rows of kind, course (None for what is none) and words
	"""
	terms = sources.types([doc.compliance_type]).get(doc.compliance_type)
	if not terms or not doc.employee or doc.status not in (PENDING, DUE_FOR_RENEWAL, EXPIRED):
		return []
	today, now = getdate(), compliance.standing(doc, {})
	available = sources.proofs([doc.employee], terms.requirements).get(doc.employee, ())
	if doc.status == PENDING:
		asked = missing(terms, still_counting(now, available, today))
	else:
		asked = to_renew(terms, now, available, today)
	titles = sources.titles(asked)
	return [
		{
			"kind": one.kind,
			"course": one.name if one.kind == COURSE else None,
			"words": compliance.in_words(one, titles[one]),
		}
		for one in asked
	]
