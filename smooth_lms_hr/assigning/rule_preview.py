"""What a rule would do, before anything is saved: whom it fits, what it would assign, and to whom it cannot (rule 10)."""

from collections import Counter

import frappe
from frappe import _
from frappe.utils import now_datetime

from smooth_lms_hr.assigning import compliance_rules, exceptions, rules
from smooth_lms_hr.assigning.asking import Asking
from smooth_lms_hr.assigning.assigning import terms_now
from smooth_lms_hr.sources import people, visibility, words
from smooth_lms_hr.sources.names import RULE
from smooth_lms_hr.sources.rules import rule_of
from smooth_lms_hr.training.plan import TO_ASSIGN, PlanReason

# Employees read at once; nothing is locked, so it may be more than between two commits.
CHUNK = 5000
# People shown of each kind.
SHOWN = 20
NEW, OPEN, VALID, EXCEPTION, NO_LONGER_FITS = "new", "open", "valid", "exception", "no longer fits"


def preview(doc) -> dict:
	"""Say what a rule would do if it were saved now, as far as the session user may see the people. Writes nothing.

	:param doc: an LMS Training Rule, saved or not
	:return: see ``api.preview_rule``
	"""
	rule, counts, rows = rule_of(doc), Counter(), []
	about = sorted(rules.whom(doc))
	for start in range(0, len(about), CHUNK):
		part = _visible(about[start : start + CHUNK])
		looked = Asking(part, [rule], terms_now())
		counts["people"] += len(looked.facts)
		counts["fits"] += looked.fits[rule.name]
		found = list(_said(looked))
		counts.update(kind for kind, _employee, _words in found)
		shown = Counter(kind for kind, _employee, _words in rows)
		for kind, employee, said in found:
			shown[kind] += 1
			if shown[kind] <= SHOWN:
				rows.append((kind, employee, said))
		counts["no_user"] += sum(one.kind in exceptions.OF_PROBLEM.values() for one in looked.unmet)
	names = _names({employee for _kind, employee, _words in rows})
	return {
		"people": counts["people"],
		"fits": counts["fits"],
		"new": counts[NEW],
		"open": counts[OPEN],
		"valid": counts[VALID],
		"no_user": counts["no_user"],
		"exceptions": counts[EXCEPTION],
		"no_longer_fits": counts[NO_LONGER_FITS],
		"rows": [
			{"kind": kind, "employee": employee, "employee_name": names.get(employee, ""), "words": said}
			for kind, employee, said in rows
		],
	}


def unsaved(values: dict):
	"""Return the rule that a form would save.

	:param values: what the form holds; whatever it says of itself, the day on which the rule was made is known
	:raises frappe.ValidationError: where it could not be saved
	"""
	known = {df.fieldname for df in frappe.get_meta(RULE).fields}
	doc = frappe.new_doc(RULE).update({field: values[field] for field in known if field in values})
	name = values.get("name")
	doc.name = name if isinstance(name, str) else None
	doc.creation = frappe.db.get_value(RULE, {"name": doc.name}, "creation") or now_datetime()
	# What hangs on saving one is not asked: nothing is saved.
	doc.validate()
	return doc


def _said(looked: Asking):
	"""Yield what would become of each person and course: what kind of thing, the employee, and words."""
	for person, planned in looked.plans:
		title = planned.course.title
		if planned.reason in TO_ASSIGN:
			yield NEW, person.employee, f"{title}: {words.describe_assigned(planned)}"
		elif planned.reason is PlanReason.NO_DUE_DATE:
			yield EXCEPTION, person.employee, f"{title}: {words.reason_not_to_assign(planned)}"
		else:
			kind = OPEN if planned.reason is PlanReason.OPEN else VALID
			yield kind, person.employee, f"{title}: {words.reason_not_to_assign(planned)}"
	rows = looked.holdings.rows
	for (employee, of_type), _rules in looked.holdings.wanted.items():
		row = rows.get((employee, of_type))
		if row is None or row.ended_on:
			yield NEW, employee, _("{0}: will have to be held").format(of_type)
		else:
			kind = OPEN if row.status in compliance_rules.NOT_COMPLETE else VALID
			yield kind, employee, f"{of_type}: {_(row.status)}"
	for row in looked.holdings.no_longer_fitting():
		yield NO_LONGER_FITS, row.employee, row.compliance_type
	for one in looked.unmet:
		yield EXCEPTION, one.employee, one.why
	for assignment, causes in looked.no_longer_fitting().items():
		yield NO_LONGER_FITS, causes[0].employee, _("{0} ({1})").format(causes[0].course, assignment)


def _visible(employees: list[str]) -> list[str]:
	rows = frappe.get_all("Employee", {"name": ("in", employees)}, people.EMPLOYEE_FIELDS, order_by="name")
	seen = visibility.employees(rows, frappe.session.user)
	return [row.name for row in rows if row.name in seen]


def _names(employees: set[str]) -> dict[str, str]:
	rows = frappe.get_all(
		"Employee",
		{"name": ("in", list(employees))},
		["name", "employee_name"],
		order_by="name",
		as_list=True,
	)
	return dict(rows)
