"""What is mandatory of a course, changed by who oversees training: the course itself may be closed to them."""

from collections.abc import Mapping

import frappe
from frappe import _
from frappe.utils import cint, escape_html

from smooth_lms_hr.sources import visibility
from smooth_lms_hr.sources.attempts import retry_request
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.training.status import COMPLETED

COURSE = "LMS Course"
# What says how long a completion counts.
OF_VALIDITY = ("validity_days", "renew_from")


def refuse_others(course: str) -> None:
	"""Refuse who may not say what is mandatory of a course, and a course that there is not for them.

	What a course asks for it asks of the whole company: whom User Permissions leave a part of it changes no course.

	:raises frappe.PermissionError: for who may not decide about assignments, or sees a part of the company
	:raises frappe.ValidationError: where there is no such course, or it is not theirs
	"""
	frappe.has_permission(ASSIGNMENT, "write", throw=True)
	if not visibility.is_there(COURSE, course, frappe.session.user):
		frappe.throw(
			_("There is no course {0}, or it is not yours.").format(frappe.bold(escape_html(course)))
		)
	if visibility.sees_a_part(frappe.session.user):
		frappe.throw(
			_(
				"A course asks the same of the whole company, and you see a part of it. Ask somebody who sees all of it."
			),
			frappe.PermissionError,
		)


def change(course: str, wanted: Mapping) -> dict:
	"""Change what is mandatory of a course; see ``api.set_course_training``.

	:param course: name, of one that the session user may change
	:param wanted: is_mandatory, training_due_days, validity_days, renew_from, those of them that are to change
	"""
	if not wanted:
		frappe.throw(_("No change of the course is given."))
	return retry_request(lambda: _change(course, wanted))


def _change(course: str, wanted: Mapping) -> dict:
	doc = frappe.get_doc(COURSE, course, for_update=True)
	before = {name: _value(doc, name) for name in wanted}
	changed = [name for name, value in wanted.items() if before[name] != value]
	if not changed:
		return {"course": course, "changed": [], "completed": 0, "message": _("Nothing has changed.")}
	said = "; ".join(
		_("{0} from {1} to {2}").format(
			_(doc.meta.get_label(name)), _shown(doc, name, before[name]), _shown(doc, name, wanted[name])
		)
		for name in changed
	)
	doc.update({name: wanted[name] for name in changed})
	# Learning gives HR no right to change courses; the API has asked who may say this much of one.
	doc.save(ignore_permissions=True)
	doc.add_comment("Info", escape_html(_("Mandatory Training: {0}").format(said)))
	counted = set(OF_VALIDITY).intersection(changed)
	return {
		"course": course,
		"changed": changed,
		"completed": frappe.db.count(ASSIGNMENT, {"course": course, "status": COMPLETED}) if counted else 0,
		"message": _("Saved: {0}.").format(said),
	}


def _value(doc, fieldname: str) -> str | int:
	field = doc.meta.get_field(fieldname)
	# What was made before the field was there has nothing in it.
	return doc.get(fieldname) or field.default if field.fieldtype == "Select" else cint(doc.get(fieldname))


def _shown(doc, fieldname: str, value: str | int) -> str:
	if doc.meta.get_field(fieldname).fieldtype == "Check":
		return _("Yes") if value else _("No")
	return _(value) if isinstance(value, str) else str(value)
