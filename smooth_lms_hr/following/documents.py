"""Documents on an employee's file: what is uploaded by HR counts, what is uploaded by the employee once HR has verified it.

What may be said of one, and by whom, is decided here, whatever door it comes through: form, list, REST or our own API.
"""

from collections.abc import Sequence
from datetime import date

import frappe
from frappe import _
from frappe.utils import escape_html, formatdate, get_datetime, get_fullname, getdate, now_datetime

from smooth_lms_hr.sources import attachments, private_files, visibility
from smooth_lms_hr.sources.attempts import REFUSALS, attempt, retry_request
from smooth_lms_hr.sources.names import DOCUMENT
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.training import documents as rules
from smooth_lms_hr.training.documents import WrongDates

MAX_AT_ONCE = 500
# More than anybody has to hand in, and few enough to be looked at.
MAX_A_DAY = 50
# What HR has verified of a document: who changes it says it anew.
SAID = ("document_type", "title", "file", "issued_on", "expires_on")
# Never typed.
DERIVED = ("sha256", "evidence", "verified_by", "verified_on", "revoked_on")
# What a document takes over from its employee.
OF_EMPLOYEE = ("employee_name", "company", "department")


def settle(doc) -> None:
	"""Make of an Employee Document that is about to be saved what may be said of one.

	:raises frappe.ValidationError: for a file or dates that make no sense, and for another file once it is verified
	:raises frappe.PermissionError: for a certificate, which comes with its evidence
	"""
	before = doc.get_doc_before_save()
	if before and before.evidence:
		_refuse_certificate(doc)
	for fieldname in DERIVED:
		doc.set(fieldname, before.get(fieldname) if before else None)
	for fieldname in ("document_type", "title"):
		doc.set(fieldname, plain_text(" ".join((doc.get(fieldname) or "").split())))
	doc.title = doc.title or doc.document_type
	_refuse_wrong_dates(doc)
	_refuse_another_employee(doc, before)
	_take_over_of_employee(doc)
	_keep_file(doc, before)
	if not before or any(_differs(doc.get(field), before.get(field)) for field in SAID):
		doc.verified_by, doc.verified_on = None, None
		if _counts_as_hrs(doc):
			_mark_verified(doc)
	elif doc.flags.verified_by_rule:
		_mark_verified(doc)


def drop_replaced(doc) -> None:
	"""Take the file away that a document had before another one was handed in for it."""
	before = doc.get_doc_before_save()
	if before and before.file and before.file != doc.file:
		frappe.db.delete("File", {"file_url": before.file, "attached_to_name": doc.name})
		private_files.discard_after_commit(before.file)


def refuse_to_delete(doc) -> None:
	"""See to it that a certificate goes with its evidence alone.

	:raises frappe.PermissionError:
	"""
	if doc.evidence:
		_refuse_certificate(doc)


def drop_file(doc) -> None:
	"""Take the file of a document that was deleted from the disk, once that is committed."""
	private_files.discard_after_commit(doc.file)


def add_own(
	document_type: str, title: str | None, file: str, issued_on: date | None, expires_on: date | None
) -> str:
	"""Hand in a document for the session user's own file, and return its name; see ``api.add_my_document``."""
	return retry_request(lambda: _add_own(document_type, title, file, issued_on, expires_on))


def withdraw_own(name: str) -> None:
	"""Take back an own document that nobody has verified yet; see ``api.withdraw_my_document``."""
	retry_request(lambda: _withdraw_own(name))


def verify(names: Sequence[str]) -> dict[str, list[dict]]:
	"""Say of documents that HR has looked at them, each by itself; see ``api.verify_documents``."""
	if not names:
		frappe.throw(_("No document is named."))
	if len(names) > MAX_AT_ONCE:
		frappe.throw(
			_("{0} documents are more than {1} at once. Do it in parts.").format(len(names), MAX_AT_ONCE)
		)
	# All take their locks in the order of the names: two who verify the same ones wait, and neither loses.
	return retry_request(lambda: _verify_each(sorted(names)))


def is_elsewhere(doc) -> bool:
	"""Return whether documents of an employee say a name or place that is not theirs any more: User Permissions go by it.

	:param doc: an Employee that has just been saved
	"""
	before = doc.get_doc_before_save()
	return bool(before) and any((before.get(field) or "") != (doc.get(field) or "") for field in OF_EMPLOYEE)


def follow_employee(employee: str) -> None:
	"""Let the documents of an employee say the name and place that the Employee record says.

	:param employee: its name
	"""
	values = frappe.db.get_value("Employee", employee, OF_EMPLOYEE, as_dict=True)
	values.employee_name = plain_text(values.employee_name)
	frappe.db.set_value(DOCUMENT, {"employee": employee}, values, update_modified=False)


def not_yours(name: str) -> str:
	"""Return what is said of somebody else's document and of none at all."""
	return _("There is no document {0}, or it is not yours.").format(name)


def employee_of(user: str) -> str | None:
	"""Return the Employee record that a user works by now, None without one."""
	return frappe.db.get_value(
		"Employee", {"user_id": user, "status": ("!=", "Left")}, order_by="creation desc"
	)


def _keep_file(doc, before) -> None:
	if before and doc.file == before.file:
		return
	if before and before.verified_on:
		frappe.throw(
			_("{0} is verified: its file is not replaced. File another document.").format(
				frappe.bold(escape_html(before.title))
			),
			title=_("On Record"),
		)
	if not doc.file:
		frappe.throw(_("A file is required."), frappe.MandatoryError, title=_("File"))
	doc.file, doc.sha256 = attachments.keep_copy(doc.file, DOCUMENT, doc.name, "file")


def _refuse_another_employee(doc, before) -> None:
	if before and doc.employee != before.employee:
		frappe.throw(
			_("A document stays on the file of its employee. File another one."), title=_("On Record")
		)


def _take_over_of_employee(doc) -> None:
	found = frappe.db.get_value("Employee", doc.employee, OF_EMPLOYEE, as_dict=True)
	# One that is gone has left its name and place.
	for fieldname, value in (found or {}).items():
		doc.set(fieldname, plain_text(value))


def _refuse_wrong_dates(doc) -> None:
	issued_on, expires_on = (
		getdate(doc.get(field)) if doc.get(field) else None for field in ("issued_on", "expires_on")
	)
	match rules.wrong_with(issued_on, expires_on, getdate()):
		case WrongDates.ISSUED_LATER:
			said = _("Issued On {0} is in the future.").format(formatdate(issued_on))
		case WrongDates.ENDS_BEFORE:
			said = _("Expires On {0} is before Issued On {1}.").format(
				formatdate(expires_on), formatdate(issued_on)
			)
		case _:
			return
	frappe.throw(said, title=_("Dates"))


def _differs(now, before) -> bool:
	# A form sends dates as text.
	return str(now or "") != str(before or "")


def _counts_as_hrs(doc) -> bool:
	"""Return whether what the session user says of a document is HR's word: they may write it, and it is not their own."""
	return bool(doc.has_permission("write")) and not _is_own(doc)


def _is_own(doc) -> bool:
	return doc.employee in visibility.own_employees(frappe.session.user)


def _mark_verified(doc) -> None:
	doc.verified_by, doc.verified_on = frappe.session.user, now_datetime()


def _refuse_certificate(doc) -> None:
	frappe.throw(
		_("{0} is the certificate of training evidence: it comes and goes with that.").format(
			frappe.bold(escape_html(doc.title))
		),
		frappe.PermissionError,
		title=_("On Record"),
	)


def _add_own(
	document_type: str, title: str | None, file: str, issued_on: date | None, expires_on: date | None
) -> str:
	user = frappe.session.user
	employee = employee_of(user)
	if not employee:
		frappe.throw(_("You have no Employee record, so there is no file that this could go on."))
	if frappe.db.count(DOCUMENT, {"owner": user, "creation": (">=", str(getdate()))}) >= MAX_A_DAY:
		frappe.throw(
			_("You have handed in {0} documents today. Hand in the others tomorrow.").format(MAX_A_DAY)
		)
	doc = frappe.get_doc(
		{
			"doctype": DOCUMENT,
			"employee": employee,
			"document_type": document_type,
			"title": title,
			"file": file,
			"issued_on": issued_on,
			"expires_on": expires_on,
		}
	)
	# By this door alone: whoever has a role that may create one files for others.
	return doc.insert(ignore_permissions=True).name


def _withdraw_own(name: str) -> None:
	own = visibility.own_employees(frappe.session.user)
	row = frappe.db.get_value(DOCUMENT, {"name": name}, ["employee", "owner"], as_dict=True)
	if not row or row.employee not in own or row.owner != frappe.session.user:
		frappe.throw(not_yours(escape_html(name)))
	doc = frappe.get_doc(DOCUMENT, name, for_update=True)
	if doc.verified_on:
		frappe.throw(_("It is verified: HR keeps it."))
	doc.delete(ignore_permissions=True, delete_permanently=True)


def _verify_each(names: Sequence[str]) -> dict[str, list[dict]]:
	result = {"done": [], "failed": []}
	for name in names:
		# Asked before the row is locked: nobody holds up what is not theirs.
		if not (
			frappe.db.exists(DOCUMENT, {"name": name}) and frappe.has_permission(DOCUMENT, "write", doc=name)
		):
			result["failed"].append({"name": name, "message": not_yours(name)})
			continue
		with attempt(_("Verifying {0} failed").format(name), DOCUMENT, name, quiet=REFUSALS) as verifying:
			_verify(name)
		if verifying.error:
			result["failed"].append({"name": name, "message": verifying.words})
		else:
			result["done"].append({"name": name, "message": _("Verified.")})
	return result


def _verify(name: str) -> None:
	doc = frappe.get_doc(DOCUMENT, name, for_update=True)
	if _is_own(doc):
		frappe.throw(_("It is on your own file: ask a colleague to verify it."), frappe.PermissionError)
	if doc.revoked_on:
		frappe.throw(_("Its evidence is revoked: there is nothing to verify."))
	if doc.verified_on:
		day = formatdate(get_datetime(doc.verified_on).date())
		frappe.throw(
			_("{0} has verified it on {1}.").format(get_fullname(doc.verified_by), day)
			if doc.verified_by
			else _("It is verified since {0}.").format(day)
		)
	if not _is_as_filed(doc):
		frappe.throw(_("Its file on the disk is not the one that was handed in: file it anew."))
	doc.flags.verified_by_rule = True
	doc.save()


def _is_as_filed(doc) -> bool:
	try:
		return private_files.sha256(doc.file) == doc.sha256
	except FileNotFoundError:
		return False
