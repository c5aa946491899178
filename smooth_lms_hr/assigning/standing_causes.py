"""What asks still for what somebody held once, and is no rule: an onboarding's baseline, a compliance, who decided by hand.

Rules are asked themselves, whatever they asked for before.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

import frappe
from frappe.model.docstatus import DocStatus

from smooth_lms_hr.assigning import causes, compliance_training, targeting
from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources.facts import Pair
from smooth_lms_hr.sources.names import COMPLIANCE, ONBOARDING
from smooth_lms_hr.sources.people import Person
from smooth_lms_hr.training.plan import Cause

# What an assignment calls its source, by the kind of the record that asks.
SOURCES = {ONBOARDING: "Onboarding", "User": "Manual", COMPLIANCE: "Renewal"}


def of(rows: Collection[frappe._dict], found: Mapping[str, Person]) -> dict[Pair, list[Cause]]:
	"""Return what assignments were owed for and asks for their course still, by person and course.

	:param rows: assignments with name, member and course
	:param found: the people, by user
	"""
	by_name = {row.name: row for row in rows}
	known = causes.of(list(by_name))
	onboardings = _standing(
		{name for ones in known.values() for doctype, name in ones if doctype == ONBOARDING}
	)
	held = compliance_training.asks_still(
		{name for ones in known.values() for doctype, name in ones if doctype == COMPLIANCE}
	)
	mandatory = facts.mandatory_courses() if onboardings else []
	meant: dict[str, set[str]] = {}
	asking = defaultdict(list)
	for assignment, ones in known.items():
		row = by_name[assignment]
		for (doctype, name), cause in ones.items():
			if cause.ended_on or doctype not in SOURCES:
				continue
			if doctype == COMPLIANCE and name not in held:
				continue
			if doctype == ONBOARDING:
				if row.member not in meant:
					kept = targeting.meant_for(found[row.member], mandatory)
					meant[row.member] = {course.name for course in kept}
				if name not in onboardings or row.course not in meant[row.member]:
					continue
			said = (cause.words or "").rstrip(".")
			asking[row.member, row.course].append(Cause(doctype, name, SOURCES[doctype], said))
	return asking


def _standing(onboardings: Collection[str]) -> set[str]:
	"""Return those of the onboardings that are there and not cancelled."""
	if not onboardings:
		return set()
	filters = {"name": ("in", sorted(onboardings)), "docstatus": ("!=", DocStatus.cancelled())}
	return set(frappe.get_all(ONBOARDING, filters, pluck="name", order_by="name"))
