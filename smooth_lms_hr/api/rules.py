"""Training rules: what one would do, and the yes to it."""

import frappe
from frappe import _

from smooth_lms_hr.assigning import rule_preview, rule_runs
from smooth_lms_hr.sources.names import RULE
from smooth_lms_hr.sources.validation import Name, NameOrDocument, checked


@frappe.whitelist(methods=["POST"])
@checked
def preview_rule(rule: NameOrDocument) -> dict:
	"""Say what a training rule would do if it were saved now. Writes nothing.

	:param rule: name of an LMS Training Rule, or one that is not saved, as a dict or its JSON
	:return: {"people" (employees whom it may be about), "fits" (of these, those without user included), "new", "open",
	        "valid" (debts that would be made, are there, are done), "no_user", "exceptions" (what cannot be assigned,
	        no_user included), "no_longer_fits" (debts), "rows": of kind, employee, employee_name and words, the first
	        20 of each kind}
	:raises frappe.PermissionError: for who may not write rules
	:raises frappe.ValidationError: for a rule that could not be saved
	"""
	frappe.has_permission(RULE, "write", throw=True)
	return rule_preview.preview(_rule(rule) if isinstance(rule, str) else rule_preview.unsaved(rule))


@frappe.whitelist(methods=["POST"])
@checked
def apply_rule(rule: Name) -> dict:
	"""Ask a training rule of everybody it may be about, in the background: HR's yes to however many these are.

	:param rule: name of an LMS Training Rule
	:return: {"run"}: the event ``smooth_lms_hr:rule`` tells the caller how it goes
	:raises frappe.PermissionError, frappe.DoesNotExistError:
	:raises frappe.ValidationError: where it, or all training, is switched off, or the queue does not answer
	"""
	frappe.has_permission(RULE, "write", throw=True)
	doc = _rule(rule)
	if not doc.enabled:
		frappe.throw(_("{0} is switched off.").format(frappe.bold(frappe.utils.escape_html(doc.name))))
	return {"run": rule_runs.apply(doc.name)}


def _rule(name: str):
	there = frappe.db.exists(RULE, {"name": name}) and frappe.has_permission(RULE, "write", doc=name)
	if not there:
		frappe.throw(
			_("There is no {0} {1}, or it is not yours.").format(
				_(RULE), frappe.bold(frappe.utils.escape_html(name))
			),
			frappe.DoesNotExistError,
		)
	return frappe.get_doc(RULE, name)
