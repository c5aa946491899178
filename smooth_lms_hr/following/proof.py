"""Keeps the records of Learning that completion and its proof rest on from being written by those whose completion it is.

Learning lets the owner of an enrolment change whose it is and what for, and whoever holds a certificate what that says; some of
its versions let learners write completed lessons and quiz results through REST. What Learning writes itself, in all versions that we support, ignores
permissions; what comes through a form, a list or an API does not.
"""

import frappe
from frappe import _
from frappe.permissions import get_role_permissions

from smooth_lms_hr.sources.names import ASSIGNMENT

# What is printed on it, as far as Learning does not fetch it anew.
SAID_BY_CERTIFICATE = ("member", "course", "issue_date", "expiry_date", "template", "evaluator", "batch_name")


def refuse_moved_enrollment(doc) -> None:
	"""Refuse to change person or course of an enrolment, except to those who may assign training.

	:param doc: the LMS Enrollment
	:raises frappe.PermissionError: says which of the two
	"""
	before = doc.get_doc_before_save()
	if not before:
		return
	moved = [name for name in ("member", "course") if doc.get(name) != before.get(name)]
	if not moved or _may_assign():
		return
	_log(doc, [f"{name}: {before.get(name)} -> {doc.get(name)}" for name in moved])
	labels = ", ".join(_(doc.meta.get_label(name)) for name in moved)
	frappe.throw(
		_(
			"{0} of an enrolment cannot be changed: what was learned stays with the person and the course."
		).format(frappe.bold(labels)),
		frappe.PermissionError,
		title=_("Mandatory Training"),
	)


def refuse_changed_certificate(doc) -> None:
	"""Refuse to change what a certificate says, but to who may correct the certificates of others.

	Whoever holds one may publish it or not.

	:param doc: the LMS Certificate
	:raises frappe.PermissionError: says what
	"""
	if (
		not doc.get_doc_before_save()
		or doc.flags.ignore_permissions
		or _may_assign()
		or _corrects_others(doc)
	):
		return
	changed = [name for name in SAID_BY_CERTIFICATE if doc.has_value_changed(name)]
	if not changed:
		return
	_log(doc, [f"{name}: {doc.get_doc_before_save().get(name)} -> {doc.get(name)}" for name in changed])
	frappe.throw(
		_("{0} of a certificate cannot be changed: it says what was learned.").format(
			frappe.bold(", ".join(_(doc.meta.get_label(name)) for name in changed))
		),
		frappe.PermissionError,
		title=_("Mandatory Training"),
	)


def refuse_typed_learning(doc) -> None:
	"""Refuse a completed lesson or a quiz result that Learning did not write itself.

	Who may assign training may correct it; so may whoever has the right to write such records by a role, for others
	(a teacher marks a quiz).

	:param doc: the LMS Course Progress or LMS Quiz Submission
	:raises frappe.PermissionError: says which record
	"""
	if doc.flags.ignore_permissions or _may_assign() or _corrects_others(doc):
		return
	_log(
		doc,
		[
			f"{name}: {doc.get(name)}"
			for name in ("member", "lesson", "status", "quiz", "score")
			if doc.get(name)
		],
	)
	frappe.throw(
		_("{0} is written by Learning as somebody learns, not by hand.").format(frappe.bold(_(doc.doctype))),
		frappe.PermissionError,
		title=_("Mandatory Training"),
	)


def _may_assign() -> bool:
	return bool(frappe.has_permission(ASSIGNMENT, "create"))


def _corrects_others(doc) -> bool:
	before = doc.get_doc_before_save()
	if not before or frappe.session.user in (doc.member, before.member):
		return False
	# By role alone: learners can share their records with each other.
	return bool(get_role_permissions(doc.meta).get("write"))


def _log(doc, tried: list[str]) -> None:
	"""Write down who tried what, so that it outlives the refused request, which is rolled back."""
	frappe.log_error(
		title=_("{0} tried to change {1}").format(frappe.session.user, doc.doctype)[:140],
		message="\n".join(
			[
				_("Refused on {0} to {1}:").format(frappe.utils.now(), frappe.session.user),
				f"{doc.doctype} {doc.name or ''}",
				*tried,
			]
		),
		reference_doctype=doc.doctype,
		reference_name=doc.name,
		defer_insert=True,
	)
