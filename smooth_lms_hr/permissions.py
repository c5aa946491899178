"""Who may see which record (rule 9): one rule, asked by lists and by single documents alike.

The roles' rights stand in the DocType; this narrows what a right applies to. Frappe's User Permissions come on top. A
record that is about an assignment is seen by whoever sees the assignment.
"""

import frappe
from frappe import _
from frappe.core.doctype.file.file import has_permission as has_permission_by_attachment
from frappe.model.db_query import DatabaseQuery
from frappe.permissions import get_role_permissions
from frappe.utils import cint, escape_html

from smooth_lms_hr.showing import binder_people
from smooth_lms_hr.sources import conditions, private_files, rules, visibility
from smooth_lms_hr.sources.names import ASSIGNMENT, DOCUMENT, EVENT, EVIDENCE, REQUEST, RUN
from smooth_lms_hr.sources.reporting_lines import manages
from smooth_lms_hr.sources.visibility import sees_all

MODULE = "Smooth LMS HR"
# What may be about no assignment: what was learned in a classroom.
ABOUT_PEOPLE_TOO = (EVENT, EVIDENCE)
# What has files.
WITH_FILES = (DOCUMENT, EVIDENCE, REQUEST)


def permission_query_conditions(user: str | None = None, doctype: str | None = None) -> str:
	"""Return the SQL condition on `tabLMS Training Assignment` that a user's lists, searches and reports carry."""
	user = user or frappe.session.user
	if sees_all(user):
		return conditions.of_limits(user)
	if user == "Guest":
		return "1=0"
	return conditions.of_own_and_team(user)


def has_permission(doc, ptype: str | None = None, user: str | None = None, debug: bool = False) -> bool:
	"""Return whether a user may do what the role allows to this assignment too."""
	user = user or frappe.session.user
	# What was erased is nobody's, and says what it says for counts alone.
	if ptype == "write" and not doc.member and not doc.is_new():
		return False
	if sees_all(user):
		return True
	if user == "Guest":
		return False
	return doc.member == user or bool(doc.employee and manages(user, doc.employee))


def conditions_of_assignment(user: str | None = None, doctype: str | None = None) -> str:
	"""Return the SQL condition that keeps a list of what is about assignments to those that the user sees.

	:param doctype: has a field "assignment"
	"""
	user = user or frappe.session.user
	if not get_role_permissions(frappe.get_meta(ASSIGNMENT), user=user).get("read"):
		return "1=0"
	# All that Frappe adds to this user's lists of assignments: our own rule, User Permissions, shares.
	allowed = DatabaseQuery(ASSIGNMENT, user=user).build_match_conditions()
	if doctype in ABOUT_PEOPLE_TOO:
		people = conditions.of_people(doctype, user)
		if allowed or people:
			return conditions.of_what_is_about_them_or_people(doctype, allowed, people)
	return conditions.of_what_is_about(doctype, allowed) if allowed else ""


def has_permission_of_assignment(
	doc, ptype: str | None = None, user: str | None = None, debug: bool = False
) -> bool:
	"""Return whether a user may do what the role allows to this record of an assignment that they see."""
	user = user or frappe.session.user
	if doc.assignment and frappe.db.exists(ASSIGNMENT, {"name": doc.assignment}):
		return frappe.has_permission(ASSIGNMENT, "read", doc=doc.assignment, user=user)
	if (
		not doc.assignment
		and doc.doctype in ABOUT_PEOPLE_TOO
		and visibility.employees_of([doc.employee], user)
	):
		return True
	# The assignment is gone, or the person: whoever sees all of them sees what is left of it, as in lists.
	return not conditions_of_assignment(user, doc.doctype)


def conditions_of_person(user: str | None = None, doctype: str | None = None) -> str:
	"""Return the SQL condition that keeps a list of what is about employees to those whom the user sees.

	:param doctype: has a field "employee"
	"""
	user = user or frappe.session.user
	return "1=0" if user == "Guest" else conditions.of_people(doctype, user)


def has_permission_of_person(
	doc, ptype: str | None = None, user: str | None = None, debug: bool = False
) -> bool:
	"""Return whether a user may do what the role allows to this record of an employee whom they see."""
	user = user or frappe.session.user
	if user == "Guest":
		return False
	if doc.employee:
		return bool(visibility.employees_of([doc.employee], user))
	# The person is gone, or not named yet: whoever sees everybody sees what is left, as in lists.
	return not conditions_of_person(user, doc.doctype)


def has_permission_of_rule(
	doc, ptype: str | None = None, user: str | None = None, debug: bool = False
) -> bool:
	"""Return whether a user may do what the role allows to this rule: all may read it, as it may be why somebody owes.

	Whom User Permissions leave a part of the company changes no rule that is about others too.
	"""
	if ptype in (None, "read", "select", "print", "email", "report", "export", "create"):
		return True
	return rules.is_within(doc.audience, user or frappe.session.user)


def conditions_of_document(user: str | None = None, doctype: str | None = None) -> str:
	"""Return the SQL condition that keeps a list of Employee Documents to the user's own or, by role, to whom they may see."""
	user = user or frappe.session.user
	of = conditions.of_everybody if visibility.reads_documents(user) else conditions.of_own
	return of(DOCUMENT, user)


def has_permission_of_document(
	doc, ptype: str | None = None, user: str | None = None, debug: bool = False
) -> bool:
	"""Return whether a user may do what the role allows to this document on an employee's file.

	Nobody shares one: who manages somebody does not read their file either.
	"""
	user = user or frappe.session.user
	if ptype == "share":
		return False
	if not visibility.reads_documents(user):
		return doc.employee in visibility.own_employees(user)
	if doc.is_new() and not doc.employee:
		# A form that nothing was entered in yet, to which a file may be uploaded.
		return True
	# The employee of whom it was may be gone.
	return not visibility.limits_of_employees(user) or bool(visibility.employees_of([doc.employee], user))


def conditions_of_file(user: str | None = None, doctype: str | None = None) -> str:
	"""Return the SQL condition that keeps the files of our records out of the lists of who does not see the record.

	Frappe's own lists them to whoever may read any record of the kind.
	"""
	user = user or frappe.session.user
	allowed = {}
	for about in WITH_FILES:
		reads = get_role_permissions(frappe.get_meta(about), user=user).get("read")
		allowed[about] = DatabaseQuery(about, user=user).build_match_conditions() if reads else None
	return conditions.of_file(allowed)


def has_permission_of_file(doc, ptype: str | None = None, user: str | None = None, debug: bool = False):
	"""Return whether a user may read a file that is attached to one of our records, by Frappe's own rule.

	On Frappe 15 the first app that has an opinion decides, and Learning 2.61 answers "yes" where it has none: without
	this, a private file of ours would be everybody's.
	"""
	about, user = doc.attached_to_doctype, user or frappe.session.user
	if about == RUN:
		# The record of many people, for whoever has asked for it and may have it still. Shared it would be others' for good,
		# and what anybody else puts there would go with it.
		is_theirs = doc.owner == user and ptype not in ("create", "write", "share")
		return is_theirs and binder_people.may_export_of_others(doc.owner)
	if ptype == "create" and _is_file_of_others(doc, user):
		return False
	if not about or frappe.get_cached_value("DocType", about, "module") != MODULE:
		return no_opinion()
	# Proof, handed in with a request or kept with evidence: whoever has uploaded it neither changes it nor takes it away,
	# nor does anybody add to what others have handed in.
	if about in (REQUEST, EVIDENCE) and ptype in ("create", "write", "delete", "share"):
		return False
	if about == DOCUMENT:
		return _may_use_file_of_document(doc, ptype, user)
	return bool(has_permission_by_attachment(doc, ptype, user))


def _is_file_of_others(doc, user: str) -> bool:
	"""Return whether a new File names, by its address, one that is kept with a record which the user may not read."""
	rows = frappe.get_all(
		"File",
		{"file_url": doc.file_url, "attached_to_doctype": ("in", WITH_FILES)},
		["attached_to_doctype", "attached_to_name"],
		order_by="name",
	) if doc.file_url else ()  # fmt: skip
	return any(
		not frappe.has_permission(row.attached_to_doctype, "read", doc=row.attached_to_name, user=user)
		for row in rows
	)


def _may_use_file_of_document(doc, ptype: str | None, user: str) -> bool:
	name = doc.attached_to_name
	if not frappe.db.exists(DOCUMENT, {"name": name}):
		# Uploaded in a form that is not saved yet.
		return ptype == "create" or doc.owner == user
	if ptype in ("write", "delete", "share"):
		return False
	right = "write" if ptype == "create" else "read"
	return bool(frappe.has_permission(DOCUMENT, right, doc=name, user=user))


def keep_file_of_evidence(doc, method=None) -> None:
	"""File before_validate and on_trash: nobody changes or deletes a file that is kept with evidence, or on an employee's file.

	Nor does anybody add a public one to the latter.

	:raises frappe.PermissionError: for everybody
	"""
	if doc.is_new():
		if doc.attached_to_doctype == DOCUMENT and not doc.is_private:
			_refuse_file(_("{0} has to be private: upload it as such."), doc)
		return
	if frappe.flags.in_uninstall and method == "on_trash":
		# It goes with the app. Frappe leaves what it has no hash of on the disk.
		if doc.attached_to_doctype in (DOCUMENT, EVIDENCE):
			private_files.discard_after_commit(doc.file_url)
		return
	before = doc.get_doc_before_save() or doc
	if EVIDENCE in (doc.attached_to_doctype, before.attached_to_doctype):
		_refuse_file(_("{0} is kept with training evidence: it can neither be changed nor deleted."), doc)
	for each in (doc, before):
		if each.attached_to_doctype == DOCUMENT and frappe.db.exists(
			DOCUMENT, {"name": each.attached_to_name, "file": before.file_url}
		):
			_refuse_file(_("{0} is kept on an employee's file: it can neither be changed nor deleted."), doc)


def _refuse_file(why: str, doc) -> None:
	"""
	:param why: with a place for the file
	"""
	shown = frappe.bold(escape_html(doc.file_name or doc.name))
	frappe.throw(why.format(shown), frappe.PermissionError, title=_("On Record"))


def no_opinion() -> bool | None:
	"""Return how a handler of permissions leaves the decision to others: up to Frappe 15 by None, since then by True."""
	return None if cint(frappe.__version__.partition(".")[0]) < 16 else True


def may_open_app() -> bool:
	"""Return whether the apps screen offers the app to the session user: who oversees training, and may use the desk."""
	user = frappe.session.user
	return sees_all(user) and frappe.get_cached_value("User", user, "user_type") == "System User"
