"""Debts, enrolments and lessons as they may stand on file, and Frappe's own rename and merge of what they are about."""

from datetime import timedelta

import frappe
from frappe.utils import formatdate

from smooth_lms_hr.sources import learning
from tests.site import factory
from tests.site.conftest import TODAY

ASSIGNMENT, ENROLLMENT, LESSON = "LMS Training Assignment", "LMS Enrollment", "LMS Course Progress"
VALIDITY = 365


def day(number):
	return TODAY + timedelta(days=number)


def owe(
	member, course, status="Pending", *, cycle=1, assigned=-20, due=30, progress=0, settled=None, **fields
):
	"""Write a debt as it may stand on file; days are counted from today."""
	settled_on = None if settled is None else day(settled)
	doc = frappe.get_doc(
		{
			"doctype": ASSIGNMENT,
			"member": member,
			"member_name": frappe.db.get_value("User", member, "full_name"),
			"course": course,
			"course_title": frappe.db.get_value("LMS Course", course, "title"),
			"status": status,
			"cycle": cycle,
			"progress": progress,
			"assigned_on": f"{day(assigned)} 09:00:00",
			"assigned_by": "Administrator",
			"due_date": day(due),
			"original_due_date": day(due),
			"completed_on": settled_on if status == "Completed" else None,
			"waived_on": settled_on if status == "Waived" else None,
			**_counts(course, status, settled_on),
			"source": "Manual",
			**fields,
		}
	)
	doc.set_new_name()
	doc.db_insert()
	return doc.name


def _counts(course, status, settled_on):
	"""Return until when what was settled counts, by the days of its course."""
	days = frappe.db.get_value("LMS Course", course, "validity_days")
	fieldname = {"Completed": "valid_until", "Waived": "waived_until"}.get(status)
	return {fieldname: settled_on + timedelta(days=days)} if fieldname and settled_on and days else {}


def enrolled(member, course, progress=0):
	name = frappe.generate_hash(length=10)
	learning.enrol(member, course, name)
	frappe.db.set_value(ENROLLMENT, name, "progress", progress, update_modified=False)
	return name


def learnt(member, course, lesson, when=0, status="Complete"):
	"""Write a progress of a lesson as it may stand on file."""
	doc = frappe.get_doc(
		{"doctype": LESSON, "member": member, "course": course, "lesson": lesson, "status": status}
	)
	doc.set_new_name()
	doc.creation = doc.modified = f"{day(when)} 10:00:00"
	doc.db_insert()
	return doc.name


def states(**filters):
	"""Return status and cycle of assignments by their name."""
	return {row.name: (row.status, row.cycle) for row in factory.assignments(**filters)}


def timeline(name):
	"""Return event, before, after and cause of what happened to an assignment after it was assigned."""
	return frappe.get_all(
		"LMS Training Event",
		filters={"assignment": name, "event": ("!=", "Assigned")},
		fields=["event", "before", "after", "cause"],
		order_by="name",
		as_list=True,
	)


def rename(doctype, old, new, merge=False, by="System Manager"):
	"""Rename a record as somebody of a role, and return its new name."""
	user = factory.user(by)
	frappe.set_user(user)
	try:
		name = frappe.rename_doc(doctype, old, new, merge=merge)
	finally:
		frappe.set_user("Administrator")
	assert not frappe.db.exists(doctype, old)
	return name


def merge(doctype, old, new, by="System Manager"):
	assert rename(doctype, old, new, True, by) == new


def shown(number):
	return formatdate(day(number))
